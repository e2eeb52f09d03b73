/**
 * One browser's connection to one set, from the door to the end: who it comes as, when it may go in,
 * and why it is over. What it finds there is in `live-room.ts`.
 */

import { batch, signal } from '@preact/signals';
import { ServerClock } from '../lib/clock';
import { type Bytes, sameBytes } from '../seal/bytes';
import { deviceFromPair } from '../seal/device';
import type { LinkSecret } from '../seal/keylist';
import type { Link, LinkRole } from '../seal/link';
import type { Code, ServerFrame } from '../wire.gen';
import { type Context, newWaiters, oneByOne } from './context';
import { Drafts } from './drafts';
import { endedBy } from './endings';
import { Keys } from './keys';
import { holding } from './lazy';
import { type LiveRoom, liveRoom } from './live-room';
import { type Kept, Memory } from './memory';
import { Outbox } from './outbox';
import { OwnKeys } from './own-keys';
import { isFirstForm, linkOf, oldFacilitator, resumeFrame } from './return';
import { Seen } from './seen';
import { type CloseReason, Socket, type SocketEvents } from './socket';
import { newTab } from './tab';
import { Texts } from './texts';
import type { Ended, Place, Session } from './types';
import type { World } from './world';
import { Writer } from './writer';

/** Why somebody at the door is not let in, this time or at all: the same knock would be of no use. */
const FINAL: ReadonlySet<Ended> = new Set(['auth', 'refused', 'link_changed']);

export interface Connection {
  /** What the screens see of it, and what they may do about it. */
  readonly views: Pick<Session, 'place' | 'newBuild' | 'keptDays' | 'broken' | 'now' | 'takeOver' | 'forget' | 'tryNow' | 'close'>;
  /** Which kind of link this browser came by; a member's until that is known. */
  readonly role: LinkRole;
  readonly opened: Session['opened'];
  readonly line: Socket['line'];
  readonly trouble: Socket['trouble'];
  readonly context: Context;
  readonly writer: Writer;
  readonly room: LiveRoom;
  /**
   * Opens what is kept of the set. False when there is nothing to go on with, so that the person
   * must say their name first; nothing was sent or stored then.
   */
  open(): Promise<boolean>;
  /** Asks to join under this name. `links` are a new set's own, for whoever made it. */
  join(name: string, links?: readonly LinkSecret[]): Promise<void>;
}

/**
 * `link` is what the person came with; without one, only what is kept can be opened. `settled` is
 * called when keys, texts or the roster may be others, `ended` when everything has stopped.
 */
export function newConnection(
  world: World,
  set: Bytes,
  link: Link | undefined,
  settled: () => void,
  ended: () => void,
): Connection {
  let build: string | undefined;
  let over = false;
  /** The browser has put the page away: what is one tab's alone was let go. */
  let away: (() => void) | undefined;
  const place = signal<Place>({ at: 'starting' });
  const newBuild = signal(false);
  const keptDays = signal<number | undefined>(undefined);
  const broken = signal(false);
  const clock = new ServerClock(world.time);
  const tab = newTab(world, set, () => end('elsewhere'), () => context.aside(goesOn()));
  const waiters = newWaiters();
  const memory = new Memory(world, set);
  const drafts = new Drafts(world, memory);
  const own = new OwnKeys(memory);
  const keys = new Keys(set, memory, own);
  const texts = new Texts((epoch) => keys.key(epoch), own, new Seen(memory));
  const socket = new Socket(world, clock, {
    first,
    frame,
    build(served, days) {
      keptDays.value = days;
      build ??= served;
      newBuild.value ||= build !== served;
    },
    lost: () => outbox.pause(),
    ended: closed,
  });
  const outbox = new Outbox(
    world,
    (sent) => socket.send(sent),
    () => socket.reconnect(),
  );
  const context: Context = {
    world,
    clock,
    memory,
    keys,
    own,
    texts,
    outbox,
    drafts,
    inTurn: oneByOne(),
    room: () => room.state,
    turn: waiters.turn,
    until: async (test) => !over && waiters.until(test),
    aside(work) {
      work.catch((fault: unknown) => {
        broken.value = true;
        world.report(fault);
      });
    },
  };
  const writer = new Writer(context);
  const room = liveRoom(context, writer, moved, settled);

  function moved(): void {
    if (place.value.at !== 'room') place.value = { at: 'room' };
  }

  /** Whoever comes back to the page finds it as it was, unless another tab has the set by then, or has had it. */
  async function back(): Promise<void> {
    if (!over && (await goesOn())) socket.start();
  }

  /** True where this page goes on as it was. Where another tab has had the set meanwhile, it begins anew. */
  async function goesOn(): Promise<boolean> {
    const was = marks();
    const kept = over ? undefined : await read();
    if (over) tab.release();
    if (kept === undefined || over) return false;
    if (marks() === was) return true;
    // What was being opened here is not kept over what that tab has seen.
    texts.begin();
    socket.stop();
    // A text stands in its form again: that tab may have sent it, or a newer one.
    outbox.abandon('put');
    outbox.pause();
    room.leave();
    await beginOrKnock();
    return false;
  }

  /** By what one can tell that another tab had the set. */
  function marks(): string {
    const { branch, chain, drafts: typed, meeting, member, resume, seen } = memory.kept;
    return JSON.stringify([branch, chain, typed?.iv, meeting, member, resume, seen]);
  }

  function watchPage(): void {
    let parked = false;
    away ??= world.onAway(
      () => {
        parked = true;
        socket.stop();
        outbox.pause();
        tab.release();
      },
      () => {
        if (parked) context.aside(back());
        parked = false;
      },
    );
  }

  /** Stops everything; `why` is shown. The next knock or take-over may begin anew. */
  function end(why?: Ended): void {
    over = true;
    away?.();
    away = undefined;
    socket.stop();
    outbox.abandon();
    waiters.stop();
    tab.release();
    batch(() => {
      room.leave();
      if (why !== undefined) place.value = { at: 'ended', why };
    });
    ended();
  }

  function toDoor(): void {
    end();
    place.value = { at: 'door' };
  }

  /** Nothing of the set stays on the page. */
  function clean(): void {
    keys.clear();
    room.rollback.clear();
    drafts.forget();
  }

  async function forget(): Promise<void> {
    end();
    place.value = { at: 'starting' };
    clean();
    // Said once it is so.
    end((await memory.forget()) ? 'left' : 'left_keys');
  }

  /** Takes the device for this tab. False when another one has it; that is shown. */
  async function hold(): Promise<boolean> {
    const here = await tab.take();
    if (!here) end('elsewhere');
    return here;
  }

  /** What is kept, as another tab may have left it. Undefined where this one has come to its end. */
  async function read(): Promise<Kept | undefined> {
    if (!(await hold())) return undefined;
    const known = memory.kept.device;
    const kept = await memory.read(true);
    if (known === undefined || kept.device !== undefined) return kept;
    // Another tab has forgotten the set.
    end('left');
    clean();
    return undefined;
  }

  /** Goes in, or to the lobby. False when there is nothing to do it with. */
  async function begin(): Promise<boolean> {
    const kept = await read();
    if (kept === undefined) return true;
    link ??= linkOf(set, kept);
    if (kept.device === undefined) return false;
    // A browser that waits was made for the link that it knocked by, and another tab may have another one.
    const waits = kept.member === undefined;
    if (waits && !(link && kept.secret && sameBytes(link.secret, kept.secret))) return false;
    const device = await deviceFromPair(kept.device, kept.signing);
    await drafts.load();
    context.aside(drafts.ready());
    keys.begin(device, kept.role ?? 'm');
    texts.begin();
    writer.begin();
    world.note(set);
    over = false;
    place.value = { at: 'starting' };
    watchPage();
    socket.start();
    // Links are there to be shared before the room is.
    settled();
    return true;
  }

  async function beginOrKnock(): Promise<void> {
    if (!(await begin())) toDoor();
  }

  async function join(name: string, links: readonly LinkSecret[] = []): Promise<void> {
    if (link === undefined) throw new Error('no link to knock with');
    if (!(await hold())) return;
    await memory.read(true);
    const { prepareKnock } = await holding();
    await prepareKnock(world, memory, link, name, links);
    await begin();
  }

  async function first(): ReturnType<SocketEvents['first']> {
    const { kept } = memory;
    const resume = kept.resume ?? new Uint8Array(32);
    room.renew();
    if (kept.member !== undefined) return resumeFrame(set, keys.device, resume, room.since, kept.branch);
    const by = link;
    if (by === undefined) throw new Error('no way in');
    const { knockFrame } = await holding();
    return (challenge) => knockFrame(world, by, keys.device, resume, kept.name ?? '', challenge);
  }

  function frame(came: ServerFrame): void {
    if (came.t === 'lobby') {
      if (room.state !== undefined) {
        // Sent back.
        outbox.pause();
        room.leave();
      }
      place.value = { at: 'lobby', lobby: came.lobby, back: came.lobby.place === undefined };
    } else if (came.t === 'refused') {
      if (came.cid !== undefined) outbox.answered(came);
      // Refused as a whole. What time may heal, the close after it says when to try again.
      else if (!came.temporary) closed('not_allowed', came.code);
    } else if (!room.take(came)) socket.reconnect();
  }

  function closed(reason: CloseReason, code?: Code): void {
    const seated = memory.kept.member !== undefined;
    const out = reason === 'not_allowed' || reason === 'auth';
    if (seated && out && outbox.conclude('leave')) {
      context.aside(forget());
      return;
    }
    if (reason === 'auth' && seated && link !== undefined) {
      // The token is of no use any more, but the link may be. What was written is only here now.
      toDoor();
      return;
    }
    const why = endedBy(reason, code, seated);
    end(why);
    if (!seated && FINAL.has(why)) context.aside(memory.save({ name: undefined, secret: undefined }));
    if (why !== 'removed' && why !== 'erased') return;
    clean();
    context.aside(memory.forget());
  }

  return {
    views: {
      place,
      newBuild,
      keptDays,
      broken,
      now: () => clock.now(),
      tryNow: () => socket.tryNow(),
      async takeOver() {
        await tab.takeOver();
        await beginOrKnock();
      },
      forget,
      close: () => end(),
    },
    get role() {
      return (memory.kept.member ? undefined : link?.role) ?? keys.cameBy;
    },
    get opened() {
      return link?.role;
    },
    line: socket.line,
    trouble: socket.trouble,
    context,
    writer,
    room,
    async open() {
      const kept = await memory.read(false);
      await drafts.load();
      // Admitted before, or reloaded in the lobby. Whoever comes there by the link again may want
      // another name.
      const known = kept.member !== undefined || (kept.name !== undefined && link === undefined);
      const old = oldFacilitator(set, kept);
      if (old !== undefined) {
        // This browser cannot sign what facilitators must sign now. By its link it comes in anew.
        link = old;
        place.value = { at: 'door', anew: true };
        return true;
      }
      if (known && kept.member === undefined && isFirstForm(kept)) {
        // An earlier page waited at the door. Its device cannot knock any more: the same name does, anew.
        link = linkOf(set, kept);
        if (link === undefined) return false;
        await join(kept.name ?? '');
        return true;
      }
      if (known && (await begin())) return true;
      place.value = { at: 'door' };
      return false;
    },
    join,
  };
}
