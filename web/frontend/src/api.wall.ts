// What the wall and the list of sources ask of the server; every question is asked in the wall's name.
import type { Board } from './api.freshness';
import type { Series } from './api.indicators';
import { ApiError, type Bilingual, type Lang, type Origin, type UnitCard, type UnitList, type UnitValues } from './api';

export type PanelKind = 'clock' | 'boats' | 'attention' | 'ranking' | 'totals' | 'sources' | 'indicators' | 'scores';
export type Panel = { kind: PanelKind; side: 'left' | 'right'; title: Bilingual; measures: string[]; indicators: string[] };
export type PlaceName = { kind: 'sea' | 'archipelago' | 'island'; title: Bilingual; lon: number; lat: number };

export type Scene = {
  name: string;
  title: Bilingual;
  view: [number, number, number, number];
  anchor: number;
  layers: string[];
  bunches: Bilingual | null;
  measure: string | null;
  panels: Panel[];
  names: PlaceName[];
  inset: boolean;
  seconds: number;
};

/** What the wall's legend needs of a layer. */
export type WallLayer = { name: string; title: Bilingual; legend: { shape: string; color: { dark: string } } };

export type WallOrder = { guest: boolean; scene: string | null };
export type WallView = WallOrder & { can_control: boolean };

export type SourceState = {
  code: string;
  title: Bilingual;
  origin: Origin;
  cadence_s: number | null;
  last_delivery: { label: string; started_at: string; open: boolean; rejected: number } | null;
  state: 'fresh' | 'late' | 'stale' | 'none';
  time: string | null;
  age_s: number | null;
  reminders: string[];
};

async function ask<T>(address: string, body?: object): Promise<T> {
  const sent = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
  const headers = { accept: 'application/json', ...(body === undefined ? {} : { 'content-type': 'application/json' }) };
  const response = await fetch(address, { ...sent, headers });
  if (!response.ok) throw new ApiError(response.status, response.statusText, null);
  return (await response.json()) as T;
}

export const wallApi = {
  scenes: () => ask<{ scenes: Scene[]; server_ms: number }>('/api/scenes?wall=1'),
  order: () => ask<WallView>('/api/wall?wall=1'),
  tell: (change: Partial<{ guest: boolean; scene: string }>) => ask<WallView>('/api/wall', change),
  units: () => ask<UnitList>('/api/units?level=former_district&wall=1'),
  values: (measure: string) => ask<UnitValues>(`/api/units/values?level=former_district&measure=${measure}&wall=1`),
  province: () => ask<UnitCard>('/api/units/51?wall=1'),
  layers: () => ask<{ layers: WallLayer[] }>('/api/layers?wall=1'),
  indicator: (code: string, since: string) => ask<Series>(`/api/indicators/${code}?unit=51&from=${since}&wall=1`),
  /** Null for whoever may not see it. */
  board: () => ask<{ board: Board | null }>('/api/scoreboard/wall?wall=1'),
  sources: () => ask<{ now: string; sources: SourceState[] }>('/api/sources?wall=1'),
};

export const wallStyle = (lang: Lang, scale: number): string => `/style/dark.json?lang=${lang}&wall=1&scale=${scale.toFixed(3)}`;
