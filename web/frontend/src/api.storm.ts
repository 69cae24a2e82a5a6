// What the page of the storm asks of the server, and what it tells it.
import { ask, readProblem, type Bilingual, type Origin } from './api';

export const STATES = ['silent', 'too_late', 'in_time', 'coming', 'safe', 'unknown'] as const;
export type BoatState = (typeof STATES)[number];

export type Storm = {
  id: number; code: string; name: string; number: number | null; origin: Origin; opened_at: string;
  bulletins: number; issued_at: string | null; last_at: string | null; current: boolean;
};
export type Point = { t: string; lon: number; lat: number; wind_kt: number | null; force: number | null; radii: Record<string, number[]> };
export type Head = {
  id: number; bulletin: string; issued_at: string; source: string; document: string | null; origin: Origin; form: string;
  corrects: number | null; corrected_by: number | null; reason: string | null; stored_at: string; stored_by: string;
};
export type Bulletin = Head & { age_s: number; forces: number[]; danger_force: number | null; told_until: string | null; points: Point[] };
export type Order = {
  id: number; number: string; issued_at: string; deadline_at: string; left_s: number; agency: string; said: string; areas: string[]; origin: Origin;
};
export type StormCard = { storm: Storm; bulletins: Head[]; dispatches: Order[]; can_edit: boolean };
export type Tally = { boats: number; people: number; unknown: number };
export type AreaRow = { code: string; title: Bilingual; positions: Tally; border: Tally; port: Tally };
export type Shelter = {
  code: string; name: string; lon: number; lat: number; capacity: number | null; occupied: number | null; reported_at: string | null;
  reported_by: string | null; source: string | null; origin: Origin | null; live: number; booked: number; room: number | null; sent: number;
  danger_at: string | null;
};
export type Boat = {
  id: string; reg_no: string | null; name: string | null; home_port: string | null; kind: string; length_m: number | null;
  lon: number | null; lat: number | null; t: string | null; age_s: number | null; sog_kn: number | null; cog_deg: number | null; in_port: boolean;
  crew: number | null; crew_from: 'border' | 'port' | 'register' | 'none'; area: string; state: BoatState; why: string; force_now: number | null;
  reach: Record<string, string>; danger_at: string | null; track_nm: number | null; speed_kn: number; speed_from: 'own' | 'setting';
  usual_kn: number | null; shelter: string | null; given: boolean; way_nm: number | null; eta_at: string | null; limit_at: string | null;
  spare_s: number | null; captain: string | null; captain_phone: string | null; owner_phone: string | null;
};
export type Board = {
  at: string; is_past: boolean; storm: Storm; bulletin: Bulletin | null; dispatch: Order | null; fleet: number; strangers: number; aboard: Tally;
  states: (Tally & { state: BoatState; title: Bilingual })[]; areas: AreaRow[]; areas_source: string; shelters: Shelter[]; shelters_full: number;
  boats_shown: boolean; boats: Boat[]; calls: string[]; danger_force: number; silent_after_s: number; detour_share: number; pace_over_s: number; origin: Origin;
};
export type Winds = { forecast: number | null; features: GeoJSON.Feature[] };
export type NewPoint = { t: string; lat: number; lon: number; wind_force: number | null; radii: Record<string, number[]> };

const when = (at: number | null, forecast: number | null): string => {
  const said = new URLSearchParams();
  if (at !== null) said.set('at', new Date(at).toISOString());
  if (forecast !== null) said.set('forecast', String(forecast));
  return said.size > 0 ? `?${said}` : '';
};

const told = <T>(path: string, body?: object): Promise<T> => ask<T>(`/api/storms${path}`, body);

export const stormApi = {
  list: () => told<Storm[]>(''),
  card: (id: number) => told<StormCard>(`/${id}`),
  board: (id: number, at: number | null, forecast: number | null) => told<Board>(`/${id}/board${when(at, forecast)}`),
  winds: (id: number, at: number | null, forecast: number | null) => told<Winds>(`/${id}/winds${when(at, forecast)}`),
  report: (id: number, at: number | null) => `/api/storms/${id}/report.xlsx${when(at, null)}`,
  open: (body: object) => told<{ id: number }>('', body),
  forecast: (id: number, body: object) => told<{ id: number }>(`/${id}/forecasts`, body),
  order: (id: number, body: object) => told<{ id: number }>(`/${id}/dispatches`, body),
  room: (port: string, body: object) => told<{ id: number }>(`/shelters/${encodeURIComponent(port)}`, body),
  async file(id: number, about: Record<string, string>, file: File): Promise<{ id: number }> {
    const response = await fetch(`/api/storms/${id}/forecasts/file?${new URLSearchParams(about)}`, { method: 'POST', body: file });
    if (!response.ok) throw await readProblem(response);
    return (await response.json()) as { id: number };
  },
};
