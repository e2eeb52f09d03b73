/**
 * When the control with the focus goes away, or is moved or hidden, the browser drops the focus on
 * the body, and a screen reader at the top of the page. This puts it on the nearest thing that can
 * still take it.
 */

const CAN = 'button, a[href], input, select, textarea, summary, [tabindex]';

/** Watches `root` until the returned function is called. */
export function keepFocus(root: HTMLElement): () => void {
  let path: Element[] = [];
  const onFocus = (event: FocusEvent): void => {
    path = [];
    for (let at = event.target as Element | null; at !== null && at !== root; at = at.parentElement) path.push(at);
  };
  // Whoever taps beside everything wants no focus: to give it back would bring up a keyboard.
  const onTap = (): void => {
    path = [];
  };
  const mend = (): void => {
    if (path.length === 0 || document.activeElement !== document.body) return;
    // When all of it has gone, what is to be done next, not the top of the page.
    for (const at of [...path, root.querySelector('.dock button'), root.querySelector('main'), root]) {
      if (at?.isConnected !== true) continue;
      const place = [at, ...at.querySelectorAll(CAN)].find(
        (element) => element.matches(CAN) && element.getClientRects().length > 0,
      );
      if (place === undefined) continue;
      (place as HTMLElement).focus({ preventScroll: true });
      return;
    }
  };
  const watch = new MutationObserver(mend);
  // What a style hides loses the focus without any change of the tree, and later.
  const onBlur = ({ relatedTarget }: FocusEvent): void => {
    if (relatedTarget === null) requestAnimationFrame(mend);
  };
  root.addEventListener('focusin', onFocus);
  root.addEventListener('focusout', onBlur);
  document.addEventListener('pointerdown', onTap);
  watch.observe(root, { childList: true, subtree: true });
  return () => {
    root.removeEventListener('focusin', onFocus);
    root.removeEventListener('focusout', onBlur);
    document.removeEventListener('pointerdown', onTap);
    watch.disconnect();
  };
}
