/** What was typed and not sent: where it lies, who takes it up, and when it is gone. */

import { beforeEach, describe, expect, it } from 'vitest';
import { parseLink } from '../../src/seal/link';
import { fromB64u, toB64u } from '../../src/seal/bytes';
import { sessions } from '../../src/session';
import { type DraftsKept, type Kept, NO_SET } from '../../src/session/memory';
import { newSession } from '../../src/session/session';
import { Circle, type Person, SET_UP } from './circle';
import { FakeWorld, need, Profile, when } from './fake-world';

let circle: Circle;
let host: Person;
let member: Person;

beforeEach(async () => {
  circle = new Circle();
  host = await circle.host();
  member = await circle.join(host.session.links.value.member, 'Bethan', host);
});

const left = ({ profile }: Pick<Person, 'profile'>, set = circle.set as string): DraftsKept | undefined =>
  (profile.sets.get(set) as Kept | undefined)?.drafts;
const begun = ({ session }: Person): object => Object.fromEntries(session.drafts.all.value);
/** All that was begun to be written is. */
const written = ({ session }: Person): Promise<void> => session.drafts.ready();
/** The page goes at this very moment: what its browser has then, and the page that is loaded anew from it. */
async function gone({ session, profile, world }: Person): Promise<{ again: Person; box: string | undefined }> {
  world.turn('away');
  const left = new Profile();
  for (const [set, kept] of profile.sets) left.sets.set(set, { ...kept });
  const box = profile.parted.get(circle.set);
  if (box !== undefined) left.parted.set(circle.set, box);
  const again = await circle.reload({ session, world, profile: left });
  await when(again.session.place, ({ at }) => at === 'room');
  return { again, box };
}
const isGone = (person: Person): Promise<void> => person.profile.until(() => left(person) === undefined);

describe('what is half typed', () => {
  it('is written at once, and lies on no disk to be read', async () => {
    member.session.drafts.keep('3 bid', '"A handover that never"');
    // No time passes.
    await isKept(member, { '3 bid': '"A handover that never"' });
    const { box, key } = need(left(member));
    expect(Buffer.from(box).toString('latin1')).not.toContain('handover');
    expect(key.extractable).toBe(false);
  });

  it('is there after a reload, in its newest form, without what was sent', async () => {
    const { drafts } = member.session;
    for (const word of ['A', 'A h', 'A handover']) drafts.keep('3 bid', JSON.stringify(word));
    drafts.keep('3 action', '"Ask"');
    drafts.keep('3 action', undefined);
    await written(member);
    const again = await circle.reload(member);
    await when(again.session.place, ({ at }) => at === 'room');
    expect(begun(again)).toEqual({ '3 bid': '"A handover"' });
  });

  it('is there when the page goes in the moment that it is typed, and lies on no disk to be read', async () => {
    await written(member);
    member.session.drafts.keep('secret code', '"K7QF-2M"');
    member.session.drafts.keep('3 bid', '"A handover that never"');
    const { again, box } = await gone(member);
    expect(Buffer.from(need(box), 'base64url').toString('latin1')).not.toContain('handover');
    expect(begun(again)).toEqual({ '3 bid': '"A handover that never"' });
    // What was locked in haste goes once it is written as all else is.
    await isKept(again, { '3 bid': '"A handover that never"' });
    await again.session.drafts.ready();
    expect(again.profile.parted.size).toBe(0);
  });

  it('is not there again when the page goes in the moment that it is sent', async () => {
    member.session.drafts.keep('3 bid', '"A handover"');
    await written(member);
    member.session.drafts.keep('3 bid', undefined);
    expect(begun((await gone(member)).again)).toEqual({});
  });

  it('stays on the page alone when the meeting is closed', async () => {
    member.session.drafts.keep('3 bid', '"A handover"');
    await written(member);
    circle.room.change('closed', (shared) => {
      shared.stage = 'closed';
    });
    await isGone(member);
    member.session.drafts.keep('next', '"2031-07-19"');
    expect(begun(member)).toEqual({ '3 bid': '"A handover"', next: '"2031-07-19"' });
    const again = await circle.reload(member);
    await when(again.session.place, ({ at }) => at === 'room');
    expect(begun(again)).toEqual({});
    expect(left(again)).toBeUndefined();
  });

  it('stays over the close and a reload where it was written for oneself, and goes when it is let go', async () => {
    const { drafts } = member.session;
    drafts.keep('note 1', '"Whose is it?"');
    drafts.keep('3 bid', '"A handover"');
    await written(member);
    const before = left(member)?.box;
    circle.room.change('closed', (shared) => {
      shared.stage = 'closed';
    });
    // Written once more, without what the close ends.
    await member.profile.until(() => left(member)?.box !== before);
    const again = await circle.reload(member);
    await when(again.session.place, ({ at }) => at === 'room');
    expect(begun(again)).toEqual({ 'note 1': '"Whose is it?"' });
    again.session.drafts.keep('note 1', undefined);
    await isGone(again);
  });

  it('goes with all else that a browser forgets, and does not come again', async () => {
    member.session.drafts.keep('3 bid', '"A handover"');
    await written(member);
    member.session.drafts.keep('3 bid', '"A handover that"');
    member.world.turn('away');
    expect(member.profile.parted.size).toBe(1);
    await member.session.forget();
    member.session.drafts.keep('3 bid', '"A handover that never"');
    member.world.turn('away');
    expect(member.profile.sets.size + member.profile.parted.size).toBe(0);
    expect(left(member)).toBeUndefined();
  });

  it('of a secret is on the page alone', async () => {
    const { drafts } = member.session;
    drafts.keep('secret code', '"K7QF-2M"');
    drafts.keep('3 bid', '"A handover"');
    await written(member);
    expect(begun(member)).toHaveProperty('secret code');
    const again = await circle.reload(member);
    await when(again.session.place, ({ at }) => at === 'room');
    expect(begun(again)).toEqual({ '3 bid': '"A handover"' });
  });

  it('in another tab is newer than what this one had before', async () => {
    member.session.drafts.keep('3 bid', '"A handover"');
    await written(member);
    const world = new FakeWorld(circle.room, circle.time, member.profile);
    const second = newSession(world, need(fromB64u(circle.set)));
    await second.connection.open();
    await second.takeOver();
    await when(second.place, ({ at }) => at === 'room');
    await when(member.session.place, ({ at }) => at === 'ended');
    second.drafts.keep('3 bid', undefined);
    second.drafts.keep('4 question', '"Who else"');
    await isKept(member, { '4 question': '"Who else"' });
    await member.session.takeOver();
    await when(member.session.place, ({ at }) => at === 'room');
    expect(begun(member)).toEqual({ '4 question': '"Who else"' });
  });
});

/** Waits until exactly this can be opened from what lies in the browser. */
async function isKept({ profile }: Pick<Person, 'profile'>, wanted: object, set = circle.set as string): Promise<void> {
  for (;;) {
    const drafts = left({ profile }, set);
    if (drafts !== undefined) {
      // oxlint-disable-next-line no-await-in-loop -- one state of it after the other
      const plain = await crypto.subtle.decrypt({ name: 'AES-GCM', iv: drafts.iv }, drafts.key, drafts.box);
      const found = Object.fromEntries(JSON.parse(new TextDecoder().decode(plain)) as [string, string][]);
      if (JSON.stringify(found) === JSON.stringify(wanted)) return;
    }
    // oxlint-disable-next-line no-await-in-loop -- until the next write
    await profile.until(() => left({ profile }, set) !== drafts);
  }
}

describe('a name at the door', () => {
  it('leaves no trace before it is typed, is there when the link is opened again, and goes on admission', async () => {
    const { world, profile } = circle.world();
    const link = parseLink(need(host.session.links.value.member));
    const first = await sessions(world).open(link);
    expect(profile.sets.size).toBe(0);
    first.drafts.keep('door', '"Gare"');
    await isKept({ profile }, { door: '"Gare"' });
    first.close();
    const session = await sessions(new FakeWorld(circle.room, circle.time, profile)).open(link);
    expect(session.place.value).toEqual({ at: 'door' });
    expect(Object.fromEntries(session.drafts.all.value)).toEqual({ door: '"Gare"' });
    session.drafts.keep('door', '"Gareth"');
    await session.knock('Gareth');
    const [knocker] = await when(host.session.knocks, ([one]) => one?.name === 'Gareth');
    expect(session.drafts.all.value.size).toBe(1);
    await host.session.admit(need(knocker).device);
    await when(session.drafts.all, (all) => all.size === 0);
  });
});

describe('a set that is being made', () => {
  it('is there again as far as it was typed, and is forgotten with any set', async () => {
    const { world, profile } = circle.world(member.profile);
    const drafts = await sessions(world).begun();
    drafts.keep('set-up', '{"title":"Thursday s"}');
    await isKept({ profile }, { 'set-up': '{"title":"Thursday s"}' }, toB64u(NO_SET));
    const again = await sessions(circle.world(profile).world).begun();
    expect(again.all.value.get('set-up')).toBe('{"title":"Thursday s"}');
    await member.session.forget();
    expect(profile.sets.size).toBe(0);
    expect((await sessions(circle.world(profile).world).begun()).all.value.size).toBe(0);
  });

  it('gets its name and its rules also when the page went before they were written', async () => {
    const other = new Circle();
    other.room.refuse = (cmd) => (cmd.c === 'put' ? { code: 'busy', temporary: true } : undefined);
    const { world, profile } = other.world();
    const session = await sessions(world).create({ ...SET_UP, charter: 'One voice' });
    await when(session.keys, (keys) => keys === 'ready');
    other.room.refuse = () => undefined;
    const again = await other.reload({ session, world, profile });
    await when(again.session.title, (title) => title === 'Thursday set');
    await other.reads(again, 'One voice');
    expect((await when(again.session.drafts.all, (all) => all.size === 0)).size).toBe(0);
  });

  it('keeps what the service refuses', async () => {
    const other = new Circle();
    other.room.refuse = (cmd) => (cmd.c === 'put' && cmd.kind === 'charter' ? { code: 'already' } : undefined);
    const { world } = other.world();
    const session = await sessions(world).create({ ...SET_UP, charter: 'One voice' });
    await when(session.drafts.all, (all) => all.has('kept 0 charter'));
    await when(session.title, (title) => title === 'Thursday set');
    expect(session.refusal.value).toEqual({ code: 'already', command: 'put' });
  });
});
