// What the fisheries' books answer, and who asks for it.
import { ask, ApiError, type Bilingual, type Origin } from './api';

export type BookDocument = {
  source: { code: string; title: Bilingual };
  origin: Origin;
  label: string;
  paper: string | null;
  paper_on: string | null;
  agency: string | null;
  paper_state: string | null;
};
export type People = { owner: string | null; owner_phone: string | null; captain: string | null; captain_phone: string | null };
export type Register = {
  reg_no: string; leads: boolean; name: string; length_m: number; gear: string; second_gear: string | null;
  power_kw: number | null; hull: string | null; built_year: number | null; home_port: string; crew: number | null;
  official: string | null; state: string | null; licence_no: string | null; licence_to: string | null;
  inspected_to: string | null; food_safety_to: string | null; vms_provider: string | null; vms_device_id: string | null;
  vms_seal: string | null; vms_from: string | null; vms_to: string | null; people: People; heard_at: string; document: BookDocument;
};
export type BoatNumber = { number: string; valid_from: string | null; valid_to: string | null; document: BookDocument };
export type Call = {
  keeper: 'border' | 'port'; direction: 'out' | 'in'; t: string; station: string; crew: number | null; ground: string | null;
  return_on: string | null; entry: string; paper: string | null; document: BookDocument;
};
export type Fine = {
  decision: string; decided_at: string; agency: string; conduct: string; decree: string | null; article: string | null;
  verified: boolean; amount_vnd: number | null; state: FineState; paid_on: string | null; measures: string | null; open: boolean;
  document: BookDocument;
};
export type FineState = 'unpaid' | 'part' | 'paid' | 'forced' | 'lifted';
export type CatchSum = { species: string; kg: number; last_t: string };
export type Side = {
  book: string; title: Bilingual; code: string | null; t: string | null; heard_at: string | null;
  value: Record<string, string | number | boolean | null>; person: string | null; document: BookDocument | null;
};
export type DisagreementState = 'new' | 'checking' | 'settled';
export type Disagreement = {
  id: number; kind: string; title: Bilingual; vessel: string | null; label: string; since: string; found_at: string;
  gone_at: string | null; state: DisagreementState; note: string | null; state_by: string | null; state_at: string | null;
  one: Side; other: Side;
};
export type Step = { at: string; what: string; state: DisagreementState; note: string | null; by: string | null };
export type DisagreementCard = Disagreement & { steps: Step[] };
export type BookCard = {
  vessel: string; today: string; due_days: number; can_unmask: boolean; registers: Register[]; numbers: BoatNumber[];
  calls: Call[]; penalties: Fine[]; landed: CatchSum[]; logged: CatchSum[]; disagreements: Disagreement[];
};
export type Contact = Partial<People> & { source: { title: Bilingual }; reg_no: string };
/** Why a boat has its points: how often, how much each weighs, and the row that says so. */
export type RiskReason = { step: string; times: number; weight: number; points: number; rule: number; days: number | null; verified: boolean; title: Bilingual };
export type BookColumn = { name: string; title: Bilingual; kind: string };
export type BookListInfo = { name: string; title: Bilingual; what: Bilingual; count: number };
export type BookRow = { id: string | null; label: string; name: string | null; origin: Origin; disagreement?: number; kind_title?: Bilingual } & Record<string, unknown>;
export type BookPage = { name: string; title: Bilingual; what: Bilingual; columns: BookColumn[]; total: number; rows: BookRow[] };

/** What is left of a list: what was typed, one official's boats, a group's boats. */
export type Left = { q: string; official?: string; group?: string };
const said = (left: Left): string => String(new URLSearchParams(Object.entries(left).filter(([, value]) => value !== '' && value !== undefined) as [string, string][]));
const boat = (id: string): string => `/api/vessels/${encodeURIComponent(id)}`;

export const booksApi = {
  card: (id: string) => ask<BookCard>(`${boat(id)}/books`),
  unmask: (id: string, reason: string) => ask<{ noted_at: string; contacts: Contact[] }>(`${boat(id)}/contacts/unmask`, { reason }),
  disagreement: (id: number) => ask<DisagreementCard>(`/api/books/disagreements/${id}`),
  judge: (id: number, state: DisagreementState, note: string) => ask<DisagreementCard>(`/api/books/disagreements/${id}`, { state, note }),
  officials: () => ask<string[]>('/api/books/officials'),
  lists: (left: Left, signal?: AbortSignal) => ask<BookListInfo[]>(`/api/books/lists?${said(left)}`, undefined, signal),
  list: (name: string, left: Left, limit: number, signal?: AbortSignal) => ask<BookPage>(`/api/books/lists/${name}?${said(left)}&limit=${limit}`, undefined, signal),
  /** Every boat of a list, by its id. */
  boats: (name: string, left: Left) => ask<string[]>(`/api/books/lists/${name}/boats?${said(left)}`),
};

export const exportAddress = (name: string, left: Left, format: 'csv' | 'xlsx'): string => `/api/books/lists/${name}/${format}?${said(left)}`;
export const wordsOf = (error: unknown, otherwise: string): string =>
  error instanceof ApiError ? [error.message, error.detail].filter(Boolean).join(': ') : otherwise;
