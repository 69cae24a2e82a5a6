// The chosen boat's day: joined where it was heard, dashed and labelled where it was not.
import type { Map as MapGL } from 'maplibre-gl';
import type { RecentPosition } from '../api';
import { setFeatures } from './create';

/** Longer without a position and the way between two is not known. */
export const GAP_S = 9000;
const POINT_EVERY_S = 1200; // closer points hide the line they stand on
export type Spot = [lon: number, lat: number];
export type Gap = { from: Spot; to: Spot; seconds: number };
/** `points` are the ends of every stretch, the last position, and one each 20 minutes between. */
export type Track = { points: Spot[]; lines: Spot[][]; gaps: Gap[] };

type Heard = { spot: Spot; atS: number };

function readHeard(recent: RecentPosition[]): Heard[] {
  return recent
    .flatMap(({ lon, lat, t }): Heard[] => (lon === null || lat === null ? [] : [{ spot: [lon, lat], atS: Date.parse(t) / 1000 }]))
    .sort((a, b) => a.atS - b.atS);
}

/** Positions in any order to stretches that were heard and gaps that were not. */
export function splitTrack(recent: RecentPosition[]): Track {
  const track: Track = { points: [], lines: [], gaps: [] };
  let before: Heard | null = null;
  let shownS = -Infinity;
  const show = (here: Heard): number => (track.points.push(here.spot), here.atS);
  for (const here of readHeard(recent)) {
    const seconds = before === null ? Infinity : here.atS - before.atS;
    if (seconds <= GAP_S) track.lines.at(-1)!.push(here.spot);
    else track.lines.push([here.spot]);
    if (before && seconds > GAP_S) {
      track.gaps.push({ from: before.spot, to: here.spot, seconds });
      if (before.atS !== shownS) show(before);
    }
    if (seconds > GAP_S || here.atS - shownS >= POINT_EVERY_S) shownS = show(here);
    before = here;
  }
  if (before && before.atS !== shownS) show(before);
  return { ...track, lines: track.lines.filter((line) => line.length > 1) };
}

/** Positions, newest first, with at least so many seconds between them; both ends of a gap and the oldest stay. */
export function thinPositions(newestFirst: RecentPosition[], seconds: number): RecentPosition[] {
  const atS = (each: RecentPosition | undefined): number => (each ? Date.parse(each.t) / 1000 : -Infinity);
  let keptS = Infinity;
  return newestFirst.filter((each, i) => {
    const isEnd = atS(newestFirst[i - 1]) - atS(each) > GAP_S || atS(each) - atS(newestFirst[i + 1]) > GAP_S;
    const isKept = isEnd || i === 0 || keptS - atS(each) >= seconds;
    if (isKept) keptS = atS(each);
    return isKept;
  });
}

export function installTrack(map: MapGL, under: string | undefined): void {
  const of = (kind: string): ['==', ['get', string], string] => ['==', ['get', 'kind'], kind];
  map.addLayer({
    id: 'track-line', type: 'line', source: 'track', filter: of('heard'), layout: { 'line-join': 'round' },
    paint: { 'line-color': '#ffffff', 'line-width': 1.6, 'line-opacity': 0.85 },
  }, under);
  map.addLayer({
    id: 'track-gap', type: 'line', source: 'track', filter: of('gap'),
    paint: { 'line-color': '#e69f00', 'line-width': 1.8, 'line-dasharray': [3, 2.5] },
  }, under);
  map.addLayer({
    id: 'carried', type: 'line', source: 'carried',
    paint: { 'line-color': '#ffffff', 'line-width': 1.2, 'line-opacity': 0.7, 'line-dasharray': [1, 2.5] },
  }, under);
  map.addLayer({
    id: 'track-points', type: 'circle', source: 'track', filter: of('point'),
    paint: { 'circle-radius': 2.6, 'circle-color': '#0b1c2c', 'circle-stroke-color': '#ffffff', 'circle-stroke-width': 1.3 },
  }, under);
}

/** How long each gap was, in the middle of it; of those at one spot the longest. The table of positions names them all. */
export function installGapNames(map: MapGL, fonts: string[]): void {
  map.addLayer({
    id: 'track-gap-name', type: 'symbol', source: 'track', filter: ['==', ['get', 'kind'], 'gap-name'],
    layout: { 'text-field': ['get', 'name'], 'text-font': fonts, 'text-size': 12.5, 'text-anchor': 'bottom', 'text-offset': [0, -0.6], 'symbol-sort-key': ['-', ['get', 'seconds']] },
    paint: { 'text-color': '#f3b53a', 'text-halo-color': '#06121d', 'text-halo-width': 2.4 },
  });
}

const feature = (kind: string, geometry: GeoJSON.Geometry, told: object = {}): GeoJSON.Feature => ({ type: 'Feature', properties: { kind, ...told }, geometry });
const middle = ({ from, to }: Gap): Spot => [(from[0] + to[0]) / 2, (from[1] + to[1]) / 2];

/** `nameGap` says how long a gap was, in the reader's words. */
export function showTrack(map: MapGL, { points, lines, gaps }: Track, nameGap: (seconds: number) => string): void {
  setFeatures(map, 'track', [
    ...lines.map((coordinates) => feature('heard', { type: 'LineString', coordinates })),
    ...gaps.map(({ from, to }) => feature('gap', { type: 'LineString', coordinates: [from, to] })),
    ...points.map((coordinates) => feature('point', { type: 'Point', coordinates })),
    ...gaps.map((gap) => feature('gap-name', { type: 'Point', coordinates: middle(gap) }, { name: nameGap(gap.seconds), seconds: gap.seconds })),
  ]);
}

/** A dotted line from the last report to where the boat is drawn now: reckoned, not heard. */
export function showCarried(map: MapGL, from: Spot | null, to: Spot | null): void {
  setFeatures(map, 'carried', from && to ? [feature('carried', { type: 'LineString', coordinates: [from, to] })] : []);
}
