// What the page of the law asks of the server, and what it tells it.
import { ask, type Bilingual } from './api';

export type RuleKind = 'duty' | 'penalty' | 'lead' | 'setting';

/** One row of the law; days are days in Viet Nam, `valid_to` is the first day it no longer holds. */
export type Rule = {
  code: string;
  kind: RuleKind;
  conduct: string;
  step: string;
  reading: string;
  min_length_m: number;
  max_length_m: number | null;
  threshold_s: number | null;
  value: number | null;
  unit: string | null;
  permits: string | null;
  lead: 'central' | 'province' | null;
  decree: string;
  article: string | null;
  text: Bilingual;
  fine_from: number | null;
  fine_to: number | null;
  measures: Bilingual | null;
  source: string;
  verified: boolean;
  valid_from: string;
  valid_to: string | null;
};

export type Hole = { kind: RuleKind; conduct: string; step: string; since: string; until: string; text: Bilingual };
export type RuleList = { conducts: { code: string; title: Bilingual }[]; rules: Rule[]; holes: Hole[]; can_edit: boolean };

type Cited = { text: Bilingual; decree: string; verified: boolean; source: string };
export type Penalty = Cited & {
  step: string; article: string | null; fine_from: number | null; fine_to: number | null; measures: Bilingual | null;
};
export type Lead = Cited & { level: 'central' | 'province' };
export type Threshold = Cited & {
  step: string; reading: string; threshold_s: number | null; value: number | null; unit: string | null; article: string | null;
};
export type LawAnswer = {
  conduct: string;
  title: Bilingual;
  length_m: number | null;
  at: string;
  thresholds: Threshold[];
  penalties: Penalty[];
  leads: Lead[];
  lead: Lead | null;
  verified: boolean;
};

export type Reference = {
  code: string;
  number: string;
  issued_on: string | null;
  title_vi: string;
  valid_from: string | null;
  valid_to: string | null;
  amends: string | null;
  replaced_by: string | null;
  source: string;
  verified: boolean;
};

export type RuleDraft = Omit<Rule, 'code' | 'text' | 'measures'> & {
  text_vi: string; text_en: string; measures_vi: string | null; measures_en: string | null; reason: string;
};

export const lawApi = {
  rows: () => ask<RuleList>('/api/law/rows'),
  references: () => ask<Reference[]>('/api/law/references'),
  /** The law at the first moment of a day in Viet Nam. */
  at: (conduct: string, lengthM: number, day: string) =>
    ask<LawAnswer>(`/api/law?${new URLSearchParams({ conduct, length_m: String(lengthM), at: `${day}T00:00:00+07:00` })}`),
  correct: (code: string, draft: RuleDraft) => ask<{ code: string; warnings: Hole[] }>(`/api/law/rows/${encodeURIComponent(code)}`, draft),
  add: (draft: RuleDraft) => ask<{ code: string; warnings: Hole[] }>('/api/law', draft),
};
