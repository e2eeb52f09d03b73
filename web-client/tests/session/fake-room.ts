/**
 * A server for tests, small enough to read. It plays the frames that the protocol describes, with
 * just enough of its rules: places, epochs, rosters, revisions and numbers are checked as the real
 * one checks them; what the meeting is about is not. Tests may make it lie.
 */

import { fromB64u, toB64u } from '../../src/seal/bytes';
import { sealedUnder } from '../../src/seal/box';
import { sha256 } from '../../src/seal/derive';
import type { Dialled, DialEvents } from '../../src/session/world';
import type {
  BranchId, ClientFrame, Code, Command, CommandId, DeviceId, Holder, KeyChange, KnockView, LinkRole, MeetingId, Role,
  RosterEdit, SeatId, Shared,
} from '../../src/wire.gen';
import { KEPT, PRIVATE } from '../../src/wire.gen';
import { Line } from './fake-line';
import { bytes, type Device, FakeRoster, idOf, proven, seatsWith, without, withRole } from './fake-roster';
import { FakeState } from './fake-state';
import type { Network } from './fake-world';

const ROLES: Record<LinkRole, Role> = { h: 'host', c: 'co_facilitator', m: 'member', o: 'observer' };

function freshSeat(): SeatId {
  return toB64u(crypto.getRandomValues(new Uint8Array(16))) as SeatId;
}

export class FakeRoom extends FakeState implements Network {
  /** Commands that are decided; one after the other, as in a room. */
  #deciding: Promise<unknown> = Promise.resolve();

  dialled(events: DialEvents): Dialled {
    const line = new Line(events);
    this.lines.push(line);
    queueMicrotask(() => {
      if (line.closed) return;
      if (this.mode === 'refuse') line.close(1006);
      else {
        events.opened();
        if (this.mode === 'open') this.say(line, { t: 'hello', challenge: line.challenge, build: this.build, retention_days: 30 });
      }
    });
    return {
      send: (text) => {
        if (line.closed || this.mode === 'silent') return;
        const frame = JSON.parse(text) as ClientFrame;
        line.sent.push(frame);
        void this.#hear(line, frame).then(() => this.look());
      },
      drop: () => {
        line.closed = true;
        this.#lobby();
      },
    };
  }

  async #hear(line: Line, frame: ClientFrame): Promise<void> {
    // What is sent at one moment by several browsers is on its way at once.
    await Promise.resolve();
    if (frame.t === 'ping') {
      this.say(line, { t: 'pong', sent: frame.sent, at: this.clock.now });
    } else if (frame.t === 'knock') {
      const token = toB64u(await sha256(bytes(frame.token)));
      if (this.links[frame.role] !== token || !(await proven(frame, line.challenge))) return line.close(4401);
      const { role, pub, sign, nonce, mac, pop, name, resume } = frame;
      line.device = await idOf(pub, sign);
      const seat = this.devices.get(line.device)?.seat;
      const { challenge } = line;
      line.knock = {
        role, pub, sign, nonce, mac, challenge, pop, name, resume, at: this.clock.now, fresh: freshSeat(),
        ...(seat && { seat }),
      };
      if (role === 'h') this.#seat(line, undefined, this.#hostSeat());
      else this.#lobby();
    } else if (frame.t === 'resume') {
      line.device = frame.device;
      const known = this.devices.get(frame.device);
      const token = toB64u(await sha256(fromB64u(frame.token) ?? new Uint8Array(0)));
      if (known?.resume !== token) return line.close(4401);
      this.#resume(line, known, frame.since, frame.branch);
    } else {
      const decided = this.#deciding.then(() => this.#command(line, frame));
      this.#deciding = decided.catch(() => undefined);
      await decided;
    }
  }

  #hostSeat(): SeatId | undefined {
    return Object.entries(this.shared.seats).find(([, { role }]) => role === 'host')?.[0] as SeatId | undefined;
  }

  #resume(line: Line, device: Device, since: number | undefined, branch?: BranchId): void {
    if (this.shared.seats[device.seat]?.in_lobby) {
      this.say(line, { t: 'lobby', at: this.clock.now, lobby: this.lobbyView() });
      return;
    }
    line.own = this.ownOf(line.device as DeviceId);
    line.seated = true;
    const restored = (branch ?? this.branch) !== this.branch || (since ?? 0) > this.seq;
    if (since !== undefined && !restored) {
      for (const frame of this.frames) if ('seq' in frame && frame.seq > since) this.say(line, frame);
      this.say(line, { t: 'own', seq: this.seq, own: line.own, whole: true });
    } else {
      this.snapshot(line, since !== undefined, restored);
    }
    this.#around();
  }

  snapshot(line: Line, gap = false, restored = false): void {
    const own = this.ownOf(line.device as DeviceId);
    line.own = own;
    this.say(line, {
      t: 'snapshot', seq: this.seq, at: this.clock.now, shared: this.shared, own, build: this.build,
      branch: this.branch, ...(gap && { gap }), ...(restored && { restored }),
    });
  }

  #seat(line: Line, grant: string | undefined, seat: SeatId | undefined, put?: () => void): void {
    const { knock, device } = line;
    if (knock === undefined || device === undefined) return;
    const id = seat ?? knock.fresh;
    const next_n = this.devices.get(device)?.next_n ?? 0;
    const { pub, sign, resume, role: came_by } = knock;
    this.devices.set(device, { seat: id, pub, sign, resume, grant, next_n, came_by });
    put?.();
    line.knock = undefined;
    const place = Object.keys(this.shared.seats).length;
    const known = this.shared.seats[id] ?? { role: ROLES[knock.role], place, agreed: false };
    this.change(seat === undefined ? 'seated' : 'device_added', (shared) => {
      shared.seats = { ...shared.seats, [id]: known };
      shared.devices = { ...shared.devices, [device]: { seat: id, pub: knock.pub } };
    });
    line.seated = true;
    this.snapshot(line);
    this.#around();
  }

  /** Presence and the door, to whom they concern. */
  #around(): void {
    const seated = this.lines.filter((line) => line.seated && !line.closed);
    const here = seated.flatMap(({ device }) => this.devices.get(device as DeviceId)?.seat ?? []);
    for (const line of seated) this.say(line, { t: 'presence', here: [...new Set(here)] });
    this.#lobby();
  }

  #lobby(): void {
    const waiting = this.lines.filter((line) => line.knock !== undefined && !line.closed);
    const knocks = Object.fromEntries(
      waiting.map(({ device, knock }) => {
        const { resume: _, ...view } = knock as KnockView & { resume: string };
        const claim = this.claims.get(device as DeviceId);
        return [device, { ...view, ...(claim && { claim }) }];
      }),
    ) as Record<DeviceId, KnockView>;
    for (const line of this.lines) {
      if (line.seated && line.own?.keys && !line.closed) this.say(line, { t: 'knocks', knocks });
    }
    for (const line of this.lines) {
      const seat = this.devices.get(line.device as DeviceId)?.seat;
      if (!line.seated || line.closed) continue;
      const asked = waiting.filter(({ device }) => {
        const claim = this.claims.get(device as DeviceId);
        return claim?.seat === seat && claim?.yes === undefined;
      });
      const claims = Object.fromEntries(asked.map(({ device, knock }) => [device, { at: knock?.at ?? 0 }]));
      if (JSON.stringify(claims) === JSON.stringify(line.claims)) continue;
      line.claims = claims;
      this.say(line, { t: 'claims', claims });
    }
    for (const [place, line] of waiting.entries()) {
      const lobby = { ...this.lobbyView(), place: place + 1 };
      this.say(line, { t: 'lobby', at: this.clock.now, lobby });
    }
  }

  async #command(line: Line, { cid, seen, cmd }: ClientFrame & { t: 'do' }): Promise<void> {
    this.commands.push({ cid, cmd, device: line.device });
    if (this.deaf) return;
    const before = this.answered.get(cid);
    if (before !== undefined) return this.say(line, { t: 'done', cid, seq: before });
    const no = this.refuse(cmd) ?? (await this.#decide(line, cid, seen, cmd));
    if (no !== undefined) return this.say(line, { t: 'refused', cid, ...no });
    this.answered.set(cid, this.seq);
    // Whoever has left is closed out before there could be an answer.
    if (cmd.c === 'leave') line.close(4403);
    else this.say(line, { t: 'done', cid, seq: this.seq });
  }

  async #decide(line: Line, cid: CommandId, seen: number, cmd: Command): Promise<{ code: Code } | undefined> {
    const device = this.devices.get(line.device as DeviceId);
    if (device === undefined) return { code: 'no_device' };
    const { seat } = device;
    const { shared } = this;
    switch (cmd.c) {
      case 'put':
        return this.#put(cid, line.device as DeviceId, device, cmd);
      case 'admit': {
        const knocker = this.lines.find((at) => at.device === cmd.device && at.knock && !at.closed);
        if (knocker?.knock === undefined) return { code: 'no_knock' };
        const may = cmd.seat === undefined ? undefined : this.#maySit(cmd.device, cmd.seat);
        if (may !== undefined) return { code: may };
        const at = this.devices.get(cmd.device)?.seat ?? cmd.seat;
        const { pub, sign, role, fresh } = knocker.knock;
        const joins: Holder = { pub, sign, seat: at ?? fresh, role, link: 0 };
        const around = this.#place(line, shared.epoch, { joins });
        const after = await this.book.vet(shared.set, cmd.edit, around);
        if (typeof after === 'string') return { code: after };
        this.#seat(knocker, cmd.grant, at, () => this.book.take(cmd.edit as RosterEdit, after));
        this.claims.delete(cmd.device);
        return undefined;
      }
      case 'edit_roster': {
        const after = await this.book.vet(shared.set, cmd.edit, this.#place(line, shared.epoch));
        if (typeof after === 'string') return { code: after };
        this.book.take(cmd.edit, after);
        this.change('roster_edited', () => undefined, cid, seat);
        return undefined;
      }
      case 'own_key': {
        const no = this.book.setOwn(seat, line.device as DeviceId, cmd, this.devices);
        if (no !== undefined) return { code: no };
        this.unseen();
        return undefined;
      }
      case 'ask_seat':
        if (this.#maySit(cmd.device, cmd.seat) !== 'seat_here') return { code: 'already' };
        this.claims.set(cmd.device, { seat: cmd.seat });
        this.#lobby();
        return undefined;
      case 'answer_seat': {
        const claim = this.claims.get(cmd.device);
        if (claim?.seat !== seat) return { code: 'no_knock' };
        this.claims.set(cmd.device, { ...claim, yes: cmd.yes });
        this.#lobby();
        return undefined;
      }
      case 'release_item': {
        const item = this.items.get(cmd.item);
        if (item === undefined) return { code: 'no_item' };
        if (sealedUnder(item.box).own) return { code: 'sealed_own' };
        if (item.meeting !== undefined) return { code: 'stale_epoch' };
        this.items.set(cmd.item, { ...item, open: true });
        this.change('item_released', () => undefined, cid, seat);
        return undefined;
      }
      case 'withdraw_item': {
        const item = this.items.get(cmd.item);
        this.items.delete(cmd.item);
        if (item?.open === true) this.change('item_withdrawn', () => undefined, cid, seat);
        else this.unseen();
        return undefined;
      }
      case 'grant': {
        const to = this.devices.get(cmd.device);
        if (to === undefined) return { code: 'no_device' };
        to.grant = cmd.grant;
        this.unseen();
        return undefined;
      }
      case 'close':
        // Of what was typed there stays what the set keeps; actions and learning questions for their owners.
        for (const [id, { open: _, ...item }] of this.items) {
          if (['action', 'learning_question'].includes(item.kind)) this.items.set(id, item);
          else if (!KEPT[shared.mode].includes(item.kind)) this.items.delete(id);
        }
        this.book.due = new Set(this.book.due.has('c') ? ['c'] : []);
        this.change('closed', (next) => {
          next.stage = 'closed';
        }, cid, seat);
        return undefined;
      case 'next_meeting':
        if (shared.stage !== 'closed') return { code: 'stage' };
        for (const [id, item] of this.items) this.items.set(id, { meeting: shared.meeting, ...item });
        this.change('meeting_opened', (next) => {
          next.stage = 'gathering';
          next.meeting = cmd.meeting;
        }, undefined, seat);
        return this.#rekey(cid, line, cmd.keys);
      case 'rekey':
      case 'remove': {
        const leaves = cmd.c === 'remove' ? cmd.seat : undefined;
        if (leaves === undefined && shared.stage === 'closed' && cmd.keys.edit?.whole !== true) return { code: 'stage' };
        return this.#rekey(cid, line, cmd.keys, leaves);
      }
      case 'set_role': {
        const fault = shared.seats[seat]?.role === 'host' ? withRole(cmd) : 'role';
        return fault === undefined ? this.#rekey(cid, line, cmd.keys as KeyChange, undefined, cmd) : { code: fault };
      }
      case 'drop_other_devices':
        for (const [id, at] of this.devices) {
          if (at.seat !== seat || id === line.device) continue;
          this.book.owe(at.came_by, shared.stage);
          this.devices.delete(id);
          this.cut(id, 4401);
        }
        this.change('device_dropped', (next) => {
          next.devices = Object.fromEntries(Object.entries(next.devices).filter(([id]) => this.devices.has(id as DeviceId)));
        }, cid, seat);
        return undefined;
      case 'leave':
        for (const { seat: at, came_by } of this.devices.values()) if (at === seat) this.book.owe(came_by, shared.stage);
        this.drop(seat);
        this.change('left', (next) => without(next, seat), cid, seat);
        return undefined;
      case 'next':
        if (shared.moved > seen) return { code: 'stale' };
        this.change('moved', (next) => {
          next.moved = this.seq + 1;
        }, cid, seat);
        return undefined;
      case 'send_to_lobby':
        this.change('sent_to_lobby', (next) => this.#inLobby(next, cmd.seat, true), cid, seat);
        for (const at of this.lines) {
          if (at.closed || this.devices.get(at.device as DeviceId)?.seat !== cmd.seat) continue;
          at.seated = false;
          this.say(at, { t: 'lobby', at: this.clock.now, lobby: this.lobbyView() });
        }
        return undefined;
      default:
        this.change(cmd.c, () => undefined, cid, seat);
        return undefined;
    }
  }

  #inLobby(next: Shared, seat: SeatId, on: boolean): void {
    const { in_lobby: _, ...view } = next.seats[seat] as Shared['seats'][SeatId];
    next.seats = { ...next.seats, [seat]: on ? { ...view, in_lobby: true } : view };
  }

  /** Brings somebody back from the lobby. */
  bringBack(seat: SeatId): void {
    this.change('brought_back', (next) => this.#inLobby(next, seat, false));
    for (const line of this.lines) {
      if (line.closed || this.devices.get(line.device as DeviceId)?.seat !== seat) continue;
      line.seated = true;
      this.snapshot(line);
    }
  }

  #maySit(device: DeviceId, seat: SeatId): Code | undefined {
    if (this.shared.seats[seat] === undefined) return 'no_seat';
    if (this.devices.get(device)?.seat === seat) return undefined;
    const claim = this.claims.get(device);
    const yes = claim?.seat === seat ? claim.yes : undefined;
    if (yes === false) return 'not_them';
    return yes !== true && this.linesOf(seat).some((at) => at.seated) ? 'seat_here' : undefined;
  }

  #place(line: Line, epoch: number, more: { joins?: Holder; leaves?: SeatId | undefined; meeting?: MeetingId } = {}): Parameters<FakeRoster['vet']>[2] {
    const by = line.device as DeviceId;
    const host = this.shared.seats[this.devices.get(by)?.seat as SeatId]?.role === 'host';
    return { by, host, epoch, devices: this.devices, ...more };
  }

  async #rekey(cid: CommandId, line: Line, keys: KeyChange, leaves?: SeatId, takes?: Command & { c: 'set_role' }): Promise<{ code: Code } | undefined> {
    const leaps = keys.edit?.whole === true && keys.epoch > this.shared.epoch;
    if (keys.epoch !== this.shared.epoch + 1 && !leaps) return { code: 'stale_epoch' };
    const around = this.#place(line, keys.epoch, { leaves, meeting: this.shared.meeting });
    const after = await this.book.vet(this.shared.set, keys.edit, around);
    if (typeof after === 'string') return { code: after };
    if (!this.book.complete(keys, after, around)) return { code: 'stale_roster' };
    this.book.take(keys.edit as RosterEdit, after);
    this.book.settle(keys.links);
    const by = this.devices.get(line.device as DeviceId)?.seat;
    const gone = leaves === undefined ? [] : this.linesOf(leaves);
    if (leaves !== undefined) this.drop(leaves);
    for (const [id, device] of this.devices) device.grant = keys.grants[id];
    this.wraps = keys.wraps;
    this.links = { ...this.links, ...keys.links };
    const what = takes !== undefined ? 'role_set' : leaves === undefined ? 'rekeyed' : 'removed';
    this.change(what, (next) => {
      next.epoch = keys.epoch;
      next.seats = seatsWith(next.seats, keys.roles === true ? after : undefined, takes);
      if (leaves !== undefined) without(next, leaves);
    }, cid, by);
    for (const at of gone) at.close(4403);
    return undefined;
  }

  #put(cid: CommandId, id: DeviceId, device: Device, cmd: Command & { c: 'put' }): { code: Code } | undefined {
    const { own, epoch } = sealedUnder(cmd.box);
    if (own && !PRIVATE.includes(cmd.kind) && this.items.get(cmd.item)?.open !== false) return { code: 'sealed_own' };
    if (epoch !== (own ? this.book.own.get(device.seat)?.gen : this.shared.epoch)) return { code: 'stale_epoch' };
    if ((cmd.meeting ?? this.shared.meeting) !== this.shared.meeting) return { code: 'stale_epoch' };
    if (cmd.rev !== (this.items.get(cmd.item)?.rev ?? 0) + 1) return { code: 'stale_revision' };
    if (own ? cmd.n < 2 ** 52 : cmd.n < device.next_n || cmd.n >= 2 ** 52) return { code: 'stale_order' };
    const { kind, item, rev, n, prev, box, bid, action, replaces } = cmd;
    if (replaces && !this.takesAway(replaces)) return { code: 'stale_revision' };
    if ((kind === 'practice') !== (action !== undefined)) return { code: 'kind' };
    if (action !== undefined) this.practices.set(item, action);
    const open = this.items.has(item) ? this.items.get(item)?.open === true : !PRIVATE.includes(kind);
    this.items.set(item, {
      kind, rev, n, prev, box, seat: device.seat, device: id, at: this.clock.now, part: 0,
      ...(open && { open }), ...(bid && { bid }),
    });
    if (!own) device.next_n = n + 1;
    if (open) this.change('written', () => undefined, cid, device.seat);
    else this.unseen();
    return undefined;
  }
}
