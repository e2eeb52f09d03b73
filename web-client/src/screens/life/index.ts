/** The parcel of what a set learns and works by, over its meetings. */

export { Framework } from './framework';
export { Practices, PracticesAsked } from './practices';
export { Propose } from './propose';
export { CharterReview } from './review';
