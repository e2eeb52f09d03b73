/** Which engines a run plays in. What is left out is said, and a run of CI leaves nothing out. */

import type { EngineName } from './index';

const ALL: readonly EngineName[] = ['chromium', 'firefox', 'webkit'];

/** Values of `CI` that mean that it is none. */
const NO_CI: ReadonlySet<string | undefined> = new Set([undefined, '', '0', 'false']);

/** All three, or those that `SETROOM_ENGINES` names. Throws where one is left out and nobody may be there to read it. */
export function chosen(env: Readonly<Record<string, string | undefined>>, say: (what: string) => void): readonly EngineName[] {
  const named = env['SETROOM_ENGINES'];
  if (named === undefined || named === '') return ALL;
  const here = ALL.filter((engine) => named.split(',').includes(engine));
  const missing = ALL.filter((engine) => !here.includes(engine));
  if (missing.length === 0) return ALL;
  const said = `not played in ${missing.join(', ')}: SETROOM_ENGINES names ${named} alone`;
  if (here.length === 0 || !NO_CI.has(env['CI'])) throw new Error(said);
  say(said);
  return here;
}
