// What the page of citizens' reports asks of the server, and what it tells it.
import { ask, type Bilingual, type Origin } from './api';

export type Step = { action: string; title: Bilingual; needs: string[] };
export type Line = { at: string; action: string; to_state: string; title: Bilingual; done: Bilingual; actor: string | null; role: string | null; text: string | null; same_as: string | null };
export type Report = {
  number: string; version: number; channel: string; origin: Origin; category: string; category_title: Bilingual; text: string;
  address: string | null; lon: number | null; lat: number | null; unit: string; unit_name: string; agency: string; received_at: string;
  state: string; state_title: Bilingual; due_at: string; due: Bilingual; paused: boolean; ended_at: string | null; overdue: boolean;
  released: boolean; answer: string | null; supporters: number; rating: number | null; has_contact: boolean; photos: string[];
  steps: Step[]; history: Line[] | null;
};
export type ReportList = { unit: string | null; origin: Origin; reports: Report[] };
export type Counted = { code: string; name: string; reports: number; open: number; overdue: number };
export type Category = { code: string; title: Bilingual; accepted: boolean };
export type Contact = { name: string | null; phone: string | null };

export const citizensApi = {
  list: (asked: Record<string, string>) => ask<ReportList>(`/api/reports?${new URLSearchParams({ limit: '300', ...asked })}`),
  counts: (by: 'unit' | 'agency') => ask<Counted[]>(`/api/reports/counts?by=${by}`),
  categories: () => ask<Category[]>('/api/reports/categories'),
  one: (number: string) => ask<Report>(`/api/reports/${number}/work`),
  act: (number: string, act: object) => ask<Report>(`/api/reports/${number}/acts`, act),
  contact: (number: string, reason: string) => ask<Contact>(`/api/reports/${number}/contact`, { reason }),
};
