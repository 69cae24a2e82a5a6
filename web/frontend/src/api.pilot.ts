// The pilot's evaluation: a report of twelve months, and the lessons people write beside it.
import { ask, get, type Bilingual, type Lang, type Origin } from './api';
import type { Difference, Section } from './api.bulletins';

export type PilotPeriod = { kind: 'twelve'; first: string; last: string; since: string; until: string; partial: boolean };
export type PilotReport = {
  title: Bilingual; period: PilotPeriod; made_at: string; data_since: string | null; origin: Origin; sections: Section[];
  kept: { id: number; version: number; sha256: string; made_by: string | null } | null; later: Difference[];
};
export type PilotKept = {
  id: number; first_day: string; version: number; until: string; partial: boolean; made_at: string; made_by: string | null; newest: boolean;
};
type List = { can_keep: boolean; today: string; reports: { name: string; kept: PilotKept[] }[] };
export type Lesson = {
  id: number; at: string; category: string; text: string; written_by: string; replaces: number | null; replaced_by: number | null; withdrawn: boolean;
};
export type Lessons = { can_write: boolean; categories: Record<string, Bilingual>; lessons: Lesson[] };
export type NewLesson = { category: string; text: string; replaces?: number; withdrawn?: boolean };

/** A published version, or the twelve months from the month of `date` on as they are told now. */
export type PilotAsked = { id: number } | { date: string };

const PATH = '/api/bulletins/pilot/twelve';
export function fileAddress(asked: PilotAsked, format: 'xlsx' | 'pdf', lang: Lang): string {
  const [path, said] = 'id' in asked ? [`/api/bulletins/kept/${asked.id}`, {}] : [PATH, { date: asked.date }];
  return `${path}?${new URLSearchParams({ ...said, format, lang })}`;
}

export const pilotApi = {
  list: () => get<List>('/api/bulletins'),
  one: (asked: PilotAsked) => ('id' in asked ? get<PilotReport>(`/api/bulletins/kept/${asked.id}`) : get<PilotReport>(PATH, { date: asked.date })),
  keep: (date: string) => ask<{ id: number }>(`${PATH}?${new URLSearchParams({ date })}`, {}),
  lessons: () => get<Lessons>('/api/pilot/lessons'),
  write: (lesson: NewLesson) => ask<{ id: number }>('/api/pilot/lessons', lesson),
};
