// What the page of sources and the lineage of a number ask of the server.
import { readProblem, type Bilingual, type Origin, type SourceInfo } from './api';
import type { SourceState } from './api.wall';

export type Beat = 'came' | 'refused' | 'silent' | 'down' | 'before';
export type PulseCell = {
  t: string; state: Beat; lines: number | null; messages: number | null; stored: number | null;
  duplicates: number | null; refused: number | null; late_p50_s: number | null; late_max_s: number | null;
};
export type Contact = { office: string; duty: string | null; phone: string | null };
export type SourceRow = SourceState & {
  refused_today: number; refused_open: number; contact: Contact | null; pulse: PulseCell[] | null;
};

type Heading = { number: string | null; notation: string | null; issued_on: string | null };
export type PastDelivery = Heading & {
  id: number; label: string; started_at: string; finished_at: string | null; adapter: string | null; sha256: string | null;
  summary: { lines?: number; messages?: number; stored?: number; duplicates?: number; rejected?: Record<string, number> } | null;
  replay_of: number | null; paper_id: number | null; agency: string | null; paper_state: string | null;
};
export type RejectGroup = {
  reason: string; title: Bilingual; open: number; replayed: number; set_aside: number; seen: number;
  first_seen: string; last_seen: string;
};
export type RejectState = 'open' | 'replayed' | 'set_aside';
export type Reject = {
  id: number; source: string; reason: string; title: Bilingual; detail: string; line_no: number | null; delivery_id: number;
  seen: number; first_seen: string; last_seen: string; state: RejectState; state_at: string | null; state_by: string | null;
  note: string | null; text: string;
};
export type RejectDetail = Reject & Heading & {
  hex: string; size: number; fix: Bilingual | null; faults: { field: string | null; fix: Bilingual }[]; heard_at: string | null;
  arrived_at: string | null; label: string | null; form: string | null; adapter: string | null; started_at: string | null;
  sha256: string | null;
};
export type ReplayRun = {
  id: number; total: number; done: number; understood: number; stored: number; finished_at: string | null; failed: string | null;
};

export type LineageFact = {
  what: string | null; t: string | null; heard_at: string | null; stored_at: string | null; superseded_at: string | null;
  rows: number; row_no: number | null; line: string | null; line_sha256: string | null;
  delivery: {
    id: number; source: SourceInfo; origin: Origin; label: string; started_at: string; adapter: string | null;
    replay_of: number | null; raw: { sha256: string; short: string; name: string | null; size: number | null; kept: boolean } | null;
    paper: (Heading & { agency: string | null; signer: string | null; signer_position: string | null; state: string }) | null;
    document_id: string | null;
  } | null;
};
export type Lineage = { kind: string; id: string; now: string; deliveries: number; facts: LineageFact[] };

async function ask<T>(address: string, method = 'GET', body?: object): Promise<T> {
  const headers = { accept: 'application/json', ...(body ? { 'content-type': 'application/json' } : {}) };
  const response = await fetch(address, { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) });
  if (!response.ok) throw await readProblem(response);
  return (await response.json()) as T;
}

const named = (code: string): string => `/api/sources/${encodeURIComponent(code)}`;

export const sourcesApi = {
  list: (days: number) => ask<{ now: string; sources: SourceRow[] }>(`/api/sources?pulse=${days}`),
  pulse: (code: string) => ask<{ cells: PulseCell[] }>(`${named(code)}/pulse?by=hour`),
  deliveries: (code: string, before: number | null) =>
    ask<{ deliveries: PastDelivery[]; next_before: number | null }>(`${named(code)}/deliveries?limit=20${before ? `&before=${before}` : ''}`),
  groups: (code: string) => ask<RejectGroup[]>(`${named(code)}/rejects`),
  rejects: (asked: Record<string, string>) =>
    ask<{ rejects: Reject[]; next_before: number | null }>(`/api/rejects?${new URLSearchParams(asked)}`),
  reject: (id: number) => ask<RejectDetail>(`/api/rejects/${id}`),
  setAside: (id: number, note: string) => ask<RejectDetail>(`/api/rejects/${id}/set-aside`, 'POST', { note }),
  replay: (asked: object) => ask<ReplayRun>('/api/rejects/replay', 'POST', asked),
  run: (id: number) => ask<ReplayRun>(`/api/rejects/replays/${id}`),
  contact: (code: string, contact: Contact) => ask<SourceRow>(named(code), 'PUT', contact),
  lineage: (kind: string, id: string, query: Record<string, string>) =>
    ask<Lineage>(`/api/lineage/${kind}/${encodeURIComponent(id)}?${new URLSearchParams(query)}`),
};
