// What the fisheries map adds to the sea: the boats, the chosen boat's day, and where a silent one can be.
import type { GeoJSONSource, Map as MapGL } from 'maplibre-gl';
import type { VesselDetail } from '../api';
import type { BoatLayer } from '../live/layer';
import type { DensityCell } from '../live/socket';
import { firstLabel } from './create';

/** The speed that bounds where a silent boat can have gone; an assumption, and the panel says so. */
export const REACH_KN = 8;
const REACH_LIMIT_NM = 300;
const NM_DEG = 1 / 60;
const empty = (): GeoJSON.FeatureCollection => ({ type: 'FeatureCollection', features: [] });

export function installBoats(map: MapGL, boats: BoatLayer): void {
  const under = firstLabel(map);
  // The stream's squares are newer than the tiles'.
  if (map.getLayer('vessel-density')) map.setLayoutProperty('vessel-density', 'visibility', 'none');
  for (const id of ['reach', 'track', 'density']) map.addSource(id, { type: 'geojson', data: empty() });
  map.addLayer({
    id: 'density-fill', type: 'fill', source: 'density',
    paint: {
      'fill-color': ['interpolate', ['linear'], ['get', 'boats'], 1, '#1d4a63', 10, '#2f86a6', 50, '#7fd0e8'],
      'fill-opacity': 0.75, 'fill-outline-color': '#0b1c2c',
    },
  }, under);
  const sea = map.getLayer('land') ? 'land' : under; // a boat cannot be on land, so land hides the ring
  map.addLayer({ id: 'reach-fill', type: 'fill', source: 'reach', paint: { 'fill-color': '#e69f00', 'fill-opacity': 0.08 } }, sea);
  map.addLayer({
    id: 'reach-line', type: 'line', source: 'reach',
    paint: { 'line-color': '#e69f00', 'line-width': 1.4, 'line-dasharray': [3, 3] },
  }, sea);
  installTrack(map, under);
  map.addLayer(boats, under);
  installCounts(map);
}

function installTrack(map: MapGL, under: string | undefined): void {
  map.addLayer({
    id: 'track-line', type: 'line', source: 'track', filter: ['==', ['geometry-type'], 'LineString'],
    paint: { 'line-color': '#ffffff', 'line-width': 1.6, 'line-opacity': 0.85 },
  }, under);
  map.addLayer({
    id: 'track-points', type: 'circle', source: 'track', filter: ['==', ['geometry-type'], 'Point'],
    paint: { 'circle-radius': 2.6, 'circle-color': '#0b1c2c', 'circle-stroke-color': '#ffffff', 'circle-stroke-width': 1.3 },
  }, under);
}

function installCounts(map: MapGL): void {
  const named = map.getStyle().layers.find((layer) => layer.type === 'symbol' && layer.layout?.['text-font']);
  const font = (named && map.getLayoutProperty(named.id, 'text-font') as string[] | undefined) ?? ['Noto Sans SemiBold'];
  map.addLayer({
    id: 'density-count', type: 'symbol', source: 'density', minzoom: 5.6,
    layout: { 'text-field': ['to-string', ['get', 'boats']], 'text-font': font, 'text-size': ['interpolate', ['linear'], ['zoom'], 5.6, 10, 8, 15] },
    paint: { 'text-color': '#ffffff', 'text-halo-color': '#06121d', 'text-halo-width': 1.5 },
  });
}

function setFeatures(map: MapGL, source: string, features: GeoJSON.Feature[]): void {
  (map.getSource(source) as GeoJSONSource | undefined)?.setData({ type: 'FeatureCollection', features });
}

/** Guests see how many boats are in each square; the server gives the square's south-west corner. */
export function showDensity(map: MapGL, cells: DensityCell[], size: number): void {
  setFeatures(map, 'density', cells.map(([x, y, boats]) => ({
    type: 'Feature', properties: { boats },
    geometry: { type: 'Polygon', coordinates: [[[x, y], [x + size, y], [x + size, y + size], [x, y + size], [x, y]]] },
  })));
}

/** Nautical miles a silent boat can have gone; null when that is too far to say anything. */
export function reachMiles(ageS: number): number | null {
  const miles = (ageS / 3600) * REACH_KN;
  return miles > REACH_LIMIT_NM ? null : miles;
}

/** The square that holds everything within `miles` of a place: [west, south, east, north]. */
export function boundsAround(lon: number, lat: number, miles: number): [number, number, number, number] {
  const [dy, dx] = [miles * NM_DEG, (miles * NM_DEG) / Math.cos((lat * Math.PI) / 180)];
  return [lon - dx, lat - dy, lon + dx, lat + dy];
}

function ring(lon: number, lat: number, miles: number): GeoJSON.Feature {
  const [dy, dx] = [miles * NM_DEG, (miles * NM_DEG) / Math.cos((lat * Math.PI) / 180)];
  const points = Array.from({ length: 73 }, (_, i) => {
    const turn = (i / 72) * 2 * Math.PI;
    return [lon + dx * Math.cos(turn), lat + dy * Math.sin(turn)];
  });
  return { type: 'Feature', properties: {}, geometry: { type: 'Polygon', coordinates: [points] } };
}

export function showReach(map: MapGL, place: { lon: number; lat: number; ageS: number } | null): void {
  const miles = place && reachMiles(place.ageS);
  setFeatures(map, 'reach', place && miles !== null ? [ring(place.lon, place.lat, miles)] : []);
}

export function showTrack(map: MapGL, vessel: VesselDetail | null): void {
  const points = (vessel?.recent ?? [])
    .flatMap((each): [number, number, string][] => (each.lon === null || each.lat === null ? [] : [[each.lon, each.lat, each.t]]))
    .sort((a, b) => Date.parse(a[2]) - Date.parse(b[2]))
    .map(([lon, lat]) => [lon, lat]);
  const line: GeoJSON.Feature[] = points.length > 1
    ? [{ type: 'Feature', properties: {}, geometry: { type: 'LineString', coordinates: points } }] : [];
  setFeatures(map, 'track', [...line, ...points.slice(0, -1).map((coordinates): GeoJSON.Feature => (
    { type: 'Feature', properties: {}, geometry: { type: 'Point', coordinates } }))]);
}
