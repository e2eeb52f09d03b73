/** Notes for oneself: they are kept in this browser as they are typed, over meetings, and sent to nobody. */

import type { JSX } from 'preact';
import { language, t } from '../../i18n';
import { dateTimeText } from '../../lib/dates';
import { NOTES } from '../../names.gen';
import { NOTE } from '../../lib/places';
import { Btn, Field } from '../components';
import { LEARNING, PREPARATION } from '../draft';
import { saveFile } from '../files';
import { word } from '../messages';
import { isSilent, observes, presents, useRoom, type RoomContext } from '../room/room-context';

/** A note as it is kept. */
interface Note {
  /** The name of the part in which it was begun, as `classic.explore`. */
  readonly part: string;
  /** When it was begun, by the server's clock. */
  readonly at: number;
  readonly text: string;
}

/** The part of which this person may keep a note now. */
function offered(room: RoomContext): string | undefined {
  const { now, stage } = room.shared;
  const who = now && (NOTES as Record<string, 'each' | 'presenter' | undefined>)[now.id];
  if (who === undefined || stage !== 'running' || observes(room)) return undefined;
  return who === 'each' || presents(room) ? now?.id : undefined;
}

/** What stands among them and is no note. */
const OTHERS: ReadonlySet<string> = new Set([PREPARATION, LEARNING]);

/** Notes by place, in the order in which they were begun. */
function notesOf({ session }: RoomContext): [place: string, note: Note][] {
  const all = [...session.drafts.all.value].filter(([place]) => place.startsWith(NOTE) && !OTHERS.has(place));
  return all.map(([place, text]): [string, Note] => [place, JSON.parse(text) as Note]).toSorted(([, a], [, b]) => a.at - b.at);
}

/** How a note is headed: "Explore, 3 December 2026 at 10:15". */
function headOf(note: Note): string {
  return t('note-head', { part: word(`part-${note.part}`), when: dateTimeText(note.at, language.value) });
}

/** Whether what is typed here lasts: said where it is typed. */
export function Stays(): JSX.Element {
  const { session } = useRoom();
  return <p class="hint">{t(session.stored.value ? 'notes-stay' : 'notes-stay-page')}</p>;
}

/** The field for a note in the present part. */
export function Notes(): JSX.Element | null {
  const room = useRoom();
  const part = offered(room);
  if (part === undefined) return null;
  const { session, shared, own } = room;
  const place = `${NOTE}${shared.meeting} ${shared.now?.part}`;
  const kept = session.drafts.all.value.get(place);
  const note: Note = kept === undefined ? { part, at: session.now(), text: '' } : (JSON.parse(kept) as Note);
  const write = (text: string): void => session.drafts.keep(place, text === '' ? undefined : JSON.stringify({ ...note, text }));
  const field = (
    <div class="stack">
      <Field id="note" rows={3} label={t('notes-label')} value={note.text} onValue={write} />
      <Stays />
    </div>
  );
  // Who runs the meeting, or is listened to, has other things to see; a silence has the page.
  return own.keys || presents(room) || isSilent(shared) ? (
    <details class="card" open={kept !== undefined || undefined}>
      <summary>{t('notes-title')}</summary>
      {field}
    </details>
  ) : (
    <section class="card writer" aria-labelledby="notes-title" data-keep>
      <h2 id="notes-title" tabIndex={-1}>{t('notes-title')}</h2>
      {field}
    </section>
  );
}

/** All that were kept, to be read, changed, saved as a file and let go. */
export function NotesKept(): JSX.Element | null {
  const room = useRoom();
  const { session } = room;
  const notes = notesOf(room);
  if (notes.length === 0) return null;
  const save = (): void => {
    const texts = notes.map(([, note]) => `## ${headOf(note)}\n\n${note.text.trim()}\n`);
    saveFile('setroom-notes.md', 'text/markdown', [`# ${t('notes-mine')}\n`, ...texts].join('\n'));
  };
  return (
    <section class="card writer no-print" aria-labelledby="notes-kept-title" data-keep>
      <h2 id="notes-kept-title" tabIndex={-1}>{t('notes-mine')}</h2>
      <Stays />
      {notes.map(([place, note]) => {
        const id = place.replaceAll(' ', '-');
        return (
          <div key={place}>
            <Field id={id} rows={3} label={headOf(note)} value={note.text} onValue={(text) => session.drafts.keep(place, JSON.stringify({ ...note, text }))} />
            <p><Btn look="quiet" onPress={() => session.drafts.keep(place, undefined)}>{t('note-delete')}</Btn></p>
          </div>
        );
      })}
      <p><Btn onPress={save}>{t('notes-save')}</Btn></p>
    </section>
  );
}
