/** Chooses the screen. It knows no rules: what may be done is the server's to say. */

import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { t } from './i18n';
import type { Announcer } from './lib/announce';
import { Door } from './screens/door';
import { Ended } from './screens/ended';
import { control, Later, later } from './screens/lazy';
import { Frame } from './screens/frame';
import { Lobby } from './screens/lobby';
import { Title } from './screens/components';
import { Room } from './screens/room/room';
import { type Link, LinkFault, parseLink } from './seal/link';
import type { Session, SetUp } from './session/types';

/** The ways to a session; the session layer gives them, and tests give their own. */
export interface Ways {
  /** Opens a link. Nothing is sent before a name is typed. */
  open(link: Link): Session;
  /** Makes a set and goes in as its host. Rejects when the service cannot be reached. */
  found(wishes: SetUp): Promise<Session>;
  /** The set that this tab was in before it was reloaded, if it was in one. */
  back(): Promise<{ session: Session; role: string } | undefined>;
}

interface AppProps {
  /** What stood after `#` in the address, without the `#`; empty when nothing did. */
  readonly fragment: string;
  /** Whether this is a secure context: without one there is no WebCrypto, and no Setroom. */
  readonly secure: boolean;
  readonly ways: Ways;
  readonly announcer: Announcer;
}

/** A link, the fault of what should have been one, or nothing. */
function readArrival(fragment: string): Link | LinkFault | undefined {
  if (fragment === '') return undefined;
  try {
    return parseLink(fragment);
  } catch (error) {
    if (error instanceof LinkFault) return error;
    throw error;
  }
}

type Where =
  | { at: 'looking' }
  | { at: 'landing'; fault?: LinkFault | undefined }
  | { at: 'set-up' }
  | { at: 'session'; session: Session; role: string };

export function App({ fragment, secure, ways, announcer }: AppProps): JSX.Element {
  const enter = (link: Link): Where => ({ at: 'session', session: ways.open(link), role: link.role });
  const [where, setWhere] = useState<Where>(() => {
    if (!secure) return { at: 'landing' };
    const arrival = readArrival(fragment);
    if (arrival === undefined) return { at: 'looking' };
    return arrival instanceof LinkFault ? { at: 'landing', fault: arrival } : enter(arrival);
  });
  const looking = where.at === 'looking';
  useEffect(() => {
    if (!looking) return;
    ways.back().then(
      (found) => setWhere(found ? { at: 'session', ...found } : { at: 'landing' }),
      () => setWhere({ at: 'landing' }),
    );
  }, [looking, ways]);

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
      return (
        <Frame>
          <p>{t('starting')}</p>
        </Frame>
      );
    case 'landing':
      return (
        <Frame>
          <Later
            from={later}
            is="Landing"
            with={{
              fault: where.fault?.code,
              onLink: (link: Link) => setWhere(enter(link)),
              onHost: () => setWhere({ at: 'set-up' }),
            }}
          />
        </Frame>
      );
    case 'set-up':
      return (
        <Frame>
          <Later
            from={control}
            is="SetUp"
            with={{
              found: (wishes: SetUp) => ways.found(wishes),
              onRoom: (session: Session) => setWhere({ at: 'session', session, role: 'h' }),
            }}
          />
        </Frame>
      );
    default:
      return (
        <InSession
          session={where.session}
          role={where.role}
          announcer={announcer}
          onHome={() => {
            where.session.close();
            setWhere({ at: 'landing' });
          }}
        />
      );
  }
}

interface InSessionProps {
  readonly session: Session;
  readonly role: string;
  readonly announcer: Announcer;
  readonly onHome: () => void;
}

function InSession({ session, role, announcer, onHome }: InSessionProps): JSX.Element {
  const place = session.place.value;
  switch (place.at) {
    case 'room':
      return <Room session={session} announcer={announcer} />;
    case 'door':
      return (
        <Frame key="door">
          <Door session={session} role={role} />
        </Frame>
      );
    case 'lobby':
      return (
        <Frame key="lobby">
          <Lobby key={String(place.back)} session={session} announcer={announcer} lobby={place.lobby} back={place.back} />
        </Frame>
      );
    case 'ended':
      return (
        <Frame key="ended">
          <Ended key={place.why} session={session} why={place.why} onHome={onHome} />
        </Frame>
      );
    default:
      return (
        <Frame>
          <p>{t('starting')}</p>
        </Frame>
      );
  }
}
