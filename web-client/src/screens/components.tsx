/** The small pieces that every screen is made of. */

import { type ComponentChildren, Fragment, h, type JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { t } from '../i18n';
import { charsOf, excess, type Limit } from '../lib/length';
import { titleByHeading } from '../lib/page-title';
import type { Session } from '../session';
import { attempt, failure } from './attempt';
import { Growing } from './growing';
import { bare, plain, word } from './messages';

const ICONS = {
  check: 'M5 12.5l4.5 4.5L19 7.5',
  dots: 'M4 11h2v2h-2zM11 11h2v2h-2zM18 11h2v2h-2z',
  down: 'M12 5v14M6 13l6 6 6-6',
  ear: 'M7 9a5 5 0 0 1 10 0c0 3.5-3.5 4-3.5 7.5a3 3 0 0 1-5 2.2M10 10a2 2 0 1 1 4 0c0 1.6-1.6 1.8-1.6 3.6',
  hand: 'M8 12V5.5a1.5 1.5 0 0 1 3 0V11M11 11V4.5a1.5 1.5 0 0 1 3 0V11M14 11.500V6a1.5 1.5 0 0 1 3 0v8.500a6.500 6.500 0 0 1-12 3.500l-2-4.500a1.600 1.600 0 0 1 2.800-1.500L8 14.500',
  lock: 'M7 11V8a5 5 0 0 1 10 0v3M6 11h12v9H6z',
  pause: 'M9 6v12M15 6v12',
  up: 'M12 19V5M6 11l6-6 6 6',
  x: 'M6 6l12 12M18 6L6 18',
} as const;

/** A picture beside words; never the only bearer of a meaning. */
export function Icon({ is }: { readonly is: keyof typeof ICONS }): JSX.Element {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
      <path d={ICONS[is]} />
    </svg>
  );
}

interface BtnProps {
  readonly children?: ComponentChildren;
  /**
   * `main` for the one thing to do, `quiet` for a way out, `mine` for one's own hand, `danger` for what
   * cannot be taken back: that is never the one thing to do.
   */
  readonly look?: 'main' | 'quiet' | 'mine' | 'big' | 'danger' | undefined;
  /** Present, reachable, but not now. Never `disabled`: the focus would fall away. */
  readonly off?: boolean | undefined;
  /** The name for a screen reader when the visible one is too short. It begins with the visible one. */
  readonly label?: string | undefined;
  readonly describedBy?: string | undefined;
  readonly submit?: boolean;
  readonly current?: boolean | undefined;
  readonly onPress?: (() => unknown) | undefined;
}

export function Btn(props: BtnProps): JSX.Element {
  const { children, look, off, label, describedBy, submit, current, onPress } = props;
  return (
    <button
      type={submit ? 'submit' : 'button'}
      class={look}
      aria-label={label}
      aria-describedby={describedBy}
      aria-disabled={off ? true : undefined}
      aria-current={current ? 'step' : undefined}
      onClick={(event) => {
        if (off) event.preventDefault();
        else attempt(() => onPress?.());
      }}
    >
      {children}
    </button>
  );
}

/** What was asked of this page and failed, until the next thing is asked for. */
export function Failure(): JSX.Element | null {
  if (failure.value === undefined) return null;
  return (
    <p class="message" role="alert" data-failure>
      <span>{word(failure.value)}</span>
      <Btn look="quiet" onPress={() => undefined}>{t('dismiss')}</Btn>
    </p>
  );
}

interface TroubleProps {
  readonly session: Session;
  /** In the room an announcer has said it already. */
  readonly said?: boolean;
}

/** What is wrong with the line, what goes on by itself, and what to try. */
export function Trouble({ session, said }: TroubleProps): JSX.Element | null {
  const trouble = session.trouble.value;
  if (session.broken.value) {
    return (
      <p class="message" role="alert">
        <span>{t('page-broken')}</span>
        <Btn onPress={() => location.reload()}>{t('reload')}</Btn>
      </p>
    );
  }
  if (trouble === undefined) return null;
  const { is, status = 0 } = trouble;
  const why = is === 'answers' ? plain('trouble-answers', { status }) : word(`trouble-${is}`);
  const goesOn = is === 'late' ? '' : t(said ? 'trouble' : 'trouble-again');
  return (
    <p class="message" role={said ? undefined : 'alert'} data-trouble={is}>
      <span>{said ? `${goesOn} ${why}` : `${why} ${goesOn}`}</span>
      {is !== 'trying' && <Btn onPress={() => session.tryNow()}>{t('try-now')}</Btn>}
    </p>
  );
}

/** For how long a set is kept at all. */
export function KeptDays({ session }: { readonly session: Session }): JSX.Element | null {
  return session.keptDays.value ? <p>{plain('kept-days', { days: session.keptDays.value })}</p> : null;
}

/** That this browser keeps nothing, where it does not, and what that means for whoever is at it. */
export function Unstored({ session }: { readonly session: Session }): JSX.Element | null {
  if (session.stored.value) return null;
  return <p class="tip warn">{t(session.role === 'h' ? 'not-stored-host' : 'not-stored')}</p>;
}

/** How long something may take before people are told that it does. */
const LATE_MS = 5_000;

/** Whether it has waited for so long that something should be said. */
export function useLate(waits: boolean): boolean {
  const [late, setLate] = useState(false);
  useEffect(() => {
    setLate(false);
    if (!waits) return undefined;
    const timer = setTimeout(() => setLate(true), LATE_MS);
    return () => clearTimeout(timer);
  }, [waits]);
  return waits && late;
}

interface LateProps {
  readonly waits: boolean;
  /** Something stands in a form here, that a reload would lose. */
  readonly typed?: boolean;
}

/** Words for something that waits and has no session yet: nothing at first. */
export function Late({ waits, typed }: LateProps): JSX.Element | null {
  if (!useLate(waits)) return null;
  return (
    <p class="message" role="alert">
      <span>{t('late')}</span>
      {!typed && <Btn onPress={() => location.reload()}>{t('reload')}</Btn>}
    </p>
  );
}

/** A heading that takes the focus when its screen comes up. */
export function Title({ children }: { readonly children: ComponentChildren }): JSX.Element {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  useEffect(() => {
    titleByHeading(bare(heading.current?.textContent ?? ''));
  });
  return (
    <h1 ref={heading} tabIndex={-1}>
      {children}
    </h1>
  );
}

/** A sentence with what people typed in it: each piece of that stands in an isolate of its own. */
export function Said({ text }: { readonly text: string }): JSX.Element {
  // Odd pieces stood between the marks of an isolate.
  const pieces = text.split(/[\u2068\u2069]/).map((piece, at) => (at % 2 === 1 ? h('bdi', null, piece) : piece));
  return h(Fragment, null, ...pieces);
}

/** Past the top of the page, to what it is about. The address stays as it is: a reload reads it. */
export function Skip({ to, children }: { readonly to: string; readonly children: ComponentChildren }): JSX.Element {
  return (
    <a
      class="skip"
      href={`#${to}`}
      onClick={(event) => {
        event.preventDefault();
        document.getElementById(to)?.focus();
      }}
    >
      {children}
    </a>
  );
}

interface FaultsProps {
  /** Faults by the id of the field they belong to. */
  readonly faults: ReadonlyMap<string, string>;
  /** Changes with each attempt, so that the same fault twice moves the focus twice. */
  readonly attempt: number;
}

/** What is wrong with a form, with the way to each field. Takes the focus. */
export function Faults({ faults, attempt }: FaultsProps): JSX.Element | null {
  const box = useRef<HTMLElement>(null);
  useEffect(() => box.current?.focus(), [attempt]);
  if (faults.size === 0) return null;
  return (
    <section class="faults" ref={box} tabIndex={-1} aria-labelledby="faults-title">
      <h2 id="faults-title">{t('error-summary-title')}</h2>
      {[...faults].map(([field, text]) => (
        <p key={field}>
          <a
            href={`#${field}`}
            onClick={(event) => {
              event.preventDefault();
              document.getElementById(field)?.focus();
            }}
          >
            {text}
          </a>
        </p>
      ))}
    </section>
  );
}

interface FieldProps {
  readonly id: string;
  readonly label: string;
  readonly hint?: string | undefined;
  readonly fault?: string | undefined;
  readonly value: string;
  readonly onValue: (value: string) => void;
  /** How long it may be. What is longer stays as it is, and cannot be sent. */
  readonly limit?: Limit;
  /** How many characters are left is said from the first one on, and not only near the end. */
  readonly counts?: boolean;
  readonly type?: 'text' | 'date' | 'time' | 'number' | 'datetime-local';
  /** More than one line. */
  readonly rows?: number;
  readonly complete?: 'off' | 'name' | 'given-name';
}

/** That a text is too long, and by how much; undefined when it may be sent. */
export function tooLong(text: string, limit: Limit): string | undefined {
  const over = excess(text, limit);
  return over === 0 ? undefined : plain('too-long', { over });
}

/** How many characters are left, where that is of interest. */
function leftOf({ value, limit, counts }: FieldProps): string | undefined {
  if (limit?.chars === undefined) return undefined;
  const left = limit.chars - charsOf(value.trim());
  return left >= 0 && (counts || left < limit.chars / 4) ? plain('line-left', { left }) : undefined;
}

/** What is wrong with a name that cannot be shown. */
export const nameFault = (typed: string): string => t(typed.trim() === '' ? 'door-name-fault' : 'door-name-unfit');

/** A labelled field with its hint and its fault. */
export function Field(props: FieldProps): JSX.Element {
  const { id, label, value, onValue, limit, type = 'text', rows, complete = 'off' } = props;
  const fault = (limit && tooLong(value, limit)) ?? props.fault;
  const hint = [props.hint, leftOf(props)].filter(Boolean).join(' ');
  const about = [hint && `${id}-hint`, fault && `${id}-fault`].filter(Boolean).join(' ');
  const common = {
    id,
    value,
    'aria-describedby': about || undefined,
    'aria-invalid': fault === undefined ? undefined : true,
    autocomplete: complete,
  } as const;
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {hint && <p class="hint" id={`${id}-hint`}>{hint}</p>}
      {fault && <p class="fault" id={`${id}-fault`}>{t('error-prefix', { text: fault })}</p>}
      {type === 'text' ? (
        // A link may be pasted over two lines, and is looked for in both.
        <Growing {...common} {...(rows && { rows })} loose={limit === undefined} onValue={onValue} />
      ) : (
        <input
          {...common}
          type={type}
          // With a year of four digits nobody has to type more of them.
          max={type === 'date' ? '9999-12-31' : type === 'datetime-local' ? '9999-12-31T23:59' : undefined}
          onInput={(event) => onValue(event.currentTarget.value)}
        />
      )}
    </div>
  );
}

interface ChoiceProps<T extends string | number> {
  readonly legend: string;
  readonly name: string;
  readonly hint?: string;
  readonly value: T | undefined;
  readonly options: readonly { readonly is: T; readonly label: string; readonly about?: string }[];
  readonly onValue: (value: T) => void;
  readonly across?: boolean;
}

/** One of several. */
export function Choice<T extends string | number>(props: ChoiceProps<T>): JSX.Element {
  const { legend, name, hint, value, options, onValue, across } = props;
  return (
    <fieldset class={across ? 'choice across' : 'choice'}>
      <legend>{legend}</legend>
      {hint && <p class="hint">{hint}</p>}
      {options.map(({ is, label, about }) => (
        <div key={is} class="option">
          <input
            type="radio"
            autocomplete="off"
            id={`${name}-${is}`}
            name={name}
            checked={value === is}
            aria-describedby={about && `${name}-${is}-about`}
            onChange={() => onValue(is)}
          />
          <div>
            <label for={`${name}-${is}`}>{label}</label>
            {about && (
              <p class="hint" id={`${name}-${is}-about`}>{about}</p>
            )}
          </div>
        </div>
      ))}
    </fieldset>
  );
}
