import { expect, test } from 'vitest';
import { readDay, sayDay, sayFine, sayLength, sayLimit } from '../src/law/say';
import { dictionary } from '../src/lib/i18n';

test('a day is read as it is written', () => {
  expect(readDay('26/01/2026')).toBe('2026-01-26');
  expect(readDay(' 1/2/2024 ')).toBe('2024-02-01');
  for (const wrong of ['', '31/02/2026', '2026-01-26', '26/13/2026', 'hôm qua']) expect(readDay(wrong)).toBeNull();
  expect(readDay(sayDay('2024-05-19'))).toBe('2024-05-19');
});

test('a fine nobody has read is not zero', () => {
  const vi = dictionary('vi');
  expect(sayFine({ fine_from: 300_000_000, fine_to: 500_000_000 }, vi, 'vi')).toBe('300 – 500 triệu đồng');
  expect(sayFine({ fine_from: 1_000_000_000, fine_to: null }, vi, 'vi')).toBe('1.000 triệu đồng');
  expect(sayFine({ fine_from: null, fine_to: null }, vi, 'vi')).toBe('chưa có số liệu mức phạt');
});

test('bands and limits', () => {
  expect(sayLength({ min_length_m: 15, max_length_m: 24 }, 'vi')).toBe('15 – < 24 m');
  expect(sayLength({ min_length_m: 24, max_length_m: null }, 'en')).toBe('≥ 24 m');
  expect(sayLimit({ threshold_s: 21_600, value: null, unit: null }, 'vi')).toBe('6 giờ');
  expect(sayLimit({ threshold_s: null, value: 36, unit: 'month' }, 'vi')).toBe('36 tháng');
});
