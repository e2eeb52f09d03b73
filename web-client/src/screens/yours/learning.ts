/** A learning question over many meetings, and the one document that its owner makes of it. */

import { language, t } from '../../i18n';
import { dateText } from '../../lib/dates';
import { word } from '../messages';

/** Something that was written down on a day. */
export interface Dated {
  readonly at: number;
  readonly text: string;
}

export const WRITE_UP = ['did', 'happened', 'learned', 'next'] as const;

export interface Learning {
  /** The question as it stands now; a change of it is a version once it is kept. */
  readonly question: string;
  /** The question as it stood, oldest first. */
  readonly versions: readonly Dated[];
  /** What was seen, read or heard on it. */
  readonly evidence: readonly Dated[];
  /** One more of it, while it is typed. */
  readonly found: string;
  /** Whom it touches. */
  readonly people: string;
  readonly writeUp: Readonly<Record<(typeof WRITE_UP)[number], string>>;
}

export const EMPTY: Learning = {
  question: '',
  versions: [],
  evidence: [],
  found: '',
  people: '',
  writeUp: { did: '', happened: '', learned: '', next: '' },
};

/**
 * The parts in which it is kept with the set, each locked by itself: the question with its versions, what
 * was found, and each part of the write-up.
 */
export const PARTS = ['question', 'evidence', ...WRITE_UP] as const;
export type Part = (typeof PARTS)[number];

/** What of it one part holds. */
function cut(learning: Learning, part: Part): Partial<Learning> {
  if (part === 'question') {
    const { question, versions, people } = learning;
    return { question, versions, people };
  }
  if (part === 'evidence') return { evidence: learning.evidence, found: learning.found };
  return { writeUp: { ...EMPTY.writeUp, [part]: learning.writeUp[part] } };
}

/** A part as it is locked. */
export const partOf = (learning: Learning, part: Part): string => JSON.stringify({ part, ...cut(learning, part) });

/** Which part this text is of; undefined where it is none of ours. */
export function whichPart(text: string): Part | undefined {
  try {
    const { part } = JSON.parse(text) as { part?: unknown };
    return PARTS.find((each) => each === part);
  } catch {
    return undefined;
  }
}

/** The text that holds a part: the one that is shown, where two browsers have begun the same. */
export function heldIn<T extends { readonly text: string | undefined }>(kept: readonly T[], part: Part): T | undefined {
  return kept.findLast(({ text }) => text !== undefined && whichPart(text) === part);
}

/** The whole of it, from the parts that are kept. */
export function readParts(texts: readonly string[]): Learning {
  const found = new Map<Part, Partial<Learning>>();
  for (const text of texts) {
    const part = whichPart(text);
    if (part !== undefined) found.set(part, cut({ ...EMPTY, ...(JSON.parse(text) as Partial<Learning>) }, part));
  }
  const writeUp = WRITE_UP.map((part) => [part, found.get(part)?.writeUp?.[part] ?? ''] as const);
  return {
    ...EMPTY,
    ...found.get('question'),
    ...found.get('evidence'),
    writeUp: Object.fromEntries(writeUp) as Learning['writeUp'],
  };
}

/** The question is kept as it stands, unless it is as it was kept last. */
export function keepVersion(learning: Learning, at: number): Learning {
  const text = learning.question.trim();
  if (text === '' || learning.versions.at(-1)?.text === text) return learning;
  return { ...learning, versions: [...learning.versions, { at, text }] };
}

interface Section {
  readonly title: string;
  readonly paragraphs: readonly string[];
}

const dated = ({ at, text }: Dated): string => `${dateText(at, language.value)}: ${text.trim()}`;

function sectionsOf({ versions, evidence, people, writeUp }: Learning): Section[] {
  const all = [
    { title: t('learning-versions'), paragraphs: versions.map(dated) },
    { title: t('learning-people'), paragraphs: [people.trim()] },
    { title: t('learning-evidence'), paragraphs: evidence.map(dated) },
    ...WRITE_UP.map((part) => ({ title: word(`learning-${part}`), paragraphs: [writeUp[part].trim()] })),
  ];
  return all
    .map(({ title, paragraphs }) => ({ title, paragraphs: paragraphs.filter((paragraph) => paragraph !== '') }))
    .filter(({ paragraphs }) => paragraphs.length > 0);
}

const headOf = ({ question, versions }: Learning): string => question.trim() || (versions.at(-1)?.text ?? '');

/** What is typed is shown as it is typed: a mark of Markdown's at the beginning of a line is none. */
const plainly = (text: string): string => text.replace(/^([#>+*-]|\d+[.)])/gm, '\\$1');

/** The document as Markdown. */
export function markdown(learning: Learning): string {
  const sections = sectionsOf(learning).map(({ title, paragraphs }) => [`## ${title}`, ...paragraphs.map(plainly)].join('\n\n'));
  return `${[`# ${headOf(learning).replaceAll('\n', ' ')}`, ...sections].join('\n\n')}\n`;
}

const SIGNS: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const safe = (text: string): string => text.replace(/[&<>"]/g, (sign) => SIGNS[sign] ?? sign);

/** The document as a page that needs nothing else. */
export function page(learning: Learning): string {
  const title = safe(headOf(learning));
  const paragraph = (text: string): string => `<p dir="auto">${safe(text).replaceAll('\n', '<br>')}</p>`;
  const sections = sectionsOf(learning).map((section) => `<h2>${safe(section.title)}</h2>\n${section.paragraphs.map(paragraph).join('\n')}`);
  return [
    '<!doctype html>',
    `<html lang="${language.value}">`,
    `<head><meta charset="utf-8"><title>${title}</title></head>`,
    `<body>\n<h1 dir="auto">${title}</h1>`,
    ...sections,
    '</body>\n</html>\n',
  ].join('\n');
}
