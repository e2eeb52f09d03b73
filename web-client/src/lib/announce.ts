/**
 * What a screen reader is told, at a pace that can be listened to: one line at
 * a time, 1.5 s apart. A newer line of a kind replaces one of that kind that
 * still waits, so fifteen quick changes are two announcements.
 */

const GAP_MS = 1_500;

/** One line. */
export interface Announcement {
  /** What it is about, such as `hand` or `queue`. */
  readonly kind: string;
  readonly text: string;
  /** Interrupts, and goes before all that waits. For the few things that cannot wait. */
  readonly assertive?: boolean;
  /** Answers what this person pressed, and so is said also while lines are held. */
  readonly own?: boolean;
}

/** The two live regions of the page. */
export interface Regions {
  readonly status: { textContent: string | null };
  readonly alert: { textContent: string | null };
}

/** Runs `what` once after `ms`; replaced in tests. */
export type Later = (what: () => void, ms: number) => void;

export class Announcer {
  readonly #regions: Regions;
  readonly #later: Later;
  #waiting: Announcement[] = [];
  #resting = false;
  #held = false;

  constructor(regions: Regions, later: Later = (what, ms) => void setTimeout(what, ms)) {
    this.#regions = regions;
    this.#later = later;
  }

  /** Says a line, at once when nothing was said just now. */
  say(line: Announcement): void {
    const same = this.#waiting.findIndex((waiting) => waiting.kind === line.kind);
    if (same >= 0 && this.#waiting[same]?.assertive === line.assertive) {
      this.#waiting[same] = line;
    } else {
      this.#waiting = this.#waiting.filter((waiting) => waiting.kind !== line.kind);
      const place = line.assertive === true ? this.#firstPolite() : this.#waiting.length;
      this.#waiting.splice(place, 0, line);
    }
    this.#speak();
  }

  /** Says nothing until `release`: for a silence. The newest line of each kind waits. */
  hold(): void {
    this.#held = true;
  }

  /** Ends a `hold`. `drop` forgets what waited. */
  release(drop = false): void {
    this.#held = false;
    if (drop) this.#waiting = [];
    this.#speak();
  }

  #firstPolite(): number {
    const at = this.#waiting.findIndex((waiting) => waiting.assertive !== true);
    return at < 0 ? this.#waiting.length : at;
  }

  #speak(): void {
    if (this.#resting) return;
    const at = this.#held ? this.#waiting.findIndex((waiting) => waiting.own === true) : 0;
    const [next] = at < 0 ? [] : this.#waiting.splice(at, 1);
    if (next === undefined) return;
    // Some readers speak the marks that keep names apart on the screen.
    const line = { ...next, text: next.text.replace(/[\u2066-\u2069]/g, '') };
    const region = line.assertive === true ? this.#regions.alert : this.#regions.status;
    // The same text again is no change, and would not be spoken.
    const again = region.textContent === line.text;
    region.textContent = again ? `${line.text}\u00a0` : line.text;
    this.#resting = true;
    this.#later(() => {
      this.#resting = false;
      this.#speak();
    }, GAP_MS);
  }
}

/** An announcer on the two regions of index.html. */
export function pageAnnouncer(page: Document = document): Announcer {
  const status = page.getElementById('say-status');
  const alert = page.getElementById('say-alert');
  if (status === null || alert === null) throw new Error('the page has no live regions');
  return new Announcer({ status, alert });
}
