import { afterEach, describe, expect, it, vi } from 'vitest';
import { lasting } from '../../src/lib/lasting';

afterEach(() => vi.unstubAllGlobals());

/** A browser whose storage answers so. */
function storage(answers: object | undefined): void {
  vi.stubGlobal('navigator', answers === undefined ? {} : { storage: answers });
}

describe('whether a browser promises to keep what it stores', () => {
  it('is looked at without asking', async () => {
    const persist = vi.fn<() => Promise<boolean>>(async () => true);
    storage({ persisted: async () => false, persist });
    expect(await lasting(false)).toBe('open');
    expect(persist).not.toHaveBeenCalled();
    storage({ persisted: async () => true, persist });
    expect(await lasting(false)).toBe('kept');
  });

  it('is asked for at once, and what it answers is what counts', async () => {
    const persisted = vi.fn<() => Promise<boolean>>(async () => false);
    storage({ persisted, persist: async () => true });
    expect(await lasting(true)).toBe('kept');
    expect(persisted).not.toHaveBeenCalled();
    storage({ persisted, persist: async () => false });
    expect(await lasting(true)).toBe('open');
  });

  it('cannot be asked where the browser has no such thing, or throws', async () => {
    for (const lacks of [undefined, {}, { persisted: async () => true }]) {
      storage(lacks);
      expect([await lasting(false), await lasting(true)]).toEqual(['none', 'none']);
    }
    const refuses = async (): Promise<boolean> => {
      throw new TypeError('storage');
    };
    storage({ persisted: refuses, persist: refuses });
    expect([await lasting(false), await lasting(true)]).toEqual(['none', 'none']);
  });
});
