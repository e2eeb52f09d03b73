/** Copies a text, or marks it where the browser does not allow that. */

import { useRef, useState } from 'preact/hooks';

interface Copying {
  /** The field that shows the text. */
  readonly field: { current: HTMLInputElement | null };
  /** Whether it went well; undefined before. */
  readonly copied: 'yes' | 'no' | undefined;
  copy(): void;
}

export function useCopy(text: string): Copying {
  const [copied, setCopied] = useState<'yes' | 'no'>();
  const field = useRef<HTMLInputElement | null>(null);
  const copy = (): void => {
    navigator.clipboard.writeText(text).then(
      () => setCopied('yes'),
      () => {
        field.current?.select();
        setCopied('no');
      },
    );
  };
  return { field, copied, copy };
}
