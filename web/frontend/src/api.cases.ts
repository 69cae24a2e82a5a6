// What the page of cases asks of the server, and what it tells it.
import { ask, type Bilingual, type Origin } from './api';
import type { LawAnswer } from './api.law';

export type CaseLine = {
  number: string; kind: string; title: Bilingual; headline: Bilingual;
  vessel: { id: string; label: string; name: string; length_m: number; home_port: string } | null;
  incident: { id: number; title: Bilingual; silent: number; heard_of: number; ended_at: string | null } | null;
  state: { code: string; title: Bilingual; since: string };
  began_at: string; opened_at: string; closed_at: string | null; outcome: Bilingual | null;
  due: { code: string; at: string; what: Bilingual; overdue: boolean } | null;
  lead: 'central' | 'province' | null; acknowledged: { at: string; by: string | null } | null; assigned_to: string | null;
  lon: number | null; lat: number | null; origin: Origin; version: number; crew: number | null;
};
export type CaseQueue = {
  now: string; can: { act: boolean }; counts: Record<string, number>; kinds: Record<string, Bilingual>; total: number; overdue: number;
  cases: CaseLine[];
};
export type Cited = { text: Bilingual; decree: string; article: string | null; verified: boolean };
export type CaseEvent = {
  key: string; conduct: string; step: string; title: Bilingual; began_at: string; ended_at: string | null; lon: number; lat: number;
  facts: Record<string, unknown>; found_at: string; law: Cited[];
};
export type Entry = { id: number; kind: string; title: Bilingual; at: string; actor: string | null; text: Bilingual; body: Record<string, unknown> };
export type Duty = Cited & {
  kind: 'report' | 'port'; due_at: string; happened: 'reported' | 'missed' | 'waiting' | 'ended'; at: string | null;
  by: Bilingual | null; channel: Bilingual | null;
};
export type Choice = { value: string; title: Bilingual };
export type Need = { name: string; title: Bilingual; kind: string; required: boolean; first: string | null; choices: Choice[] | null };
export type Action = { action: string; to: string | null; title: Bilingual; key: string | null; needs: Need[]; verified: boolean };
export type Person = { id: string; role: Bilingual; name: string | null; phone: string | null; source: string };
export type Office = { code: string | null; kind: string; title: Bilingual; office: string; duty: string | null; phone: string | null; verified: boolean };
export type Near = { id: string; label: string; name: string | null; distance_nm: number; bearing_deg: number; age_s: number };
export type NoticeLine = {
  id: number; recipient: Bilingual; recipient_name: string | null; channel: Bilingual; subject: string; state_title: Bilingual; failure: string | null;
  by: string; at: string;
};
export type CaseCard = CaseLine & {
  now: string; can: { act: boolean }; what: string | null; events: CaseEvent[]; ledger: Entry[]; duties: Duty[]; actions: Action[];
  law: LawAnswer | null; people: Person[]; posts: Office[]; nearest: Near[]; sar: Office[]; notices: NoticeLine[];
};
export type Draft = {
  template: string; verified: boolean; title: Bilingual; recipient_title: Bilingual; to: string | null; subject: string; text: string;
  channels: { value: string; title: Bilingual; enabled: boolean; why: Bilingual | null }[];
};
export type Done = { kept: true; version: number; notice: number | null };
/** A told position that looks wrong: nothing was kept, send it again with `confirmed`. */
export type Question = { kept: false; doubts: { title: Bilingual }[] };
export type IncidentCard = { boats: { id: string; label: string; name: string | null; silent_from: string; back_at: string | null }[] };
export type Search = { state: string; kind: string; assigned: string; q: string };

export const casesApi = {
  queue: (search: Search, at: string | null = null, signal?: AbortSignal) =>
    ask<CaseQueue>(`/api/cases?${new URLSearchParams({ ...search, limit: '500', ...(at === null ? {} : { at }) })}`, undefined, signal),
  one: (number: string) => ask<CaseCard>(`/api/cases/${number}`),
  do: (number: string, body: object) => ask<Done | Question>(`/api/cases/${number}/do`, body),
  open: (body: object) => ask<CaseCard>('/api/cases', body),
  unmask: (number: string, person: string, reason: string) =>
    ask<{ phone: string | null; version: number }>(`/api/cases/${number}/unmask`, { person, reason }),
  draft: (number: string, template: string) => ask<Draft>(`/api/cases/${number}/notices/${template}`),
  incident: (id: number) => ask<IncidentCard>(`/api/incidents/${id}`),
};
export const dossierAddress = (number: string, form: string): string => `/api/cases/${number}/dossier.${form}`;
export const noticeAddress = (id: number): string => `/api/notices/${id}.html`;
