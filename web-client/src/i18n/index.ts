/**
 * What the page says, in English or Welsh.
 *
 * Messages are Fluent files, fetched as text: a language costs script nothing.
 * Names typed by people are wrapped in bidi isolates (U+2068, U+2069), which is
 * right on screen; tests that compare text must expect them.
 */

import { FluentBundle, FluentResource } from '@fluent/bundle';
import { computed, type ReadonlySignal, signal } from '@preact/signals';
import cyUrl from '../../locales/cy.ftl?url';
import enUrl from '../../locales/en.ftl?url';
import type { Messages } from './ids.gen';

export type Language = 'en' | 'cy';
export type MessageId = keyof Messages;

/** The variables of a message: nothing at all when it has none. */
type Arguments<Id extends MessageId> =
  Messages[Id] extends Readonly<Record<string, never>> ? [] : [args: Messages[Id]];

const STORED = 'setroom.language';
const URLS: Readonly<Record<Language, string>> = { en: enUrl, cy: cyUrl };
/** What the `lang` attribute says, and the locale for plurals. */
const TAGS: Readonly<Record<Language, string>> = { en: 'en-GB', cy: 'cy' };

const current = signal<{ readonly language: Language; readonly bundle: FluentBundle }>();

/** The language on screen. */
export const language: ReadonlySignal<Language> = computed(() => current.value?.language ?? 'en');

/** The other language, for the link at the top of every page. */
export const otherLanguage: ReadonlySignal<Language> = computed(() =>
  language.value === 'en' ? 'cy' : 'en',
);

/** The `lang` attribute that belongs to `of`. */
export function languageTag(of: Language): string {
  return TAGS[of];
}

/** A bundle of `text`. Throws when a message is not Fluent. */
export function makeBundle(of: Language, text: string): FluentBundle {
  const bundle = new FluentBundle(TAGS[of]);
  const [fault] = bundle.addResource(new FluentResource(text));
  if (fault !== undefined) throw fault;
  return bundle;
}

/** What is put into a sentence, without marks by which it could end its isolate and turn the sentence round. */
function contained(args: Readonly<Record<string, string | number>>): Record<string, string | number> {
  const plain = (value: string | number): string | number =>
    typeof value === 'string' ? value.replace(/[\u202a-\u202e\u2066-\u2069]/g, '') : value;
  return Object.fromEntries(Object.entries(args).map(([name, value]) => [name, plain(value)]));
}

/** The words of one message from one bundle; the id itself when there is none. */
export function format<Id extends MessageId>(
  bundle: FluentBundle | undefined,
  id: Id,
  ...[args]: Arguments<Id>
): string {
  const pattern = bundle?.getMessage(id)?.value;
  if (bundle === undefined || pattern === undefined || pattern === null) return id;
  // Faults are collected and dropped: half a sentence on screen beats a blank page.
  return bundle.formatPattern(pattern, args ? contained(args) : null, []);
}

/** The words of a message in the language on screen; a component that calls it follows changes. */
export function t<Id extends MessageId>(id: Id, ...args: Arguments<Id>): string {
  return format(current.value?.bundle, id, ...args);
}

async function load(of: Language): Promise<FluentBundle> {
  const answer = await fetch(URLS[of]);
  if (!answer.ok) throw new Error(`no words for ${of}`);
  return makeBundle(of, await answer.text());
}

async function show(of: Language): Promise<void> {
  current.value = { language: of, bundle: await load(of) };
  document.documentElement.lang = TAGS[of];
}

/** The stored choice, else Welsh for a browser that prefers it, else English. */
function firstLanguage(): Language {
  try {
    const stored = localStorage.getItem(STORED);
    if (stored === 'en' || stored === 'cy') return stored;
  } catch {
    // Storage may be forbidden; then the choice lasts as long as the page.
  }
  return navigator.language.toLowerCase().startsWith('cy') ? 'cy' : 'en';
}

/** Fetches the first language's words. Falls back to English; rejects when that fails too. */
export async function startLanguage(): Promise<void> {
  const first = firstLanguage();
  await show(first).catch((error: unknown) => {
    if (first === 'en') throw error;
    return show('en');
  });
}

/** Changes the language and remembers it. Rejects, and changes nothing, when its words do not come. */
export async function chooseLanguage(of: Language): Promise<void> {
  await show(of);
  try {
    localStorage.setItem(STORED, of);
  } catch {
    // As above: not remembered, still changed.
  }
}
