/** A text is seen whole while it is typed: its field grows with it, in every engine and at every width. */

import type { JSX, TargetedKeyboardEvent, TextareaHTMLAttributes } from 'preact';

type GrowingProps = Omit<TextareaHTMLAttributes, 'value' | 'onInput'> & {
  readonly value: string;
  /** What is typed now. Lines that were pasted become one, since what is sent is one; `loose` leaves them. */
  readonly onValue?: (value: string) => void;
  readonly loose?: boolean | undefined;
};

/** Sends the form as a browser does from a field of one line: by its button. */
function send(event: TargetedKeyboardEvent<HTMLTextAreaElement>): void {
  if (event.key !== 'Enter' || event.isComposing) return;
  event.preventDefault();
  event.currentTarget.form?.querySelector<HTMLElement>('[type=submit]')?.click();
}

/** `rows` for a text of several lines; without it *Enter* sends. */
export function Growing({ onValue, loose, ...rest }: GrowingProps): JSX.Element {
  const { value, rows } = rest;
  return (
    <div class="growing">
      <textarea
        rows={1}
        dir="auto"
        autocomplete="off"
        {...rest}
        onKeyDown={rows ? undefined : send}
        onInput={({ currentTarget: { value: is } }) => onValue?.(rows || loose ? is : is.replace(/\s*[\r\n]+\s*/g, ' '))}
      />
      {/* What is generated is not laid out again by WebKit: each text has a new one. */}
      <span key={value} data-typed={value} aria-hidden="true" />
    </div>
  );
}
