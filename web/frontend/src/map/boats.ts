// What the fisheries map adds to the sea: the boats, the chosen boat's day, and where silent ones may be.
import type { Map as MapGL } from 'maplibre-gl';
import { SEA_LOOK, type SeaLook } from '../lib/look';
import type { BoatLayer } from '../live/layer';
import { firstLabel } from './create';
import { installCounts, installDensity } from './density';
import { installRegionName, installRegions, REGION_SOURCES } from './regions';
import { installGapNames, installTrack } from './track';

const NM_DEG = 1 / 60;

export function installBoats(map: MapGL, boats: BoatLayer, look: SeaLook = SEA_LOOK.dark): void {
  const under = firstLabel(map);
  // The stream's squares are newer than the tiles'.
  if (map.getLayer('vessel-density')) map.setLayoutProperty('vessel-density', 'visibility', 'none');
  for (const id of [...REGION_SOURCES, 'track', 'carried', 'pointed', 'density']) map.addSource(id, { type: 'geojson', data: { type: 'FeatureCollection', features: [] } });
  installDensity(map, under, look);
  installRegions(map, look, map.getLayer('land') ? 'land' : under);
  installTrack(map, look, under);
  const fonts = readFonts(map);
  installCounts(map, look, fonts, under);
  map.addLayer(boats, under);
  installGapNames(map, look, fonts);
  installRegionName(map, look, fonts);
}

function readFonts(map: MapGL): string[] {
  const named = map.getLayer('name-sea') && (map.getLayoutProperty('name-sea', 'text-font') as string[] | undefined);
  return named ?? ['Noto Sans SemiBold'];
}

/** The square that holds everything within `miles` of a place: [west, south, east, north]. */
export function boundsAround(lon: number, lat: number, miles: number): [number, number, number, number] {
  const [dy, dx] = [miles * NM_DEG, (miles * NM_DEG) / Math.cos((lat * Math.PI) / 180)];
  return [lon - dx, lat - dy, lon + dx, lat + dy];
}
