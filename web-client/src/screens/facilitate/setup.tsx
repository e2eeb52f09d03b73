/** Making a set: its name, its shape, what is agreed; then its links. */

import type { JSX } from 'preact';
import { effect } from '@preact/signals';
import { useEffect, useState } from 'preact/hooks';
import { t } from '../../i18n';
import type { Announcer } from '../../lib/announce';
import { dateFaultIn, londonTime } from '../../lib/dates';
import { fitLine, fitName } from '../../lib/names';
import { systemTime } from '../../lib/clock';
import type { HostFaultCode, Session, SetUp as Wishes } from '../../session';
import type { Mode } from '../../wire.gen';
import { attempt } from '../attempt';
import { Knocks } from './knocks';
import { LinkList } from './links';
import { Btn, Choice, Faults, Field, Late, nameFault, Title, tooLong, Trouble, Unstored } from '../components';
import { word } from '../messages';
import { LINE, NAME, RULES, useTyped } from '../draft';
import { PlanChoice, USUAL } from './plan';
import { usualCharter } from '../room/room-context';
import { saveCalendar } from '../series';
import { ModeChoice } from '../agree';
import { Later, later } from '../lazy';

interface SetUpProps {
  readonly announcer: Announcer;
  /** Makes the set; rejects when the service cannot be reached. */
  readonly create: (wishes: Wishes) => Promise<Session>;
  readonly onRoom: (session: Session) => void;
  /** What was typed here before. */
  readonly drafts: Session['drafts'];
}

export function SetUp({ announcer, create, drafts, onRoom }: SetUpProps): JSX.Element {
  const [made, setMade] = useState<{ session: Session; wishes: Wishes }>();
  if (made !== undefined) return <Made {...made} announcer={announcer} onRoom={() => onRoom(made.session)} />;
  return (
    <SetUpForm
      drafts={drafts}
      onWishes={async (wishes) => {
        setMade({ session: await create(wishes), wishes });
        drafts.keep(PLACE, undefined);
      }}
    />
  );
}

/** Where it stands among what is typed, and what stands there at first. */
const PLACE = 'set-up';
const BLANK = {
  title: '',
  name: '',
  when: '',
  plan: USUAL.plan as string,
  template: USUAL.template as string,
  met: 'first' as 'first' | 'again',
  mode: 'set' as Mode,
  charter: undefined as string | undefined,
};

interface SetUpFormProps {
  readonly drafts: Session['drafts'];
  readonly onWishes: (wishes: Wishes) => Promise<void>;
}

function SetUpForm({ drafts, onWishes }: SetUpFormProps): JSX.Element {
  const [typed, change] = useTyped(drafts, PLACE, BLANK);
  const { title, name, when, plan, template, met, mode, charter } = typed;
  // On what stands there now: one press may set two of them.
  const set = <K extends keyof typeof BLANK>(field: K) => (is: (typeof BLANK)[K]) =>
    change({ ...BLANK, ...(JSON.parse(drafts.all.peek().get(PLACE) ?? '{}') as object), [field]: is });
  const [before] = useState(typed !== BLANK);
  const usual = usualCharter().join('\n');
  const [tried, setTried] = useState({ count: 0, faults: new Map<string, string>() });
  const [busy, setBusy] = useState(false);

  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (busy) return;
    const faults = new Map<string, string>();
    const check = (id: string, fault: string | undefined): void => void (fault !== undefined && faults.set(id, fault));
    const fit = fitName(name);
    const wrong = dateFaultIn('set-when', when, systemTime.wall(), 1);
    check('set-title', fitLine(title) === '' ? t('setup-title-fault') : tooLong(title, LINE));
    check('set-name', fit === undefined ? nameFault(name) : tooLong(name, NAME));
    check('set-when', wrong && word(`date-${wrong}`));
    check('set-charter', tooLong(charter ?? '', RULES));
    setTried({ count: tried.count + 1, faults });
    if (faults.size > 0 || fit === undefined) return;
    setBusy(true);
    const starts = when === '' ? undefined : londonTime(when);
    const lines = charter?.trim();
    try {
      await onWishes({
        title: fitLine(title),
        name: fit,
        plan,
        template,
        first: met === 'first',
        mode,
        charter: lines === undefined || lines === '' || lines === usual ? undefined : lines,
        starts_at: starts,
      });
    } catch (fault) {
      // A set may have been made, and this browser not have got as far as its door.
      const code = (fault as { readonly code?: HostFaultCode }).code ?? 'offline';
      setTried({ count: tried.count + 2, faults: new Map([['create', `${word(`setup-failed-${code}`)} ${t('setup-kept')}`]]) });
      setBusy(false);
    }
  };
  const { faults } = tried;
  return (
    <>
      <Faults faults={faults} attempt={tried.count} />
      <Title>{t('setup-title')}</Title>
      {before && typed !== BLANK && (
        <p class="message" data-begun="set-up">
          <span>{t('setup-begun')}</span>
          <Btn look="quiet" onPress={() => drafts.keep(PLACE, undefined)}>{t('begun-drop')}</Btn>
        </p>
      )}
      <form onSubmit={(event) => attempt(() => submit(event))} onFocusIn={() => attempt(() => drafts.ready())} noValidate>
        <Field id="set-title" label={t('setup-set-name')} hint={t('sealed-hint')} fault={faults.get('set-title')} value={title} limit={LINE} onValue={set('title')} />
        <Field id="set-name" label={t('setup-own-name')} hint={t('setup-own-name-hint')} fault={faults.get('set-name')} value={name} limit={NAME} complete="given-name" onValue={set('name')} />
        <Field id="set-when" type="datetime-local" label={t('setup-when')} hint={t('setup-when-hint')} fault={faults.get('set-when')} value={when} onValue={set('when')} />
        <details class="card folded">
          <summary>
            {t('setup-more')}
            <span class="hint">
              {[word(`plan-${plan}`), word(`template-${template}`), word(`mode-${mode}`)].join(' · ')}
            </span>
          </summary>
          <Choice
            legend={t('setup-met')}
            name="met"
            value={met}
            options={(['first', 'again'] as const).map((is) => ({ is, label: t(`setup-met-${is}`) }))}
            onValue={set('met')}
          />
          <PlanChoice plan={plan} template={template} first={met === 'first'} onPlan={set('plan')} onTemplate={set('template')} />
          <ModeChoice mode={mode} hint={t('mode-hint')} onMode={set('mode')} />
          <p class="tip">{t('mode-limit')}</p>
          <h2>{t('setup-charter')}</h2>
          <Field id="set-charter" label={t('charter-lines')} hint={t('charter-lines-hint')} rows={12} limit={RULES} fault={faults.get('set-charter')} value={charter ?? usual} onValue={set('charter')} />
        </details>
        <p class="row" id="create" tabIndex={-1}>
          <Btn submit look="main" off={busy}>{t(busy ? 'setup-busy' : 'setup-create')}</Btn>
        </p>
        <Late waits={busy} typed />
      </form>
    </>
  );
}

interface MadeProps {
  readonly session: Session;
  readonly wishes: Wishes;
  readonly announcer: Announcer;
  readonly onRoom: () => void;
}

function Made({ session, wishes, announcer, onRoom }: MadeProps): JSX.Element {
  const { starts_at: start, title } = wishes;
  // The room says it once the host is there.
  useEffect(
    () =>
      effect(() => {
        const count = session.knocks.value.length;
        if (count > 0) announcer.say({ kind: 'knocks', text: t('say-knocks', { count }) });
      }),
    [session, announcer],
  );
  const shared = session.shared.value;
  return (
    <>
      <Title>{t('made-title', { title })}</Title>
      <p class="lead">{t('made-lead')}</p>
      <Trouble session={session} />
      <Unstored session={session} />
      <Knocks session={session} />
      <h2>{t('links')}</h2>
      <LinkList session={session} change={false} />
      <Later from={later} is="Lasting" with={{ session }} />
      <p class="row">
        <Btn look="main" onPress={onRoom}>{t('go-to-room')}</Btn>
        {start !== undefined && shared !== undefined && <Btn onPress={() => attempt(() => saveCalendar(session, shared, title))}>{t('ics-save')}</Btn>}
      </p>
    </>
  );
}
