/** What is asked at the beginning and at the end of a meeting. Fetched when it is. */

export { AttendanceCard, CannotCome } from './attendance';
export { FormCard } from './form';
export { RecorderAsk } from './recorder';
