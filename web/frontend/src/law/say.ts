// Fines, lengths, days and thresholds of the law in words.
import type { Lang } from '../api';
import type { Penalty, Rule, Threshold } from '../api.law';
import { formatDuration, formatNumber } from '../lib/format';
import type { Dictionary } from '../lib/i18n';

/** 2026-01-26 as 26/01/2026. */
export const sayDay = (day: string | null): string => (day === null ? '…' : day.split('-').reverse().join('/'));

/** 26/1/2026 as 2026-01-26; null for what is no day. */
export function readDay(typed: string): string | null {
  const found = /^\s*(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})\s*$/.exec(typed);
  if (found === null) return null;
  const [day, month, year] = [Number(found[1]), Number(found[2]), Number(found[3])];
  const when = new Date(Date.UTC(year, month - 1, day));
  return when.getUTCDate() === day && when.getUTCMonth() === month - 1 && year > 1900 ? when.toISOString().slice(0, 10) : null;
}

export function sayFine(row: Pick<Penalty, 'fine_from' | 'fine_to'>, words: Dictionary, lang: Lang): string {
  if (row.fine_from === null) return words.laws.fineUnknown;
  const low = formatNumber(row.fine_from / 1e6, lang);
  return `${row.fine_to === null ? low : `${low} – ${formatNumber(row.fine_to / 1e6, lang)}`} ${words.laws.million}`;
}

export function sayLength(row: Pick<Rule, 'min_length_m' | 'max_length_m'>, lang: Lang): string {
  const low = formatNumber(row.min_length_m, lang);
  return row.max_length_m === null ? `≥ ${low} m` : `${low} – < ${formatNumber(row.max_length_m, lang)} m`;
}

export function sayLimit(row: Pick<Threshold, 'threshold_s' | 'value' | 'unit'>, lang: Lang): string {
  if (row.threshold_s !== null) return formatDuration(row.threshold_s, lang);
  const units: Record<string, Record<Lang, string>> = { month: { vi: 'tháng', en: 'months' }, device: { vi: 'thiết bị', en: 'devices' } };
  return row.value === null ? '' : `${formatNumber(row.value, lang)} ${units[row.unit ?? '']?.[lang] ?? row.unit ?? ''}`;
}
