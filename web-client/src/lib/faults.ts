/** What went wrong in this browser, for whoever looks into it. People are told in words, elsewhere. */

/** How engines say that a part of the page did not arrive. The browser has written that down already. */
const NOT_ARRIVED = /import|module|fetch|network|load failed/i;

/** Writes a fault down as an uncaught error would be. It holds nothing that anybody typed. */
export function report(fault: unknown): void {
  if (fault instanceof TypeError && NOT_ARRIVED.test(fault.message)) return;
  reportError(fault);
}
