// Surveys: answers of /api/surveys, typed by hand.
import { ask, get, readProblem, type Bilingual, type Origin, type ValueClass } from './api';

export type Agency = { code: string; title: Bilingual };
export type StandState = 'on_time' | 'late' | 'not_due' | 'missing';
export type Standing = {
  agency: Agency; state: StandState; workdays: number; submitted_at: string | null; corrections: number; lines: number | null;
  draft: boolean; draft_at: string | null; door: 'page' | 'form' | null;
};
export type Round = {
  id: number; survey: string; edition: string; title: Bilingual; opens_on: string; due_on: string; within_days: number; origin: Origin;
  asked: number; answered: number; late: number; missing: number; past: boolean; own: Standing | null;
};
export type Edition = { code: string; survey: string; edition: string; title: Bilingual; purpose: Bilingual; within_days: number; valid_from: string; valid_to: string | null };
export type Surveys = {
  now: string; agency: Agency | null; can_answer: boolean; can_open: boolean; rounds: Round[]; editions: Edition[]; agencies: Agency[];
  domains: { code: string; title: Bilingual }[];
};
export type Choice = { code: string; title: Bilingual };
export type Question = {
  code: string; title: Bilingual; help: Bilingual | null; required: boolean; choices: Choice[];
  kind: 'text' | 'office' | 'choice' | 'choices' | 'count' | 'date' | 'indicator';
};
export type Named = { code: string; name: string };
export type RoundCard = { round: Round; body: { key: string; purpose: Bilingual; questions: Question[] }; standings: Standing[]; indicators: Named[] };
export type Cell = string | number | string[] | null;
export type Line = Record<string, Cell>;
export type Wrong = { row: number; question: string; title: Bilingual; said: string; fix: Bilingual };
export type Answer = {
  round: number; agency: Agency; id: number | null; state: 'none' | 'draft' | 'submitted'; rows: Line[]; origin: Origin; carried: string | null; past: boolean;
  submitted_at: string | null; faults: Wrong[]; missing: Wrong[];
  history: { id: number; state: 'draft' | 'submitted'; saved_at: string; saved_by: string; door: 'page' | 'form'; lines: number }[];
};
export type FormPreview = {
  file: string; name: string; edition: string; notes: Bilingual[]; gone: string[]; faults: Wrong[]; missing: Wrong[]; over: number | null;
  can_submit: boolean;
  lines: { row: number; name: string; cells: Record<string, string>; change: 'new' | 'same' | 'changed'; changed: string[] }[];
};
export type GapState = 'heard' | 'silent' | 'told' | 'none';
export const GAP_STATES: GapState[] = ['heard', 'silent', 'told', 'none'];
export type Claim = { agency: Agency; says: string; unit: string | null; period: string | null; system: string | null; form: string | null; since: string | null };
export type IndicatorGap = {
  code: string; name: Bilingual; domain: string; period: 'day' | 'month' | 'quarter' | 'year'; owner: string; state: GapState; overdue: number;
  fed: { last_day: string; heard_at: string; sources: { code: string; title: Bilingual }[] } | null; claims: Claim[];
};
export type AgencyGap = {
  agency: Agency; systems: string[]; connected: number; owns: number; states: Record<GapState, number>; told_of: number; beyond: Claim[];
  standings: Record<string, Standing>;
};
export type Gap = {
  now: string; origin: Origin; total: number; counts: Record<GapState, number>; indicators: IndicatorGap[]; agencies: AgencyGap[];
};
export type Cover = { key: number; code: string; name: string; value: number | null; known: number; estimated: number; of: number; missing: string[] };
export type Coverage = {
  level: string; title: Bilingual; indicators: Named[]; values: Cover[]; breaks: number[]; classes: ValueClass[]; covered: number; bare: number; origin: Origin;
};
export type GapFilter = { domain: string | null; agency: string | null; state: string | null };

const of = (round: number, agency: string): string => `/api/surveys/rounds/${round}/agencies/${encodeURIComponent(agency)}`;

export const surveysApi = {
  list: () => get<Surveys>('/api/surveys'),
  round: (id: number) => get<RoundCard>(`/api/surveys/rounds/${id}`),
  open: (body: { survey: string; opens_on: string; within_days: number | null }) => ask<RoundCard>('/api/surveys/rounds', body),
  answer: (round: number, agency: string) => get<Answer>(of(round, agency)),
  save: (round: number, agency: string, body: { rows: Line[]; over: number | null; submit: boolean }) => ask<Answer>(of(round, agency), body),
  take: (round: number, agency: string, file: string, body: { over: number | null; submit: boolean }) =>
    ask<Answer>(`${of(round, agency)}/files/${file}/take`, body),
  formAddress: (round: number, agency: string) => `${of(round, agency)}/form`,
  gap: (filter: GapFilter) => get<Gap>('/api/surveys/gap', filter),
  gapAddress: (filter: GapFilter) => {
    const asked = Object.entries(filter).filter((each): each is [string, string] => each[1] !== null);
    return `/api/surveys/gap?${new URLSearchParams([...asked, ['format', 'xlsx']])}`;
  },
  coverage: (asked: { domain: string | null; indicator: string | null; level: string }) => get<Coverage>('/api/surveys/coverage', asked),
};

/** Send a filled-in form: its bytes are the body. */
export async function sendForm(round: number, agency: string, file: File): Promise<FormPreview> {
  const address = `${of(round, agency)}/files?name=${encodeURIComponent(file.name.slice(-200))}`;
  const response = await fetch(address, { method: 'POST', body: file, headers: { accept: 'application/json' } });
  if (!response.ok) throw await readProblem(response);
  return (await response.json()) as FormPreview;
}
