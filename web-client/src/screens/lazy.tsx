/** Lazy loading: the screens that are fetched when they are first needed, and how one is drawn. */

import { type ReadonlySignal, signal } from '@preact/signals';
import type { ComponentType, JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { t } from '../i18n';

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
        () => {
          failed.value = true;
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

/** One of those parts: nothing until it is here. */
export function Later<T, K extends keyof T>({ from, is, with: props }: LaterProps<T, K>): JSX.Element | null {
  useEffect(() => from.fetch(), [from]);
  if (from.failed.value) return <p role="alert">{t('needs-reload')}</p>;
  const Part = from.parts.value?.[is] as ComponentType<object> | undefined;
  return Part === undefined ? null : <Part {...(props as object)} />;
}

export const later = lazy(() => import('./deferred'));
export const control = lazy(() => import('./facilitate'));

/** What helps with a person's own key: few ever open it. */
export const ownHelp = lazy(() => import('./own-help'));
