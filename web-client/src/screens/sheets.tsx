/** The dialogs that everybody can open. */

import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { chooseLanguage, languageTag, otherLanguage, t } from '../i18n';
import type { Mode } from '../wire.gen';
import { Later, ownHelp } from './lazy';
import { Btn, Choice, type Closing, Sheet } from './components';
import { ModeChoice } from './agree';
import { chooseTheme, theme, THEMES } from './theme';
import { word } from './messages';
import { WhereButton } from './room/dock';
import { charterOf, useAsk, useRoom, type PlainCommand, type SheetName } from './room/room-context';

/** For a dialog's buttons: each asks, and closes the dialog. */
export function useAskAndClose(onClose: () => void): (command: PlainCommand) => () => void {
  const ask = useAsk();
  return (command) => () => {
    ask(command);
    onClose();
  };
}

const SHEETS = { menu: Menu, agreed: Agreed, words: Words, prompts: Prompts, help: Help, own: Own, leave: Leave };

interface SheetsProps extends Closing {
  readonly sheet: SheetName;
}

export function Sheets({ sheet, onClose }: SheetsProps): JSX.Element | null {
  const Named = SHEETS[sheet as keyof typeof SHEETS];
  return Named && <Named onClose={onClose} />;
}

function Own({ onClose }: Closing): JSX.Element {
  return <Later from={ownHelp} is="OwnHelp" with={{ onClose }} />;
}

function Menu({ onClose }: Closing): JSX.Element {
  const { open, show, shared, own } = useRoom();
  const other = otherLanguage.value;
  return (
    <Sheet heading={t('menu')} onClose={onClose}>
      <div class="stack">
        {shared.stage === 'running' && <WhereButton />}
        {own.role !== 'observer' && shared.stage !== 'closed' && (
          <Btn
            onPress={() => {
              onClose();
              show('actions');
            }}
          >
            {t('my-actions')}
          </Btn>
        )}
        <Btn onPress={() => open('agreed')}>{t('menu-agreed')}</Btn>
        <Btn onPress={() => open('words')}>{t('menu-words')}</Btn>
        {shared.stage === 'running' && <Btn onPress={() => open('prompts')}>{t('menu-prompts')}</Btn>}
        <Btn onPress={() => open('help')}>{t('menu-help')}</Btn>
        <button type="button" lang={languageTag(other)} onClick={() => void chooseLanguage(other)}>
          {t('other-language')}
        </button>
        <Choice
          legend={t('theme')}
          name="theme"
          across
          value={theme.value}
          options={THEMES.map((is) => ({ is, label: word(`theme-${is}`) }))}
          onValue={chooseTheme}
        />
        <Btn look="quiet" onPress={() => open('leave')}>{t('menu-leave')}</Btn>
      </div>
    </Sheet>
  );
}

function Agreed({ onClose }: Closing): JSX.Element {
  const room = useRoom();
  const { shared, own } = room;
  const then = useAskAndClose(onClose);
  const [mode, setMode] = useState<Mode>(shared.proposed ?? shared.mode);
  const running = shared.stage === 'running';
  return (
    <Sheet heading={word(`mode-${shared.mode}`)} onClose={onClose}>
      <p>{word(`mode-${shared.mode}-about`)}</p>
      <h3>{t('kept-title')}</h3>
      <p>{word(`mode-${shared.mode}-kept`)}</p>
      <p>{t('kept-all-modes')}</p>
      <p>{t('kept-sealed')}</p>
      <p>{t('kept-translate')}</p>
      <p class="tip">{t('mode-limit')}</p>
      <h3>{t('charter-title')}</h3>
      <ul class="charter">
        {charterOf(room).map((line) => <li key={line} dir="auto">{line}</li>)}
      </ul>
      {own.controls && shared.stage !== 'closed' && (
        <details>
          <summary>{t(running ? 'mode-propose-open' : 'mode-change-open')}</summary>
          <ModeChoice mode={mode} onMode={setMode} />
          {running && <p class="hint">{t('mode-propose-hint')}</p>}
          <Btn off={mode === shared.mode} onPress={then({ c: running ? 'propose_mode' : 'set_mode', mode })}>
            {t(running ? 'mode-propose' : 'mode-change')}
          </Btn>
        </details>
      )}
    </Sheet>
  );
}

function Words({ onClose }: Closing): JSX.Element {
  const { session } = useRoom();
  const [words, setWords] = useState<readonly string[] | 'failed'>();
  const ask = (): void => {
    session.words().then(setWords, () => setWords('failed'));
  };
  return (
    <Sheet heading={t('words-title')} onClose={onClose}>
      <p>{t('words-about')}</p>
      {words === undefined ? (
        <p>
          <Btn look="main" onPress={ask}>{t('words-show')}</Btn>
        </p>
      ) : words === 'failed' ? (
        <p role="alert">{t('words-failed')}</p>
      ) : (
        <output class="words" lang="en">{words.join(' ')}</output>
      )}
      <p class="hint">{t('words-differ')}</p>
    </Sheet>
  );
}

/** Questions to borrow, by what the part is for; and cards for those who run it. */
function Prompts({ onClose }: Closing): JSX.Element {
  const { shared, own } = useRoom();
  const offered = (shared.now?.kinds ?? []).filter((kind) => kind !== 'any' && kind !== 'process');
  const kinds = offered.length > 0 ? offered : (['clarify', 'explore', 'challenge', 'act'] as const);
  return (
    <Sheet heading={t('menu-prompts')} onClose={onClose}>
      {own.controls && (
        <>
          <h3>{t('cards-title')}</h3>
          <ul>{word('cards').split(' · ').map((card) => <li key={card}>{card}</li>)}</ul>
        </>
      )}
      {kinds.map((kind) => (
        <div key={kind}>
          <h3>{word(`kind-${kind}`)}</h3>
          <ul>{word(`bank-${kind}`).split(' · ').map((line) => <li key={line}>{line}</li>)}</ul>
        </div>
      ))}
      <p class="hint">{t('bank-disguised')}</p>
    </Sheet>
  );
}

function Help({ onClose }: Closing): JSX.Element {
  const { session } = useRoom();
  return (
    <Sheet heading={t('menu-help')} onClose={onClose}>
      <p>{t('help-what')}</p>
      <p>{t('tech-lost')}</p>
      <p>{t('help-recording')}</p>
      <h3>{t('kept-title')}</h3>
      <p>{t('kept-sealed')}</p>
      <p>{t('kept-seen')}</p>
      <p>{t('kept-honest')}</p>
      <p>{t('kept-translate')}</p>
      {!session.stored.value && <p class="tip">{t('not-stored')}</p>}
    </Sheet>
  );
}

function Leave({ onClose }: Closing): JSX.Element {
  const { session, own } = useRoom();
  const ask = useAsk();
  const host = own.role === 'host';
  return (
    <Sheet heading={t('leave-title')} onClose={onClose} closing={t('leave-stay')}>
      <p>{t('leave-away')}</p>
      <p>{t(host ? 'leave-host' : 'leave-about')}</p>
      <p class="row">
        {!host && (
          <Btn look="main" onPress={() => ask({ c: 'leave' })}>{t('leave-set')}</Btn>
        )}
        <Btn onPress={() => void session.forget()}>{t('forget')}</Btn>
      </p>
      <p class="hint">{t('forget-about')}</p>
    </Sheet>
  );
}
