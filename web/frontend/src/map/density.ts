// Squares on the sea with the number of boats in each; one scale for officers and guests.
import type { ExpressionSpecification, Map as MapGL } from 'maplibre-gl';
import { SEA_LOOK, type SeaLook } from '../lib/look';
import type { Counted, Square } from '../live/density';
import { NEAR_ZOOM } from '../live/density';
import { setFeatures } from './create';

/** A colour by the number of boats: the first step's, then each next one's from its number on. */
function stepped(look: SeaLook, colourOf: (step: SeaLook['squares'][number]) => string): ExpressionSpecification {
  const [first, ...later] = look.squares;
  return ['step', ['get', 'boats'], colourOf(first!), ...later.flatMap((step) => [step[0], colourOf(step)])] as unknown as ExpressionSpecification;
}

export function installDensity(map: MapGL, under: string | undefined, look: SeaLook = SEA_LOOK.dark): void {
  map.addLayer({
    id: 'density-fill', type: 'fill', source: 'density',
    paint: { 'fill-color': stepped(look, ([, colour]) => colour), 'fill-opacity': 0.8, 'fill-outline-color': look.ground },
  }, under);
}

/** The numbers give way to the names of the sea and the islands, which lie above them. */
export function installCounts(map: MapGL, look: SeaLook, fonts: string[], under: string | undefined): void {
  map.addLayer({
    id: 'density-count', type: 'symbol', source: 'density', filter: ['get', 'roomy'],
    layout: { 'text-field': ['to-string', ['get', 'boats']], 'text-font': fonts, 'text-size': 10.5, 'text-padding': 0 },
    paint: { 'text-color': stepped(look, ([, , figure]) => figure), 'text-halo-color': stepped(look, ([, colour]) => colour), 'text-halo-width': 1 },
  }, under);
}

function outline({ lon, lat }: Square, size: number): GeoJSON.Polygon {
  const [east, north] = [lon + size, lat + size];
  return { type: 'Polygon', coordinates: [[[lon, lat], [east, lat], [east, north], [lon, north], [lon, lat]]] };
}

const ROOM_PX = 22; // a number needs this much square around it

/** Draw the squares; none when nothing is counted. */
export function showDensity(map: MapGL, counted: Counted | null): void {
  const size = counted?.sizeDeg ?? 0;
  const roomy = (size / 360) * 512 * 2 ** map.getZoom() >= ROOM_PX;
  setFeatures(map, 'density', [...(counted?.squares.values() ?? [])].map((square) => (
    { type: 'Feature', properties: { boats: square.boats, roomy }, geometry: outline(square, size) })));
}

/** Where a click on a square leads: close enough to part its boats. */
export const zoomInto = (zoom: number): number => Math.min(NEAR_ZOOM + 0.2, zoom + 2);
