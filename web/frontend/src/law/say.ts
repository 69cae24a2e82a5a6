// Fines, lengths, days and thresholds of the law in words.
import type { Lang } from '../api';
import type { Penalty, Rule, Threshold } from '../api.law';
import { formatDuration, formatNumber } from '../lib/format';
import type { Dictionary } from '../lib/i18n';

/** 2026-01-26 as 26/01/2026. */
export const sayDay = (day: string | null): string => (day === null ? '…' : day.split('-').reverse().join('/'));

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
