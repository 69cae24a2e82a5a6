// The forms people here read: checked to the character.
import { describe, expect, it } from 'vitest';
import { formatClock, formatDms, formatDuration, formatFixed, formatNumber, formatPlace, formatTime } from '../src/lib/format';

describe('numbers', () => {
  it('groups with points and divides with a comma in Vietnamese', () => {
    expect(formatNumber(1234567.89, 'vi')).toBe('1.234.567,89');
    expect(formatNumber(1234567.89, 'en')).toBe('1,234,567.89');
    expect(formatFixed(97.94, 'vi', 1)).toBe('97,9');
  });

  it('never writes a missing value as zero', () => {
    for (const missing of [null, undefined, NaN]) expect(formatNumber(missing, 'vi')).toBe('–');
    expect(formatNumber(0, 'vi')).toBe('0');
  });
});

describe('times', () => {
  it("are Viet Nam's, day first, whatever the reader's zone", () => {
    expect(formatTime('2026-11-23T07:05:00+00:00')).toBe('23/11/2026 14:05');
    expect(formatClock('2026-11-23T17:00:09+00:00')).toBe('00:00:09');
    expect(formatTime(null)).toBe('–');
  });

  it('name the two largest parts of a duration', () => {
    expect(formatDuration(6 * 3600 + 48 * 60 + 59, 'vi')).toBe('6 giờ 48 phút');
    expect(formatDuration(12 * 86400 + 3 * 3600, 'vi')).toBe('12 ngày 3 giờ');
    expect(formatDuration(10 * 86400 + 120, 'vi')).toBe('10 ngày');
    expect(formatDuration(84 * 86400 + 5 * 3600, 'vi')).toBe('84 ngày');
    expect(formatDuration(45, 'vi')).toBe('45 giây');
    expect(formatDuration(3660, 'en')).toBe('1 h 1 min');
    expect(formatDuration(-5, 'vi')).toBe('0 giây');
  });
});

describe('places', () => {
  it('are degrees, minutes and seconds with the hemisphere', () => {
    expect(formatDms(14.99, 'lat')).toBe('14°59\'24"N');
    expect(formatDms(-0.5, 'lon')).toBe('0°30\'00"W');
    expect(formatDms(14.99999, 'lat')).toBe('15°00\'00"N');
    expect(formatPlace(null, 12)).toBe('–');
  });
});
