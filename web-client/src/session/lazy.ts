/** The parcels of the session layer that are fetched when they are first needed. */

/** What only facilitators' browsers do. */
export const facilitator = (): Promise<typeof import('./facilitator')> => import('./facilitator');
/** What believes and hands on keys. */
export const holding = (): Promise<typeof import('./holding')> => import('./holding');
/** A round off the record. */
export const offRecord = (): Promise<typeof import('./off-record')> => import('./off-record');
/** What seals and opens lines to pass on and answers of the form. */
export const lines = (): Promise<typeof import('./lines')> => import('./lines');
