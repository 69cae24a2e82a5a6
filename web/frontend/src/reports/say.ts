// Values of a report in words, as the files say them.
import type { Lang } from '../api';
import type { Form, Period, Row, Value, Values } from '../api.bulletins';
import { formatDate, formatFixed, formatTime } from '../lib/format';
import { pick, type Dictionary } from '../lib/i18n';

const DIGITS: Partial<Record<Form, number>> = { count: 0, money: 0, hours: 1, number: 1, days: 1, share: 2 };

export function say(value: Value | undefined, form: Form, lang: Lang): string {
  if (value === null || value === undefined) return '–';
  if (typeof value === 'object') return pick(value, lang);
  if (form === 'time') return formatTime(value);
  return typeof value === 'number' ? formatFixed(value, lang, DIGITS[form] ?? 0) : value;
}

/** `+3`, `−1,5` or `0`. */
export function sayDifference(now: Value | undefined, before: Value | undefined, form: Form, lang: Lang): string {
  if (typeof now !== 'number' || typeof before !== 'number') return '';
  const digits = DIGITS[form] ?? 0;
  const gone = Number((now - before).toFixed(digits));
  return `${gone > 0 ? '+' : gone < 0 ? '−' : ''}${formatFixed(Math.abs(gone), lang, digits)}`;
}

const zero = (values: Values | null | undefined): boolean => !values || Object.values(values).every((value) => !value);
/** Whether a row is 0 throughout, and was in the periods it is compared with. */
export const isNothing = (row: Row): boolean => zero(row.values) && zero(row.before) && zero(row.same);

export function sayPeriod(period: Period, words: Dictionary): string {
  const day = (iso: string): string => formatDate(`${iso}T12:00:00+07:00`);
  const days = period.kind === 'day' ? day(period.first) : `${day(period.first)} – ${day(period.last)}`;
  return `${words.bulletins[period.kind].toLowerCase()} ${days}${period.partial ? `, ${words.bulletins.upTo} ${formatTime(period.until)}` : ''}`;
}
