// Every answer of the server the pages read, typed by hand, and the one place that fetches them.
import type { Carried, TrackTold } from './api.devices';
import type { Latest } from './api.indicators';

export type Lang = 'vi' | 'en';
export type Theme = 'light' | 'dark';
/** `district` is the province as it stood before 1 July 2025. */
export type Level = 'commune' | 'former_district' | 'district';
export type Origin = 'real' | 'simulated' | 'replayed';
export type Bilingual = { vi: string; en: string };

export const STATUSES = [
  'on_time', 'late', 'lost_6h', 'lost_10d', 'in_port', 'unknown', 'foreign', 'wrong_belt',
] as const;
export type VesselStatus = (typeof STATUSES)[number];
export type StatusCounts = Partial<Record<VesselStatus, number>>;

export type Me = { role: string; name: string | null; can: { boats: boolean; alarms: boolean } };

export type ServerStatus = {
  now: string;
  origin_mark: Origin;
  ingest: { state: 'live' | 'silent'; last_beat: string | null };
  version: string;
};

export type SourceInfo = { code: string; title: Bilingual };
export type Staleness = 'fresh' | 'late' | 'stale';
export type MeasureInfo = { name: string; title: Bilingual; unit: Bilingual | null; digits: number };

export type FieldInfo = {
  name: string;
  title: Bilingual;
  unit: string | null;
  kind: 'text' | 'number' | 'boolean' | 'time';
  /** What the field tells of a place: its name, its sort, how it stands, how much it holds. */
  says: 'name' | 'kind' | 'state' | 'capacity' | null;
  choices: { value: string; title: Bilingual }[];
};

export type LayerInfo = {
  name: string;
  title: Bilingual;
  source: string | null;
  origin: Origin;
  version: number;
  changed_at: string | null;
  measures: MeasureInfo[];
  fields: FieldInfo[];
  tiles: string | null;
  geometry: 'point' | 'polygon';
  mode: 'exact' | 'density' | 'none';
  legend: { shape: string; color: Record<Theme, string>; title: Bilingual; minzoom: number };
};

export type Unit = {
  key: number;
  code: string;
  name: string;
  full_name: string;
  type: string | null;
  level: string;
  valid_from: string | null;
  valid_to: string | null;
  parent: string | null;
  province: string;
  label: [number, number] | null;
  shape: boolean;
};

export type OutlineSource = { official: boolean; title: Bilingual; source: string | null; as_of: string | null };
export type UnitList = { at: string; level: string; outline: OutlineSource; units: Unit[] };

export type ValueStatus = 'official' | 'estimate' | 'partial' | 'none';
export type UnitValue = { key: number; code: string; value: number | null; status: ValueStatus };

/** The values that are in a class, how many units, its colour and the ink that reads on it. */
export type ValueClass = { low: number; high: number; count: number; color: string; ink: string };

export type UnitValues = {
  measure: MeasureInfo & { layer: string };
  level: Level;
  values: UnitValue[];
  breaks: number[];
  classes: ValueClass[];
  total: number | null;
  time: string | null;
  age_s: number | null;
  origin: Origin;
  source: SourceInfo | null;
  stale: Staleness;
};

export type CardMeasure = {
  layer: string;
  layer_title: Bilingual;
  name: string;
  title: Bilingual;
  value: number | null;
  unit: Bilingual | null;
  time: string | null;
  age_s: number | null;
  source: SourceInfo | null;
  origin: Origin;
  status: ValueStatus;
  /** "3/5": how many of the rows have a figure, when not all do. */
  coverage: string | null;
  digits: number;
  stale: Staleness;
};

export type UnitCard = {
  unit: Unit & { note: Bilingual | null };
  /** Which vintage the card speaks of, in words. */
  vintage: Bilingual;
  parts: { code: string; name: string }[];
  measures: CardMeasure[];
  /** Those that have a figure here; none for guests. */
  indicators: Latest[];
};

export type VesselSummary = {
  id: string;
  label: string;
  name: string | null;
  length_m: number | null;
  status: VesselStatus;
  t: string | null;
  age_s: number | null;
  lon: number | null;
  lat: number | null;
  sog_kn: number | null;
  cog_deg: number | null;
  kind: 'vms' | 'ais' | 'none';
  origin: Origin;
  /** What its number says it is; null when nothing was ever heard. */
  station: Station | null;
  /** Its number was in two places at once within the last day. */
  shared: boolean;
};

export type Station =
  | 'ship' | 'beacon' | 'aircraft' | 'coast' | 'group' | 'aid' | 'craft' | 'handheld' | 'buoy' | 'unassigned';
export type Said = {
  key: string;
  field: 'name' | 'callsign' | 'imo' | 'ship_type';
  value: string;
  t_from: string;
  t_to: string;
  origin: Origin;
};
export type TwoPlaces = {
  t_from: string;
  t_to: string;
  turns: number;
  apart_nm: number;
  places: { t: string; lon: number; lat: number; fixes: number }[];
};

export type VesselList = {
  total: number;
  denominator: number;
  counts: StatusCounts;
  vessels: VesselSummary[];
};

export type TransmitterLink = {
  key: string;
  kind: 'vms' | 'ais';
  provider: string | null;
  seal: string | null;
  valid_from: string | null;
  valid_to: string | null;
  t: string | null;
  counted: boolean;
};

export type RecentPosition = {
  t: string;
  lon: number | null;
  lat: number | null;
  sog_kn: number | null;
  source: string;
};

export type ZoneHere = { code: string; name: string; kind: string; verified: boolean; origin: Origin };

/** What it costs; null fines are not zero: nobody has read them. */
export type BoatPenalty = {
  step: string; text: Bilingual; decree: string; article: string | null; fine_from: number | null; fine_to: number | null;
  measures: Bilingual | null; verified: boolean; source: string;
};
export type BoatLaw = {
  text: Bilingual; decree: string; article: string | null; verified: boolean; source: string;
  penalties: BoatPenalty[];
  lead: { level: 'central' | 'province'; text: Bilingual; decree: string; verified: boolean; source: string } | null;
};

export type VesselDetail = VesselSummary & Carried & {
  gear: string | null;
  home_port: string | null;
  commune: { code: string; name: string } | null;
  transmitters: TransmitterLink[];
  heard_at: string | null;
  stored_at: string | null;
  source: SourceInfo | null;
  zones: ZoneHere[] | null;
  law: BoatLaw | null;
  recent: RecentPosition[];
  said: Said[];
  two_places: TwoPlaces[];
};

export type FieldValue = string | number | boolean | null;

export type Place = {
  id: string;
  values: Record<string, FieldValue>;
  geometry: GeoJSON.Geometry | null;
  time: string | null;
  age_s: number | null;
  source: SourceInfo | null;
  origin: Origin;
  stale: Staleness;
};
export type PlaceCard = Place & { layer: string; units: { code: string; name: string }[] };
export type PlaceList = { layer: string; total: number; counts: Record<string, Record<string, number>>; places: Place[] };

/** A calendar day here, from a moment to a moment, or (empty) the last 24 hours. */
export type TrackSpan = { day: string } | { from: string; to: string } | Record<string, never>;

export type TrackPiece = {
  type: 'Feature';
  geometry: { type: 'LineString'; coordinates: [number, number][] } | { type: 'Point'; coordinates: [number, number] };
  properties: {
    kind: 'piece'; t_from: string; t_to: string; times: number[]; sog_kn: (number | null)[]; cog_deg: (number | null)[];
    device: string[]; in_port: boolean[]; source: string[]; doubtful: boolean[];
  };
};
/** Nothing was heard for longer than the rule allows; `open` when the boat has not been heard since. */
export type TrackGap = {
  type: 'Feature';
  geometry: { type: 'LineString'; coordinates: [number, number][] } | { type: 'Point'; coordinates: [number, number] };
  properties: { kind: 'gap'; t_from: string; t_to: string | null; duration_s: number; distance_nm?: number; open?: boolean };
};
export type TrackSummary = {
  points: number;
  distance_nm: number;
  at_sea_s: number;
  in_port_s: number;
  silent_s: number;
  max_sog_kn: number | null;
  gaps: number;
  longest_gap_s: number | null;
};
export type TrackAnswer = {
  vessel: string;
  from: string;
  to: string;
  origin: Origin;
  summary: TrackSummary;
  features: (TrackPiece | TrackGap | TrackTold)[];
};

export class ApiError extends Error {
  constructor(
    readonly status: number,
    title: string,
    readonly detail: string | null,
  ) {
    super(title);
  }
}

export async function readProblem(response: Response): Promise<ApiError> {
  try {
    const problem = (await response.json()) as { title?: string; detail?: string };
    return new ApiError(response.status, problem.title ?? response.statusText, problem.detail ?? null);
  } catch {
    return new ApiError(response.status, response.statusText, null);
  }
}

/** Ask the server, or tell it something (`body`, by POST); throws what it says is wrong. */
export async function ask<T>(address: string, body?: object, signal?: AbortSignal): Promise<T> {
  const sent = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
  const headers = { accept: 'application/json', ...(body === undefined ? {} : { 'content-type': 'application/json' }) };
  const response = await fetch(address, { ...sent, headers, ...(signal ? { signal } : {}) });
  if (!response.ok) throw await readProblem(response);
  return (await response.json()) as T;
}

/** Ask with a query; what is null is not asked for. */
export function get<T>(path: string, query: Record<string, string | null> = {}, signal?: AbortSignal): Promise<T> {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== null) params.set(name, value);
  return ask<T>(params.size > 0 ? `${path}?${params}` : path, undefined, signal);
}

export type Structure = '2021' | '2025';
const LAST_DAY_OF_DISTRICTS = '2025-06-30';
export const structureOf = (level: Level): Structure => (level === 'district' ? '2021' : '2025');

export const api = {
  me: () => get<Me>('/api/me'),
  status: () => get<ServerStatus>('/api/status'),
  layers: () => get<{ layers: LayerInfo[] }>('/api/layers'),
  units: (level: Level) => get<UnitList>('/api/units', level === 'district' ? { level, at: LAST_DAY_OF_DISTRICTS } : { level }),
  values: (level: Level | 'province', measure: string, structure: Structure, signal?: AbortSignal) =>
    get<UnitValues>('/api/units/values', { level, measure, structure }, signal),
  unit: (code: string, structure: Structure, signal?: AbortSignal) =>
    get<UnitCard>(`/api/units/${encodeURIComponent(code)}`, { structure }, signal),
  places: (layer: string, query: Record<string, string>, signal?: AbortSignal) => get<PlaceList>(placesAddress(layer), query, signal),
  place: (layer: string, id: string) => get<PlaceCard>(`${placesAddress(layer)}/${encodeURIComponent(id)}`),
  /** `at` null is now. */
  vessels: (q: string, limit: number, at: string | null, signal?: AbortSignal) =>
    get<VesselList>('/api/vessels', { q, limit: String(limit), at }, signal),
  vessel: (id: string, at: string | null, signal?: AbortSignal) =>
    get<VesselDetail>(`/api/vessels/${encodeURIComponent(id)}`, { at }, signal),
  track: (id: string, span: TrackSpan, signal?: AbortSignal) =>
    get<TrackAnswer>(`/api/vessels/${encodeURIComponent(id)}/track`, span, signal),
};

export const placesAddress = (layer: string): string => `/api/layers/${encodeURIComponent(layer)}/features`;

export const styleAddress = (theme: Theme, lang: Lang, base: 'leaders' | 'sea'): string =>
  `/style/${theme}.json?lang=${lang}&base=${base}`;
