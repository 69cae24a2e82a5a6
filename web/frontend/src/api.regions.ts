// Where silent boats may be, as the server tells it.
import { readProblem, type Bilingual, type Origin, type VesselStatus } from './api';

export type Calibration = { calibrated: boolean; origin: Origin; words: Bilingual; source: Bilingual; learned_on: string; boats: number; cases: number };
/** The limit of permitted fishing: from `at` on the boat can have been there. */
export type RegionLimit = { state: 'not_loaded' | 'not_within' | 'reached' | 'ahead'; at: string | null; words: Bilingual };
export type RegionRing = {
  type: 'Feature';
  geometry: GeoJSON.Polygon | GeoJSON.MultiPolygon;
  properties: { ring: 'inner' | 'outer'; vessel: string; label: string; status: VesselStatus; since: string; elapsed_s: number; area_km2: number };
};
/** Two nested rings; none when the boat has been silent too long. */
export type Region = {
  vessel: string;
  label: string;
  status: VesselStatus;
  origin: Origin;
  at: string;
  since: string;
  elapsed_s: number;
  counted_from: 'device' | 'reported';
  behaviour: Bilingual;
  too_long: boolean;
  words: Bilingual;
  calibration: Calibration;
  limit: RegionLimit | null;
  features: RegionRing[];
};
/** The wider ring of every silent boat, roughly. */
export type Regions = { at: string; total: number; too_long: number; calibration: Calibration; features: RegionRing[] };

async function ask(path: string, at: string | null, signal: AbortSignal): Promise<Response> {
  const response = await fetch(at === null ? path : `${path}?at=${encodeURIComponent(at)}`, { headers: { accept: 'application/json' }, signal });
  if (!response.ok) throw await readProblem(response);
  return response;
}

export const regionApi = {
  /** Null for a boat that is not silent; `at` null is now. */
  one: async (vessel: string, at: string | null, signal: AbortSignal): Promise<Region | null> => {
    const response = await ask(`/api/vessels/${encodeURIComponent(vessel)}/region`, at, signal);
    return response.status === 204 ? null : ((await response.json()) as Region);
  },
  all: async (at: string | null, signal: AbortSignal): Promise<Regions> => (await (await ask('/api/regions', at, signal)).json()) as Regions,
};
