import { afterEach, describe, expect, it } from 'vitest';
import { dateFault, londonField, londonTime } from '../../src/lib/dates';

const NOW = Date.UTC(2026, 10, 28, 15, 0);

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
    // The hour that London's clocks leave out.
    ['2027-03-28T01:30', 'unreadable'],
    ['2027-03-28T02:00', undefined],
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

describe('a time that was typed is one of London', () => {
  const zone = process.env['TZ'];
  afterEach(() => {
    if (zone === undefined) delete process.env['TZ'];
    else process.env['TZ'] = zone;
  });

  it.each(['UTC', 'Europe/London', 'America/New_York', 'Pacific/Kiritimati'])('on a machine that is set to %s', (machine) => {
    process.env['TZ'] = machine;
    expect(londonTime('2027-06-01T10:00')).toBe(Date.UTC(2027, 5, 1, 9, 0));
    expect(londonTime('2027-12-01T10:00')).toBe(Date.UTC(2027, 11, 1, 10, 0));
    expect(londonTime('2027-07-01T00:30')).toBe(Date.UTC(2027, 5, 30, 23, 30));
    // Left out in spring, shown twice in autumn.
    expect(londonTime('2027-03-28T01:30')).toBeUndefined();
    expect(londonTime('2027-10-31T01:30')).toBe(Date.UTC(2027, 9, 31, 0, 30));
    expect(londonTime('2027-10-31T02:00')).toBe(Date.UTC(2027, 9, 31, 2, 0));
    for (const at of [Date.UTC(2027, 5, 1, 9, 0), Date.UTC(2028, 1, 29, 0, 0)]) expect(londonTime(londonField(at))).toBe(at);
  });

  it.each(['', 'soon', '2027-02-30T10:00', '2027-06-01', '2027-06-01T25:00'])('%j is none', (typed) => {
    expect(londonTime(typed)).toBeUndefined();
  });
});
