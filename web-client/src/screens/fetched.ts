/** The two parcels of screens that are fetched when they are first needed. */

import { fetched } from './pieces';

export const later = fetched(() => import('./later'));
export const control = fetched(() => import('./facilitate'));

/** What helps with a person's own key: few ever open it. */
export const ownHelp = fetched(() => import('./own-help'));
