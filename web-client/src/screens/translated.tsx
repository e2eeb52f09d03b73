/**
 * Notices a translator in the page. It swaps words for others and leaves ours outside, so what is drawn
 * later is never seen: the picture stands still beside *Connected*. Ours are put back; where that cannot
 * be done, the page says that it may be old.
 */

import { signal } from '@preact/signals';
import { type JSX, render } from 'preact';
import { t } from '../i18n';
import { Btn } from './components';

/** A translator that swaps the same words again and again is let be, and the picture is said to be old. */
const MOST_TIMES = 5;

type Seen = 'nothing' | 'kept' | 'old';

const isFont = (node: Node | null): node is Element => node instanceof Element && node.localName === 'font';

/** What was swapped, and for what: in one step, or by putting the new words beside the old ones first. */
function* swaps(records: readonly MutationRecord[]): Generator<[theirs: Element, ours: Node[]]> {
  for (const { addedNodes, removedNodes, previousSibling, nextSibling } of records) {
    const theirs = [...addedNodes, previousSibling, nextSibling].find(isFont);
    const ours = [...removedNodes].filter((node) => !isFont(node));
    if (theirs && ours.length > 0) yield [theirs, ours];
  }
}

/** Watches a page; what is returned ends it. */
export function watchTranslators(app: Element, html: Element = document.documentElement): () => void {
  const seen = signal<Seen>('nothing');
  const times = new WeakMap<Node, number>();
  const box = document.createElement('div');
  app.before(box);
  render(<Notice seen={seen} />, box);
  const look = (records: readonly MutationRecord[]): void => {
    for (const [theirs, ours] of swaps(records)) {
      const often = Math.max(...ours.map((node) => times.get(node) ?? 0));
      if (theirs.parentNode === null || often >= MOST_TIMES) continue;
      for (const node of ours) times.set(node, often + 1);
      theirs.replaceWith(...ours);
      if (seen.value === 'nothing') seen.value = 'kept';
    }
    const translated = html.classList.contains('translated-ltr') || html.classList.contains('translated-rtl');
    if (app.querySelector('font') !== null) seen.value = 'old';
    else if (translated && seen.value === 'nothing') seen.value = 'kept';
  };
  const words = new MutationObserver(look);
  words.observe(app, { childList: true, subtree: true });
  const marks = new MutationObserver(() => look([]));
  marks.observe(html, { attributes: true, attributeFilter: ['class'] });
  look([]);
  return () => {
    words.disconnect();
    marks.disconnect();
    render(null, box);
    box.remove();
  };
}

function Notice({ seen }: { readonly seen: { readonly value: Seen } }): JSX.Element | null {
  if (seen.value === 'nothing') return null;
  return (
    <p class="message" role="alert" data-translated={seen.value}>
      <span>{t(seen.value === 'old' ? 'translated-old' : 'translated-kept')}</span>
      {seen.value === 'old' && <Btn onPress={() => location.reload()}>{t('reload')}</Btn>}
    </p>
  );
}
