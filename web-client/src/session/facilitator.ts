/** What only facilitators' browsers do. It comes in one piece, for them alone. */

export { dutyOf, doDuty } from './duties';
export { admit, nextMeeting, remind, remove, rotate, setFacilitator } from './facilitate';
export { knockers } from './knocks';
