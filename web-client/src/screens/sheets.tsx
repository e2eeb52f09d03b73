/** The dialogs that everybody can open. */

import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { chooseLanguage, languageTag, type MessageId, otherLanguage, t } from '../i18n';
import type { Mode } from '../wire.gen';
import { fitName } from '../lib/names';
import { attempt } from './attempt';
import { Lasting } from './lasting';
import { asked, Later, life } from './lazy';
import { Btn, Choice, Field, KeptDays, Late, nameFault, tooLong, Unstored } from './components';
import { NAME, useTyped } from './draft';
import { OwnHelp } from './own-help';
import { ModeChoice } from './agree';
import { type Closing, Sheet } from './sheet';
import { chooseTheme, theme, THEMES } from './theme';
import { word } from './messages';
import { asksDates } from './series';
import { WhereButton } from './room/dock';
import { charterOf, textsOf, useAsk, useRoom, type PlainCommand, type RoomContext, type SheetName } from './room/room-context';

/** For a dialog's buttons: each asks, and closes the dialog. */
export function useAskAndClose(onClose: () => void): (command: PlainCommand) => () => void {
  const ask = useAsk();
  return (command) => () => {
    ask(command);
    onClose();
  };
}

const SHEETS = { menu: Menu, name: OwnName, agreed: Agreed, words: Words, prompts: Prompts, help: Help, own: OwnHelp, browsers: Browsers, leave: Leave, asked: Asked };

interface SheetsProps extends Closing {
  readonly sheet: SheetName;
}

export function Sheets({ sheet, onClose }: SheetsProps): JSX.Element | null {
  const Named = SHEETS[sheet as keyof typeof SHEETS];
  return Named && <Named onClose={onClose} />;
}

function Asked({ onClose }: Closing): JSX.Element {
  return <Later from={asked} is="AskedSheet" with={{ onClose }} />;
}

function Menu({ onClose }: Closing): JSX.Element {
  const { open, session, show, shared, own } = useRoom();
  const other = otherLanguage.value;
  const opens = (sheet: SheetName, id: MessageId): JSX.Element => <Btn onPress={() => open(sheet)}>{word(id)}</Btn>;
  return (
    <Sheet heading={t('menu')} onClose={onClose}>
      <div class="stack">
        <h3>{t('menu-mine')}</h3>
        <p class="row">
          {shared.stage === 'running' && <WhereButton />}
          {(own.role !== 'observer' || session.drafts.all.value.size > 0) && shared.stage !== 'closed' && (
            <Btn
              look="main"
              onPress={() => {
                onClose();
                show('actions');
              }}
            >
              {t('my-actions')}
            </Btn>
          )}
          {shared.stage !== 'closed' && opens('name', 'my-name')}
          {otherBrowsers({ shared, own }) > 0 && opens('browsers', 'browsers-title')}
        </p>
        <h3>{t('menu-set')}</h3>
        <p class="row">
          {opens('agreed', 'menu-agreed')}
          {opens('words', 'menu-words')}
          {asksDates(shared) && opens('asked', 'asked-open')}
          {shared.stage === 'running' && opens('prompts', 'menu-prompts')}
          {opens('help', 'menu-help')}
        </p>
        <h3>{t('menu-page')}</h3>
        <p class="row">
          <button type="button" lang={languageTag(other)} onClick={() => attempt(() => chooseLanguage(other))}>
            {t('other-language')}
          </button>
          <Btn look="danger" onPress={() => open('leave')}>{t('menu-leave')}</Btn>
        </p>
        <Choice
          legend={t('theme')}
          name="theme"
          across
          value={theme.value}
          options={THEMES.map((is) => ({ is, label: word(`theme-${is}`) }))}
          onValue={chooseTheme}
        />
      </div>
    </Sheet>
  );
}

/** One's own name, to correct: the set sees the new one wherever it saw the old. */
function OwnName({ onClose }: Closing): JSX.Element {
  const { session, own, note, announcer } = useRoom();
  const [name, setName, sentName] = useTyped(session.drafts, 'own name', fitName(textsOf({ session }, 'name', own.seat).at(-1)?.text ?? '') ?? '');
  const [fault, setFault] = useState<string>();
  const [sent, setSent] = useState(false);
  const refuse = (why: string): void => {
    setFault(why);
    document.getElementById('own-name')?.focus();
  };
  const save = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (sent) return;
    const fit = fitName(name);
    if (fit === undefined) return refuse(nameFault(name));
    const over = tooLong(name, NAME);
    if (over !== undefined) return refuse(over);
    setSent(true);
    const answer = await session.write('name', fit);
    setSent(false);
    if (!answer.ok) return refuse(word(`code-${answer.code}`));
    sentName(name);
    const text = t('my-name-done', { name: fit });
    note(text);
    announcer.say({ kind: 'name', text });
    onClose();
  };
  return (
    <Sheet heading={t('my-name')} onClose={onClose} closing={t('cancel')}>
      <form onSubmit={(event) => attempt(() => save(event))} noValidate>
        <Field id="own-name" label={t('door-name')} hint={t('my-name-hint')} fault={fault ?? tooLong(name, NAME)} value={name} limit={NAME} complete="given-name" onValue={setName} />
        <Btn submit look="main" off={sent}>{t('my-name-save')}</Btn>
      </form>
    </Sheet>
  );
}

function Agreed({ onClose }: Closing): JSX.Element {
  const room = useRoom();
  const { shared, own } = room;
  const then = useAskAndClose(onClose);
  const [mode, setMode] = useState<Mode>(shared.proposed ?? shared.mode);
  const running = shared.stage === 'running';
  // What somebody has agreed to is changed by everybody's yes alone.
  const agreed = Object.values(shared.seats).some((seat) => seat.agreed && !['host', 'co_facilitator'].includes(seat.role));
  const later = !running && (agreed || (shared.series?.number ?? 1) > 1);
  return (
    <Sheet heading={word(`mode-${shared.mode}`)} onClose={onClose}>
      <p>{word(`mode-${shared.mode}-about`)}</p>
      <h3>{t('kept-title')}</h3>
      <p>{word(`mode-${shared.mode}-kept`)}</p>
      <p>{t('kept-all-modes')}</p>
      <p>{t(shared.mode === 'chatham' ? 'kept-attendance-none' : 'kept-attendance')}</p>
      <KeptDays session={room.session} />
      <p>{t('kept-sealed')}</p>
      <p>{t(room.session.stored.value ? 'kept-begun' : 'kept-begun-page')}</p>
      <p>{t('kept-translate')}</p>
      <p class="tip">{t('mode-limit')}</p>
      <h3>{t('charter-title')}</h3>
      <ul class="charter">
        {charterOf(room).map((line) => <li key={line} dir="auto">{line}</li>)}
      </ul>
      {running && (
        <>
          <Later from={life} is="CharterReview" />
          <Later from={life} is="Framework" />
          <Later from={life} is="Practices" />
        </>
      )}
      {own.controls && later && shared.stage !== 'closed' && <p class="hint">{t('mode-later')}</p>}
      {own.controls && !later && shared.stage !== 'closed' && (
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
  const [asked, setAsked] = useState(false);
  const ask = (): void => {
    setAsked(true);
    session.words().then(setWords, () => setWords('failed'));
  };
  return (
    <Sheet heading={t('words-title')} onClose={onClose}>
      <p>{t('words-about')}</p>
      {words === undefined ? (
        <p>
          <Btn look="main" off={asked} onPress={ask}>{t('words-show')}</Btn>
        </p>
      ) : words === 'failed' ? (
        <p role="alert">{t('words-failed')}</p>
      ) : (
        <output class="words" lang="en">{words.join(' ')}</output>
      )}
      <Late waits={asked && words === undefined} />
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
      <KeptDays session={session} />
      <p>{t('kept-sealed')}</p>
      <p>{t(session.stored.value ? 'kept-begun' : 'kept-begun-page')}</p>
      <p>{t('kept-seen')}</p>
      <p>{t('kept-honest')}</p>
      <p>{t('kept-translate')}</p>
      <Unstored session={session} />
      <Lasting session={session} within="sheet" />
    </Sheet>
  );
}

const otherBrowsers = ({ shared, own }: Pick<RoomContext, 'shared' | 'own'>): number =>
  Object.entries(shared.devices).filter(([at, { seat }]) => seat === own.seat && at !== own.device).length;

/** One's other browsers, to put out where one is lost. */
function Browsers({ onClose }: Closing): JSX.Element {
  const room = useRoom();
  const out = async (): Promise<void> => {
    const answer = await room.session.ask({ c: 'drop_other_devices' });
    if (!answer.ok) return;
    room.note(t('browsers-done'));
    onClose();
  };
  return (
    <Sheet heading={t('browsers-title')} onClose={onClose} closing={t('cancel')} safe>
      <p>{t('browsers-about', { count: otherBrowsers(room) })}</p>
      <p>{t('browsers-lost')}</p>
      {room.own.keys && <p>{t('browsers-links')}</p>}
      {room.own.role === 'host' && <p>{t('browsers-host')}</p>}
      {room.session.help.value !== 'facilitators' && <p>{t('browsers-code')}</p>}
      <p class="row"><Btn look="danger" onPress={out}>{t('browsers-out')}</Btn></p>
    </Sheet>
  );
}

function Leave({ onClose }: Closing): JSX.Element {
  const { session, own } = useRoom();
  const ask = useAsk();
  const host = own.role === 'host';
  return (
    <Sheet heading={t('leave-title')} onClose={onClose} closing={t('leave-stay')} safe>
      <p>{t('leave-away')}</p>
      <p>{t(host ? 'leave-host' : 'leave-about')}</p>
      <p class="row">
        {!host && (
          <Btn look="danger" onPress={() => ask({ c: 'leave' })}>{t('leave-set')}</Btn>
        )}
        <Btn look="danger" onPress={() => session.forget()}>{t('forget')}</Btn>
      </p>
      <p class="hint">{t('forget-about')}</p>
    </Sheet>
  );
}
