/** What an action says: the answers that its owner types, as one text. */

/** How an action went, told at the next meeting. */
export type Outcome = 'done' | 'changed' | 'not_yet' | 'let_go';

export interface Action {
  readonly what: string;
  /** A date such as 2026-12-10, or empty. */
  readonly by: string;
  readonly first: string;
  readonly help: string;
  readonly stakeholders: string;
  readonly outcome?: Outcome | undefined;
  /** What came of it, and what that taught: asked for at the next meeting. */
  readonly happened: string;
  readonly learned: string;
}

const EMPTY: Action = { what: '', by: '', first: '', help: '', stakeholders: '', happened: '', learned: '' };
export const FIELDS = ['what', 'by', 'first', 'help', 'stakeholders', 'happened', 'learned'] as const;
/** Those of which there is nothing to say before the next meeting. */
export const AFTERWARDS: ReadonlySet<(typeof FIELDS)[number]> = new Set(['happened', 'learned']);

/** Reads an action's text. What is not one of ours becomes the first answer: nothing is lost. */
export function readAction(text: string): Action {
  try {
    const found: unknown = JSON.parse(text);
    if (typeof found !== 'object' || found === null || Array.isArray(found)) throw new Error('no card');
    const card = found as Partial<Record<keyof Action, unknown>>;
    const action: Record<string, string | undefined> = { ...EMPTY };
    for (const field of FIELDS) if (typeof card[field] === 'string') action[field] = card[field];
    const outcomes: readonly unknown[] = ['done', 'changed', 'not_yet', 'let_go'];
    if (outcomes.includes(card.outcome)) action.outcome = card.outcome as Outcome;
    return action as unknown as Action;
  } catch {
    return { ...EMPTY, what: text };
  }
}
