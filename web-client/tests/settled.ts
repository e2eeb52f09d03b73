/**
 * Waits until pages have done all that they do without more time. Keys are made and boxes opened on
 * threads of their own, so a number of turns says nothing of them on a busy machine: what is under way
 * is counted instead.
 */

const underWay = new Set<Promise<unknown>>();
const subtle = Object.getPrototypeOf(crypto.subtle) as Record<string, unknown>;
for (const name of Object.getOwnPropertyNames(subtle)) {
  const real = subtle[name];
  if (typeof real !== 'function' || name === 'constructor') continue;
  subtle[name] = async function counted(this: SubtleCrypto, ...given: unknown[]): Promise<unknown> {
    const work = Promise.resolve(Reflect.apply(real, this, given));
    underWay.add(work);
    try {
      return await work;
    } finally {
      underWay.delete(work);
    }
  };
}

export async function settled(): Promise<void> {
  do {
    // oxlint-disable-next-line no-await-in-loop -- what follows from it may be under way then
    await Promise.allSettled(underWay);
    // Everything that follows without another thread has been done after one turn.
    // oxlint-disable-next-line no-await-in-loop -- as above
    await new Promise((done) => {
      setImmediate(done);
    });
  } while (underWay.size > 0);
}
