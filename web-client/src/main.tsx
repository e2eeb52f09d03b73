/** The entry of the client: take the link out of the address bar, fetch the words, draw. */

import './styles/index.css';
import { effect } from '@preact/signals';
import { render } from 'preact';
import { App } from './app';
import { startLanguage } from './i18n';
import { takeFragment } from './lib/address';
import { pageAnnouncer } from './lib/announce';
import { later } from './screens/lazy';
import { startTheme } from './screens/theme';
import { sessions } from './session';

/** How long the words may take before something is said without them. */
const LATE_MS = 5_000;

// First of all, before anything waits: shared screens show the address bar.
const fragment = takeFragment(window);
// A link that is pasted over the address of this very page loads nothing by itself.
addEventListener('hashchange', () => {
  if (/^#\d+\./.test(location.hash)) location.reload();
});

/** Draws in `root`. Rejects when part of the page does not arrive. */
async function begin(root: Element): Promise<void> {
  // Like the sentence below it cannot come from the words file, which is what is being waited for.
  const late = setTimeout(() => {
    root.textContent = 'No answer so far. Check your connection, then reload the page.';
  }, LATE_MS);
  try {
    startTheme();
    await startLanguage();
  } finally {
    clearTimeout(late);
  }
  root.textContent = '';
  const secure = window.isSecureContext;
  render(<App fragment={fragment} secure={secure} sessions={sessions()} announcer={pageAnnouncer()} />, root);
  // Nothing of a set is on the page before that part of it is here.
  effect(() => later.parts.value?.watchTranslators(root));
}

const root = document.getElementById('app');
if (root !== null) {
  begin(root).catch(() => {
    // The only sentence that cannot come from the words file: that file is what is missing.
    root.textContent = 'Part of this page did not arrive. Check your connection, then reload the page.';
  });
}
