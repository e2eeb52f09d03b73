/** Chooses the screen. It knows no rules: what may be done is the server's to say. */

import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { t } from './i18n';
import { report } from './lib/faults';
import type { Announcer } from './lib/announce';
import { Door } from './screens/door';
import { Ended } from './screens/ended';
import { control, Later, later } from './screens/lazy';
import { Frame } from './screens/frame';
import { Lobby } from './screens/lobby';
import { failed } from './screens/attempt';
import { Late, Title } from './screens/components';
import { Room } from './screens/room/room';
import { type Link, parseLink } from './seal/link';
import type { Session, Sessions, SetUp } from './session';

interface AppProps {
  /** What stood after `#` in the address, without the `#`; empty when nothing did. */
  readonly fragment: string;
  /** Whether this is a secure context: without one there is no WebCrypto, and no Setroom. */
  readonly secure: boolean;
  readonly sessions: Sessions;
  readonly announcer: Announcer;
}

/** Where to begin. What is no link as it stands, the front page looks through. */
function firstPlace(fragment: string): Where {
  if (fragment === '') return { at: 'looking' };
  try {
    return { at: 'looking', link: parseLink(fragment) };
  } catch {
    return { at: 'landing', arrived: fragment };
  }
}

type Where =
  /** On the way to a session: by a link, or to the one that was here before. */
  | { at: 'looking'; link?: Link }
  | { at: 'landing'; arrived?: string }
  | { at: 'set-up' }
  | { at: 'session'; session: Session };

export function App({ fragment, secure, sessions, announcer }: AppProps): JSX.Element {
  const [where, setWhere] = useState<Where>(() => (secure ? firstPlace(fragment) : { at: 'landing' }));
  // What was begun for a new set, as it is now: another set may have made this browser forget it.
  const [begun, setBegun] = useState<Session['drafts']>();
  useEffect(() => {
    if (where.at === 'landing' && secure) sessions.begun().then(setBegun).catch(report);
  }, [where, secure, sessions]);
  useEffect(() => {
    if (where.at !== 'looking') return;
    const { link } = where;
    (link ? sessions.open(link) : sessions.resume()).then(
      (session) => setWhere(session ? { at: 'session', session } : { at: 'landing' }),
      (fault: unknown) => {
        failed(fault, 'open-failed');
        setWhere({ at: 'landing' });
      },
    );
  }, [where, sessions]);

  if (!secure) {
    return (
      <Frame>
        <Title>{t('error-summary-title')}</Title>
        <p>{t('needs-https')}</p>
      </Frame>
    );
  }
  switch (where.at) {
    case 'looking':
      return <Starting />;
    case 'landing':
      return (
        <Frame>
          <Later
            from={later}
            is="Landing"
            with={{
              arrived: where.arrived,
              onLink: (link: Link) => setWhere({ at: 'looking', link }),
              onHost: () => setWhere({ at: 'set-up' }),
            }}
          />
        </Frame>
      );
    case 'set-up':
      if (begun === undefined) return <Starting />;
      return (
        <Frame>
          <Later
            from={control}
            is="SetUp"
            with={{
              announcer,
              drafts: begun,
              create: (setUp: SetUp) => sessions.create(setUp),
              onRoom: (session: Session) => setWhere({ at: 'session', session }),
            }}
          />
        </Frame>
      );
    default:
      return (
        <InSession
          session={where.session}
          announcer={announcer}
          onHome={() => {
            where.session.close();
            setWhere({ at: 'landing' });
          }}
        />
      );
  }
}

function Starting({ session }: { readonly session?: Session }): JSX.Element {
  return (
    <Frame session={session}>
      <p>{t('starting')}</p>
      {session?.trouble.value === undefined && <Late waits />}
    </Frame>
  );
}

interface InSessionProps {
  readonly session: Session;
  readonly announcer: Announcer;
  readonly onHome: () => void;
}

function InSession({ session, announcer, onHome }: InSessionProps): JSX.Element {
  const place = session.place.value;
  switch (place.at) {
    case 'room':
      return <Room session={session} announcer={announcer} />;
    case 'door':
      return <Frame key="door" session={session}><Door session={session} /></Frame>;
    case 'lobby': {
      const { lobby, back } = place;
      return <Frame key="lobby" session={session}><Lobby key={String(back)} session={session} announcer={announcer} lobby={lobby} back={back} /></Frame>;
    }
    case 'ended':
      return <Frame key="ended"><Ended key={place.why} session={session} why={place.why} onHome={onHome} /></Frame>;
    default:
      return <Starting session={session} />;
  }
}
