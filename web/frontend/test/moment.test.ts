// A moment typed, kept in an address and found again, in Viet Nam's time.
import { describe, expect, it } from 'vitest';
import { fromAddress, HOUR_MS, hourTicks, parseMoment, startOfDay, toAddress } from '../src/lib/moment';

const NOW = Date.parse('2026-11-23T18:30:00Z'); // already the 24th here
const at = (text: string): string | null => {
  const ms = parseMoment(text, NOW);
  return ms === null ? null : new Date(ms).toISOString();
};

describe('parseMoment', () => {
  it.each([
    ['23/11/2026 14:05', '2026-11-23T07:05:00.000Z'],
    ['23/11/2026 14:05:30', '2026-11-23T07:05:30.000Z'],
    ['3/1/2026 7h05', '2026-01-03T00:05:00.000Z'],
    ['23.11 14g', '2026-11-23T07:00:00.000Z'],
    ['2026-11-23 00:00', '2026-11-22T17:00:00.000Z'],
    ['23/11/2026', '2026-11-22T17:00:00.000Z'],
    ['01:29', '2026-11-23T18:29:00.000Z'],
  ])('reads %s', (text, iso) => expect(at(text)).toBe(iso));

  it.each(['', 'hôm qua', '31/02/2026 10:00', '23/13/2026 10:00', '23/11/2026 24:00', '23/11/2026 10:60', '1405', '23/11/2026 x'])(
    'knows that "%s" is no moment', (text) => expect(at(text)).toBeNull());
});

describe('an address', () => {
  it('keeps a moment to the second, and forgives a plus that became a space', () => {
    const moment = Date.parse('2026-11-23T07:05:07Z');
    expect(toAddress(moment)).toBe('2026-11-23T14:05:07+07:00');
    expect(fromAddress(toAddress(moment))).toBe(moment);
    expect(fromAddress('2026-11-23T14:05:07 07:00')).toBe(moment);
    expect(fromAddress('yesterday')).toBeNull();
    expect(fromAddress(undefined)).toBeNull();
  });
});

describe('hourTicks', () => {
  it('stand on the clock, not on the window', () => {
    const ticks = hourTicks(NOW - 24 * HOUR_MS, NOW, 4);
    expect(ticks.length).toBe(6);
    for (const tick of ticks) expect((tick - startOfDay(tick)) % (4 * HOUR_MS)).toBe(0);
    expect(hourTicks(NOW, NOW - 1, 1)).toEqual([]);
  });
});
