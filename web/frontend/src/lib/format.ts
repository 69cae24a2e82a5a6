// Numbers, times, durations and places as people here write them; missing stays missing.
import type { Lang } from '../api';

const ZONE = 'Asia/Ho_Chi_Minh';
const LOCALE: Record<Lang, string> = { vi: 'vi-VN', en: 'en-GB' };

type DurationWords = Record<'day' | 'hour' | 'minute' | 'second', string>;

const WORDS: Record<Lang, DurationWords> = {
  vi: { day: 'ngày', hour: 'giờ', minute: 'phút', second: 'giây' },
  en: { day: 'd', hour: 'h', minute: 'min', second: 's' },
};

export function formatNumber(value: number | null | undefined, lang: Lang, digits = 2): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return '–';
  return new Intl.NumberFormat(LOCALE[lang], { maximumFractionDigits: digits, useGrouping: true }).format(value);
}

export function formatFixed(value: number | null | undefined, lang: Lang, digits: number): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return '–';
  return new Intl.NumberFormat(LOCALE[lang], {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  }).format(value);
}

type Parts = Record<'day' | 'month' | 'year' | 'hour' | 'minute' | 'second', string>;

function splitTime(when: Date): Parts {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone: ZONE, hourCycle: 'h23',
    day: '2-digit', month: '2-digit', year: 'numeric',
    hour: '2-digit', minute: '2-digit', second: '2-digit',
  });
  return Object.fromEntries(format.formatToParts(when).map((part) => [part.type, part.value])) as Parts;
}

const asDate = (when: Date | string | number): Date => (when instanceof Date ? when : new Date(when));

/** 23/11/2026 14:05 in Viet Nam's time, whatever the reader's clock says. */
export function formatTime(when: Date | string | number | null | undefined): string {
  if (when === null || when === undefined) return '–';
  const p = splitTime(asDate(when));
  return `${p.day}/${p.month}/${p.year} ${p.hour}:${p.minute}`;
}

export function formatDate(when: Date | string | number | null | undefined): string {
  if (when === null || when === undefined) return '–';
  const p = splitTime(asDate(when));
  return `${p.day}/${p.month}/${p.year}`;
}

/** 14:05:32 */
export function formatClock(when: Date | string | number): string {
  const p = splitTime(asDate(when));
  return `${p.hour}:${p.minute}:${p.second}`;
}

const name = (count: number, word: string): string => `${count} ${word}`;

const HOURS_MATTER_DAYS = 30;

/** The two largest parts of a length of time: "6 giờ 48 phút", "12 ngày 3 giờ", "45 giây"; from a month on days alone. */
export function formatDuration(seconds: number | null | undefined, lang: Lang): string {
  if (seconds === null || seconds === undefined || !Number.isFinite(seconds)) return '–';
  const whole = Math.max(0, Math.floor(seconds));
  const words = WORDS[lang];
  if (whole < 60) return name(whole, words.second);
  const [day, hour, minute] = [Math.floor(whole / 86400), Math.floor(whole / 3600) % 24, Math.floor(whole / 60) % 60];
  const parts = day > 0
    ? [name(day, words.day), hour > 0 && day < HOURS_MATTER_DAYS ? name(hour, words.hour) : '']
    : [hour > 0 ? name(hour, words.hour) : '', minute > 0 ? name(minute, words.minute) : ''];
  return parts.filter(Boolean).join(' ');
}

/** 14°59'24"N: degrees, minutes, whole seconds and the hemisphere. */
export function formatDms(degrees: number | null | undefined, axis: 'lat' | 'lon'): string {
  if (degrees === null || degrees === undefined || !Number.isFinite(degrees)) return '–';
  const total = Math.round(Math.abs(degrees) * 3600);
  const [d, m, s] = [Math.floor(total / 3600), Math.floor(total / 60) % 60, total % 60];
  const side = axis === 'lat' ? (degrees < 0 ? 'S' : 'N') : degrees < 0 ? 'W' : 'E';
  return `${d}°${String(m).padStart(2, '0')}'${String(s).padStart(2, '0')}"${side}`;
}

export function formatPlace(lon: number | null, lat: number | null): string {
  if (lon === null || lat === null) return '–';
  return `${formatDms(lat, 'lat')} ${formatDms(lon, 'lon')}`;
}
