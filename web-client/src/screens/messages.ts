/** Words for ids that are made up on the way, and for labels that take no marks. */

import { type MessageId, t } from '../i18n';

/** Any message by a made-up id. `tests/messages.test.ts` knows all of these ids. */
export function word(id: string, args?: Readonly<Record<string, string | number>>): string {
  return (t as (id: string, args?: object) => string)(id.replaceAll('.', '-').replaceAll('_', '-'), args);
}

/** Takes out the isolates, for names of controls and for lines that hold only our own words. */
export function bare(text: string): string {
  return text.replace(/[\u2068\u2069]/g, '');
}

/** A message without isolates. */
export function plain<Id extends MessageId>(...args: Parameters<typeof t<Id>>): string {
  return bare(t(...args));
}

/** Name of a part of the agenda. */
export const partName = (id: string): string => word(`part-${id}`);

/** A message if there is one. */
function known(id: string): string | undefined {
  const text = word(id);
  return text === id ? undefined : text;
}

/** What a part asks of a facilitator, a presenter or a member; the nearest words there are. */
export function cueText(cue: string, role: 'f' | 'p' | 'm'): string {
  const stem = `cue-${cue.replaceAll('_', '-')}`;
  const order = { f: 'fmp', p: 'pmf', m: 'mpf' }[role];
  for (const who of order) {
    const text = known(`${stem}-${who}`);
    if (text !== undefined) return text;
  }
  return word(`${stem}-all`);
}
