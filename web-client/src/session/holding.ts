/** What believes and hands on keys. It comes in one piece: at the door, or with the first grant. */

export { Belief } from './belief';
export { knockFrame, prepareKnock } from './entrance';
export { keepOwnKey, ownKeyDue, settleOwnKey } from './own-wraps';
