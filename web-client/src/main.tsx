/** The entry of the client: take the link out of the address bar, fetch the words, draw. */

import './styles/index.css';
import { render } from 'preact';
import { App } from './app';
import { startLanguage } from './i18n';
import { takeFragment } from './lib/address';
import { pageAnnouncer } from './lib/announce';
import { startTheme } from './screens/theme';
import { watchTranslators } from './screens/translated';
import { sessions } from './session';

// First of all, before anything waits: shared screens show the address bar.
const fragment = takeFragment(window);
// A link that is pasted over the address of this very page loads nothing by itself.
addEventListener('hashchange', () => {
  if (/^#\d+\./.test(location.hash)) location.reload();
});

const root = document.getElementById('app');
if (root !== null) {
  try {
    startTheme();
    await startLanguage();
    const secure = window.isSecureContext;
    render(<App fragment={fragment} secure={secure} sessions={sessions()} announcer={pageAnnouncer()} />, root);
    watchTranslators(root);
  } catch {
    // The only sentence that cannot come from the words file: that file is what is missing.
    root.textContent = 'Part of this page did not arrive. Check your connection, then reload the page.';
  }
}
