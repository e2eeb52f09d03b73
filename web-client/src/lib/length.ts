/** How long a text is, counted as the service counts: in characters, not in what a browser calls one. */

/** How long a text may be. */
export interface Limit {
  /** Characters: whole ones, as the protocol's limits mean them. */
  readonly chars?: number;
  /** Bytes of UTF-8, as the box that it is locked in has room for. */
  readonly bytes?: number;
}

/** Characters of a text. An emoji that a browser counts as two is one. */
export const charsOf = (text: string): number => [...text].length;

function bytesOfChar(char: string): number {
  const point = char.codePointAt(0) ?? 0;
  return point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
}

/** Bytes of a text in UTF-8. */
export const bytesOf = (text: string): number => [...text].reduce((sum, char) => sum + bytesOfChar(char), 0);

/** By how many characters this is too long: so many must go from its end. What is sent has no space round it. */
export function excess(text: string, { chars = Infinity, bytes = Infinity }: Limit): number {
  let over = 0;
  let left = bytes;
  for (const [at, char] of [...text.trim()].entries()) {
    left -= bytesOfChar(char);
    if (at >= chars || left < 0) over += 1;
  }
  return over;
}
