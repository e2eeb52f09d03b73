/** What the room does not need at once: fetched as soon as the room stands. */

export { Actions } from './actions';
export { Charter, ModeProposal } from './agree';
export { Claims } from './claims';
export { Summary } from './close';
export { Gathering } from './gathering';
export { keepFocus } from './keep-focus';
export { Landing } from './landing';
export { sayHappenings, TimeMarks } from './say';
export { Sheets } from './sheets';
export { whereAreWe } from './where';
export { Table, Writers } from './write';
