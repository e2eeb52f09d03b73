/** One's own learning question: its versions, what was found on it, a write-up, and the document of all that. */

import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { language, t } from '../../i18n';
import { dateText } from '../../lib/dates';
import { Btn, Field } from '../components';
import { LEARNING } from '../draft';
import { saveFile } from '../files';
import { word } from '../messages';
import { observes, useRoom } from '../room/room-context';
import { type Dated, EMPTY, keepVersion, markdown, page, WRITE_UP } from './learning';
import { useKept } from './kept';
import { Stays } from './notes';

function Days({ of }: { readonly of: readonly Dated[] }): JSX.Element | null {
  if (of.length === 0) return null;
  return (
    <ul class="rows">
      {of.map(({ at, text }) => (
        <li key={`${at} ${text}`}>
          <span dir="auto">{text}</span> <span class="hint">{dateText(at, language.value)}</span>
        </li>
      ))}
    </ul>
  );
}

/** The thread, folded until somebody wants it. */
export function LearningQuestion(): JSX.Element | null {
  const room = useRoom();
  const { session } = room;
  const [learning, keep] = useKept(LEARNING, EMPTY);
  const [asked, setAsked] = useState(false);
  if (observes(room)) return null;
  const version = (): void => keep(keepVersion(learning, session.now()));
  const add = (): void => {
    const text = learning.found.trim();
    if (text !== '') keep({ ...learning, found: '', evidence: [...learning.evidence, { at: session.now(), text }] });
  };
  const begun = learning !== EMPTY;
  return (
    <details class="card no-print">
      <summary>{t('learning-title')}</summary>
      <div class="stack">
        <p>{t('learning-about')}</p>
        <Field id="learning-question" rows={2} label={t('learning-question')} value={learning.question} onValue={(question) => keep({ ...learning, question })} />
        <p><Btn onPress={version}>{t('learning-keep')}</Btn></p>
        {learning.versions.length > 0 && <h3>{t('learning-versions')}</h3>}
        <Days of={learning.versions} />
        <Field id="learning-people" rows={2} label={t('learning-people')} value={learning.people} onValue={(people) => keep({ ...learning, people })} />
        <Field id="learning-found" rows={2} label={t('learning-found')} value={learning.found} onValue={(found) => keep({ ...learning, found })} />
        <p><Btn onPress={add}>{t('learning-add')}</Btn></p>
        {learning.evidence.length > 0 && <h3>{t('learning-evidence')}</h3>}
        <Days of={learning.evidence} />
        {WRITE_UP.map((part) => (
          <Field
            key={part}
            id={`learning-${part}`}
            rows={3}
            label={word(`learning-${part}`)}
            value={learning.writeUp[part]}
            onValue={(text) => keep({ ...learning, writeUp: { ...learning.writeUp, [part]: text } })}
          />
        ))}
        <Stays />
        {begun && (
          <>
            <p class="hint">{t('learning-save')}</p>
            <p class="row">
              <Btn onPress={() => saveFile('learning-question.html', 'text/html', page(learning))}>{t('learning-page')}</Btn>
              <Btn onPress={() => saveFile('learning-question.md', 'text/markdown', markdown(learning))}>{t('learning-markdown')}</Btn>
            </p>
            {asked ? (
              <p class="row">
                <Btn onPress={() => setAsked(false)}>{t('cancel')}</Btn>
                <Btn look="danger" onPress={() => { setAsked(false); keep(EMPTY); }}>{t('learning-delete-sure')}</Btn>
              </p>
            ) : (
              <p><Btn look="quiet" onPress={() => setAsked(true)}>{t('learning-delete')}</Btn></p>
            )}
          </>
        )}
      </div>
    </details>
  );
}
