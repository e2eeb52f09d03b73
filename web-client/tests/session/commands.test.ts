import { beforeEach, describe, expect, it } from 'vitest';
import type { Happening } from '../../src/session/types';
import { Circle, type Person } from './circle';
import { when } from './fake-world';

let circle: Circle;
let host: Person;
let member: Person;

beforeEach(async () => {
  circle = new Circle();
  host = await circle.host();
  member = await circle.join(host.session.links.value.member, 'Bethan', host);
});

const mine = (person: Person) => {
  const device = circle.device(person);
  return circle.room.lines.filter((line) => line.device === device);
};

describe('a command', () => {
  it('is done once it is on disk, and was unsent until then', async () => {
    const answer = member.session.ask({ c: 'raise_hand' });
    expect(member.session.unsent.value).toMatchObject([{ command: 'raise_hand' }]);
    expect(await answer).toEqual({ ok: true });
    expect(member.session.unsent.value).toEqual([]);
  });

  it('that cannot be made here is answered as failed, and the next one goes out', async () => {
    const { random } = member.world;
    // As where a part of the page does not arrive.
    Object.assign(member.world, { random: (length: number) => {
      if (length === 32) throw new Error('not now');
      return random(length);
    } });
    expect(await member.session.write('question', 'lost')).toEqual({ ok: false, code: 'failed' });
    expect(member.session.refusal.value).toEqual({ code: 'failed', command: 'put' });
    expect(member.session.unsent.value).toEqual([]);
    Object.assign(member.world, { random });
    expect(await member.session.write('question', 'found')).toEqual({ ok: true });
  });

  it('carries the place that was on the screen when it was pressed', async () => {
    const seen = host.session.shared.value && circle.room.seq;
    circle.room.cut();
    const answer = host.session.ask({ c: 'next' });
    circle.room.change('hand_raised', () => undefined);
    circle.time.advance(15_000);
    expect(await answer).toEqual({ ok: true });
    const sent = mine(host).flatMap(({ sent }) => sent).filter(({ t }) => t === 'do');
    expect(sent.at(-1)).toMatchObject({ seen });
  });

  // fault: F22 — the one who was too late sees that they were
  it('two facilitators press next together: the meeting moves once, the other one is told', async () => {
    const co = await circle.join(host.session.links.value.co_facilitator, 'Dilys', host);
    // Neither browser has heard of the other's press when it presses.
    const answers = await Promise.all([
      host.session.ask({ c: 'next' }),
      co.session.ask({ c: 'next' }),
    ]);
    expect(answers.filter(({ ok }) => ok)).toHaveLength(1);
    expect(answers).toContainEqual({ ok: false, code: 'stale' });
    const told = [host, co].find(({ session }) => session.refusal.value !== undefined);
    expect(told?.session.refusal.value).toEqual({ code: 'stale', command: 'next' });
  });

  // fault: F10 — what the service cannot save is said to be not saved, and goes again by itself
  it('that cannot be saved is said so, and goes again with the same id until it is', async () => {
    circle.room.refuse = () => ({ code: 'not_saved', temporary: true });
    const answer = member.session.ask({ c: 'raise_hand' });
    await when(member.session.unsent, (unsent) => unsent.some(({ notSaved }) => notSaved));
    expect(member.session.refusal.value).toBeUndefined();
    circle.room.refuse = () => undefined;
    circle.time.advance(15_000);
    expect(await answer).toEqual({ ok: true });
    expect(member.session.unsent.value).toEqual([]);
    const cids = circle.room.commands.filter(({ cmd }) => cmd.c === 'raise_hand').map(({ cid }) => cid);
    expect(new Set(cids).size).toBe(1);
  });

  // fault: F2 — what is asked while the line is down waits, is shown as unsent, and goes out once
  it('waits while the line is down and goes out with the same id', async () => {
    circle.room.deaf = true;
    const answer = member.session.ask({ c: 'raise_hand' });
    await circle.room.until(() => circle.room.all('raise_hand').length === 1);
    circle.room.cut(circle.device(member));
    circle.room.deaf = false;
    expect(member.session.unsent.value).toHaveLength(1);
    circle.time.advance(15_000);
    expect(await answer).toEqual({ ok: true });
    const raised = circle.room.commands.filter(({ cmd }) => cmd.c === 'raise_hand');
    expect(raised).toHaveLength(2);
    expect(new Set(raised.map(({ cid }) => cid)).size).toBe(1);
  });

  // fault: F8 — done but never confirmed: asked again under its id, it is not done twice
  it('done but never told of it, it is not done twice', async () => {
    const before = circle.room.seq;
    circle.room.twist = (frame) => (frame.t === 'done' ? undefined : frame);
    const answer = member.session.ask({ c: 'raise_hand' });
    await circle.room.until(() => circle.room.seq === before + 1);
    circle.room.twist = (frame) => frame;
    circle.room.cut(circle.device(member));
    circle.time.advance(15_000);
    expect(await answer).toEqual({ ok: true });
    expect(circle.room.seq).toBe(before + 1);
  });

  it.each(['busy', 'not_saved', 'too_fast'] as const)('refused as %s, goes out again after a wait', async (code) => {
    let refusals = 3;
    circle.room.refuse = (cmd) => {
      if (cmd.c !== 'raise_hand' || refusals === 0) return undefined;
      refusals -= 1;
      return { code, temporary: true };
    };
    const answer = member.session.ask({ c: 'raise_hand' });
    for (let tries = 1; tries <= 3; tries += 1) {
      await circle.room.until(() => circle.room.all('raise_hand').length === tries);
      // Not at once, and not so late that people would be told.
      circle.time.advance(200);
      expect(circle.room.all('raise_hand')).toHaveLength(tries);
      circle.time.advance(3_000);
    }
    expect(await answer).toEqual({ ok: true });
    expect(new Set(circle.room.commands.filter(({ cmd }) => cmd.c === 'raise_hand').map(({ cid }) => cid)).size).toBe(1);
    expect(member.session.refusal.value).toBeUndefined();
  });

  it('refused before, and done now, is not said to be refused any more', async () => {
    circle.room.refuse = ({ c }) => (c === 'show_form' ? { code: 'few' } : undefined);
    expect(await host.session.ask({ c: 'show_form' })).toEqual({ ok: false, code: 'few' });
    expect(await host.session.ask({ c: 'hold' })).toEqual({ ok: true });
    expect(host.session.refusal.value).toEqual({ code: 'few', command: 'show_form' });
    circle.room.refuse = () => undefined;
    expect(await host.session.ask({ c: 'show_form' })).toEqual({ ok: true });
    expect(host.session.refusal.value).toBeUndefined();
  });

  it('any other refusal is the answer, and is shown', async () => {
    circle.room.refuse = (cmd) => (cmd.c === 'raise_hand' ? { code: 'part' } : undefined);
    expect(await member.session.ask({ c: 'raise_hand' })).toEqual({ ok: false, code: 'part' });
    expect(member.session.refusal.value).toEqual({ code: 'part', command: 'raise_hand' });
    expect(circle.room.all('raise_hand')).toHaveLength(1);
  });

  // fault: F3 — after 5 s without an answer people are told, after 15 s the line is opened anew
  it('late for five seconds, the line is in trouble; for fifteen, it is opened anew', async () => {
    circle.room.deaf = true;
    const answer = member.session.ask({ c: 'raise_hand' });
    await circle.room.until(() => circle.room.all('raise_hand').length === 1);
    circle.time.advance(4_999);
    expect(member.session.line.value).toBe('live');
    circle.time.advance(1);
    expect(member.session.line.value).toBe('trouble');
    const lines = mine(member).length;
    circle.room.deaf = false;
    circle.time.advance(10_000);
    expect(await answer).toEqual({ ok: true });
    expect(mine(member)).toHaveLength(lines + 1);
    expect(member.session.line.value).toBe('live');
  });

  it('on a closed session is gone', async () => {
    circle.room.deaf = true;
    const answer = member.session.ask({ c: 'raise_hand' });
    member.session.close();
    expect(await answer).toEqual({ ok: false, code: 'gone' });
    expect(member.session.refusal.value).toBeUndefined();
  });
});

describe('what happens', () => {
  it('is told in order, with the views around it and whether it was mine', async () => {
    const heard: Happening[] = [];
    const stop = member.session.onHappening((happening) => {
      expect(member.session.shared.value).toBe(happening.after);
      heard.push(happening);
    });
    await member.session.ask({ c: 'raise_hand' });
    await host.session.ask({ c: 'next' });
    await when(member.session.shared, (shared) => shared?.moved === circle.room.seq);
    expect(heard.map(({ what, mine }) => [what, mine])).toEqual([['raise_hand', true], ['moved', false]]);
    expect(heard[0]?.by).toBe(circle.seat(member));
    expect(heard[1]?.before.moved).not.toBe(heard[1]?.after.moved);
    stop();
    await member.session.ask({ c: 'raise_hand' });
    expect(heard).toHaveLength(2);
  });
});

describe('a hole', () => {
  // fault: F31 — a change that was left out is noticed before anything after it is shown
  it('is never shown: the browser comes back for a snapshot', async () => {
    const device = circle.device(member);
    let lose = true;
    circle.room.twist = (frame, line) => {
      if (line.device !== device || frame.t !== 'change' || !lose) return frame;
      lose = false;
      return undefined;
    };
    circle.room.change('locked', (shared) => {
      shared.locked = true;
    });
    expect(member.session.shared.value?.locked).toBe(false);
    circle.room.change('silence_set', (shared) => {
      shared.silence = true;
    });
    // The second change came without the first: nothing of it may be seen.
    expect(member.session.shared.value?.silence).toBe(false);
    await when(member.session.shared, (shared) => shared?.silence === true);
    expect(member.session.shared.value?.locked).toBe(true);
    expect(mine(member).at(-1)?.sent[0]).not.toHaveProperty('since');
  });

  it('before an answer is one too', async () => {
    const device = circle.device(member);
    let lose = true;
    circle.room.twist = (frame, line) => {
      if (line.device !== device || frame.t !== 'change' || !lose) return frame;
      lose = false;
      return undefined;
    };
    expect(await member.session.ask({ c: 'raise_hand' })).toEqual({ ok: true });
    expect(mine(member)).toHaveLength(2);
    expect(circle.room.all('raise_hand')).toHaveLength(2);
  });
});

describe('coming back', () => {
  // fault: F2 — it comes back by its place, and nothing is shown twice
  it('asks for what came after, merges it, and shows nothing twice', async () => {
    const heard: string[] = [];
    member.session.onHappening(({ what }) => heard.push(what));
    const since = circle.room.seq;
    circle.room.cut(circle.device(member));
    expect(member.session.line.value).toBe('waiting');
    circle.room.change('locked', (shared) => {
      shared.locked = true;
    });
    circle.room.change('silence_set', (shared) => {
      shared.silence = true;
    });
    circle.time.advance(1_000);
    await when(member.session.shared, (shared) => shared?.silence === true);
    expect(mine(member).at(-1)?.sent[0]).toMatchObject({ t: 'resume', since });
    expect(heard).toEqual(['locked', 'silence_set']);
    expect(member.session.line.value).toBe('live');
  });

  // fault: F13 — a server that knows less than the screen has shown: people are told
  it('to a server that knows less than the screen has shown says so', async () => {
    circle.room.cut();
    circle.room.seq -= 1;
    circle.time.advance(1_000);
    await when(member.session.rolledBack, (back) => back);
    expect(member.session.place.value).toEqual({ at: 'room' });
  });

  // fault: F32 — an old page on a newer server says that there is a newer one
  it('to a newer build says so', async () => {
    expect(host.session.newBuild.value).toBe(false);
    circle.room.build = 'two';
    circle.room.cut();
    circle.time.advance(1_000);
    // Also when nothing was missed, so that no snapshot comes.
    await when(host.session.newBuild, (newer) => newer);
    expect(host.session.place.value).toEqual({ at: 'room' });
  });
});

describe('the end', () => {
  it('leaving forgets the set', async () => {
    expect(await member.session.ask({ c: 'leave' })).toEqual({ ok: true });
    expect(member.session.place.value).toEqual({ at: 'ended', why: 'left' });
    expect(member.profile.sets.size).toBe(0);
    expect(member.world.noted()).toBeUndefined();
  });

  it.each([
    [4410, 'erased'], [4426, 'old_client'], [4409, 'elsewhere'], [4400, 'bad_frame'], [4413, 'bad_frame'],
    [4510, 'damaged'],
  ] as const)('close code %s ends as %s', (code, why) => {
    circle.room.cut(circle.device(member), code);
    expect(member.session.place.value).toEqual({ at: 'ended', why });
    expect(member.session.shared.value).toBeUndefined();
  });
});
