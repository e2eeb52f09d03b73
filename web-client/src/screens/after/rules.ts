/** What the screens at the beginning and at the end go by. */

import { type Attended, type ItemId, LIMITS, type MeetingId, type SeatId, type Sealed, type Shared } from '../../wire.gen';

/** Who has said that something of theirs records the meeting. */
export const recorders = ({ seats }: Pick<Shared, 'seats'>): SeatId[] =>
  (Object.keys(seats) as SeatId[]).filter((seat) => seats[seat]?.recorder === true);

/** How many of those who are here have not said yet whether anything records. */
export const unasked = ({ seats }: Pick<Shared, 'seats'>, here: ReadonlySet<SeatId>): number =>
  (Object.keys(seats) as SeatId[]).filter((seat) => here.has(seat) && seats[seat]?.recorder === undefined && seats[seat]?.in_lobby !== true).length;

/** The statements of the form, in their order. */
export const STATEMENTS = ['heard', 'stretched', 'safe', 'asked', 'pace', 'held', 'screen'] as const;
export type Statement = (typeof STATEMENTS)[number];
export type Rating = 1 | 2 | 3;
export type Ratings = Readonly<Partial<Record<Statement, Rating>>>;

const isRating = (value: unknown): value is Rating => value === 1 || value === 2 || value === 3;

/** An answer as it was sealed; nothing of what somebody may have put there besides. */
export function readRatings(text: string): Ratings {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // Nobody's page wrote this.
    return {};
  }
  if (typeof value !== 'object' || value === null) return {};
  const given = value as Record<string, unknown>;
  return Object.fromEntries(STATEMENTS.flatMap((is) => (isRating(given[is]) ? [[is, given[is]]] : [])));
}

/** Answers that were opened, or that they are so few that they could tell whose they are. */
export type Opened = readonly Ratings[] | 'few';

/**
 * Opens answers that are shown. The service should have shown no fewer than five; one that lies may show a single
 * one, or that one among boxes that nobody can open. Then nobody sees any.
 */
export async function openAll(
  boxes: readonly (readonly [ItemId, Sealed])[],
  open: (item: ItemId, box: Sealed) => Promise<string | undefined>,
): Promise<Opened> {
  if (new Set(boxes.map(([item]) => item)).size < LIMITS.form_answers) return 'few';
  const texts = await Promise.all(boxes.map(([item, box]) => open(item, box)));
  const opened = texts.flatMap((text) => (text === undefined ? [] : [readRatings(text)]));
  return opened.length < LIMITS.form_answers ? 'few' : opened;
}

/** What this page has opened, of each meeting: the boxes that came first, and no others. */
const FIRST = new Map<MeetingId, { readonly boxes: string; readonly opened: Opened }>();

/**
 * The same for a page, which opens the answers of a meeting once. They are shown all at once; a service that lies
 * may show some and then one more, or another one in its place, and whoever looks would know that one by what has
 * become different. So of any others nobody sees anything.
 */
export async function openFirst(
  meeting: MeetingId,
  boxes: readonly (readonly [ItemId, Sealed])[],
  open: (item: ItemId, box: Sealed) => Promise<string | undefined>,
): Promise<Opened> {
  const same = JSON.stringify(boxes);
  const opened = FIRST.has(meeting) ? 'few' : await openAll(boxes, open);
  // Some that are too few were not seen, and others may have been opened meanwhile.
  if (opened !== 'few' && !FIRST.has(meeting)) FIRST.set(meeting, { boxes: same, opened });
  const first = FIRST.get(meeting);
  return first?.boxes === same ? first.opened : 'few';
}

/** How many said *not met*, *partly* and *fully* of a statement. */
export function spread(answers: readonly Ratings[], of: Statement): readonly [number, number, number] {
  const count = (rating: Rating): number => answers.filter((answer) => answer[of] === rating).length;
  return [count(1), count(2), count(3)];
}

export const ATTENDED: readonly Attended[] = ['came', 'late', 'left_early', 'apologies', 'absent'];

/** A cell of a table that a spreadsheet opens: never a formula, whatever somebody is called. */
export function cell(value: string | number): string {
  const text = String(value);
  const safe = /^[=+\-@\t\r\n|]/.test(text.trimStart()) || /^[\t\r\n]/.test(text) ? `'${text}` : text;
  return `"${safe.replaceAll('"', '""')}"`;
}

/** Rows as a file that spreadsheets read, with the mark that says it is UTF-8. */
export const table = (rows: readonly (readonly (string | number)[])[]): string =>
  `\uFEFF${rows.map((row) => row.map(cell).join(',')).join('\r\n')}\r\n`;
