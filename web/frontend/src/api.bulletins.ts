// Reports as the server makes them: one shape for every kind of period; files come from the same addresses.
import { readProblem, type Bilingual, type Lang, type Origin } from './api';

export type Kind = 'day' | 'week' | 'month';
export type Form = 'count' | 'hours' | 'number' | 'money' | 'text' | 'time' | 'days' | 'share' | 'link';
export type Kept = {
  id: number; report: string; kind: Kind; first_day: string; version: number; since: string; until: string; partial: boolean;
  made_at: string; made_by: string | null; origin: Origin; sha256: string; newest: boolean;
};
export type ReportInfo = { name: string; title: Bilingual; kinds: Kind[]; kept: Kept[] };
export type BulletinList = { today: string; can_keep: boolean; reports: ReportInfo[] };
export type Value = number | string | Bilingual | null;
export type Values = Record<string, Value>;
export type Column = { name: string; title: Bilingual; form: Form; adds: boolean; unit: Bilingual | null };
export type Row = { key: string; title: Bilingual; values: Values; before?: Values | null; same?: Values | null };
export type Section = {
  name: string; title: Bilingual; sort: 'figures' | 'records'; note: Bilingual | null; row_title: Bilingual | null; count: number; numbered?: boolean;
  columns: Column[]; rows: Row[]; total: Omit<Row, 'key'> | null;
};
export type Period = { kind: Kind; first: string; last: string; since: string; until: string; partial: boolean };
export type Difference = {
  section: string; section_title: Bilingual; row: string; row_title: Bilingual; column: string | null; column_title: Bilingual | null; was: Value; now: Value;
};
export type Report = {
  report: string; title: Bilingual; period: Period; known_at: string | null; made_at: string; data_since: string; origin: Origin;
  compared: [Period | null, Period | null]; coverage: { heard: number; boats: number } | null;
  sources: { code: string; title: Bilingual; last_at: string }[]; sections: Section[];
  kept: { id: number; version: number; sha256: string; made_by: string | null } | null; later: Difference[];
};

async function ask<T>(address: string, method = 'GET'): Promise<T> {
  const response = await fetch(address, { method, headers: { accept: 'application/json' } });
  if (!response.ok) throw await readProblem(response);
  return (await response.json()) as T;
}

/** What is shown: a kept version, or a period as it is told now (or as it was known at a moment). */
export type Asked = { id: number } | { report: string; kind: Kind; date: string; known: string | null };

export function addressOf(asked: Asked, format: 'json' | 'xlsx' | 'pdf', lang: Lang): string {
  const said = new URLSearchParams(format === 'json' ? {} : { format, lang });
  if ('id' in asked) return `/api/bulletins/kept/${asked.id}?${said}`;
  said.set('date', asked.date);
  if (asked.known) said.set('known_at', asked.known);
  return `/api/bulletins/${asked.report}/${asked.kind}?${said}`;
}

export const bulletinsApi = {
  list: () => ask<BulletinList>('/api/bulletins'),
  one: (asked: Asked) => ask<Report>(addressOf(asked, 'json', 'vi')),
  keep: (report: string, kind: Kind, date: string) => ask<{ id: number }>(`/api/bulletins/${report}/${kind}?${new URLSearchParams({ date })}`, 'POST'),
};
