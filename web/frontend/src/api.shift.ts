// What the page of the shift asks of the server, and what it tells it.
import { ask, type Bilingual, type Origin } from './api';

export type Shift = {
  id: number; desk: string; people: string[]; planned_from: string | null; planned_until: string | null; began_at: string;
  begun_by: string; ended_at: string | null; handover_id: number | null; confirmed_from_by: string | null; confirmed_to_by: string | null;
};
export type LogLine = { at: string; actor: string | null; words: Bilingual; case: string | null; boat: string | null };
/** One thing to be handed over; `due_at` is its clock. */
export type Item = {
  key: string; words: Bilingual; case: string | null; boat: string | null; actor: string | null; at: string | null;
  due_at: string | null; due_what: Bilingual | null;
};
export type Matters = { name: string; title: Bilingual; count: number; items: Item[] };
export type Change = { section: string; section_title: Bilingual; what: 'new' | 'gone' | 'changed'; item: Item; was: Item | null };
export type Side = 'from' | 'to';
export type Handover = {
  id: number; shift_id: number; to_shift_id: number | null; to_people: string[]; prepared_at: string; prepared_by: string; sha256: string;
  next_since: string | null; next_until: string | null; sections: Matters[]; changes: Change[]; changes_sha256: string;
  confirmed_from_by: string | null; confirmed_from_at: string | null; confirmed_to_by: string | null; confirmed_to_at: string | null;
};
export type ShiftNow = { shift: Shift; log: LogLine[]; left_out: number; matters: Matters[]; handover: Handover | null; origin: Origin };
export type Current = { now: string; me: string | null; planned_from: string | null; planned_until: string | null; desk: string; shifts: Shift[] };
export type Person = { username: string; role: string };

type Made = { id: number | null };

export const shiftApi = {
  current: () => ask<Current>('/api/shifts/current'),
  people: () => ask<Person[]>('/api/shifts/people'),
  past: () => ask<Shift[]>('/api/shifts'),
  one: (id: number) => ask<ShiftNow>(`/api/shifts/${id}`),
  begin: (desk: string, people: string[]) => ask<Made>('/api/shifts', { desk, people }),
  write: (id: number, text: string, number: string | null) => ask<Made>(`/api/shifts/${id}/notes`, { text, case: number }),
  prepare: (id: number, people: string[]) => ask<Made>(`/api/shifts/${id}/handover`, { to_people: people }),
  confirm: (handover: Handover, side: Side) =>
    ask<Made>(`/api/handovers/${handover.id}/confirm`, { side, sha256: handover.sha256, changes_sha256: handover.changes_sha256 }),
};
export const bookAddress = (id: number): string => `/api/shifts/${id}.pdf`;
