/** The client on a fake session: `?scene=member&lang=cy&theme=dark&dir=rtl`. For tests only. */

import '../src/styles/index.css';
import { render } from 'preact';
import { App } from '../src/app';
import { chooseLanguage, startLanguage } from '../src/i18n';
import { pageAnnouncer } from '../src/lib/announce';
import { chooseTheme } from '../src/screens/theme';
import type { Sessions } from '../src/session';
import { type Fake, fakeSession } from './fake';
import { SCENES } from './scenes';

declare global {
  interface Window {
    fake?: Fake;
  }
}

const wishes = new URLSearchParams(location.search);
const scene = SCENES[wishes.get('scene') ?? ''];
if (wishes.get('theme') === 'dark') chooseTheme('dark');
if (wishes.get('dir') === 'rtl') document.documentElement.dir = 'rtl';

const made = (): Fake => {
  const session = fakeSession((scene ?? SCENES['gathering-host'] ?? (() => { throw new Error('no scene'); }))());
  window.fake = session;
  return session;
};
const sessions: Sessions = {
  open: async () => made(),
  create: async () => made(),
  resume: async () => (scene === undefined ? undefined : made()),
  begun: async () => made().drafts,
};

async function begin(root: Element): Promise<void> {
  await startLanguage();
  await chooseLanguage(wishes.get('lang') === 'cy' ? 'cy' : 'en');
  render(<App fragment="" secure announcer={pageAnnouncer()} sessions={sessions} />, root);
}

const root = document.getElementById('app');
if (root !== null) begin(root).catch((error: unknown) => reportError(error));
