/**
 * RFC 7396 merge patch with structural sharing: whatever a patch does not
 * touch keeps its identity, so only what changed is drawn again. Nothing is
 * ever changed in place.
 */

/** A merge patch for `T`: parts to set, `null` to remove. */
export type Patch<T> = T extends readonly unknown[]
  ? T
  : T extends string | number | boolean
    ? T
    : T extends object
      ? { [K in keyof T]?: Patch<T[K]> | null }
      : T;

type Plain = Record<string, unknown>;

function isObject(value: unknown): value is Plain {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * `target` with `patch` applied. Returns `target` itself when nothing changed.
 *
 * A member named `__proto__` is left out: an assignment to it would change the
 * object's prototype instead of adding a member.
 */
export function merge<T>(target: T, patch: Patch<T>): T {
  return mergeValue(target, patch) as T;
}

/** As `merge`, for values whose shape is not known. */
export function mergeValue(target: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch;
  const base: Plain = isObject(target) ? target : {};
  let out = base === target ? base : { ...base };
  const change = (): Plain => {
    if (out === target) out = { ...base };
    return out;
  };
  for (const key of Object.keys(patch)) {
    if (key === '__proto__') continue;
    const has = Object.hasOwn(out, key);
    const part = patch[key];
    if (part === null) {
      if (has) delete change()[key];
      continue;
    }
    const next = mergeValue(has ? out[key] : undefined, part);
    if (!has || next !== out[key]) change()[key] = next;
  }
  return out;
}
