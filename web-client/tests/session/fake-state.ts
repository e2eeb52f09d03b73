/** The state of the server for tests: people, texts and roster as they stand, and what it tells of them. */

import { toB64u } from '../../src/seal/bytes';
import type {
  BranchId, Claim, Code, Command, CommandId, DeviceId, Founding, ItemId, ItemView, KeyChange, LinkRole, Own, Replaced,
  SeatId, ServerFrame, SetId, Shared,
} from '../../src/wire.gen';
import { diff, Line, type Json } from './fake-line';
import { type Device, FakeRoster } from './fake-roster';
import type { FakeTime } from './fake-world';

export class FakeState {
  readonly lines: Line[] = [];
  /** Every command that arrived, in order. */
  readonly commands: { cid: CommandId; cmd: Command; device: DeviceId | undefined }[] = [];
  /** Journal of changes: the frame of each place from 1. */
  readonly frames: ServerFrame[] = [];
  /** What dialling leads to. */
  mode: 'open' | 'refuse' | 'silent' = 'open';
  /** Commands that this answers with a code are refused. */
  refuse: (cmd: Command) => { code: Code; temporary?: boolean } | undefined = () => undefined;
  /** Frames on their way out may be changed, or kept back with `undefined`. */
  twist: (frame: ServerFrame, line: Line) => ServerFrame | undefined = (frame) => frame;
  /** Commands are swallowed without an answer while this is on. */
  deaf = false;
  seq = 1;
  build = 'one';
  branch = 'AAAAAAAAAAAAAAAAAAAAAA' as BranchId;
  links: Partial<Record<LinkRole, string>> = {};
  wraps: KeyChange['wraps'] = {};
  readonly devices = new Map<DeviceId, Device>();
  readonly book = new FakeRoster();
  /** Who is asked about whom at the door. */
  readonly claims = new Map<DeviceId, Claim>();
  readonly items = new Map<ItemId, ItemView>();
  /** Which action a practice comes from. */
  readonly practices = new Map<ItemId, ItemId>();
  readonly answered = new Map<CommandId, number>();
  shared!: Shared;
  protected readonly clock: FakeTime;
  readonly #watchers = new Set<() => void>();

  constructor(clock: FakeTime) {
    this.clock = clock;
  }

  /** Resolves once `test` holds; looked at whenever a frame has come in. */
  until(test: () => boolean): Promise<void> {
    if (test()) return Promise.resolve();
    return new Promise((resolve) => {
      const watcher = (): void => {
        if (!test()) return;
        this.#watchers.delete(watcher);
        resolve();
      };
      this.#watchers.add(watcher);
    });
  }

  /** The commands of one kind that arrived. */
  all<C extends Command['c']>(c: C): (Command & { c: C })[] {
    return this.commands.flatMap(({ cmd }) => (cmd.c === c ? [cmd as Command & { c: C }] : []));
  }

  async create(founding: Founding): Promise<void> {
    this.links = { ...founding.links };
    this.shared = {
      set: founding.set as SetId, meeting: founding.meeting, epoch: 0, stage: 'gathering',
      plan: founding.plan, template: founding.template, agenda: [], moved: 1,
      clock: { is: 'stopped' }, silence: false, mode: founding.mode,
      charter_first: false, locked: false, seats: {}, devices: {}, roster: {}, queue: {}, round: {}, items: {},
    };
  }

  /** Cuts every line, or those of one device. */
  cut(device?: DeviceId, code = 1006): void {
    for (const line of this.lines) if (device === undefined || line.device === device) line.close(code);
  }

  protected look(): void {
    for (const watcher of this.#watchers) watcher();
  }

  protected say(line: Line, frame: ServerFrame): void {
    const twisted = this.twist(frame, line);
    if (twisted !== undefined) line.say(twisted);
  }

  ownOf(id: DeviceId): Own {
    const device = this.devices.get(id) as Device;
    const role = this.shared.seats[device.seat]?.role ?? 'member';
    const keys = role === 'host' || role === 'co_facilitator';
    const wrap = role === 'host' ? this.wraps.h : role === 'co_facilitator' ? this.wraps.c : undefined;
    const mine = [...this.items].filter(([, item]) => item.seat === device.seat && !item.open);
    const own = this.book.own.get(device.seat);
    const others = [...this.book.own].filter(([seat]) => seat !== device.seat || role === 'host');
    const recover = others.flatMap(([seat, key]) => {
      const box = role === 'host' ? key.host : role === 'co_facilitator' ? key.boxes[id] : undefined;
      return box === undefined ? [] : [[seat, box]];
    });
    return {
      seat: device.seat, device: id, role, controls: keys, keys, next_n: device.next_n,
      items: Object.fromEntries(mine) as Own['items'],
      ...(device.grant !== undefined && { grant: device.grant }),
      practice_of: Object.fromEntries([...this.practices].filter(([id]) => this.items.get(id)?.seat === device.seat)),
      ...(wrap !== undefined && { wrap }),
      ...(keys && { links: { c: this.links.c, m: this.links.m, o: this.links.o } as NonNullable<Own['links']> }),
      ...(own && {
        own_key: {
          gen: own.gen, for: Object.keys(own.boxes) as DeviceId[], host: own.host !== undefined,
          ...(own.boxes[id] && { box: own.boxes[id] }),
          ...(own.code && { code: own.code }),
        },
      }),
      ...(recover.length > 0 && { recover: Object.fromEntries(recover) as NonNullable<Own['recover']> }),
    };
  }

  protected lobbyView(): Extract<ServerFrame, { t: 'lobby' }>['lobby'] {
    const { meeting, stage, mode, plan } = this.shared;
    return { facilitator_here: true, meeting, stage, mode, plan, minutes: 90, people_max: 24 };
  }

  /** What a copy of the room holds. */
  copy() {
    return {
      seq: this.seq, shared: this.shared, frames: [...this.frames], wraps: this.wraps, links: this.links,
      maps: this.#maps().map((map) => new Map([...map].map(([id, at]) => [id, structuredClone(at)]))),
      roster: this.book.roster, edits: this.book.edits,
    };
  }

  #maps(): Map<unknown, unknown>[] {
    return [this.items, this.devices, this.answered, this.book.own];
  }

  /** The service stops, a copy is put back, and it starts again. */
  putBack(kept: ReturnType<FakeState['copy']>): void {
    this.cut();
    this.branch = toB64u(crypto.getRandomValues(new Uint8Array(16))) as BranchId;
    Object.assign(this, { seq: kept.seq, shared: kept.shared, wraps: kept.wraps, links: kept.links });
    Object.assign(this.book, { roster: kept.roster, edits: kept.edits });
    this.frames.splice(0, this.frames.length, ...kept.frames);
    for (const [of, map] of this.#maps().entries()) {
      map.clear();
      for (const [id, value] of kept.maps[of] ?? []) map.set(id, value);
    }
  }

  /** Makes a change and tells everybody who is seated. */
  change(what: string, alter: (shared: Shared) => void, re?: CommandId, by?: SeatId): void {
    const next = { ...this.shared, roster: this.book.edits };
    const { key_due: _, ...rest } = next;
    const due = [...this.book.due];
    this.#changed(what, { ...rest, ...(due.length > 0 && { key_due: due }) }, alter, re, by);
  }

  #changed(what: string, next: Shared, alter: (shared: Shared) => void, re?: CommandId, by?: SeatId): void {
    alter(next);
    next.items = Object.fromEntries([...this.items].filter(([, item]) => item.open)) as Shared['items'];
    const patch = diff(this.shared as unknown as Json, next as unknown as Json);
    this.shared = next;
    this.seq += 1;
    const frame: ServerFrame = {
      t: 'change', seq: this.seq, at: this.clock.now, what, shared: patch as never,
      ...(re && { re }), ...(by && { by }),
    };
    this.frames.push(frame);
    this.#spread(frame);
  }

  /** A change that only its author sees takes no place. */
  unseen(): void {
    this.#spread(undefined);
  }

  #spread(frame: ServerFrame | undefined): void {
    for (const line of this.lines) {
      if (!line.seated || line.closed || !this.devices.has(line.device as DeviceId)) continue;
      if (frame !== undefined) this.say(line, frame);
      const own = this.ownOf(line.device as DeviceId);
      const change = diff(line.own as unknown as Json, own as unknown as Json);
      line.own = own;
      if (Object.keys(change).length > 0) this.say(line, { t: 'own', seq: this.seq, own: change as never });
    }
  }

  linesOf(seat: SeatId): Line[] {
    return this.lines.filter((at) => !at.closed && this.devices.get(at.device as DeviceId)?.seat === seat);
  }

  takesAway({ item, rev }: Replaced): boolean {
    return this.items.get(item)?.rev === rev && this.items.delete(item);
  }

  drop(seat: SeatId): void {
    for (const [id, device] of this.devices) if (device.seat === seat) this.devices.delete(id);
    for (const [id, item] of this.items) if (item.seat === seat) this.items.delete(id);
  }
}
