import { describe, expect, it } from 'vitest';
import { merge, mergeValue } from '../../src/lib/merge';

function freeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) Object.values(Object.freeze(value)).map(freeze);
  return value;
}

describe('RFC 7396 appendix A', () => {
  const vectors: readonly [original: string, patch: string, result: string][] = [
    ['{"a":"b"}', '{"a":"c"}', '{"a":"c"}'],
    ['{"a":"b"}', '{"b":"c"}', '{"a":"b","b":"c"}'],
    ['{"a":"b"}', '{"a":null}', '{}'],
    ['{"a":"b","b":"c"}', '{"a":null}', '{"b":"c"}'],
    ['{"a":["b"]}', '{"a":"c"}', '{"a":"c"}'],
    ['{"a":"c"}', '{"a":["b"]}', '{"a":["b"]}'],
    ['{"a":{"b":"c"}}', '{"a":{"b":"d","c":null}}', '{"a":{"b":"d"}}'],
    ['{"a":[{"b":"c"}]}', '{"a":[1]}', '{"a":[1]}'],
    ['["a","b"]', '["c","d"]', '["c","d"]'],
    ['{"a":"b"}', '["c"]', '["c"]'],
    ['{"a":"foo"}', 'null', 'null'],
    ['{"a":"foo"}', '"bar"', '"bar"'],
    ['{"e":null}', '{"a":1}', '{"e":null,"a":1}'],
    ['[1,2]', '{"a":"b","c":null}', '{"a":"b"}'],
    ['{}', '{"a":{"bb":{"ccc":null}}}', '{"a":{"bb":{}}}'],
  ];

  it.each(vectors)('%s with %s is %s', (original, patch, result) => {
    const target = freeze(JSON.parse(original) as unknown);
    const merged = mergeValue(target, freeze(JSON.parse(patch) as unknown));
    expect(merged).toEqual(JSON.parse(result));
    expect(JSON.stringify(target)).toBe(original);
  });
});

describe('structural sharing', () => {
  const room = freeze({
    seats: { a: { name: 'A', here: true }, b: { name: 'B', here: true } },
    clock: { ends_at: 5 },
  });

  it('keeps what a patch does not touch', () => {
    const next = merge(room, { seats: { a: { here: false } } });
    expect(next.seats.a).toEqual({ name: 'A', here: false });
    expect(next.seats.b).toBe(room.seats.b);
    expect(next.clock).toBe(room.clock);
    expect(next).not.toBe(room);
  });

  it('gives the same object back when nothing changes', () => {
    expect(merge(room, {})).toBe(room);
    expect(merge(room, { seats: { a: { here: true } } })).toBe(room);
    expect(mergeValue(room, { gone: null })).toBe(room);
  });
});

describe('prototypes', () => {
  it('never sets one from a patch', () => {
    const patch = JSON.parse('{"__proto__":{"admin":true},"a":{"__proto__":{"admin":true}}}');
    const merged = mergeValue({ a: { b: 1 } }, patch) as { a: object; admin?: true };
    expect(Object.getPrototypeOf(merged)).toBe(Object.prototype);
    expect(Object.getPrototypeOf(merged.a)).toBe(Object.prototype);
    expect(merged.admin).toBeUndefined();
    expect({}).not.toHaveProperty('admin');
  });

  it('treats inherited names as any other id', () => {
    const made = mergeValue({}, JSON.parse('{"constructor":{"x":1},"toString":"t"}'));
    expect(made).toEqual({ constructor: { x: 1 }, toString: 't' });
    expect(Object).not.toHaveProperty('x');
    expect(mergeValue({}, JSON.parse('{"constructor":null}'))).toEqual({});
  });
});
