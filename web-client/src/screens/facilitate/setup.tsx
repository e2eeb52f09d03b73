/** Making a set: its name, its shape, what is agreed; then its links. */

import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { t } from '../../i18n';
import { icsFile } from '../../lib/ics';
import { systemTime } from '../../lib/clock';
import type { Session, SetUp as Wishes } from '../../session';
import { PLANS } from '../../names.gen';
import { LIMITS, type Mode } from '../../wire.gen';
import { saveFile } from '../files';
import { LinkList } from './links';
import { Btn, Choice, Faults, Field, Title } from '../components';
import { PlanChoice } from './plan';
import { usualCharter } from '../room/room-context';
import { ModeChoice } from '../agree';

interface SetUpProps {
  /** Makes the set; rejects when the service cannot be reached. */
  readonly create: (wishes: Wishes) => Promise<Session>;
  readonly onRoom: (session: Session) => void;
}

export function SetUp({ create, onRoom }: SetUpProps): JSX.Element {
  const [made, setMade] = useState<{ session: Session; wishes: Wishes }>();
  if (made !== undefined) return <Made {...made} onRoom={() => onRoom(made.session)} />;
  return (
    <SetUpForm
      onWishes={async (wishes) => {
        setMade({ session: await create(wishes), wishes });
      }}
    />
  );
}

function SetUpForm({ onWishes }: { readonly onWishes: (wishes: Wishes) => Promise<void> }): JSX.Element {
  const [title, setTitle] = useState('');
  const [name, setName] = useState('');
  const [when, setWhen] = useState('');
  const [plan, setPlan] = useState<string>('half_day_210');
  const [template, setTemplate] = useState<string>('classic');
  const [met, setMet] = useState<'first' | 'again'>('first');
  const [mode, setMode] = useState<Mode>('set');
  const usual = usualCharter().join('\n');
  const [charter, setCharter] = useState<string>();
  const [attempt, setAttempt] = useState({ count: 0, faults: new Map<string, string>() });
  const [busy, setBusy] = useState(false);

  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (busy) return;
    const faults = new Map<string, string>();
    if (title.trim() === '') faults.set('set-title', t('setup-title-fault'));
    if (name.trim() === '') faults.set('set-name', t('door-name-fault'));
    setAttempt({ count: attempt.count + 1, faults });
    if (faults.size > 0) return;
    setBusy(true);
    const starts = when === '' ? Number.NaN : new Date(when).getTime();
    const lines = charter?.trim();
    try {
      await onWishes({
        title: title.trim(),
        name: name.trim(),
        plan,
        template,
        first: met === 'first',
        mode,
        charter: lines === undefined || lines === '' || lines === usual ? undefined : lines,
        starts_at: Number.isNaN(starts) ? undefined : starts,
      });
    } catch {
      setAttempt({ count: attempt.count + 2, faults: new Map([['create', t('setup-failed')]]) });
      setBusy(false);
    }
  };
  const { faults } = attempt;
  return (
    <>
      <Faults faults={faults} attempt={attempt.count} />
      <Title>{t('setup-title')}</Title>
      <form onSubmit={(event) => void submit(event)} noValidate>
        <Field id="set-title" label={t('setup-set-name')} hint={t('sealed-hint')} fault={faults.get('set-title')} value={title} max={LIMITS.line_chars} onValue={setTitle} />
        <Field id="set-name" label={t('setup-own-name')} hint={t('setup-own-name-hint')} fault={faults.get('set-name')} value={name} max={LIMITS.name_chars} complete="given-name" onValue={setName} />
        <Field id="set-when" type="datetime-local" label={t('setup-when')} hint={t('setup-when-hint')} value={when} onValue={setWhen} />
        <Choice
          legend={t('setup-met')}
          name="met"
          value={met}
          options={(['first', 'again'] as const).map((is) => ({ is, label: t(`setup-met-${is}`) }))}
          onValue={setMet}
        />
        <PlanChoice plan={plan} template={template} first={met === 'first'} onPlan={setPlan} onTemplate={setTemplate} />
        <ModeChoice mode={mode} hint={t('mode-hint')} onMode={setMode} />
        <p class="tip">{t('mode-limit')}</p>
        <details class="card">
          <summary>{t('setup-charter')}</summary>
          <Field id="set-charter" label={t('charter-lines')} hint={t('charter-lines-hint')} rows={12} max={1300} value={charter ?? usual} onValue={setCharter} />
        </details>
        <p class="row" id="create" tabIndex={-1}>
          <Btn submit look="main" off={busy}>{t(busy ? 'setup-busy' : 'setup-create')}</Btn>
        </p>
      </form>
    </>
  );
}

interface MadeProps {
  readonly session: Session;
  readonly wishes: Wishes;
  readonly onRoom: () => void;
}

function Made({ session, wishes, onRoom }: MadeProps): JSX.Element {
  const { starts_at: start, title, plan } = wishes;
  const calendar = (): void => {
    if (start === undefined) return;
    const minutes = PLANS.find(({ id }) => id === plan)?.minutes ?? 0;
    const link = session.links.value.member ?? '';
    const event = {
      uid: `${session.shared.value?.set ?? start}@setroom`,
      start,
      end: start + minutes * 60_000,
      summary: title,
      description: `${t('ics-about')} ${link}`,
      url: link,
    };
    saveFile('setroom.ics', 'text/calendar', icsFile([event], systemTime.wall()));
  };
  return (
    <>
      <Title>{t('made-title', { title })}</Title>
      <p class="lead">{t('made-lead')}</p>
      <h2>{t('links')}</h2>
      <LinkList session={session} change={false} />
      <p class="row">
        <Btn look="main" onPress={onRoom}>{t('go-to-room')}</Btn>
        {start !== undefined && <Btn onPress={calendar}>{t('ics-save')}</Btn>}
      </p>
    </>
  );
}
