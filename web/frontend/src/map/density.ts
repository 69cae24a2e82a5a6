// Squares on the sea with the number of boats in each; one scale for officers and guests.
import type { ExpressionSpecification, Map as MapGL } from 'maplibre-gl';
import type { Counted, Square } from '../live/density';
import { NEAR_ZOOM } from '../live/density';
import { setFeatures } from './create';

/** From how many boats on a square has which colour; the legend is drawn from the same list. */
export const DENSITY_STEPS: readonly [boats: number, colour: string][] = [
  [1, '#1b4560'], [5, '#23617f'], [10, '#2f82a4'], [25, '#56aeca'], [50, '#9bdcee'],
];
const [FIRST, ...LATER] = DENSITY_STEPS.map(([, colour], i) => (i === 0 ? [colour] : [DENSITY_STEPS[i]![0], colour]));

export function installDensity(map: MapGL, under: string | undefined): void {
  const colour = ['step', ['get', 'boats'], ...FIRST!, ...LATER.flat()] as unknown as ExpressionSpecification;
  map.addLayer({
    id: 'density-fill', type: 'fill', source: 'density',
    paint: { 'fill-color': colour, 'fill-opacity': 0.72, 'fill-outline-color': '#0b1c2c' },
  }, under);
}

const BRIGHT_FROM = 25; // dark figures on the bright squares

/** The numbers give way to the names of the sea and the islands, which lie above them. */
export function installCounts(map: MapGL, fonts: string[], under: string | undefined): void {
  map.addLayer({
    id: 'density-count', type: 'symbol', source: 'density', filter: ['get', 'roomy'],
    layout: { 'text-field': ['to-string', ['get', 'boats']], 'text-font': fonts, 'text-size': 10.5, 'text-padding': 0 },
    paint: {
      'text-color': ['step', ['get', 'boats'], '#e3eef6', BRIGHT_FROM, '#06121d'],
      'text-halo-color': ['step', ['get', 'boats'], '#06121d', BRIGHT_FROM, 'rgba(0,0,0,0)'], 'text-halo-width': 1.1,
    },
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
