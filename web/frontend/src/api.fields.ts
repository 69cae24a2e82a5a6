// What is told of epidemics, conflicts of sources, online topics and holidays, and who asks for it.
import { ask, get, type Bilingual, type Origin } from './api';
import type { PaperBrief } from './api.indicators';

type Rule = { code: string; least: number; source: string; verified: boolean; valid_from: string; valid_to: string | null };
export type Disease = {
  code: string; name: Bilingual; source: string; verified: boolean; valid_from: string; valid_to: string | null;
  indicators: Record<'cases' | 'deaths', [string, string]>;
};
export type Epidemics = { diseases: Disease[]; rules: Rule[]; sees_small_numbers: boolean; can_edit: boolean };

export type SourceWord = {
  observation: number; source: { code: string; title: Bilingual } | null; value: number | null; status: string; stored_at: string;
  paper: PaperBrief | null; shown: boolean; changed: boolean;
};
export type Conflict = {
  indicator: string; name: Bilingual; unit: Bilingual; subject_kind: string; subject: string; subject_name: string; period_from: string;
  period_to: string; value: number | null; state: 'open' | 'chosen' | 'left'; chosen_by: string | null; chosen_at: string | null;
  reason: string | null; words: SourceWord[];
};
export type Conflicts = { total: number; can_decide: boolean; origin: Origin; conflicts: Conflict[] };

export type Topic = {
  code: string; name: Bilingual; recent: number | null; base: number | null; times: number | null; rises: boolean; mentions: number | null;
  positive: number | null; neutral: number | null; negative: number | null; spread: number | null; reach: number | null;
  platforms: Record<string, number>; days: Record<string, number>;
};
export type Topics = {
  day: string | null; rule: { days: number; base_days: number; ratio: number; least: number } | null; whole: Topic | null; topics: Topic[];
  platforms: Record<string, Bilingual>; origin: Origin;
};

export type Holiday = { code: string; holiday: string; name: Bilingual; calendar: string; anchor: string; first: string; until: string };
type Numbers = Record<string, number | null>;
export type HolidayTotal = { value: number | null; told: number; alike: number | null; earlier: number | null; known: number; percent: number | null };
export type HolidayReport = {
  holiday: Holiday; earlier: Holiday | null; columns: Record<string, { name: Bilingual; unit: Bilingual }>;
  days: { day: string; name: Bilingual; then: string | null; values: Numbers; earlier: Numbers }[];
  totals: Record<string, HolidayTotal>; rooms_rate: number | null; rooms_rate_earlier: number | null; origin: Origin;
};

export const fieldsApi = {
  epidemics: () => get<Epidemics>('/api/epidemics'),
  conflicts: (state: string) => get<Conflicts>('/api/conflicts', { state: state || null, limit: '100' }),
  decide: (one: Conflict, source: string | null, reason: string) =>
    ask<Conflicts>('/api/conflicts', {
      indicator: one.indicator, subject_kind: one.subject_kind, subject: one.subject, period_from: one.period_from, period_to: one.period_to, source, reason,
    }),
  topics: () => get<Topics>('/api/topics'),
  holidays: () => get<{ holidays: Holiday[]; current: string | null }>('/api/holidays'),
  holiday: (code: string) => get<HolidayReport>(`/api/holidays/${encodeURIComponent(code)}`),
};
