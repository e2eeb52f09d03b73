/**
 * Getting ready to present: one sentence, why it matters, what was tried, what would help, and whether
 * it is a problem or a puzzle. It is kept as notes are, and nobody is sent any of it.
 */

import type { JSX } from 'preact';
import { t } from '../../i18n';
import type { TextKind } from '../../wire.gen';
import { Btn, Field } from '../components';
import { LINE, placeOf, PREPARATION } from '../draft';
import { plain, word } from '../messages';
import { observes, useRoom } from '../room/room-context';
import { useKept } from './kept';
import { Stays } from './notes';

/** What speaks for a problem: a puzzle has somebody who knows its answer. */
const SIGNS = ['unclear', 'no_answer', 'boundary', 'no_steps'] as const;
/** So many of them make one. */
const ENOUGH = 2;
const FIELDS = ['issue', 'why', 'tried', 'help'] as const;

interface Sheet {
  readonly issue: string;
  readonly why: string;
  readonly tried: string;
  readonly help: string;
  readonly signs: readonly (typeof SIGNS)[number][];
}

const EMPTY: Sheet = { issue: '', why: '', tried: '', help: '', signs: [] };

/** The sheet, folded until somebody wants it. */
export function Preparation(): JSX.Element | null {
  const room = useRoom();
  const [sheet, keep] = useKept(PREPARATION, EMPTY);
  if (observes(room)) return null;
  const { signs } = sheet;
  const toggle = (sign: (typeof SIGNS)[number]): void =>
    keep({ ...sheet, signs: SIGNS.filter((each) => signs.includes(each) !== (each === sign)) });
  return (
    <details class="card no-print">
      <summary>{t('ready-title')}</summary>
      <div class="stack">
        <p>{t('ready-about')}</p>
        {FIELDS.map((field) => (
          <Field
            key={field}
            id={`ready-${field}`}
            label={word(`ready-${field}`)}
            value={sheet[field]}
            {...(field === 'issue' ? { limit: LINE, counts: true } : { rows: 2 })}
            onValue={(value) => keep({ ...sheet, [field]: value })}
          />
        ))}
        <fieldset class="choice">
          <legend>{t('ready-signs')}</legend>
          {SIGNS.map((sign) => (
            <div key={sign} class="option">
              <input type="checkbox" autocomplete="off" id={`ready-${sign}`} checked={signs.includes(sign)} onChange={() => toggle(sign)} />
              <label for={`ready-${sign}`}>{word(`ready-sign-${sign}`)}</label>
            </div>
          ))}
        </fieldset>
        <output class="hint">{signs.length > 0 && t(signs.length >= ENOUGH ? 'ready-problem' : 'ready-puzzle')}</output>
        <Stays />
        {sheet !== EMPTY && <p><Btn look="quiet" onPress={() => keep(EMPTY)}>{t('ready-delete')}</Btn></p>}
      </div>
    </details>
  );
}

/** For an empty form that takes one sentence on what somebody brings: the sentence of the sheet. */
export function UsePrepared({ kind }: { readonly kind: TextKind }): JSX.Element | null {
  const { session, shared } = useRoom();
  const [{ issue }] = useKept(PREPARATION, EMPTY);
  const place = placeOf(shared.now?.part, kind);
  if (issue.trim() === '' || session.drafts.all.value.has(place)) return null;
  const value = kind === 'bid' ? { value: issue, pressing: 2, minutes: '45' } : issue;
  return (
    <p class="row">
      <Btn onPress={() => session.drafts.keep(place, JSON.stringify(value))}>{plain('ready-use', { text: issue })}</Btn>
    </p>
  );
}
