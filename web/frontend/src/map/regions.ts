// Where silent boats may be, drawn: two nested rings of the chosen boat with its name, one light ring of each other.
import type { Map as MapGL } from 'maplibre-gl';
import type { Region, Regions } from '../api.regions';
import type { SeaLook } from '../lib/look';
import { setFeatures } from './create';

export const REGION_SOURCES = ['region', 'region-all', 'region-name'];

/** Under the land: the coast of the map is finer than that of the regions. */
export function installRegions(map: MapGL, look: SeaLook, under: string | undefined): void {
  const line = { 'line-color': look.silent, 'line-dasharray': [3, 3] };
  map.addLayer({ id: 'region-all-fill', type: 'fill', source: 'region-all', paint: { 'fill-color': look.silent, 'fill-opacity': 0.018 } }, under);
  map.addLayer({ id: 'region-all-line', type: 'line', source: 'region-all', paint: { ...line, 'line-width': 0.9, 'line-opacity': 0.5 } }, under);
  map.addLayer({ id: 'region-fill', type: 'fill', source: 'region', paint: { 'fill-color': look.silent, 'fill-opacity': 0.11 } }, under);
  map.addLayer({ id: 'region-line', type: 'line', source: 'region', paint: { ...line, 'line-width': 1.5 } }, under);
}

export function installRegionName(map: MapGL, look: SeaLook, fonts: string[]): void {
  map.addLayer({
    id: 'region-name', type: 'symbol', source: 'region-name',
    layout: { 'text-field': ['get', 'name'], 'text-font': fonts, 'text-size': 12.5, 'text-anchor': 'bottom', 'text-offset': [0, -0.4], 'text-max-width': 26 },
    paint: { 'text-color': look.silentName, 'text-halo-color': look.ground, 'text-halo-width': 2.4 },
  });
}

type Ground = GeoJSON.Polygon | GeoJSON.MultiPolygon;
const shellsOf = (ground: Ground): GeoJSON.Position[][] =>
  ground.type === 'Polygon' ? ground.coordinates.slice(0, 1) : ground.coordinates.map((rings) => rings[0]!);
const wider = (region: Region | null): Ground | null => region?.features.find((each) => each.properties.ring === 'outer')?.geometry ?? null;

/** West, south, east, north of where the boat may be. */
export function boundsOf(region: Region | null): [number, number, number, number] | null {
  const ground = wider(region);
  if (ground === null) return null;
  const bounds: [number, number, number, number] = [180, 90, -180, -90];
  for (const [lon, lat] of shellsOf(ground).flat()) {
    bounds[0] = Math.min(bounds[0], lon!); bounds[1] = Math.min(bounds[1], lat!);
    bounds[2] = Math.max(bounds[2], lon!); bounds[3] = Math.max(bounds[3], lat!);
  }
  return bounds;
}

/** The northernmost point of the outline, where the name stands. */
export function topOf(region: Region | null): GeoJSON.Position | null {
  const ground = wider(region);
  return ground === null ? null : shellsOf(ground).flat().reduce((top, each) => (each[1]! > top[1]! ? each : top));
}

export function showRegion(map: MapGL, region: Region | null, name: string): void {
  setFeatures(map, 'region', region?.features ?? []);
  const at = topOf(region);
  setFeatures(map, 'region-name', at === null ? [] : [{ type: 'Feature', properties: { name }, geometry: { type: 'Point', coordinates: at } }]);
}

/** Every silent boat's but the chosen one's, which is drawn in full. */
export function showRegions(map: MapGL, regions: Regions | null, chosen: string | null): void {
  setFeatures(map, 'region-all', (regions?.features ?? []).filter((each) => each.properties.vessel !== chosen));
}
