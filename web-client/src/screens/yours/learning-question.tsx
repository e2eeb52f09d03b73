/** One's own question over many meetings: kept with the set under one's own key, and sent to nobody else. */

import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { language, t } from '../../i18n';
import { dateText } from '../../lib/dates';
import { bytesOf } from '../../lib/length';
import { LIMITS } from '../../wire.gen';
import { attempt } from '../attempt';
import { Btn, Field } from '../components';
import { LEARNING, useTyped } from '../draft';
import { saveFile } from '../files';
import { plain, word } from '../messages';
import { observes, textsOf, useRoom, wordsOf } from '../room/room-context';
import { Save, useSaved } from '../saved';
import { WhoHelps } from '../write';
import { type Dated, EMPTY, heldIn, keepVersion, markdown, page, type Part, partOf, PARTS, readParts, WRITE_UP } from './learning';

/** The field that somebody shortens where a part is too long. */
const FIELD: Readonly<Record<Part, string>> = {
  question: 'question', evidence: 'found', did: 'did', happened: 'happened', learned: 'learned', next: 'next',
};

interface DaysProps {
  readonly of: readonly Dated[];
  /** Takes one away. */
  readonly onDrop?: (each: Dated) => void;
}

function Days({ of, onDrop }: DaysProps): JSX.Element | null {
  if (of.length === 0) return null;
  return (
    <ul class="rows">
      {of.map((each) => (
        <li key={`${each.at} ${each.text}`}>
          <span dir="auto">{each.text}</span> <span class="hint">{dateText(each.at, language.value)}</span>{' '}
          {onDrop && <Btn look="quiet" label={plain('learning-drop-one', { text: each.text })} onPress={() => onDrop(each)}>{t('learning-drop')}</Btn>}
        </li>
      ))}
    </ul>
  );
}

/** The thread, folded until somebody wants it. */
export function LearningQuestion(): JSX.Element | null {
  const room = useRoom();
  const { announcer, own, session } = room;
  const kept = textsOf(room, 'learning_question', own.seat);
  const stored = readParts(kept.map(({ text }) => text ?? ''));
  const [learning, keep, sent] = useTyped(session.drafts, LEARNING, stored);
  const [asked, setAsked] = useState(false);
  const [busy, setBusy] = useState(false);
  const saved = useSaved();
  if (observes(room) || session.keys.value === 'none') return null;
  const shut = kept.find(({ text }) => text === undefined);
  const faults = PARTS.flatMap((part) => {
    const over = bytesOf(partOf(learning, part)) - LIMITS.learning_bytes;
    return over > 0 ? [[part, plain('learning-over', { over })] as const] : [];
  });
  const faultOf = (part: Part): string | undefined => faults.find(([of]) => of === part)?.[1];
  const version = (): void => keep(keepVersion(learning, session.now()));
  const add = (): void => {
    const text = learning.found.trim();
    if (text !== '') keep({ ...learning, found: '', evidence: [...learning.evidence, { at: session.now(), text }] });
  };
  const save = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (busy) return;
    const [fault] = faults;
    if (fault !== undefined) {
      document.getElementById(`learning-${FIELD[fault[0]]}`)?.focus();
      announcer.say({ kind: 'field', text: fault[1], assertive: true });
      return;
    }
    setBusy(true);
    let all = true;
    for (const part of PARTS) {
      const text = partOf(learning, part);
      const was = heldIn(kept, part);
      if (text === (was?.text ?? partOf(EMPTY, part))) continue;
      // oxlint-disable-next-line no-await-in-loop -- one browser's boxes follow one another
      all = (await session.write('learning_question', text, was && { item: was.id })).ok && all;
    }
    setBusy(false);
    if (!all) return;
    sent(learning);
    saved();
  };
  const drop = async (): Promise<void> => {
    setAsked(false);
    const answers = await Promise.all(kept.map(({ id }) => session.ask({ c: 'withdraw_item', item: id })));
    if (answers.every(({ ok }) => ok)) session.drafts.keep(LEARNING, undefined);
  };
  const isStored = JSON.stringify(learning) === JSON.stringify(stored);
  const begun = kept.length > 0 || !isStored;
  return (
    <details class="card no-print">
      <summary>{t('learning-title')}</summary>
      {shut !== undefined ? (
        <p>{wordsOf(shut)}</p>
      ) : (
        <form class="stack" onSubmit={(event) => attempt(() => save(event))} noValidate>
          <p>{t('learning-about')}</p>
          <Field id="learning-question" rows={2} label={t('learning-question')} fault={faultOf('question')} value={learning.question} onValue={(question) => keep({ ...learning, question })} />
          <p><Btn onPress={version}>{t('learning-keep')}</Btn></p>
          {learning.versions.length > 0 && <h3>{t('learning-versions')}</h3>}
          <Days of={learning.versions} />
          <Field id="learning-people" rows={2} label={t('learning-people')} value={learning.people} onValue={(people) => keep({ ...learning, people })} />
          <Field id="learning-found" rows={2} label={t('learning-found')} fault={faultOf('evidence')} value={learning.found} onValue={(found) => keep({ ...learning, found })} />
          <p><Btn onPress={add}>{t('learning-add')}</Btn></p>
          {learning.evidence.length > 0 && <h3>{t('learning-evidence')}</h3>}
          <Days of={learning.evidence} onDrop={(each) => keep({ ...learning, evidence: learning.evidence.filter((other) => other !== each) })} />
          {WRITE_UP.map((part) => (
            <Field
              key={part}
              id={`learning-${part}`}
              rows={3}
              label={word(`learning-${part}`)}
              fault={faultOf(part)}
              value={learning.writeUp[part]}
              onValue={(text) => keep({ ...learning, writeUp: { ...learning.writeUp, [part]: text } })}
            />
          ))}
          <p class="row"><Save saved={isStored && kept.length > 0} busy={busy} label={t('learning-store')} /></p>
          <p class="hint">{t('learning-stays')} {!isStored && t(session.stored.value ? 'learning-begun' : 'learning-begun-page')}</p>
          <WhoHelps />
        </form>
      )}
      {begun && (
        <div class="stack">
          {shut === undefined && (
            <>
              <p class="hint">{t('learning-save')}</p>
              <p class="row">
                <Btn onPress={() => saveFile('learning-question.html', 'text/html', page(learning))}>{t('learning-page')}</Btn>
                <Btn onPress={() => saveFile('learning-question.md', 'text/markdown', markdown(learning))}>{t('learning-markdown')}</Btn>
              </p>
            </>
          )}
          {asked ? (
            <p class="row">
              <Btn onPress={() => setAsked(false)}>{t('cancel')}</Btn>
              <Btn look="danger" onPress={() => attempt(drop)}>{t('learning-delete-sure')}</Btn>
            </p>
          ) : (
            <p><Btn look="quiet" onPress={() => setAsked(true)}>{t('learning-delete')}</Btn></p>
          )}
        </div>
      )}
    </details>
  );
}
