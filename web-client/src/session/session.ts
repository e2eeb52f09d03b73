/** What the screens hold of a set: everything that can be seen, and everything that can be pressed. */

import { computed, type ReadonlySignal, signal } from '@preact/signals';
import { toB64u } from '../seal/bytes';
import { handsKeysOn } from '../seal/epoch';
import type { LinkSecret } from '../seal/keylist';
import { formatLink, type Link, type LinkRole } from '../seal/link';
import type { BidTerms, Code, Command, DeviceId, ItemId, KnockView, SeatId, TextKind } from '../wire.gen';
import type { Desk } from './desk';
import type { Answer, Happening, Knocker, Line, Links, Session } from './types';
import { bytesOf } from './texts';
import { Visit } from './visit';
import type { World } from './world';

type Facilitating = typeof import('./facilitate');
type Plain = Exclude<Command, { c: 'put' | 'admit' | 'remove' | 'rekey' | 'grant' }>;

/** How long everybody has to seal their names again under a new key. */
const REMIND_MS = 8_000;
const NO_LINKS: Links = {
  host: undefined, co_facilitator: undefined, member: undefined, observer: undefined,
};

export class SetSession extends Visit implements Session {
  readonly knocks = signal<readonly Knocker[]>([]);
  readonly links = signal<Links>(NO_LINKS);
  readonly refusal = signal<{ code: Code | 'gone'; command: Command['c'] } | undefined>(undefined);
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
  /** What this browser does unasked as a facilitator, one at a time. */
  #duty: Promise<unknown> | undefined;

  constructor(world: World, set: Link['set'], link?: Link) {
    super(world, set, link);
    const { texts, keys, outbox, memory } = this.desk;
    this.texts = texts.all;
    this.keys = keys.state;
    this.unsent = outbox.unsent;
    this.stored = memory.stored;
    this.lost = this.setback.lost;
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
    return this.desk.keys.role;
  }

  async words(): Promise<readonly string[]> {
    const { keys, room, until } = this.desk;
    await until(() => room() !== undefined && keys.state.value === 'ready');
    const shared = room()?.shared;
    const key = shared && keys.key(shared.epoch);
    if (shared === undefined || key === undefined) return [];
    const { fiveWords } = await import('../seal/words');
    const devices = Object.values(shared.devices).map(({ pub }) => bytesOf(pub));
    return fiveWords(key, this.set, shared.epoch, devices);
  }

  knock(name: string): Promise<void> {
    return this.join(name);
  }

  async ask(command: Plain): Promise<Answer> {
    const { outbox } = this.desk;
    const errand = outbox.take(command.c, this.room?.seq ?? 0);
    const answer = await outbox.send(errand, command);
    outbox.drop(errand);
    if (command.c === 'leave' && answer.ok) await this.forget();
    return this.#report(command.c, answer);
  }

  async write(
    kind: TextKind,
    text: string,
    extra: { item?: ItemId; bid?: BidTerms } = {},
  ): Promise<Answer> {
    return this.#report('put', await this.writer.write({ kind, text, ...extra }));
  }

  admit(device: DeviceId, seat?: SeatId): Promise<Answer> {
    return this.#facilitate('admit', (by, desk) => by.admit(desk, device, seat));
  }

  remove(seat: SeatId): Promise<Answer> {
    return this.#facilitate('remove', (by, desk) => by.remove(desk, seat));
  }

  rotate(role: 'c' | 'm' | 'o'): Promise<Answer> {
    return this.#facilitate('rekey', (by, desk) => by.rotate(desk, role));
  }

  async writeAgain(): Promise<void> {
    for (const lost of this.lost.value) {
      // The copy may not know the seat that wrote it. Then it is a new text of this one.
      const same = lost.seat === this.room?.own.seat;
      if (!same && lost.kind === 'name') this.setback.drop(lost);
      else {
        const { kind, text, bid } = lost;
        const item = same ? lost.id : undefined;
        const answer = await this.writer.write({ kind, text, item, bid });
        this.#report('put', answer);
        if (answer.ok) this.setback.drop(lost);
      }
    }
  }

  dropLost(): void {
    this.setback.clear();
  }

  dismissRefusal(): void {
    this.refusal.value = undefined;
  }

  protected override settled(): void {
    this.#showLinks();
    void this.#showKnocks();
    void this.#doDuty();
    this.#remind();
  }

  protected override happened({ what, before, after }: Happening): void {
    if (what !== 'left' || this.room?.own.role !== 'host') return;
    // Whoever has seen without being seen to take part must not read on; who knew links even less.
    for (const [seat, { role }] of Object.entries(before.seats)) {
      if (seat in after.seats) continue;
      if (role === 'observer') void this.#unasked((by) => by.freshKey(this.desk));
      if (role === 'co_facilitator') {
        void this.#unasked((by) => by.freshKey(this.desk, ['c', 'm', 'o']));
      }
    }
  }

  protected override end(...why: Parameters<Visit['end']>): void {
    super.end(...why);
    this.#unremind?.();
    this.knocks.value = [];
    this.#shownKnocks = undefined;
  }

  #report(command: Command['c'], answer: Answer): Answer {
    if (!answer.ok && answer.code !== 'gone') this.refusal.value = { code: answer.code, command };
    return answer;
  }

  async #facilitate(
    command: Command['c'],
    act: (by: Facilitating, desk: Desk) => Promise<Answer>,
  ): Promise<Answer> {
    try {
      const answer = await act(await import('./facilitate'), this.desk);
      this.settled();
      return this.#report(command, answer);
    } catch {
      // A link that this browser needs for it was never handed to it.
      this.refusal.value = { code: 'gone', command };
      return { ok: false, code: 'gone' };
    }
  }

  /** Makes the first key; says who one is on a new browser. */
  async #doDuty(): Promise<void> {
    const { keys } = this.desk;
    const room = this.room;
    if (this.#duty !== undefined || room?.own.role !== 'host') return;
    if (room.shared.epoch === 0) await this.#unasked((by) => by.freshKey(this.desk));
    else if (keys.state.value === 'ready') {
      const id = toB64u(keys.device.id);
      if (keys.roster.some((at) => toB64u(at.device) === id)) return;
      await this.#unasked((by) => by.introduce(this.desk));
    }
  }

  /** Some time after the key changed, looks for people who are here and do not have it. */
  #remind(): void {
    const epoch = this.room?.shared.epoch ?? 0;
    if (!this.room?.own.keys || epoch === this.#reminded) return;
    this.#reminded = epoch;
    this.#unremind?.();
    this.#unremind = this.desk.world.after(REMIND_MS, () => {
      void this.#unasked((by) => by.remind(this.desk));
    });
  }

  async #unasked(act: (by: Facilitating) => Promise<unknown>): Promise<void> {
    const before = this.#duty ?? Promise.resolve();
    const duty = before.then(async () => act(await import('./facilitate'))).catch(() => undefined);
    this.#duty = duty;
    await duty;
    if (this.#duty === duty) this.#duty = undefined;
  }

  async #showKnocks(): Promise<void> {
    const { keys } = this.desk;
    const now = this.room?.knocks;
    if (now === undefined || (now === this.#shownKnocks && this.#shownLinks === keys.links)) return;
    this.#shownKnocks = now;
    if (Object.keys(now).length === 0) {
      this.knocks.value = [];
      return;
    }
    const { knockers } = await import('./facilitate');
    const shown = await knockers(keys, now);
    if (this.#shownKnocks === now) this.knocks.value = shown;
  }

  #showLinks(): void {
    const { keys, world } = this.desk;
    if (this.#shownLinks === keys.links) return;
    this.#shownLinks = keys.links;
    if (!handsKeysOn(keys.role)) return;
    const shown = (role: LinkRole): string | undefined => {
      const link = keys.newest(role);
      return link && formatLink({ ...link, set: keys.set }, world.origin);
    };
    this.links.value = {
      // A co-facilitator's entry for the host is no link.
      host: keys.role === 'h' ? shown('h') : undefined,
      co_facilitator: shown('c'),
      member: shown('m'),
      observer: shown('o'),
    };
  }
}
