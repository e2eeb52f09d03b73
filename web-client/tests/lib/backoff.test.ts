import { describe, expect, it } from 'vitest';
import { Backoff } from '../../src/lib/backoff';

const series = (random: number, count: number): number[] => {
  const backoff = new Backoff(() => random);
  return Array.from({ length: count }, () => backoff.next());
};

describe('back-off', () => {
  it('draws from a range that doubles up to 15 seconds', () => {
    expect(series(0, 8)).toEqual(Array.from({ length: 8 }, () => 250));
    expect(series(1, 8)).toEqual([500, 1000, 2000, 4000, 8000, 15_000, 15_000, 15_000]);
    expect(series(0.5, 3)).toEqual([375, 625, 1125]);
  });

  it('stays within bounds for ever', () => {
    const backoff = new Backoff(() => 0.999);
    for (let i = 0; i < 2000; i += 1) expect(backoff.next()).toBeLessThanOrEqual(15_000);
  });

  it('begins afresh once a connection proved itself', () => {
    const backoff = new Backoff(() => 1);
    backoff.next();
    backoff.next();
    backoff.reset();
    expect(backoff.next()).toBe(500);
  });

  // fault: F5 — those who come back spread out, and none comes too early
  it('never comes before the server asked for, and not all at once either', () => {
    expect(new Backoff(() => 0).next(5000)).toBe(5250);
    expect(new Backoff(() => 1).next(5000)).toBe(5500);
  });

  it('draws from the system when nothing else is given', () => {
    const drawn = new Set(Array.from({ length: 50 }, () => new Backoff().next()));
    expect(drawn.size).toBeGreaterThan(10);
    for (const wait of drawn) {
      expect(wait).toBeGreaterThanOrEqual(250);
      expect(wait).toBeLessThanOrEqual(500);
    }
  });
});
