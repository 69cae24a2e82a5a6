// What the pages ask about tasks given out of numbers, and what they tell.
import { ask, get, type Bilingual, type Origin, type Staleness } from './api';
import type { Light, PaperBrief, Period, PlaceBrief } from './api.indicators';

export type Office = { name: string; organ: string | null; unit: string | null };
export type Day = { day: string; works: boolean; name: string | null; due: string; workdays: number };
/** The number as it stood when the task was drafted. */
export type Born = {
  kind: 'figure' | 'late'; indicator: string | null; name: Bilingual; unit: Bilingual | null; decimals: number; place: PlaceBrief | null; period: Period;
  value: number | null; cumulative: boolean; light: Light; light_why: Bilingual | null; sentence: Bilingual; source: string; as_of: string;
  paper: PaperBrief | null; observations: number[]; count: number; origin: Origin; link: string;
};
/** The last number; `same`: nothing newer has come; `better` null: nobody can say. */
export type Since = {
  value: number | null; period: Period | null; light: Light; time: string | null; stale: Staleness; delta: number | null; better: boolean | null;
  same: boolean; words: Bilingual | null;
};
export type Need = 'text' | 'word' | 'due_on';
export type Step = { action: string; title: Bilingual; needs: Need[] };
export type Line = {
  at: string; action: string; done: Bilingual; to_state: string; title: Bilingual; actor: string | null; role: string | null; text: string | null;
  word: string | null; due_on: string | null;
};
export type SentLetter = { message_type: string; receiver: string; state: string; words: Bilingual; detail: string | null; state_at: string };
export type Task = {
  number: string; version: number; title: string; asked: string; agency: string; organ: string | null; unit: string | null; due_on: string;
  days_over: number; overdue: boolean; running: boolean; state: string; state_title: Bilingual; next: Bilingual; state_since: string; created_at: string;
  issued_at: string | null; ended_at: string | null; result: string | null; letter: string | null; origin: Origin; born: Born; since: Since | null;
  steps: Step[]; history: Line[] | null; sent: SentLetter[] | null;
};
export type TaskList = { now: string; agency: string | null; unit: string | null; can_give: boolean; origin: Origin; tasks: Task[] };
export type TaskCounts = { drafts: number; open: number; overdue: number; reported: number; accepted: number };
export type Draft = { title: string; asked: string; agency: string; due_on: string };
/** Where the number stands: an indicator at a unit in a period, or a source that is late. */
export type Birth = { indicator?: string; unit?: string; structure?: string; period?: string; source?: string };
export type Start = { title: string; agency: string; due: Day; born: Born };

export const WATCHERS = ['leader', 'operator', 'admin', 'steward', 'commune'];
export const GIVERS = ['leader', 'operator'];

export const tasksApi = {
  list: (query: Record<string, string | null>) => get<TaskList>('/api/tasks', query),
  counts: () => get<TaskCounts>('/api/tasks/counts'),
  one: (number: string) => get<Task>(`/api/tasks/${number}`),
  offices: () => get<Office[]>('/api/tasks/offices'),
  day: (day: string, signal?: AbortSignal) => get<Day>('/api/tasks/day', { day }, signal),
  start: (birth: Birth, signal?: AbortSignal) => get<Start>('/api/tasks/start', { ...birth } as Record<string, string>, signal),
  draft: (draft: Draft, born: Birth) => ask<Task>('/api/tasks', { ...draft, born }),
  act: (number: string, act: object) => ask<Task>(`/api/tasks/${number}/acts`, act),
};
