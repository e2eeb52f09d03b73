/**
 * Names as people type them, made fit to be shown. Names are sealed, so no server can look at them:
 * each browser does it for itself, at the door and with every name that others sealed. The Rust client
 * does the same (`client/src/fit_name.rs`), by the same vectors.
 *
 * What nobody can see goes: controls, marks of direction, fillers, what Unicode has not assigned. A
 * joiner or a variation selector stays only where a script or an emoji is drawn by it. What is left is
 * NFC, with single spaces, and holds a letter or a digit; else it is no name.
 */

/** Space of any kind, and the Braille pattern that is blank. */
const SPACE = /[\p{Z}\t-\r\u0085\u2800]+/gu;
/** Never drawn; the joiners and the selectors among them are looked at afterwards. */
const UNSEEN = /(?!\u200c|\u200d|\ufe0e|\ufe0f|[\u{e0100}-\u{e01ef}])[\p{C}\p{DI}\ufffc]/gu;
/** Scripts in which a joiner changes the shape of letters: from Arabic to Sinhala, Myanmar, Khmer, Mongolian. */
const JOINS = String.raw`\u0600-\u085f\u0870-\u0dff\u1000-\u109f\u1780-\u17ff\u1820-\u18af`;
/** Signs after which a joiner has a meaning of its own. */
const VIRAMA = String.raw`\u094d\u09cd\u0a4d\u0acd\u0b4d\u0bcd\u0c4d\u0ccd\u0d4d\u0dca`;
/** What an emoji is made of. */
const PICTURE = String.raw`\p{So}\u2194\u{1f3fb}-\u{1f3ff}`;
/** Selectors behind what has no variants; then joiners where nothing is to be joined. */
const LOOSE_SELECTOR = new RegExp(String.raw`(?<![${PICTURE}])[\ufe0e\ufe0f]|(?<!\p{Unified_Ideograph})[\u{e0100}-\u{e01ef}]`, 'gu');
const LOOSE_JOINER = new RegExp(
  String.raw`(?<![${VIRAMA}]|[${JOINS}](?=.[${JOINS}]))\u200c` +
    String.raw`|(?<![${VIRAMA}]|[${JOINS}](?=.[${JOINS}])|[${PICTURE}\ufe0f](?=.[${PICTURE}]))\u200d`,
  'gu',
);
/** More marks on one letter than any script has: they would run over the lines above and below. */
const PILE = /([\p{Mn}\p{Me}]{4})[\p{Mn}\p{Me}]+/gu;
/** Dots and bars as this page might set them between a name and what it says of it itself. */
const BARS = /[ ·•‧∙⋅・|¦│/]+/gu;

/** Of such a run nothing stays but a space, unless it joins two letters as it does in Catalan or Japanese. */
function parted(run: string, at: number, all: string): string {
  return run.includes(' ') || at === 0 || at + run.length === all.length ? ' ' : run;
}

/** Again until nothing changes: what goes brings others together, and marks into another order. */
function settled(typed: string, once: (line: string) => string): string {
  const line = once(typed);
  return line === typed ? line : settled(line, once);
}

function cleaned(typed: string): string {
  const seen = typed.normalize('NFC').replace(SPACE, ' ').replace(UNSEEN, '').replace(LOOSE_SELECTOR, '');
  return seen.replace(LOOSE_JOINER, '').replace(PILE, '$1').normalize('NFC').replace(/ +/g, ' ').trim();
}

/** One line as it is shown: nothing in it that nobody can see. */
export const fitLine = (typed: string): string => settled(typed, cleaned);

/** A name as it is shown; undefined when nothing is left that could be one. */
export function fitName(typed: string): string | undefined {
  const name = settled(typed, (line) => cleaned(line).replace(BARS, parted).trim());
  return /[\p{L}\p{N}]/u.test(name) ? name : undefined;
}

/** Letters of other alphabets, each before the Latin one that it looks like. */
const ALIKE = [
  ...'ΑAΒBΕEΖZΗHΙIΚKΜMΝNΟOΡPΤTΥYΧXαaβbεeηnιiκkνvοoρpςcτtυuχxωwγy',
  ...'АAВBЕEЅSІIЈJКKМMНHОOРPСCТTУYХXаaвbеeѕsіiјjкkмmнhоoрpсcтtуyхxһhԁdԛqԝwԍgӏlьb',
  ...'ıiɡgℓlոnսuցgօoհh0o1l|l',
];
const LATIN: ReadonlyMap<string, string | undefined> = new Map(
  ALIKE.flatMap((letter, at) => (at % 2 === 0 ? [[letter, ALIKE[at + 1]] as const] : [])),
);

/** What of a name the eye takes in: names that have it in common are hard to tell apart. */
export function skeleton(name: string): string {
  const letters = [...name.normalize('NFKD').replace(/[^\p{L}\p{N}\p{So}|]/gu, '')];
  return letters.map((letter) => LATIN.get(letter) ?? letter).join('').toLowerCase()
    .replaceAll('rn', 'm').replaceAll('vv', 'w').replaceAll('i', 'l');
}

/** A name without a number behind it. */
const unnumbered = (name: string): string => name.replace(/ ?\(\d+\)$/, '') || name;

/** Whether one may be taken for the other. */
export function alike(one: string, other: string): boolean {
  return skeleton(unnumbered(one)) === skeleton(unnumbered(other));
}

/**
 * Names that cannot be taken for each other: where several look alike, each has its number behind it,
 * in the order in which they come, whatever number somebody has typed there.
 */
export function apart<Of>(names: readonly (readonly [of: Of, name: string])[]): Map<Of, string> {
  return new Map(
    names.map(([of, name], at) => {
      const same = names.flatMap(([, other], place) => (alike(name, other) ? [place] : []));
      return [of, same.length > 1 ? `${unnumbered(name)} (${same.indexOf(at) + 1})` : name];
    }),
  );
}

/** Up to two letters that stand for a name; what stands in brackets is no part of it. */
export function initials(name: string): string {
  const words = name.replace(/[([{（].*?(?:[)\]}）]|$)/gu, ' ').match(/[\p{L}\p{N}](?:[\p{L}\p{N}\p{M}'’-]|\u200c|\u200d)*/gu) ?? [];
  const letters = words.map((word) => /^.\p{M}*/u.exec(word)?.[0] ?? '');
  return [letters[0], letters.length > 1 ? letters.at(-1) : ''].join('').toUpperCase();
}
