/** What stands round every screen outside the room: skip link, product name, language. */

import type { ComponentChildren, JSX } from 'preact';
import { Skip } from './components';
import { chooseLanguage, languageTag, otherLanguage, t } from '../i18n';

export function Frame({ children }: { readonly children: ComponentChildren }): JSX.Element {
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
          onClick={() => void chooseLanguage(other)}
        >
          {t('other-language')}
        </button>
      </header>
      <main id="content" tabIndex={-1}>
        {children}
      </main>
    </>
  );
}
