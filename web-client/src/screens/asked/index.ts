/** Asking which dates people can make: fetched when somebody asks, or is asked. */

export { AskSheet } from './ask';
export { AskedCard, AskedSheet, AskedTip } from './asked';
