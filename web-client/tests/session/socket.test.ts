import { beforeEach, describe, expect, it } from 'vitest';
import { ServerClock } from '../../src/lib/clock';
import { type CloseReason, Socket } from '../../src/session/socket';
import type { DialEvents } from '../../src/session/world';
import { type ClientFrame, CLOSE, type DeviceId, type ServerFrame, type SetId } from '../../src/wire.gen';
import { settled } from '../settled';
import { FakeTime, FakeWorld, need } from './fake-world';

const FIRST: ClientFrame = {
  t: 'resume', v: 1, set: 'set' as SetId, device: 'device' as DeviceId, token: 'token',
};

class Peer {
  readonly events: DialEvents;
  readonly got: ClientFrame[] = [];
  dropped = false;

  constructor(events: DialEvents) {
    this.events = events;
  }

  open(): void {
    this.events.opened();
  }

  say(frame: ServerFrame): void {
    this.events.message(JSON.stringify(frame));
  }

  close(code: number): void {
    this.events.closed(code);
  }
}

let time: FakeTime;
let peers: Peer[];
let frames: ServerFrame[];
let ended: CloseReason[];
let lost: number;
let clock: ServerClock;
let world: FakeWorld;
let socket: Socket;

/** First frames are made asynchronously: lets what waits for one go on. */
const peer = (): Peer => need(peers.at(-1), 'peer');
const beat = (): ServerFrame => ({ t: 'beat', at: time.now });

beforeEach(async () => {
  time = new FakeTime();
  [peers, frames, ended, lost] = [[], [], [], 0];
  const network = {
    create: () => Promise.resolve(),
    dialled: (events: DialEvents) => {
      const made = new Peer(events);
      peers.push(made);
      return {
        send: (text: string) => made.got.push(JSON.parse(text) as ClientFrame),
        drop: () => {
          made.dropped = true;
        },
      };
    },
  };
  world = new FakeWorld(network, time);
  clock = new ServerClock(world.time);
  socket = new Socket(world, clock, {
    first: () => Promise.resolve(FIRST),
    frame: (frame) => frames.push(frame),
    build: () => undefined,
    lost: () => {
      lost += 1;
    },
    ended: (reason) => ended.push(reason),
  });
  socket.start();
  await settled();
});

const live = (): void => {
  peer().open();
  peer().say(beat());
};

describe('the line', () => {
  it('says its first frame when it opens, and is live with the first message', () => {
    expect(socket.line.value).toBe('connecting');
    peer().open();
    expect(peer().got).toEqual([FIRST]);
    expect(socket.line.value).toBe('connecting');
    peer().say(beat());
    expect(socket.line.value).toBe('live');
  });

  it('hands frames on, but keeps beats, pongs and restarts to itself', () => {
    live();
    peer().say({ t: 'claims', claims: {} });
    peer().say({ t: 'restart', after_ms: 9 });
    expect(frames).toEqual([{ t: 'claims', claims: {} }]);
  });

  it('a line that opens and stays silent is given up after ten seconds', async () => {
    peer().open();
    time.advance(9_999);
    expect(peer().dropped).toBe(false);
    time.advance(1);
    expect(peer().dropped).toBe(true);
    time.advance(500);
    await settled();
    expect(peers).toHaveLength(2);
  });

  it('is in trouble after five seconds without being live, and says so until it is', async () => {
    time.advance(4_999);
    expect(socket.line.value).toBe('connecting');
    time.advance(1);
    expect(socket.line.value).toBe('trouble');
    peer().close(1006);
    time.advance(500);
    await settled();
    expect(socket.line.value).toBe('trouble');
    live();
    expect(socket.line.value).toBe('live');
    time.advance(6_000);
    expect(socket.line.value).toBe('live');
  });

  // fault: F4 — a browser takes a silent line for dead after 45 s
  it('is lost after 45 seconds of silence, and not before', () => {
    live();
    for (let i = 0; i < 5; i += 1) {
      time.advance(20_000);
      peer().say(beat());
    }
    time.advance(44_999);
    expect(socket.line.value).toBe('live');
    time.advance(1);
    expect(socket.line.value).toBe('waiting');
    expect([peer().dropped, lost]).toEqual([true, 1]);
  });

  it('an answer that is not ours ends the connection', () => {
    live();
    peer().events.message('<html>');
    expect(peer().dropped).toBe(true);
    expect(socket.line.value).toBe('waiting');
  });

  it('late events of an earlier connection mean nothing', async () => {
    live();
    const old = peer();
    socket.reconnect();
    await settled();
    old.say({ t: 'claims', claims: {} });
    old.close(4403);
    expect([frames, ended]).toEqual([[], []]);
    live();
    expect(socket.line.value).toBe('live');
  });
});

describe('coming back', () => {
  it('waits longer after each failure, from a quarter second to fifteen', async () => {
    const waits: number[] = [];
    for (let i = 0; i < 9; i += 1) {
      peer().close(1006);
      const before = peers.length;
      const start = time.now;
      while (peers.length === before) {
        time.advance(25);
        await settled();
      }
      waits.push(time.now - start);
    }
    // The middle of each range, since chance is a half here.
    expect(waits).toEqual([375, 625, 1125, 2125, 4125, 7625, 7625, 7625, 7625]);
  });

  it('begins anew with short waits once a connection was live', async () => {
    for (let i = 0; i < 4; i += 1) {
      peer().close(1006);
      time.advance(15_000);
      await settled();
    }
    live();
    peer().close(1006);
    time.advance(375);
    await settled();
    expect(peers).toHaveLength(6);
  });

  it.each<[string, ServerFrame[]]>([
    ['says hello', []],
    ['says hello, and that it is about to restart', [{ t: 'restart', after_ms: 0 }]],
    ['says hello, and that it cannot do it now', [{ t: 'refused', code: 'busy', temporary: true }]],
  ])('a server that %s, and then closes, is left in peace for longer and longer', async (_, more) => {
    const waits: number[] = [];
    for (let i = 0; i < 8; i += 1) {
      peer().open();
      peer().say({ t: 'hello', challenge: 'c', build: 'b' } as ServerFrame);
      for (const frame of more) peer().say(frame);
      expect(socket.live).toBe(false);
      peer().close(1013);
      const before = peers.length;
      const start = time.now;
      while (peers.length === before) {
        time.advance(25);
        await settled();
      }
      waits.push(time.now - start);
    }
    expect(waits).toEqual([375, 625, 1125, 2125, 4125, 7625, 7625, 7625]);
  });

  it('a first frame that cannot be made yet is made later: its code may not have arrived', async () => {
    let tries = 0;
    const other = new Socket(world, clock, {
      first: () => {
        tries += 1;
        return tries < 3 ? Promise.reject(new Error('no such file')) : Promise.resolve(() => Promise.resolve(FIRST));
      },
      frame: () => undefined, build: () => undefined, lost: () => undefined, ended: () => undefined,
    });
    const before = peers.length;
    other.start();
    for (let wait = 0; wait < 40 && peers.length === before; wait += 1) {
      await settled();
      time.advance(250);
    }
    expect([tries, peers.length]).toEqual([3, before + 1]);
    peer().open();
    peer().say({ t: 'hello', challenge: 'c', build: 'b' } as ServerFrame);
    await settled();
    expect(peer().got).toEqual([FIRST]);
    other.stop();
  });

  it('a knock that cannot be signed ends the connection, and the next one tries again', async () => {
    let tries = 0;
    const other = new Socket(world, clock, {
      first: () => Promise.resolve(() => {
        tries += 1;
        return tries < 2 ? Promise.reject(new Error('no keys')) : Promise.resolve(FIRST);
      }),
      frame: () => undefined, build: () => undefined, lost: () => undefined, ended: () => undefined,
    });
    other.start();
    await settled();
    const first = peer();
    first.open();
    first.say({ t: 'hello', challenge: 'c', build: 'b' } as ServerFrame);
    await settled();
    expect(first.dropped).toBe(true);
    time.advance(1000);
    await settled();
    peer().say({ t: 'hello', challenge: 'd', build: 'b' } as ServerFrame);
    await settled();
    expect(peer().got).toEqual([FIRST]);
    other.stop();
  });

  it('comes back at once when the page is seen or the network is back', async () => {
    for (let i = 0; i < 6; i += 1) {
      peer().close(1006);
      time.advance(15_000);
      await settled();
    }
    peer().close(1006);
    world.wake();
    await settled();
    expect(peers).toHaveLength(8);
  });

  // fault: F5 — nobody comes back before the moment that the server gave them
  it('does not come back before the time that a restarting server asked for', async () => {
    live();
    peer().say({ t: 'restart', after_ms: 3_000 });
    peer().close(1012);
    time.advance(2_900);
    world.wake();
    await settled();
    expect(peers).toHaveLength(1);
    time.advance(100);
    await settled();
    expect(peers).toHaveLength(2);
  });

  // fault: F4 — a laptop that wakes up knows within 5 s whether its line is alive
  it('after a sleep it asks whether anybody is there, and gives up within seconds', async () => {
    live();
    time.advance(10_000);
    world.wake();
    expect(peer().got.at(-1)).toMatchObject({ t: 'ping' });
    time.advance(4_999);
    expect(peers).toHaveLength(1);
    time.advance(1);
    await settled();
    expect(peers).toHaveLength(2);
  });

  it('an answer to that question keeps the line', async () => {
    live();
    world.wake();
    peer().say(beat());
    time.advance(6_000);
    await settled();
    expect([peers.length, socket.line.value]).toEqual([1, 'live']);
    peer().say(beat());
    time.advance(45_000);
    expect(socket.line.value).toBe('waiting');
  });

  it.each(Object.entries(CLOSE))('close code %s does as the table says', async (code, { reason, come_back }) => {
    live();
    peer().close(Number(code));
    time.advance(20_000);
    await settled();
    expect(peers.length).toBe(come_back ? 2 : 1);
    expect(ended).toEqual(come_back ? [] : [reason]);
  });

  it.each([1000, 1001, 1005, 1006, 1011, 4999])('an unknown close code %s comes back', async (code) => {
    live();
    peer().close(code);
    time.advance(20_000);
    await settled();
    expect([peers.length, ended]).toEqual([2, []]);
  });

  it('stops for good when told to', async () => {
    live();
    socket.stop();
    expect(peer().dropped).toBe(true);
    world.wake();
    time.advance(100_000);
    await settled();
    expect(peers).toHaveLength(1);
    expect(time.next).toBeUndefined();
  });
});

describe('the clock', () => {
  const pings = (): number => peer().got.filter(({ t }) => t === 'ping').length;

  it('pings six times 150 ms apart, then every 20 seconds, with whole numbers', () => {
    live();
    for (let i = 1; i <= 6; i += 1) {
      expect(pings()).toBe(i);
      time.advance(150);
    }
    expect(pings()).toBe(6);
    time.advance(19_850);
    expect(pings()).toBe(7);
    const stamps = peer().got.flatMap((frame) => (frame.t === 'ping' ? frame.sent : []));
    expect(stamps.every((stamp) => Number.isSafeInteger(stamp) && stamp > 0)).toBe(true);
  });

  it('learns the server’s time from the pongs', () => {
    live();
    const ping = peer().got.at(-1);
    time.advance(40);
    peer().say({ t: 'pong', sent: ping?.t === 'ping' ? ping.sent : 0, at: time.now - 20 + 3_600_000 });
    expect(clock.now() - time.now).toBe(3_600_000);
    peer().say({ t: 'pong', sent: 999, at: 5 });
    expect(clock.now() - time.now).toBe(3_600_000);
  });
});
