/** A dialog, and where the focus goes when it closes. */

import type { ComponentChildren, JSX } from 'preact';
import { useContext, useEffect, useRef, useState } from 'preact/hooks';
import { t } from '../i18n';
import { Btn, Failure, Said, Trouble } from './components';
import { control, Later } from './lazy';
import { CurrentRoom } from './room/room-context';

let sheets = 0;

/** What every dialog is given. */
export interface Closing {
  readonly onClose: () => void;
}

interface SheetProps extends Closing {
  readonly heading: string;
  readonly children: ComponentChildren;
  /** Words on the button that closes it. */
  readonly closing?: string;
  /** Whether to close it is the safe thing to do. */
  readonly safe?: boolean;
}

/** Where the focus came from; it stays that when one dialog takes another's place. */
let opener: HTMLElement | undefined;
let changing = false;

/** Gives the focus back once a dialog and all that followed from its button is drawn, unless somebody types by then. */
function giveBack(): void {
  changing = true;
  requestAnimationFrame(() => {
    changing = false;
    if (document.querySelector('dialog[open], input:focus, textarea:focus, select:focus') !== null) return;
    if (opener?.isConnected === true) opener.focus({ preventScroll: true });
  });
}

/** A dialog. The browser's own: it holds the focus and gives it back. */
export function Sheet({ heading, onClose, children, closing, safe }: SheetProps): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null);
  // The page behind cannot be reached: what would be said there is said here.
  const room = useContext(CurrentRoom);
  const [id] = useState(() => `sheet-${(sheets += 1)}`);
  const gone = useRef(false);
  useEffect(() => {
    const shown = dialog.current;
    const at = document.activeElement;
    if (!changing && at instanceof HTMLElement && at !== document.body && at.closest('dialog') === null) opener = at;
    if (shown !== null && !shown.open) shown.showModal();
    return () => {
      // Its event comes later, when the dialog that took its place is open: it is not meant for that.
      gone.current = true;
      shown?.close();
      giveBack();
    };
  }, []);
  return (
    <dialog ref={dialog} aria-labelledby={id} onClose={() => gone.current || onClose()}>
      {/* oxlint-disable-next-line no-autofocus -- a dialog must begin with its own heading */}
      <h2 id={id} tabIndex={-1} autofocus>
        <Said text={heading} />
      </h2>
      <Failure />
      {room && <Trouble session={room.session} said />}
      {room?.own.keys && <Later from={control} is="Knocks" with={{ session: room.session, within: 'sheet' }} />}
      {children}
      <p class="row">
        <Btn look={safe ? 'main' : 'quiet'} onPress={() => dialog.current?.close()}>
          {closing ?? t('close-sheet')}
        </Btn>
      </p>
    </dialog>
  );
}
