/** People at the door. The facilitator's own browser hands them the key. */

import type { JSX } from 'preact';
import { t } from '../../i18n';
import { alike, apart } from '../../lib/names';
import type { Knocker } from '../../session';
import { Btn } from '../components';
import { bare, plain, word } from '../messages';
import { circleOf, nameOf, useAsk, useRoom } from '../room/room-context';

export function Knocks(): JSX.Element | null {
  const { session } = useRoom();
  const knocks = session.knocks.value;
  if (knocks.length === 0) return null;
  const names = apart(knocks.map(({ device, name }) => [device, name ?? t('name-unreadable')] as const));
  // Those whom one press lets in are the rows that stood here when it was drawn.
  const sure = knocks.filter(({ name, verified, claim }) => name !== undefined && verified && claim === undefined);
  const admitThese = (): void => {
    for (const { device, seat } of sure) void session.admit(device, seat);
  };
  return (
    <section class="card knocks" aria-labelledby="knocks-title" data-keep>
      <h2 id="knocks-title" tabIndex={-1}>{plain('knocks-title', { count: knocks.length })}</h2>
      {sure.length > 1 && (
        <p><Btn look="main" onPress={admitThese}>{plain('admit-these', { count: sure.length })}</Btn></p>
      )}
      <ul class="rows">
        {knocks.map((knocker) => (
          <Knock key={knocker.device} knocker={knocker} name={names.get(knocker.device) ?? ''} alone={sure.length < 2} />
        ))}
      </ul>
    </section>
  );
}

interface KnockProps {
  readonly knocker: Knocker;
  readonly name: string;
  /** Whether no button above lets several in. */
  readonly alone: boolean;
}

function Knock({ knocker, name, alone }: KnockProps): JSX.Element {
  const room = useRoom();
  const ask = useAsk();
  const { session } = room;
  const { device, role, verified, seat } = knocker;
  const like = [...session.names.value].find(([held, is]) => held !== seat && alike(is, name));
  return (
    <li data-device={device}>
      <span class="who">
        <b><bdi>{name}</bdi></b>{role !== 'member' && <> <span class="chip now">{word(`role-${role}`)}</span></>}
        {like && <span class="chip amber">{t('knock-like', { name: like[1] })}</span>}
        {!verified && <span class="chip amber">{t('knock-unverified')}</span>}
        {seat && <span class="hint"> {t('knock-back', { name: nameOf(room, seat) })}</span>}
      </span>
      <span class="acts">
        <Btn
          look={knocker.claim ? 'quiet' : alone ? 'main' : undefined}
          label={bare(t(knocker.claim ? 'admit-new-name' : 'admit-name', { name }))}
          onPress={() => void session.admit(device, seat)}
        >
          {t(knocker.claim ? 'admit-new' : 'admit')}
        </Btn>
        <Btn look="quiet" label={bare(t('refuse-name', { name }))} onPress={() => ask({ c: 'refuse', device })}>
          {t('refuse')}
        </Btn>
      </span>
      {seat === undefined && <WasHere knocker={knocker} />}
    </li>
  );
}

/** Whose place somebody at the door may have had. Whoever is there now is asked before they get it. */
function WasHere({ knocker: { device, role, claim } }: { readonly knocker: Knocker }): JSX.Element | null {
  const room = useRoom();
  const ask = useAsk();
  const { session, shared } = room;
  const fits = circleOf(shared).filter(
    ([, view]) => view.role === role || (role === 'member' && (view.role === 'trainee' || view.role === 'observer')),
  );
  if (claim !== undefined) {
    const name = nameOf(room, claim.seat);
    const said = claim.yes === undefined ? 'knock-asked' : claim.yes ? 'knock-yes' : 'knock-no';
    return (
      <p class="claimed">
        <output>{t(said, { name })}</output>{' '}
        {claim.yes === true && (
          <Btn look="main" onPress={() => void session.admit(device, claim.seat)}>{t('knock-let-in', { name })}</Btn>
        )}
      </p>
    );
  }
  if (fits.length === 0) return null;
  return (
    <details>
      <summary>{t('knock-was-here')}</summary>
      <p class="row">
        {fits.filter(([held]) => !session.here.value.has(held)).map(([held]) => (
          <Btn key={held} onPress={() => void session.admit(device, held)}>{t('admit-as', { name: nameOf(room, held) })}</Btn>
        ))}
      </p>
      {fits.filter(([held]) => session.here.value.has(held)).map(([held]) => (
        <p key={held}>
          {t('knock-here', { name: nameOf(room, held) })}{' '}
          <Btn onPress={() => ask({ c: 'ask_seat', device, seat: held })}>{t('knock-ask', { name: nameOf(room, held) })}</Btn>
        </p>
      ))}
    </details>
  );
}
