/** Everything that the protocol can name has words: these ids are made up on the way. */

import { describe, expect, it } from 'vitest';
import { readLocale, readMessages } from '../scripts/ftl-types.mjs';
import { CUES, PARTS, PLANS, TEMPLATES } from '../src/names.gen';
import { CODES } from '../src/wire.gen';

const ids = new Set(readMessages(readLocale('en')).keys());
const say = (id: string): string => id.replaceAll(/[._]/g, '-');

const ended = [
  'auth', 'no_place', 'refused', 'removed', 'locked', 'full', 'closed', 'link_changed', 'old_client',
  'elsewhere', 'left', 'left_keys', 'lobby_stay', 'damaged', 'bad_frame',
];
const kinds = ['title', 'name', 'charter', 'headline', 'bid', 'action', 'question', 'scribe', 'skill', 'sentence', 'learning', 'reflection'];
/** Kinds that have forms and headings of their own, and stand in a receipt. */
const apart = ['practice', 'learning_question', 'framework'];

const wanted: Record<string, string[]> = {
  code: [...CODES, 'gone', 'own_locked', 'failed'].map((code) => `code-${code}`),
  part: PARTS.map((part) => `part-${part}`),
  cue: Object.entries(CUES).flatMap(([cue, roles]) => roles.map((role) => `cue-${cue}-${role}`)),
  plan: PLANS.map(({ id }) => `plan-${id}`),
  template: TEMPLATES.flatMap(({ id }) => [`template-${id}`, `template-${id}-about`]),
  mode: ['set', 'double', 'chatham', 'open_learning'].flatMap((mode) =>
    ['', '-short', '-about', '-kept'].map((end) => `mode-${mode}${end}`),
  ),
  answer: ['yes', 'if_need_be', 'no', 'none'].map((is) => `answer-${is}`),
  ask: ['morning', 'afternoon'].map((is) => `ask-${is}`),
  date: ['unreadable', 'year', 'past', 'far'].map((why) => `date-${why}`),
  options: ['now', 'meeting', 'role', 'place'].map((group) => `options-${group}`),
  ended: ended.flatMap((why) => [`ended-${why}`, `ended-${why}-do`]),
  line: ['connecting', 'live', 'waiting', 'trouble'].map((line) => `line-${line}`),
  trouble: ['unknown', 'trying', 'offline', 'refused', 'silent', 'answers', 'full', 'part', 'late'].map((is) => `trouble-${is}`),
  failed: ['failed', 'open-failed', ...['offline', 'refused', 'old_client', 'too_fast', 'unavailable'].map((why) => `setup-failed-${why}`)],
  selftest: ['good', 'part', 'bad'].flatMap((is) => [`selftest-mark-${is}`, `selftest-done-${is}`]),
  selftest_checks: [
    'secure-good', 'secure-bad', 'locking-good', 'locking-bad', 'storage-good', 'storage-part',
    'socket-good', 'socket-refused', 'socket-silent', 'unfinished',
  ].map((says) => `selftest-${says}`),
  kind: ['none', 'clarify', 'explore', 'challenge', 'act', 'any', 'process'].map((kind) => `kind-${kind}`),
  bank: ['clarify', 'explore', 'challenge', 'act'].map((kind) => `bank-${kind}`),
  count: [...kinds, ...apart].map((kind) => `count-${kind}`),
  framework: ['purpose', 'objectives', 'parameters'].map((field) => `framework-${field}`),
  looked: ['framework', 'charter'].flatMap((of) => [`look-again-${of}`, `review-day-${of}`]),
  look: ['look-undo'],
  written: kinds.flatMap((kind) =>
    ['title', 'name', 'charter', 'bid', 'action'].includes(kind) ? [] : [`write-${kind}`, `kind-of-${kind}`],
  ),
  several: ['write-question-again', 'write-scribe-again', 'kind-of-bid'],
  role: ['host', 'co_facilitator', 'trainee', 'member', 'observer', 'presenter', 'lead', 'scribe'].map((role) => `role-${role}`),
  make: ['member', 'trainee', 'observer'].map((role) => `make-${role}`),
  turn: ['now', 'done', 'passed', 'later'].flatMap((turn) => [`turn-${turn}`, `round-own-${turn}`]),
  says: ['need_a_moment', 'thinking', 'pass', 'ready'].map((says) => `says-${says}`),
  stage: ['gathering', 'running', 'closed'].map((stage) => `stage-${stage}`),
  action: ['what', 'by', 'first', 'help', 'stakeholders', 'happened', 'learned'].map((field) => `action-${field}`),
  learning: ['did', 'happened', 'learned', 'next'].map((part) => `learning-${part}`),
  ready: [
    ...['issue', 'why', 'tried', 'help'].map((field) => `ready-${field}`),
    ...['unclear', 'no_answer', 'boundary', 'no_steps'].map((sign) => `ready-sign-${sign}`),
  ],
  outcome: ['done', 'changed', 'not_yet', 'let_go'].map((outcome) => `outcome-${outcome}`),
  pressing: [1, 2, 3].map((pressing) => `bid-pressing-${pressing}`),
  link: ['host', 'co_facilitator', 'member', 'observer'].flatMap((link) => [`link-${link}`, `link-${link}-about`, `copy-${link}`]),
  rotate: ['co_facilitator', 'member', 'observer'].map((link) => `rotate-${link}`),
  theme: ['system', 'light', 'dark'].map((theme) => `theme-${theme}`),
  keys: ['none', 'waiting', 'behind', 'unfit'].map((state) => `keys-${state}`),
  help: ['facilitators', 'only_me', 'locked'].map((is) => `own-help-${is}`),
  helper: ['facilitators', 'only_me'].flatMap((is) => [`own-by-${is}`, `own-by-${is}-about`]),
  code_typed: ['slip', 'other'].map((is) => `own-locked-${is}`),
  lobby: ['lobby-here', 'lobby-not-here', 'lobby-back'],
  charter: Array.from({ length: 12 }, (_, line) => `charter-${line + 1}`),
};

/** Messages in which a word stands, by id. */
const saying = (language: 'en' | 'cy', word: RegExp): string[] =>
  readLocale(language).split('\n').flatMap((line) => {
    const [, id, text = ''] = /^([\w-]+) = (.*)$/.exec(line) ?? [];
    return id !== undefined && word.test(text) ? [id] : [];
  });

describe('each way to stop has one word', () => {
  it('the clock is paused, and nothing else is', () => {
    expect(saying('en', /\bpaus/i).filter((id) => !/^(time|pause|resume|say-paused|where|cards)/.test(id))).toEqual([]);
  });

  it('the room is on hold', () => {
    expect(saying('en', /\bon hold\b/i)).toEqual(['hold-dock', 'hold-title', 'code-holding', 'cue-hold-all']);
    expect(saying('cy', /wedi'i dal\b/)).toEqual(['hold-dock', 'hold-title', 'code-holding', 'cue-hold-all']);
  });

  it('and quiet is silence', () => {
    expect(saying('en', /\bquiet\b/i).filter((id) => !['landing-intro'].includes(id))).toEqual([]);
  });
});

describe.each(Object.entries(wanted))('%s', (_, names) => {
  it.each(names)('%s', (name) => {
    expect(ids.has(say(name))).toBe(true);
  });
});
