/** The parcel of what a person writes for themselves and nobody is ever sent. */

export { LearningQuestion } from './learning-question';
export { Notes, NotesKept } from './notes';
export { Preparation, UsePrepared } from './preparation';
