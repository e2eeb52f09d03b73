/** The document of a learning question: all of it, in order, and nothing in it that a browser would run. */

import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { inEnglish } from './catalogues';
import { EMPTY, heldIn, keepVersion, type Learning, markdown, page, partOf, PARTS, readParts, whichPart } from '../../src/screens/yours/learning';

const DAY = 24 * 60 * 60 * 1000;
const FIRST = Date.UTC(2026, 9, 5, 10);

const learning: Learning = {
  ...EMPTY,
  question: 'How do I ask, and not tell?',
  versions: [
    { at: FIRST, text: 'How do I make my team listen?' },
    { at: FIRST + 60 * DAY, text: 'How do I ask, and not tell?' },
  ],
  evidence: [{ at: FIRST + 9 * DAY, text: '1. <script>alert("x")</script> & a quiet handover\n# not a heading' }],
  people: 'The night staff',
  writeUp: { ...EMPTY.writeUp, learned: 'Silence is an answer.' },
};

beforeAll(inEnglish);
afterAll(() => vi.unstubAllGlobals());

describe('the document', () => {
  it('has the question, its versions, what was found and the write-up, in this order, and no empty part', () => {
    const heads = markdown(learning).split('\n').filter((line) => line.startsWith('#'));
    expect(heads).toEqual([
      '# How do I ask, and not tell?',
      '## How the question changed',
      '## Whom it touches',
      '## What I found',
      '## What I learned',
    ]);
    expect(markdown(learning)).toContain('5 October 2026: How do I make my team listen?');
    expect(markdown(learning)).toContain('\\# not a heading');
  });

  it('runs nothing that somebody typed', () => {
    const html = page({ ...learning, question: '<img src=x onerror=alert(1)>' });
    expect(html).not.toMatch(/<(script|img)/);
    expect(html).toContain('&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt; &amp; a quiet handover<br>');
    expect(html).toContain('<h1 dir="auto">&lt;img');
  });
});

describe('a version', () => {
  it('is noted once for each change of the question', () => {
    const once = keepVersion({ ...EMPTY, question: ' Why? ' }, FIRST);
    expect(once.versions).toEqual([{ at: FIRST, text: 'Why?' }]);
    expect(keepVersion(once, FIRST + DAY)).toBe(once);
    expect(keepVersion(EMPTY, FIRST)).toBe(EMPTY);
  });
});

describe('the parts in which it is kept', () => {
  it('says of each part what it takes, and all parts together are the whole', () => {
    const whole: Learning = { ...learning, found: 'half a th', writeUp: { did: 'a', happened: 'b', learned: 'c', next: 'd' } };
    const texts = PARTS.map((part) => partOf(whole, part));
    expect(texts.map(whichPart)).toEqual([...PARTS]);
    // In any order; and what is typed in one part stands in no other.
    expect(readParts(texts.toReversed())).toEqual(whole);
    expect(texts.filter((text) => text.includes('The night staff'))).toHaveLength(1);
    expect(readParts([])).toEqual(EMPTY);
    expect(JSON.stringify(readParts(texts.toReversed()))).toBe(JSON.stringify(whole));
  });

  it('of which two browsers began the same are written on where they are shown', () => {
    const begun = ['on the laptop', 'on the phone'].map((people) => ({ text: partOf({ ...EMPTY, people }, 'question') }));
    const kept = [{ text: undefined }, ...begun, { text: partOf(EMPTY, 'evidence') }];
    const shown = readParts(kept.map(({ text }) => text ?? '')).people;
    expect(shown).toBe('on the phone');
    expect(heldIn(kept, 'question')).toBe(begun[1]);
    expect(heldIn(kept, 'did')).toBeUndefined();
  });

  it('are none of what is not ours', () => {
    expect(['', 'null', '[]', '{"part":"elsewhere"}', 'no card'].map(whichPart)).toEqual([undefined, undefined, undefined, undefined, undefined]);
    expect(readParts(['no card', partOf(learning, 'question')]).question).toBe(learning.question);
  });
});
