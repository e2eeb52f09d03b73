/** The parcel that `lazy.tsx` fetches as soon as the room stands: what no room needs at once. */

export { Actions } from './actions';
export { Charter, ModeMissed, ModeProposal, NotAgreed } from './agree';
export { BegunOffer } from './begun';
export { Summary } from './close';
export { Ends } from './ends';
export { FirstNotes } from './first-notes';
export { Gathering } from './gathering';
export { keepFocus } from './keep-focus';
export { Landing } from './landing';
export { Lasting } from './lasting';
export { announceHappenings, TimeMarks } from './announcements';
export { ReadAloud } from './read-aloud';
export { Sheets } from './sheets';
export { statusSummary } from './status-summary';
export { watchTranslators } from './translated';
export { Table, Writers } from './write';
