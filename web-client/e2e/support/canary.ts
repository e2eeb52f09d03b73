/** Words that nobody but people may ever see, and the search for them in everything that a service keeps. */

/** How a word may look to whoever looks for it: plain, UTF-16, base64 in its three places, hex. */
function disguises(word: string): { how: string; bytes: Buffer; anyCase?: boolean }[] {
  const plain = Buffer.from(word, 'utf8');
  const wide = Buffer.from(word, 'utf16le');
  const all: { how: string; bytes: Buffer; anyCase?: boolean }[] = [
    { how: 'UTF-8', bytes: plain },
    { how: 'UTF-16LE', bytes: wide },
    { how: 'UTF-16BE', bytes: Buffer.from(wide).swap16() },
  ];
  for (const [what, bytes] of [['', plain], [' of UTF-16LE', wide]] as const) {
    all.push({ how: `hex${what}`, bytes: Buffer.from(bytes.toString('hex')), anyCase: true });
    for (const before of [0, 1, 2]) {
      // Only those signs that come from the word alone.
      const padded = Buffer.concat([Buffer.alloc(before), bytes]);
      const from = Math.ceil((before * 8) / 6);
      const to = Math.floor((padded.length * 8) / 6);
      for (const form of ['base64', 'base64url'] as const) {
        all.push({ how: `${form}${what}`, bytes: Buffer.from(padded.toString(form).slice(from, to)) });
      }
    }
  }
  return all;
}

/** The secret of a link, as it stands in it. What stands beside it says which set and whose, and is no secret. */
export function secretOf(link: string): string {
  const [, , , secret] = link.slice(link.indexOf('#')).split('.');
  if (secret?.length !== 43) throw new Error('this is no link with a secret');
  return secret;
}

/** Where `words` stand in `haystack`, and in which disguise; empty is what a test wants. */
export function sightings(words: readonly string[], haystack: Buffer): string[] {
  const lower = Buffer.from(haystack.toString('latin1').toLowerCase(), 'latin1');
  return words.flatMap((word) =>
    disguises(word)
      .filter(({ bytes, anyCase }) => (anyCase === true ? lower : haystack).includes(bytes))
      .map(({ how }) => `${word} as ${how}`),
  );
}

/** In which forms any of these bytes stand in `haystack`: as they are, or spelt out in one of the usual ways. */
export function hidden(secrets: readonly Buffer[], haystack: Buffer): string[] {
  return secrets.flatMap((bytes) => {
    const name = bytes.toString('hex').slice(0, 8);
    const spelt = [bytes.toString('hex'), bytes.toString('base64url'), bytes.toString('base64').replace(/=+$/, '')];
    return [...(haystack.includes(bytes) ? [`${name}… in bytes`] : []), ...sightings(spelt, haystack)];
  });
}
