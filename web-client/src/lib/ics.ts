/**
 * Calendar files (RFC 5545), made in the browser because they may hold a link
 * with its secret.
 */

/** One meeting. Times are milliseconds since 1970. */
export interface CalendarEvent {
  /** The same id again replaces the entry, where its sequence is not lower. */
  readonly uid: string;
  /** How often its date was changed. */
  readonly sequence: number;
  /** Whether it is off: a calendar that has it takes it out, or strikes it through. */
  readonly cancelled: boolean;
  readonly start: number;
  readonly end: number;
  readonly summary: string;
  readonly description: string;
  /** Where it is, as calendars show it. */
  readonly location: string;
  readonly url: string;
}

const LINE_OCTETS = 75;

function utc(at: number): string {
  return new Date(at).toISOString().replaceAll(/[-:]|\.\d{3}/g, '');
}

/** A text value: backslash, comma, semicolon and line break are written with a backslash. */
function escaped(text: string): string {
  return text
    .replaceAll(/[\\;,]/g, (char) => `\\${char}`)
    .replaceAll(/\r\n|\r|\n/g, '\\n')
    // oxlint-disable-next-line no-control-regex -- the very characters that RFC 5545 forbids
    .replaceAll(/[\u0000-\u0008\u000b-\u001f\u007f]/g, '');
}

/** Folds a line at 75 octets, never inside a character. */
export function fold(line: string): string {
  const encoder = new TextEncoder();
  let out = '';
  let used = 0;
  for (const char of line) {
    const octets = encoder.encode(char).length;
    if (used + octets > LINE_OCTETS) {
      out += '\r\n ';
      used = 1;
    }
    out += char;
    used += octets;
  }
  return out;
}

/** A whole calendar file. `stamp` is the time it is made, in milliseconds since 1970. */
export function icsFile(events: readonly CalendarEvent[], stamp: number): string {
  const lines = ['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//Setroom//Setroom//EN', 'METHOD:PUBLISH'];
  for (const event of events) {
    lines.push(
      'BEGIN:VEVENT',
      `UID:${escaped(event.uid)}`,
      `DTSTAMP:${utc(stamp)}`,
      `DTSTART:${utc(event.start)}`,
      `DTEND:${utc(event.end)}`,
      `SEQUENCE:${event.sequence}`,
      `STATUS:${event.cancelled ? 'CANCELLED' : 'CONFIRMED'}`,
      `SUMMARY:${escaped(event.summary)}`,
      `DESCRIPTION:${escaped(event.description)}`,
      `LOCATION:${escaped(event.location)}`,
      `URL:${event.url.replaceAll(/\s/g, '')}`,
      'END:VEVENT',
    );
  }
  lines.push('END:VCALENDAR');
  return lines.map((line) => `${fold(line)}\r\n`).join('');
}
