/** What is said of a line that does not come, and what brings it back: nobody waits without a word. */

import { beforeEach, describe, expect, it } from 'vitest';
import { ServerClock } from '../../src/lib/clock';
import { Socket } from '../../src/session/socket';
import type { DialEvents } from '../../src/session/world';
import type { ClientFrame } from '../../src/wire.gen';
import { settled } from '../settled';
import { Circle, SET_UP } from './circle';
import { FakeTime, FakeWorld, need, when } from './fake-world';
import { sessions } from '../../src/session';
import { parseLink } from '../../src/seal/link';

const FIRST = { t: 'resume' } as ClientFrame;

let time: FakeTime;
let dials: DialEvents[];
let world: FakeWorld;
let socket: Socket;

const dial = (): DialEvents => need(dials.at(-1), 'attempt');
const pass = async (ms: number): Promise<void> => {
  time.advance(ms);
  await settled();
};
const live = (): void => {
  dial().opened();
  dial().message(JSON.stringify({ t: 'beat', at: time.now }));
};

beforeEach(async () => {
  time = new FakeTime();
  dials = [];
  const network = {
    create: () => Promise.resolve(),
    dialled: (events: DialEvents) => {
      dials.push(events);
      return { send: () => undefined, drop: () => undefined };
    },
  };
  world = new FakeWorld(network, time);
  socket = new Socket(world, new ServerClock(world.time), {
    first: () => Promise.resolve(FIRST),
    frame: () => undefined, build: () => undefined, lost: () => undefined, ended: () => undefined,
  });
  socket.start();
  await settled();
});

describe('after five seconds without a first answer it says what is wrong:', () => {
  it.each<[is: string, status: number, deal: () => void]>([
    ['offline', 0, () => dial().closed(1006)],
    ['offline', 0, () => undefined],
    ['refused', 200, () => dial().closed(1006)],
    ['silent', 200, () => undefined],
    ['silent', 200, () => dial().opened()],
    ['silent', 200, () => {
      dial().opened();
      dial().closed(1006);
    }],
    ['refused', 302, () => undefined],
    ['refused', 200, () => dial().message('<html>')],
    ['full', 200, () => {
      dial().opened();
      dial().message(JSON.stringify({ t: 'refused', code: 'busy', temporary: true }));
      dial().closed(1013);
    }],
  ])('%s, where the page is answered with %i', async (is, status, deal) => {
    world.status = status;
    for (let waited = 0; waited < 5_000; waited += 250) {
      expect(socket.trouble.value).toBeUndefined();
      deal();
      await pass(250);
    }
    expect(socket.trouble.value).toEqual({ is });
    world.status = 200;
    socket.tryNow();
    await settled();
    live();
    expect(socket.trouble.value).toBeUndefined();
  });

  it('the status, where that is a fault', async () => {
    world.status = 502;
    dial().closed(1006);
    await pass(5_000);
    expect(socket.trouble.value).toEqual({ is: 'answers', status: 502 });
    world.status = 0;
    dial().closed(1006);
    await pass(20_000);
    expect(socket.trouble.value).toEqual({ is: 'offline' });
  });

  it('that part of the page did not arrive', async () => {
    const other = new Socket(world, new ServerClock(world.time), {
      first: () => Promise.reject(new TypeError('no such file')),
      frame: () => undefined, build: () => undefined, lost: () => undefined, ended: () => undefined,
    });
    other.start();
    await settled();
    await pass(5_000);
    await settled();
    expect(other.trouble.value).toEqual({ is: 'part' });
  });
});

describe('whoever does not want to wait', () => {
  it('is connected at once, is told so, and is tried for again soon', async () => {
    for (let i = 0; i < 6; i += 1) {
      dial().closed(1006);
      await pass(15_000);
    }
    dial().closed(1006);
    const before = dials.length;
    socket.tryNow();
    await settled();
    expect(dials).toHaveLength(before + 1);
    expect(socket.trouble.value).toEqual({ is: 'trying' });
    dial().closed(1006);
    await settled();
    expect(socket.trouble.value).toEqual({ is: 'refused' });
    await pass(500);
    expect(dials).toHaveLength(before + 2);
    live();
    expect([socket.line.value, socket.trouble.value]).toEqual(['live', undefined]);
  });

  it('need not press where the browser says that the network is back, even if an attempt still hangs', async () => {
    await pass(3_000);
    expect(dials).toHaveLength(1);
    world.wake();
    await settled();
    expect(dials).toHaveLength(2);
    // Several such events come at one moment.
    world.wake();
    await settled();
    expect(dials).toHaveLength(2);
  });
});

describe('a set', () => {
  it('that was made has its links before its room opens, or if it never does', async () => {
    const circle = new Circle();
    const { world: browser } = circle.world();
    Object.assign(browser, { dial: () => ({ send: () => undefined, drop: () => undefined }) });
    const session = await sessions(browser).create(SET_UP);
    const { member, host } = session.links.value;
    expect([parseLink(need(member)).role, parseLink(need(host)).role]).toEqual(['m', 'h']);
    expect(session.place.value).toEqual({ at: 'starting' });
    browser.status = 0;
    await settled();
    circle.time.advance(5_000);
    await when(session.trouble, (trouble) => trouble?.is === 'offline');
  });

  it('comes back by itself to a page that was put away and is shown again', async () => {
    const circle = new Circle();
    const host = await circle.host();
    const member = await circle.join(host.session.links.value.member, 'Bethan', host);
    const lines = circle.room.lines.length;
    member.world.turn('away');
    expect(member.profile.holders.size).toBe(0);
    // Not so long that the host's line is opened anew.
    circle.time.advance(30_000);
    expect(circle.room.lines).toHaveLength(lines);
    member.world.turn('back');
    await when(member.session.line, (line) => line !== 'live');
    await when(member.session.line, (line) => line === 'live');
    expect(circle.room.lines).toHaveLength(lines + 1);
    expect(member.session.place.value).toEqual({ at: 'room' });
    expect(await member.session.write('question', 'back again')).toEqual({ ok: true });
  });

  it('is open elsewhere only where it truly is: a lock that the browser drops is taken again', async () => {
    const circle = new Circle();
    const host = await circle.host();
    const dropped = need([...host.profile.holders.values()][0]);
    host.profile.holders.clear();
    dropped.lose();
    await settled();
    expect(host.session.place.value).toEqual({ at: 'room' });
    expect(host.profile.holders.size).toBe(1);
  });

  it('that another tab has by then stays there', async () => {
    const circle = new Circle();
    const host = await circle.host();
    host.world.turn('away');
    const other = new FakeWorld(circle.room, circle.time, host.profile);
    const session = await sessions(other).open(parseLink(need(host.session.links.value.host)));
    await when(session.place, ({ at }) => at === 'room');
    host.world.turn('back');
    await when(host.session.place, ({ at }) => at === 'ended');
    expect(host.session.place.value).toEqual({ at: 'ended', why: 'elsewhere' });
  });

  it('that a browser would not delete is not said to be forgotten', async () => {
    const circle = new Circle();
    const host = await circle.host();
    host.profile.deletes = false;
    await host.session.forget();
    expect(host.session.place.value).toEqual({ at: 'ended', why: 'left_keys' });
  });

  it('says that something went wrong when what nobody waits for fails', async () => {
    const circle = new Circle();
    const host = await circle.host();
    expect(host.session.broken.value).toBe(false);
    const { keep } = host.profile;
    Object.defineProperty(host.profile, 'keep', { value: { ...keep, update: () => Promise.reject(new Error('on purpose')) } });
    const again = await circle.reload(host);
    await when(again.session.place, ({ at }) => at === 'room');
    await again.session.write('question', 'whatever');
    await when(again.session.broken, (broken) => broken);
    expect(again.world.reported).not.toEqual([]);
  });
});

describe('while nothing gets through', () => {
  it.each([0, 502, 503, 504])('(%i) no WebSocket is tried, for Firefox lets the next ones wait for it; the first way that there is is taken', async (status) => {
    live();
    await settled();
    world.status = status;
    dial().closed(1006);
    while (socket.line.value !== 'trouble') {
      await pass(250);
      dial().closed(1006);
    }
    await settled();
    const failed = dials.length;
    for (let presses = 0; presses < 8; presses += 1) {
      socket.tryNow();
      await settled();
      await pass(20_000);
    }
    expect(dials.length).toBe(failed);
    expect(socket.trouble.value).toEqual(status === 0 ? { is: 'offline' } : { is: 'answers', status });
    world.status = 200;
    socket.tryNow();
    await settled();
    expect(dials.length).toBe(failed + 1);
    live();
    expect(socket.live).toBe(true);
  });
});
