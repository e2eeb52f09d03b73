/**
 * Who can help a person to open again what only they may see: facilitators, or nobody, since they keep
 * a return code. What that means is said before it is chosen, and the code is typed once before it
 * counts.
 */

import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { t } from '../i18n';
import { report } from '../lib/faults';
import type { Answer, OwnCode } from '../session';
import { attempt } from './attempt';
import { useCopy } from './copy';
import { useTyped } from './draft';
import { Btn, Choice, Field } from './components';
import { useRoom } from './room/room-context';
import { word } from './messages';
import { type Closing, Sheet } from './sheet';

type By = 'facilitators' | 'only_me';

/** Does it once at a time; `fault` is why it was not done, and `fail` says so at the field. */
function useDoing(id: string): {
  readonly busy: boolean;
  readonly fault: string | undefined;
  fail(fault: string | undefined): void;
  run(act: () => Promise<Answer | string>, done: () => void): Promise<void>;
} {
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<string>();
  const fail = (is: string | undefined): void => {
    setFault(is);
    if (is !== undefined) document.getElementById(id)?.focus();
  };
  const run = async (act: () => Promise<Answer | string>, done: () => void): Promise<void> => {
    setBusy(true);
    setFault(undefined);
    const answer = await act().catch((error: unknown) => {
      report(error);
      return t('failed');
    });
    setBusy(false);
    if (typeof answer === 'string') fail(answer);
    else if (answer.ok) done();
    else fail(word(`code-${answer.code}`));
  };
  return { busy, fault, fail, run };
}

/** The dialog: the choice, and for *only me* the code. */
export function OwnHelp({ onClose }: Closing): JSX.Element {
  const { session, announcer, note } = useRoom();
  const now = session.help.value;
  const [by, setBy] = useState<By>(now === 'only_me' ? 'only_me' : 'facilitators');
  const [means, setMeans] = useState<{ readonly code: string; readonly own: OwnCode }>();
  const { busy, fault, run } = useDoing('own-by-facilitators');
  const finish = (id: 'own-done-facilitators' | 'own-done-only-me') => (): void => {
    note(t(id));
    announcer.say({ kind: 'own', text: t(id) });
    onClose();
  };
  const next = (): Promise<void> =>
    run(
      async () => {
        const own = await session.ownCode();
        if (by === 'facilitators') return own.helped();
        setMeans({ code: await own.fresh(), own });
        return { ok: true };
      },
      by === 'facilitators' ? finish('own-done-facilitators') : () => undefined,
    );
  return (
    <Sheet heading={t('own-help-title')} onClose={onClose} closing={t('cancel')}>
      {now === 'locked' ? (
        <TypeCode />
      ) : means !== undefined ? (
        <ShowCode {...means} onDone={finish('own-done-only-me')} />
      ) : (
        <>
          <p>{t('own-help-about')}</p>
          <Choice
            legend={t('own-help-legend')}
            name="own-by"
            value={by}
            options={(['facilitators', 'only_me'] as const).map((is) => ({ is, label: word(`own-by-${is}`), about: word(`own-by-${is}-about`) }))}
            onValue={setBy}
          />
          {fault !== undefined && <p class="fault" role="alert">{t('error-prefix', { text: fault })}</p>}
          <p class="row">
            <Btn look="main" off={busy || (by === 'facilitators' && now === by)} onPress={next}>
              {t(by === 'facilitators' ? 'own-let-help' : now === by ? 'own-make-another' : 'own-make')}
            </Btn>
          </p>
        </>
      )}
    </Sheet>
  );
}

interface ShowCodeProps {
  readonly code: string;
  readonly own: OwnCode;
  readonly onDone: () => void;
}

/** The code, this once, and a field to show that it was kept. */
function ShowCode({ code, own, onDone }: ShowCodeProps): JSX.Element {
  const { session } = useRoom();
  const { field, copied, copy } = useCopy(code);
  const [typed, setTyped] = useState('');
  const { busy, fault, run } = useDoing('own-typed');
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  const confirm = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (busy) return;
    await run(async () => {
      const answer = await own.onlyMe(typed);
      return answer === 'slip' ? t('own-code-differs') : answer;
    }, onDone);
  };
  return (
    <>
      <div class="paper">
        <h3 ref={heading} tabIndex={-1} id="own-code-title">{t('own-code-title')}</h3>
        <p class="only-print" dir="auto">{session.title.value ?? t('product-name')}</p>
        <output class="code big" aria-labelledby="own-code-title" dir="ltr" lang="zxx">
          {code.replaceAll('-', '-\u200B')}
        </output>
      </div>
      <p>{t('own-code-once')}</p>
      <input class="sr-only" tabIndex={-1} aria-hidden="true" autocomplete="off" readOnly value={code} ref={field} />
      <p class="row">
        <Btn onPress={copy}>{t('copy')}</Btn>
        <Btn onPress={() => window.print()}>{t('print')}</Btn>
        <output>{copied && t(copied === 'yes' ? 'copied' : 'own-copy-by-hand')}</output>
      </p>
      <form onSubmit={(event) => attempt(() => confirm(event))} noValidate>
        <Field id="own-typed" label={t('own-code-again')} hint={t('own-code-hint')} fault={fault} value={typed} onValue={setTyped} />
        <Btn submit look="main" off={busy}>{t('own-code-set')}</Btn>
      </form>
    </>
  );
}

/** A field for the code, on a browser that was not told it. */
function TypeCode(): JSX.Element {
  const { session, announcer } = useRoom();
  const [typed, setTyped] = useTyped(session.drafts, 'secret code', '');
  const opening = useDoing('own-code');
  const anew = useDoing('own-anew');
  const open = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (opening.busy) return;
    await opening.run(
      async () => {
        const answer = await (await session.ownCode()).open(typed);
        return answer === 'opened' ? { ok: true } : word(`own-locked-${answer}`);
      },
      () => {
        setTyped('');
        announcer.say({ kind: 'own', text: t('own-opened') });
      },
    );
  };
  const begin = (): Promise<void> =>
    anew.run(
      async () => (await session.ownCode()).helped(),
      () => announcer.say({ kind: 'own', text: t('own-done-facilitators') }),
    );
  return (
    <>
      <p>{t('own-locked-about')}</p>
      <form onSubmit={(event) => attempt(() => open(event))} noValidate>
        <Field id="own-code" label={t('own-code-title')} hint={t('own-code-hint')} fault={opening.fault} value={typed} onValue={setTyped} />
        <Btn submit look="main" off={opening.busy}>{t('own-locked-open')}</Btn>
      </form>
      <details>
        <summary>{t('own-locked-lost')}</summary>
        <p>{t('own-locked-lost-about')}</p>
        {anew.fault !== undefined && <p class="fault" role="alert">{t('error-prefix', { text: anew.fault })}</p>}
        <p><Btn off={anew.busy} onPress={begin}>{t('own-locked-without')}</Btn></p>
      </details>
    </>
  );
}

/** That field on the page, as long as it is needed. */
export function OwnLocked(): JSX.Element {
  const { announcer } = useRoom();
  useEffect(() => announcer.say({ kind: 'own', text: t('own-locked-title') }), [announcer]);
  return (
    <section class="card claim" aria-labelledby="own-locked-title" data-keep>
      <h2 id="own-locked-title" tabIndex={-1}>{t('own-locked-title')}</h2>
      <TypeCode />
    </section>
  );
}
