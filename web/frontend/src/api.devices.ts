// What a boat's panel asks of its devices, and of what people report by radio or telephone while one is silent.
import { readProblem, type Bilingual } from './api';

/** A monitoring device counted from `since` to `until`; `silent_s` and `former` say why it took over. */
export type Turn = { key: string; since: string; until: string | null; reason: 'first' | 'silent' | 'removed'; silent_s: number | null; former: string | null };
/** More devices on board at once than the rule allows. */
export type Disagreement = { text: Bilingual; keys: string[]; law: { text: Bilingual; decree: string; article: string | null; verified: boolean; source: string } };
export type Carried = { turns: Turn[]; disagreement: Disagreement | null; reported_at: string | null; sos_at: string | null };

/** Where somebody said that the boat was; `caller` null: typed at a monitoring centre. */
export type TrackTold = {
  type: 'Feature';
  geometry: { type: 'Point'; coordinates: [number, number] };
  properties: { kind: 'reported'; t_from: string; t_to: string; id: number | null; caller: string | null; channel: string | null };
};

export type Choice = { value: string; title: Bilingual };
export type Reported = {
  id: number;
  t: string;
  heard_at: string;
  lon: number;
  lat: number;
  said: string;
  caller_role: string;
  caller: Bilingual;
  caller_name: string | null;
  channel: string;
  channel_title: Bilingual;
  taken_by: string;
  handed_to: string | null;
  note: string | null;
  doubts: string[];
  corrects: number | null;
  corrected_by: number | null;
};
export type ReportedList = { reports: Reported[]; callers: Choice[]; channels: Choice[] };
export type NewReport = {
  lat: string;
  lon: string;
  t: string;
  caller_role: string;
  caller_name: string;
  channel: string;
  handed_to: string;
  note: string;
  corrects: number | null;
  confirmed: boolean;
};
/** The server asks before it keeps a doubtful place, and says how it understood it. */
export type Question = { doubts: Choice[]; lon: number; lat: number };

const addressOf = (vessel: string): string => `/api/vessels/${encodeURIComponent(vessel)}/reported-positions`;

export async function readReported(vessel: string, signal: AbortSignal): Promise<ReportedList> {
  const response = await fetch(addressOf(vessel), { signal, headers: { accept: 'application/json' } });
  if (!response.ok) throw await readProblem(response);
  return (await response.json()) as ReportedList;
}

/** Keep a report; a question when somebody should look at it first. */
export async function keepReported(vessel: string, report: NewReport): Promise<Question | null> {
  const response = await fetch(addressOf(vessel), { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(report) });
  if (!response.ok) throw await readProblem(response);
  return response.status === 201 ? null : ((await response.json()) as Question);
}
