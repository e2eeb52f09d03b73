/** What the screens hold of a set: everything that can be seen, and everything that can be pressed. */

import { computed, type ReadonlySignal, signal } from '@preact/signals';
import { handsKeysOn } from '../seal/epoch';
import type { LinkSecret } from '../seal/keylist';
import { formatLink, type Link, type LinkRole } from '../seal/link';
import type { BidTerms, Command, DeviceId, ItemId, KnockView, SeatId, TextKind } from '../wire.gen';
import type { Context } from './context';
import type { Answer, Claimed, Knocker, Line, Links, OwnCode, OwnHelp, Refused, Session } from './types';
import { bytesOf, underOf } from './texts';
import { Visit } from './connection';
import type { World } from './world';

type Facilitating = typeof import('./facilitate');
type Plain = Parameters<Session['ask']>[0];

/** How long everybody has to seal their names again under a new key. */
const REMIND_MS = 8_000;
const NO_LINKS: Links = {
  host: undefined, co_facilitator: undefined, member: undefined, observer: undefined,
};

export class SetSession extends Visit implements Session {
  readonly knocks = signal<readonly Knocker[]>([]);
  readonly claims = signal<readonly Claimed[]>([]);
  readonly links = signal<Links>(NO_LINKS);
  readonly refusal = signal<{ code: Refused; command: Command['c'] } | undefined>(undefined);
  readonly help = signal<OwnHelp>('facilitators');
  readonly line: ReadonlySignal<Line>;
  readonly names: ReadonlySignal<ReadonlyMap<SeatId, string>>;
  readonly title: ReadonlySignal<string | undefined>;
  readonly texts: Session['texts'];
  readonly keys: Session['keys'];
  readonly unsent: Session['unsent'];
  readonly stored: Session['stored'];
  readonly lost: Session['lost'];
  #shownKnocks: Readonly<Record<DeviceId, KnockView>> | undefined;
  #shownLinks: readonly LinkSecret[] | undefined;
  /** The epoch of which this browser has seen to it that everybody has the key. */
  #reminded = 0;
  #unremind: (() => void) | undefined;
  #shownClaims: unknown;
  /** A duty that was refused is tried again after a while, not at once. */
  #resting = false;
  #looked = false;
  #keeping = false;
  /** What this browser does unasked as a facilitator, one at a time. */
  #duty: Promise<unknown> | undefined;

  constructor(world: World, set: Link['set'], link?: Link) {
    super(world, set, link);
    const { texts, keys, outbox, memory } = this.context;
    this.texts = texts.all;
    this.keys = keys.state;
    this.unsent = outbox.unsent;
    this.stored = memory.stored;
    this.lost = this.rollback.lost;
    const { line } = this.socket;
    this.line = computed(() => (line.value === 'live' && outbox.late.value ? 'trouble' : line.value));
    this.names = computed(() => {
      const names = [...texts.all.value.values()].filter((text) => text.kind === 'name');
      return new Map(names.flatMap(({ seat, text }) => (text === undefined ? [] : [[seat, text]])));
    });
    this.title = computed(
      () => [...texts.all.value.values()].find((text) => text.kind === 'title')?.text,
    );
  }

  /** Which link this browser came by; a member's until that is known. */
  get linkRole(): LinkRole {
    return this.context.keys.role;
  }

  async words(): Promise<readonly string[]> {
    const { keys, room, until } = this.context;
    await until(() => room() !== undefined && keys.state.value === 'ready');
    const shared = room()?.shared;
    const key = shared && keys.key(shared.epoch);
    if (shared === undefined || key === undefined) return [];
    const { fiveWords } = await import('../seal/words');
    const { roster } = keys;
    // In a set that has no roster yet they cover everybody's public key.
    const over = roster ? [roster.head] : Object.values(shared.devices).map(({ pub }) => pub);
    return fiveWords(key, this.set, shared.epoch, over.map(bytesOf));
  }

  knock(name: string): Promise<void> {
    return this.join(name);
  }

  async ask(command: Plain): Promise<Answer> {
    const { outbox } = this.context;
    if (command.c === 'release_item') {
      const opened = await this.#forAll(command.item);
      if (!opened.ok) return this.#report('release_item', opened);
    }
    const errand = outbox.take(command.c, this.room?.seq ?? 0);
    const answer = await outbox.send(errand, command);
    outbox.drop(errand);
    if (command.c === 'leave' && answer.ok) await this.forget();
    return this.#report(command.c, answer);
  }

  /** A text under its author's own key is written for everybody before it is released. */
  async #forAll(item: ItemId): Promise<Answer> {
    const view = this.room?.own.items[item];
    const text = this.texts.value.get(item);
    if (view === undefined || !underOf(view).own) return { ok: true };
    if (text?.text === undefined) return { ok: false, code: 'sealed_own' };
    const { kind, bid } = text;
    return this.writer.write({ kind, text: text.text, item, bid, forAll: true });
  }

  async write(
    kind: TextKind,
    text: string,
    extra: { item?: ItemId; bid?: BidTerms } = {},
  ): Promise<Answer> {
    return this.#report('put', await this.writer.write({ kind, text, ...extra }));
  }

  async ownCode(): Promise<OwnCode> {
    const { ownCode } = await import('./own-code');
    return ownCode(this.context, (run) => this.writer.between(run), () => this.reread());
  }

  admit(device: DeviceId, seat?: SeatId): Promise<Answer> {
    return this.#facilitate('admit', (by, context) => by.admit(context, device, seat));
  }

  remove(seat: SeatId): Promise<Answer> {
    return this.#facilitate('remove', (by, context) => by.remove(context, seat));
  }

  rotate(role: 'c' | 'm' | 'o'): Promise<Answer> {
    return this.#facilitate('rekey', (by, context) => by.rotate(context, role));
  }

  async writeAgain(): Promise<void> {
    for (const lost of this.lost.value) {
      // The copy may not know the seat that wrote it. Then it is a new text of this one.
      const same = lost.seat === this.room?.own.seat;
      if (!same && lost.kind === 'name') this.rollback.drop(lost);
      else {
        const { kind, text, bid } = lost;
        const item = same ? lost.id : undefined;
        const answer = await this.writer.write({ kind, text, item, bid });
        this.#report('put', answer);
        if (answer.ok) this.rollback.drop(lost);
      }
    }
  }

  dropLost(): void {
    this.rollback.clear();
  }

  dismissRefusal(): void {
    this.refusal.value = undefined;
  }

  protected override settled(): void {
    const { own } = this.context;
    const locked = own.locked(this.room?.own.own_key);
    this.help.value = locked ? 'locked' : own.code === undefined ? 'facilitators' : 'only_me';
    this.#showLinks();
    this.#showClaims();
    void this.#showKnocks();
    void this.#doDuty();
    void this.#keepOwnKey();
    this.#remind();
  }

  protected override end(...why: Parameters<Visit['end']>): void {
    super.end(...why);
    this.#unremind?.();
    this.knocks.value = [];
    this.claims.value = [];
    this.#shownKnocks = undefined;
    this.#shownClaims = undefined;
  }

  #report(command: Command['c'], answer: Answer): Answer {
    if (!answer.ok && answer.code !== 'gone') this.refusal.value = { code: answer.code, command };
    return answer;
  }

  async #facilitate(
    command: Command['c'],
    act: (by: Facilitating, context: Context) => Promise<Answer>,
  ): Promise<Answer> {
    try {
      const answer = await act(await import('./facilitate'), this.context);
      this.settled();
      return this.#report(command, answer);
    } catch {
      // A link that this browser needs for it was never handed to it.
      this.refusal.value = { code: 'gone', command };
      return { ok: false, code: 'gone' };
    }
  }

  /** Does what this browser owes the room as a facilitator's. */
  async #doDuty(): Promise<void> {
    if (this.#resting || this.room?.own.keys !== true) return;
    this.#looked = false;
    if (this.#duty !== undefined) return;
    await this.#unasked(async ({ doDuty, dutyOf }) => {
      let before: string | undefined;
      while (!this.#looked && !this.#resting) {
        this.#looked = true;
        const duty = dutyOf(this.context);
        if (duty === undefined) continue;
        this.#looked = false;
        const { ok } = await doDuty(this.context, duty).catch(() => ({ ok: false }));
        // A room that says done and is as it was is not asked again at once.
        if (!ok || duty === before) this.#rest();
        before = duty;
      }
    });
  }

  #rest(): void {
    this.#resting = true;
    this.context.world.after(REMIND_MS, () => {
      this.#resting = false;
      if (this.room !== undefined) this.settled();
    });
  }

  /** Wraps the own key for browsers that came, and makes it anew after one that went. */
  async #keepOwnKey(): Promise<void> {
    const { keys, own } = this.context;
    if (own.newest === 0 || this.#keeping || this.#resting || keys.state.value !== 'ready') return;
    this.#keeping = true;
    try {
      const { keepOwnKey, ownKeyDue } = await import('./holding');
      await keys.followed;
      if (ownKeyDue(this.context) === undefined) return;
      const kept = await this.writer.between(async () => {
        await keys.followed;
        // A text that was on its way may have seen to it.
        const due = ownKeyDue(this.context);
        return due === undefined || due === 'locked' ? { ok: true } : keepOwnKey(this.context, due);
      });
      if (!kept.ok) this.#rest();
    } catch {
      this.#rest();
    } finally {
      this.#keeping = false;
    }
  }

  /** Some time after the key changed, looks for people who are here and do not have it. */
  #remind(): void {
    const epoch = this.room?.shared.epoch ?? 0;
    if (!this.room?.own.keys || epoch === this.#reminded) return;
    this.#reminded = epoch;
    this.#unremind?.();
    this.#unremind = this.context.world.after(REMIND_MS, () => {
      // What came to be owed meanwhile was put off.
      void this.#unasked((by) => by.remind(this.context)).then(() => this.#doDuty());
    });
  }

  async #unasked(act: (by: Facilitating) => Promise<unknown>): Promise<void> {
    const before = this.#duty ?? Promise.resolve();
    const duty = before.then(async () => act(await import('./facilitate'))).catch(() => {
      // A part of the page did not arrive: what is owed is looked at again after a while.
      this.#rest();
    });
    this.#duty = duty;
    await duty;
    if (this.#duty === duty) this.#duty = undefined;
  }

  async #showKnocks(): Promise<void> {
    const { keys } = this.context;
    const now = this.room?.knocks;
    if (now === undefined || (now === this.#shownKnocks && this.#shownLinks === keys.links)) return;
    this.#shownKnocks = now;
    if (Object.keys(now).length === 0) {
      this.knocks.value = [];
      return;
    }
    try {
      const { knockers } = await import('./facilitate');
      const { room } = this;
      if (room === undefined) return;
      const shown = await knockers(keys, room);
      if (this.#shownKnocks === now) this.knocks.value = shown;
    } catch {
      // A part of the page did not arrive: whoever is at the door is shown a little later.
      this.#shownKnocks = undefined;
      this.context.world.after(REMIND_MS, () => void this.#showKnocks());
    }
  }

  #showClaims(): void {
    const { claims } = this.room ?? {};
    if (claims === undefined || claims === this.#shownClaims) return;
    this.#shownClaims = claims;
    const all = Object.entries(claims) as [DeviceId, { at: number }][];
    this.claims.value = all.map(([device, { at }]) => ({ device, at })).toSorted((a, b) => a.at - b.at);
  }

  #showLinks(): void {
    const { keys, world } = this.context;
    if (this.#shownLinks === keys.links) return;
    this.#shownLinks = keys.links;
    if (!handsKeysOn(keys.role)) return;
    const shown = (role: LinkRole): string | undefined => {
      const link = keys.newest(role);
      return link && formatLink({ ...link, set: keys.set }, world.origin);
    };
    this.links.value = {
      // A co-facilitator holds no host link. In sets of the first form its entry is another key.
      host: keys.role === 'h' ? shown('h') : undefined,
      co_facilitator: shown('c'),
      member: shown('m'),
      observer: shown('o'),
    };
  }
}
