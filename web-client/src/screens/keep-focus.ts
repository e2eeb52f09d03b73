/**
 * When the control with the focus goes away, the browser drops the focus on the body, and a
 * screen reader at the top of the page. This puts it on the nearest thing that is still there.
 */

const CAN = 'button, a[href], input, select, textarea, summary, [tabindex]';

/** Watches `root` until the returned function is called. */
export function keepFocus(root: HTMLElement): () => void {
  let path: Element[] = [];
  const onFocus = (event: FocusEvent): void => {
    path = [];
    for (let at = event.target as Element | null; at !== null && at !== root; at = at.parentElement) path.push(at);
  };
  const mend = (): void => {
    const [lost] = path;
    if (lost === undefined || lost.isConnected || document.activeElement !== document.body) return;
    const near = path.find((element) => element.isConnected) ?? root;
    const place = near.matches(CAN) ? near : near.querySelector(CAN) ?? root.querySelector('main');
    (place as HTMLElement | null)?.focus({ preventScroll: true });
  };
  const watch = new MutationObserver(mend);
  root.addEventListener('focusin', onFocus);
  watch.observe(root, { childList: true, subtree: true });
  return () => {
    root.removeEventListener('focusin', onFocus);
    watch.disconnect();
  };
}
