/** The page that says that it is over here: what it offers, to whom. */

import type { ComponentChildren, VNode } from 'preact';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { t } from '../../src/i18n';
import { Ended } from '../../src/screens/ended';
import type { Ended as Why, Session } from '../../src/session';
import { inEnglish } from './catalogues';

type Node = VNode<{ children?: ComponentChildren; onPress?: () => void }>;

/** Whatever stands on a page, in order: words, and elements with what they do. */
function* all(node: ComponentChildren): Generator<string | Node> {
  if (Array.isArray(node)) for (const each of node as ComponentChildren[]) yield* all(each);
  else if (typeof node === 'string') yield node;
  else if (typeof node === 'object' && node !== null && 'props' in node) {
    yield node as Node;
    yield* all((node as Node).props.children);
  }
}

const forget = vi.fn<() => void>();
const page = (why: Why): (string | Node)[] => [...all(Ended({ session: { forget } as unknown as Session, why, onHome: () => undefined }))];
const press = (why: Why, label: string): void => {
  const found = page(why).find((each) => typeof each === 'object' && each.props.children === label && each.props.onPress);
  if (typeof found === 'object') found.props.onPress?.();
};

beforeAll(inEnglish);
afterAll(() => vi.unstubAllGlobals());

describe('whoever was not let in', () => {
  it.each(['auth', 'no_place', 'refused', 'locked', 'full', 'closed', 'link_changed', 'lobby_stay'] as const)('can have this browser forget it, and is told what that means: %s', (why) => {
    forget.mockClear();
    press(why, t('forget'));
    expect(forget).toHaveBeenCalledOnce();
    expect(page(why)).toContain(t('forget-about'));
  });

  it.each(['full', 'locked', 'closed', 'lobby_stay'] as const)('can try the same page again where it may do better: %s', (why) => {
    const reload = vi.fn<() => void>();
    vi.stubGlobal('location', { reload });
    press(why, t('reload'));
    expect(reload).toHaveBeenCalledOnce();
  });
});

describe('whoever was in', () => {
  it.each(['left', 'removed', 'erased'] as const)('is offered neither: %s', (why) => {
    for (const words of [t('forget-about'), t('forget'), t('reload')]) expect(page(why)).not.toContain(words);
  });
});
