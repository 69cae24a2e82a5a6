// How long a case has left, or how long it is overdue, in words; never a bare clock.
import type { Lang } from '../api';
import type { CaseLine } from '../api.cases';
import { formatDuration } from '../lib/format';
import { pick, type Dictionary } from '../lib/i18n';

export function sayLeft(at: string, nowMs: number, words: Dictionary['cases'], lang: Lang): string {
  const left = (Date.parse(at) - nowMs) / 1000;
  const length = formatDuration(Math.abs(left), lang);
  if (left <= 0) return `${words.overdue} ${length}`;
  return lang === 'vi' ? `${words.left} ${length}` : `${length} ${words.left}`;
}

export const isOverdue = (line: CaseLine, nowMs: number): boolean => line.due !== null && Date.parse(line.due.at) <= nowMs;

/** What stands at the end of a case's line: its clock, or how long ago it ended. */
export function sayClock(line: CaseLine, nowMs: number, words: Dictionary['cases'], lang: Lang): string {
  if (line.closed_at) return `${formatDuration((nowMs - Date.parse(line.closed_at)) / 1000, lang)} ${words.ago}`;
  if (line.due) return sayLeft(line.due.at, nowMs, words, lang);
  return formatDuration((nowMs - Date.parse(line.opened_at)) / 1000, lang);
}

/** What a case is called: its boat, what fell silent together, or what sort of matter it is. */
export const nameOf = (line: CaseLine, lang: Lang): string => line.vessel?.label ?? pick(line.incident?.title ?? line.title, lang);

/** "quá hạn 48 phút: báo vị trí bằng cách khác". */
export function sayDue(line: CaseLine, nowMs: number, words: Dictionary['cases'], lang: Lang): string {
  return [sayClock(line, nowMs, words, lang), pick(line.due?.what, lang)].filter(Boolean).join(': ');
}
export const caseAddress = (line: CaseLine, lang: Lang): string => `/cases?number=${line.number}&lang=${lang}`;
/** The first letter as at the beginning of a line. */
export const raise = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
