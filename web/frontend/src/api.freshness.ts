// What is expected by when, the scoreboard, the ledger of reminders and their policy: asked and told.
import { ask, get, type Bilingual, type Origin } from './api';

export type Part = { code: string; title: Bilingual; defined: Bilingual; weight: number; good: number; of: number; share: number | null };
export type Pillar = { code: string; title: Bilingual; defined: Bilingual; weight: number; share: number | null; parts: Part[] };
export type Score = {
  agency: string; source: string | null; title: Bilingual; origin: Origin; rank: number | null; total: number | null; before: number | null;
  change: number | null; pillars: Pillar[]; sources: Score[];
};
export type Board = {
  period: string; title: Bilingual; since: string; until: string; over: boolean; now: string; origin: Origin; judged: number; of: number;
  expected_of: number; sources_of: number; unverified: number; agencies: Score[];
};
export type DueState = 'on_time' | 'late' | 'not_due' | 'missing';
export type Row = {
  what: Bilingual; period: Bilingual | null; due: string | null; state: DueState | null; workdays: number; at: string | null; good: number; of: number;
  file: string | null; file_link: string | null; link: string; lineage: string | null; note: string | null;
};
export type RuleFields = {
  source: string; what: 'template' | 'indicator'; template: string; every_months: number; due_kind: 'workday' | 'before'; due_number: number;
  due_months: number; valid_from: string; valid_to: string | null; agency: string; agency_code: string | null; office: string | null;
  phone: string | null; basis: string | null; verified: boolean;
};
export type Rule = RuleFields & {
  code: string; rule: Bilingual; in_force: boolean; stored_at: string; stored_by: string | null; reason: string | null;
  superseded_at: string | null; superseded_by: string | null; superseded_reason: string | null;
};
export type Expected = {
  source: string; what: 'template' | 'indicator'; template: string; title: Bilingual; period_from: string; period_to: string; due: string;
  rule: Bilingual; state: DueState; workdays: number; received_at: string | null; agency: string; office: string | null; verified: boolean;
};
export type Reminder = {
  id: number; source: string; template: string; what: Bilingual; period: Bilingual; due: string; step: number; counts: boolean; way: 'axis' | 'letter';
  agency: string; office: string | null; escalates_to: string | null; subject: string; words: string; made_at: string; made_by: string | null;
  reason: string | null; state: 'waiting' | 'sent' | 'missed'; state_at: string; detail: string | null; number: string | null;
  closed_at: string | null; after_workdays: number | null; origin: Origin;
};
export type AgencyYear = {
  agency: string; counted: number; steps: Record<string, number>; months: Record<string, number>; waiting: number; missed: number; open: number;
  closed: number; workdays: number | null; limit: { reminders: number; follows: Bilingual; source: string; verified: boolean } | null;
};
export type Ledger = { year: number; now: string; origin: Origin; agencies: AgencyYear[]; reminders: Reminder[] };
type Kept = { code: string; source: string; verified: boolean; valid_from: string; valid_to: string | null };
export type Step = Kept & {
  step: number; side: 'before' | 'after'; days: number; hour: number; pauses: boolean; way: 'axis' | 'letter'; counts: boolean;
  escalates_to: string | null; only_source: string | null; words: string;
};
export type Weight = Kept & {
  pillar: string; part: string | null; weight: number | string; title_vi: string; title_en: string; defined_vi: string; defined_en: string;
};
export type Limit = Kept & { reminders: number; follows_vi: string; follows_en: string };
type Made = { code: string };

const of = encodeURIComponent;

export const freshnessApi = {
  board: (period: string | null) => get<Board>('/api/scoreboard', { period }),
  rows: (period: string, source: string, pillar: string, part: string) =>
    get<{ part: Part; rows: Row[] }>('/api/scoreboard/rows', { period, source, pillar, part }),
  rules: () => get<Rule[]>('/api/expected'),
  versions: (code: string) => get<Rule[]>(`/api/expected/${of(code)}/versions`),
  put: (code: string | null, rule: RuleFields & { reason: string }) => ask<Made>(code === null ? '/api/expected' : `/api/expected/${of(code)}`, rule),
  withdraw: (code: string, reason: string) => ask<Made>(`/api/expected/${of(code)}/withdraw`, { reason }),
  periods: () => get<{ today: string; expected: Expected[] }>('/api/deliveries/expected'),
  ledger: (year: number | null) => get<Ledger>('/api/reminders', { year: year === null ? null : String(year) }),
  remind: (asked: { source: string; what: string; template: string; period_from: string; way: string; reason: string }) =>
    ask<{ id: number }>('/api/reminders', asked),
  sent: (id: number, number: string, reason: string) => ask<{ id: number }>(`/api/reminders/${id}/sent`, { number, reason }),
  steps: () => get<Step[]>('/api/freshness/steps'),
  limits: () => get<Limit[]>('/api/freshness/limits'),
  weights: () => get<Weight[]>('/api/freshness/weights'),
  keep: (table: 'steps' | 'weights' | 'limits', code: string, row: object) => ask<Made>(`/api/freshness/${table}/${of(code)}`, row),
};
export const boardBook = (period: string): string => `/api/scoreboard.xlsx?period=${period}`;
export const ledgerBook = (year: number): string => `/api/reminders.xlsx?year=${year}`;
export const letterOf = (id: number): string => `/api/reminders/${id}.pdf`;
