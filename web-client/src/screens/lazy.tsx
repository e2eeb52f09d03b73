/** Lazy loading: the screens that are fetched when they are first needed, and how one is drawn. */

import { type ReadonlySignal, signal } from '@preact/signals';
import type { ComponentType, JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { t } from '../i18n';
import { report } from '../lib/faults';

/** How long a part may take before people are told. */
const LATE_MS = 5_000;

interface Lazy<T> {
  readonly parts: ReadonlySignal<T | undefined>;
  readonly failed: ReadonlySignal<boolean>;
  fetch(): void;
}

/** Parts of the page that are fetched once, when `Later` first draws one of them. */
function lazy<T>(load: () => Promise<T>): Lazy<T> {
  const parts = signal<T | undefined>(undefined);
  const failed = signal(false);
  let asked = false;
  return {
    parts,
    failed,
    fetch: () => {
      if (asked) return;
      asked = true;
      load().then(
        (loaded) => {
          parts.value = loaded;
          return loaded;
        },
        (fault: unknown) => {
          failed.value = true;
          report(fault);
        },
      );
    },
  };
}

interface LaterProps<T, K extends keyof T> {
  readonly from: Lazy<T>;
  readonly is: K;
  readonly with?: T[K] extends (props: infer P) => unknown ? P : never;
}

/** One of those parts: nothing until it is here, and a word when that takes long or comes to nothing. */
export function Later<T, K extends keyof T>({ from, is, with: props }: LaterProps<T, K>): JSX.Element | null {
  const [late, setLate] = useState(false);
  useEffect(() => {
    from.fetch();
    const timer = setTimeout(() => setLate(true), LATE_MS);
    return () => clearTimeout(timer);
  }, [from]);
  const Part = from.parts.value?.[is] as ComponentType<object> | undefined;
  if (Part !== undefined) return <Part {...(props as object)} />;
  if (!from.failed.value && !late) return null;
  return (
    <p class="message" role="alert">
      <span>{t(from.failed.value ? 'needs-reload' : 'late')}</span>
      <button type="button" onClick={() => location.reload()}>{t('reload')}</button>
    </p>
  );
}

export const later = lazy(() => import('./deferred'));
export const control = lazy(() => import('./facilitate'));

/** Which dates people can make: in few weeks of a set's life. */
export const asked = lazy(() => import('./asked'));

/** What a person writes for themselves: where it is offered, and once they have begun. */
export const yours = lazy(() => import('./yours'));

/** What the set learns and works by: what it is for, its practices, and when it looks again at both. */
export const life = lazy(() => import('./life'));

/** What is asked at the beginning and at the end of a meeting. */
export const after = lazy(() => import('./after'));

/** A round off the record: begun, taken part in, ended. */
export const offRecord = lazy(() => import('./off-record'));

/** Lines to pass on: in the modes that have them. */
export const passed = lazy(() => import('./passed'));
