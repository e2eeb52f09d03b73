/** What stands round every screen outside the room: skip link, product name, language, what is wrong. */

import type { ComponentChildren, JSX } from 'preact';
import { Skip } from './components';
import { chooseLanguage, languageTag, otherLanguage, t } from '../i18n';
import type { Session } from '../session';
import { attempt } from './attempt';
import { Failure, Trouble } from './components';

interface FrameProps {
  /** The session whose line is said to be in trouble when it is, once there is one. */
  readonly session?: Session | undefined;
  readonly children: ComponentChildren;
}

export function Frame({ session, children }: FrameProps): JSX.Element {
  const other = otherLanguage.value;
  return (
    <>
      <Skip to="content">{t('skip-to-content')}</Skip>
      <header class="top">
        <span class="product">{t('product-name')}</span>
        <button
          type="button"
          class="linklike"
          lang={languageTag(other)}
          onClick={() => attempt(() => chooseLanguage(other))}
        >
          {t('other-language')}
        </button>
      </header>
      <main id="content" tabIndex={-1}>
        <Failure />
        {session && <Trouble session={session} />}
        {children}
      </main>
    </>
  );
}
