/** All that only those who host or lead ever see: fetched when somebody does. */

export { OpenNext } from './dates';
export { ControlDock } from './dock';
export { FewCan } from './few';
export { Knocks } from './knocks';
export { Prepare, StartDock } from './prepare';
export { WhoPresents } from './presenter';
export { SetUp } from './setup';
export { ControlSheets } from './sheets';
export { TurnTime } from './turn-time';
