/** Stands in for Node's `crypto` module, which a browser neither has nor needs. */

export const webcrypto = undefined;
