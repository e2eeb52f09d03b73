/** Errors that say why by a code: the one of the sealing code, and what others are made of. */

/**
 * Why something would not open, seal or parse.
 *
 * - `version`: made by a form of ALS1 that this client does not know
 * - `length`: not a length that a box can have
 * - `epoch`: the box names another key than the one it came with
 * - `commit`: another key, or any part of its context differs; nothing was decrypted
 * - `decrypt`: the context fits but the bytes were changed
 * - `padding`: decrypted, but what is inside is not padded text; its maker is faulty
 * - `too_long`: the text is longer than the largest box
 * - `grant`: a grant that is not from the named host, not for this device, or changed
 * - `grant_form`: a grant that opened but does not hold what a grant must
 */
export type SealFaultCode =
  | 'version'
  | 'length'
  | 'epoch'
  | 'commit'
  | 'decrypt'
  | 'padding'
  | 'too_long'
  | 'grant'
  | 'grant_form';

/** Carries a code only: never text, keys or ids, so that it may be logged. */
export class Fault<Code extends string> extends Error {
  readonly code: Code;

  constructor(code: Code) {
    super(code);
    this.code = code;
  }
}

export class SealFault extends Fault<SealFaultCode> {
  override readonly name = 'SealFault';
}
