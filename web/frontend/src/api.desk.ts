// What the officers' desk answers: groups of boats, areas, measures, own zones, a track as a table; and who asks for it.
import { ask, type Origin, type VesselStatus } from './api';

export type Spot = [lon: number, lat: number];
export type BoatHere = {
  id: string; label: string; name: string | null; status: VesselStatus; t: string | null; age_s: number | null; lon: number | null; lat: number | null;
  sog_kn: number | null; cog_deg: number | null; length_m: number | null; gear: string | null; crew: number | null; home_port: string | null;
  official: string | null; origin: Origin;
};
export type Sums = { boats: number; by_status: Partial<Record<VesselStatus, number>>; by_length: Record<string, number>; crew: number; crew_of: number };
export type BoatsHere = { at: string; is_now: boolean; origin: Origin; sums: Sums; boats: BoatHere[] };
export type Group = { id: number; name: string; note: string | null; owner: string; shared: boolean; mine: boolean; may_change: boolean; boats: number };
export type Candidate = { id: string; label: string; name: string | null; former: boolean };
export type NumbersReport = {
  found: { typed: string; boat: Candidate }[]; ambiguous: { typed: string; boats: Candidate[] }[]; missing: string[]; repeated: number;
};
export type GroupChanged = { group: Group; added: string[]; removed: number; report: NumbersReport | null };
export type How = 'panel' | 'area' | 'list' | 'numbers' | 'group';
export type NewGroup = { name: string; note?: string | null; shared?: boolean; vessels?: string[]; numbers?: string; how?: How };
export type GroupChange = { name?: string; note?: string; shared?: boolean; ended?: boolean; add?: string[]; remove?: string[]; numbers?: string; how?: How };
export type Measure = { legs: { nm: number; km: number; bearing_deg: number }[]; nm: number; km: number; area_km2: number | null };
export const ZONE_COLORS = ['teal', 'orange', 'purple', 'pink', 'yellow'] as const;
export type ZoneColor = (typeof ZONE_COLORS)[number];
export type Zone = {
  id: number; version: number; name: string; purpose: string | null; owner: string; shared: boolean; mine: boolean; may_change: boolean;
  valid_from: string; valid_to: string | null; in_force: boolean; color: ZoneColor; warn: boolean; came_as: string; stored_by: string; stored_at: string;
  outline: GeoJSON.MultiPolygon; area_km2: number;
};
export type ZoneForm = 'coordinates' | 'geojson' | 'kml';
export type ZoneGiven = {
  name?: string; purpose?: string | null; shared?: boolean; valid_from?: string | null; valid_to?: string | null; open_end?: boolean; color?: ZoneColor;
  warn?: boolean; ended?: boolean; ring?: Spot[] | null; text?: string; form?: ZoneForm; version?: number;
};
export type Passage = { vessel: string; label: string; way: 'in' | 'out'; t: string; before_t: string | null; lon: number; lat: number };
export type ZoneNow = { at: string; since: string; hours: number; origin: Origin; inside: BoatsHere; passages: Passage[]; written: number };
export type ZoneVersion = { version: number; name: string; stored_by: string; stored_at: string; superseded_at: string | null };
export type FixRows = {
  vessel: string; label: string; since: number; until: number; origin: Origin; fixes: number; gaps: number; told: number;
  kind: ('fix' | 'gap' | 'told')[]; t: number[]; t_to: (number | null)[]; lon: number[]; lat: number[]; sog_kn: (number | null)[];
  cog_deg: (number | null)[]; device: (string | null)[]; source: (string | null)[]; before_min: (number | null)[]; before_nm: (number | null)[];
  in_port: (boolean | null)[]; doubtful: boolean[]; note: (string | null)[];
};

type Query = Record<string, string | number | boolean | null | undefined>;
const withQuery = (path: string, query: Query): string => {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== null && value !== undefined && value !== '') params.set(name, String(value));
  return params.size > 0 ? `${path}?${params}` : path;
};
const spots = (points: Spot[]): string => points.map(([lon, lat]) => `${lon.toFixed(6)},${lat.toFixed(6)}`).join(';');

export type Sheet = 'csv' | 'xlsx';
export const areaAddress = (ring: Spot[], at: string | null, group: number | null, format?: Sheet): string =>
  withQuery('/api/area/boats', { ring: spots(ring), at, group, format });
export const groupAddress = (id: number, at: string | null, format?: Sheet): string => withQuery(`/api/groups/${id}/boats`, { at, format });
export const zoneAddress = (id: number, hours: number, at: string | null, format?: Sheet): string => withQuery(`/api/own-zones/${id}/boats`, { hours, at, format });
export const fixesAddress = (id: string, from: string, to: string, format?: Sheet): string =>
  withQuery(`/api/vessels/${encodeURIComponent(id)}/fixes`, { from, to, format });

export const deskApi = {
  groups: () => ask<Group[]>('/api/groups'),
  members: (id: number) => ask<string[]>(`/api/groups/${id}/members`),
  groupBoats: (id: number, at: string | null, signal?: AbortSignal) => ask<BoatsHere>(groupAddress(id, at), undefined, signal),
  makeGroup: (group: NewGroup) => ask<GroupChanged>('/api/groups', group),
  changeGroup: (id: number, change: GroupChange) => ask<GroupChanged>(`/api/groups/${id}`, change),
  area: (ring: Spot[], at: string | null, group: number | null, signal?: AbortSignal) => ask<BoatsHere>(areaAddress(ring, at, group), undefined, signal),
  place: (text: string) => ask<{ lon: number; lat: number }>(withQuery('/api/degrees', { text })),
  measure: (points: Spot[], closed: boolean, signal?: AbortSignal) => ask<Measure>(withQuery('/api/measure', { points: spots(points), closed }), undefined, signal),
  zones: () => ask<Zone[]>('/api/own-zones'),
  keepZone: (zone: ZoneGiven) => ask<Zone>('/api/own-zones', zone),
  changeZone: (id: number, change: ZoneGiven) => ask<Zone | null>(`/api/own-zones/${id}`, change),
  zoneNow: (id: number, hours: number, at: string | null, signal?: AbortSignal) => ask<ZoneNow>(zoneAddress(id, hours, at), undefined, signal),
  zoneVersions: (id: number) => ask<ZoneVersion[]>(`/api/own-zones/${id}/versions`),
  fixes: (id: string, from: string, to: string, signal?: AbortSignal) => ask<FixRows>(fixesAddress(id, from, to), undefined, signal),
};
