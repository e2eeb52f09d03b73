/** Places of what is typed in this browser, as far as both the screens and what keeps it must know them. */

/** How the place of what is nobody else's begins: no meeting's end ends it. */
export const NOTE = 'note ';
