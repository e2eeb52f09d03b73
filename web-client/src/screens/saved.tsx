/** What was saved looks saved, and is said to be. */

import type { JSX } from 'preact';
import { t } from '../i18n';
import { Btn, Icon } from './components';
import { useRoom } from './room/room-context';

interface SaveProps {
  /** Whether the form stands as it was saved. */
  readonly saved: boolean;
  readonly busy: boolean;
  /** What the button says while there is something to save. */
  readonly label: string;
}

/** The button of a form. It stays where it is, so that the focus does. */
export function Save({ saved, busy, label }: SaveProps): JSX.Element {
  return (
    <Btn submit look={saved ? undefined : 'main'} off={busy || saved}>
      {saved && <Icon is="check" />}
      {saved ? t('saved') : label}
    </Btn>
  );
}

/** Says that a text was saved: to its author, also in a silence. */
export function useSaved(): () => void {
  const { announcer } = useRoom();
  return () => announcer.say({ kind: 'saved', text: t('say-saved'), own: true });
}
