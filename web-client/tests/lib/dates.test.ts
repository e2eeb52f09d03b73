import { describe, expect, it } from 'vitest';
import { dateFault } from '../../src/lib/dates';

const NOW = new Date(2026, 10, 28, 15, 0).getTime();

describe('a date that was typed', () => {
  it.each([
    ['', undefined],
    ['2026-12-03T10:00', undefined],
    ['2026-12-03', undefined],
    ['2028-02-29', undefined],
    ['2026-11-28T09:30', undefined],
    ['0026-07-01T09:30', 'year'],
    ['0026-07-01', 'year'],
    ['0206-07-01T09:30', 'year'],
    ['12026-07-01T09:30', 'year'],
    ['020260-07-01T09:30', 'year'],
    ['26-07-01', 'year'],
    ['2026-02-31T10:00', 'unreadable'],
    ['2027-02-29', 'unreadable'],
    ['2026-13-01', 'unreadable'],
    ['2026-00-10', 'unreadable'],
    ['2026-12-03T24:10', 'unreadable'],
    ['next Thursday', 'unreadable'],
    ['03/12/2026', 'unreadable'],
    ['2025-12-03T10:00', 'past'],
    ['1926-12-03', 'past'],
    ['2026-11-26', 'past'],
    ['2062-12-03', 'far'],
  ])('%j: %s', (typed, fault) => {
    expect(dateFault(typed, NOW, 1)).toBe(fault);
  });

  it('may lie back as far as the field says', () => {
    expect(dateFault('2025-12-03', NOW, 366)).toBeUndefined();
  });
});
