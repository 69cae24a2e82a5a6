// What the fisheries map adds to the sea: the boats, the chosen boat's day, and where a silent one can be.
import type { Map as MapGL } from 'maplibre-gl';
import { SEA_LOOK, type SeaLook } from '../lib/look';
import type { BoatLayer } from '../live/layer';
import { firstLabel, setFeatures } from './create';
import { installCounts, installDensity } from './density';
import { installGapNames, installTrack } from './track';

/** The speed that bounds where a silent boat can have gone; an assumption, and the panel says so. */
export const REACH_KN = 8;
const REACH_LIMIT_NM = 300;
const NM_DEG = 1 / 60;

export function installBoats(map: MapGL, boats: BoatLayer, look: SeaLook = SEA_LOOK.dark): void {
  const under = firstLabel(map);
  // The stream's squares are newer than the tiles'.
  if (map.getLayer('vessel-density')) map.setLayoutProperty('vessel-density', 'visibility', 'none');
  for (const id of ['reach', 'track', 'carried', 'pointed', 'density']) map.addSource(id, { type: 'geojson', data: { type: 'FeatureCollection', features: [] } });
  installDensity(map, under, look);
  const sea = map.getLayer('land') ? 'land' : under; // a boat cannot be on land, so land hides the ring
  map.addLayer({ id: 'reach-fill', type: 'fill', source: 'reach', paint: { 'fill-color': look.silent, 'fill-opacity': 0.08 } }, sea);
  map.addLayer({
    id: 'reach-line', type: 'line', source: 'reach',
    paint: { 'line-color': look.silent, 'line-width': 1.4, 'line-dasharray': [3, 3] },
  }, sea);
  installTrack(map, look, under);
  const fonts = readFonts(map);
  installCounts(map, look, fonts, under);
  map.addLayer(boats, under);
  installGapNames(map, look, fonts);
}

function readFonts(map: MapGL): string[] {
  const named = map.getLayer('name-sea') && (map.getLayoutProperty('name-sea', 'text-font') as string[] | undefined);
  return named ?? ['Noto Sans SemiBold'];
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
