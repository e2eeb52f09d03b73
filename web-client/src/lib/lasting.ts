/** Persistent storage: whether this browser has promised to keep what this site stores. */

/** `kept`: it has. `open`: it has not; it can be asked. `none`: there is nobody to ask. */
export type Lasting = 'kept' | 'open' | 'none';

/**
 * What this browser says. With `ask` it is asked for the promise: some show a question to whoever
 * pressed, some decide by themselves. Never rejects.
 */
export async function lasting(ask: boolean): Promise<Lasting> {
  try {
    const { storage } = navigator as { readonly storage?: Partial<StorageManager> };
    if (storage?.persist === undefined || storage.persisted === undefined) return 'none';
    // At once: a browser that shows a question wants to see the press behind it.
    return (await (ask ? storage.persist() : storage.persisted())) ? 'kept' : 'open';
  } catch {
    return 'none';
  }
}
