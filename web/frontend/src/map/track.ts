// The chosen boat's day: joined where it was heard, dashed and labelled where it was not.
import type { Map as MapGL, Point } from 'maplibre-gl';
import type { TrackAnswer, TrackGap, TrackPiece } from '../api';
import type { TrackTold } from '../api.devices';
import type { SeaLook } from '../lib/look';
import { setFeatures } from './create';

const POINT_EVERY_S = 1200; // closer points hide the line they stand on
const REACH_PX = 12;
export type Spot = [lon: number, lat: number];
/** One position; `endsPiece` where nothing joins it to the next. */
export type TrackPoint = { atS: number; lon: number; lat: number; sogKn: number | null; inPort: boolean; device: string; endsPiece: boolean };
/** A time in which nothing was heard for too long; `isOpen` when nothing was heard since. */
export type Silence = { fromS: number; toS: number; isOpen: boolean };

type Each = TrackAnswer['features'][number];
const isPiece = (each: Each): each is TrackPiece => each.properties.kind === 'piece';
const isGap = (each: Each): each is TrackGap => each.properties.kind === 'gap';
const isTold = (each: Each): each is TrackTold => each.properties.kind === 'reported';
const seconds = (iso: string): number => Date.parse(iso) / 1000;
const spotsOf = ({ geometry }: TrackPiece | TrackGap): Spot[] => (geometry.type === 'Point' ? [geometry.coordinates] : geometry.coordinates);

function readPiece(piece: TrackPiece): TrackPoint[] {
  const { times, sog_kn, in_port, device } = piece.properties;
  return spotsOf(piece).map(([lon, lat], i, all) => ({
    atS: times[i]!, lon, lat, sogKn: sog_kn[i] ?? null, inPort: in_port[i] ?? false, device: device[i] ?? '', endsPiece: i === all.length - 1,
  }));
}

/** Every position of the day, oldest first. */
export const readPoints = (track: TrackAnswer | null): TrackPoint[] =>
  (track?.features ?? []).filter(isPiece).flatMap(readPiece).sort((a, b) => a.atS - b.atS);

export const readSilences = (track: TrackAnswer | null): Silence[] =>
  (track?.features ?? []).filter(isGap).map(({ properties: { t_from, duration_s, open } }) => ({ fromS: seconds(t_from), toS: seconds(t_from) + duration_s, isOpen: open ?? false }));

/** Positions, oldest first, with at least so many seconds between them; the first, the last and both ends of a gap stay. */
export function thinPoints(points: TrackPoint[], everyS: number): TrackPoint[] {
  let keptS = -Infinity;
  return points.filter((each, i) => {
    const isEnd = i === 0 || each.endsPiece || points[i - 1]!.endsPiece;
    const isKept = isEnd || each.atS - keptS >= everyS;
    if (isKept) keptS = each.atS;
    return isKept;
  });
}

/** The position nearest to the pointer, when one is near enough to be meant. */
export function findPoint(map: MapGL, points: TrackPoint[], at: Point): TrackPoint | null {
  let [best, least] = [null as TrackPoint | null, REACH_PX];
  for (const point of points) {
    const { x, y } = map.project([point.lon, point.lat]);
    const away = Math.hypot(x - at.x, y - at.y);
    if (away < least) [best, least] = [point, away];
  }
  return best;
}

const TOLD = 'told';
const TOLD_PX = 32;
/** A hollow diamond: somebody said that the boat was here, no device did. */
function drawDiamond(look: SeaLook): ImageData {
  const pen = Object.assign(document.createElement('canvas'), { width: TOLD_PX, height: TOLD_PX }).getContext('2d')!;
  const [middle, reach] = [TOLD_PX / 2, TOLD_PX / 2 - 4];
  pen.beginPath();
  for (const [x, y] of [[0, -1], [1, 0], [0, 1], [-1, 0]] as const) pen.lineTo(middle + x * reach, middle + y * reach);
  pen.closePath();
  for (const [colour, width] of [[look.ground, 8], [look.silent, 4]] as const) {
    [pen.strokeStyle, pen.lineWidth] = [colour, width];
    pen.stroke();
  }
  return pen.getImageData(0, 0, TOLD_PX, TOLD_PX);
}

export function installTrack(map: MapGL, look: SeaLook, under: string | undefined): void {
  const of = (kind: string): ['==', ['get', string], string] => ['==', ['get', 'kind'], kind];
  map.addLayer({
    id: 'track-line', type: 'line', source: 'track', filter: of('piece'), layout: { 'line-join': 'round' },
    paint: { 'line-color': look.track, 'line-width': 1.6, 'line-opacity': 0.85 },
  }, under);
  map.addLayer({
    id: 'track-ahead', type: 'line', source: 'track', filter: of('ahead'), layout: { 'line-join': 'round' },
    paint: { 'line-color': look.track, 'line-width': 1.2, 'line-opacity': 0.4 },
  }, under);
  map.addLayer({
    id: 'track-gap', type: 'line', source: 'track', filter: of('gap'),
    paint: { 'line-color': look.silent, 'line-width': 1.8, 'line-dasharray': [3, 2.5] },
  }, under);
  map.addLayer({
    id: 'carried', type: 'line', source: 'carried',
    paint: { 'line-color': look.track, 'line-width': 1.2, 'line-opacity': 0.7, 'line-dasharray': [1, 2.5] },
  }, under);
  map.addLayer({
    id: 'track-points', type: 'circle', source: 'track', filter: of('point'),
    paint: { 'circle-radius': 2.6, 'circle-color': look.ground, 'circle-stroke-color': look.track, 'circle-stroke-width': 1.3 },
  }, under);
  if (!map.hasImage(TOLD)) map.addImage(TOLD, drawDiamond(look), { pixelRatio: 2 });
  map.addLayer({
    id: 'track-told', type: 'symbol', source: 'track', filter: of('reported'),
    layout: { 'icon-image': TOLD, 'icon-allow-overlap': true, 'icon-ignore-placement': true },
  }, under);
  map.addLayer({
    id: 'track-pointed', type: 'circle', source: 'pointed',
    paint: { 'circle-radius': 6, 'circle-color': look.ground, 'circle-stroke-color': look.track, 'circle-stroke-width': 2.5 },
  }, under);
}

/** How long each gap was, in the middle of it; of those at one spot the longest. The table of positions names them all. */
export function installGapNames(map: MapGL, look: SeaLook, fonts: string[]): void {
  map.addLayer({
    id: 'track-gap-name', type: 'symbol', source: 'track', filter: ['==', ['get', 'kind'], 'gap-name'],
    layout: { 'text-field': ['get', 'name'], 'text-font': fonts, 'text-size': 12.5, 'text-anchor': 'bottom', 'text-offset': [0, -0.6], 'symbol-sort-key': ['-', ['get', 'seconds']] },
    paint: { 'text-color': look.silentName, 'text-halo-color': look.ground, 'text-halo-width': 2.4 },
  });
}

const feature = (kind: string, geometry: GeoJSON.Geometry, told: object = {}): GeoJSON.Feature => ({ type: 'Feature', properties: { kind, ...told }, geometry });
const pointAt = (kind: string, coordinates: Spot, told: object = {}): GeoJSON.Feature => feature(kind, { type: 'Point', coordinates }, told);

function middle(spots: Spot[]): Spot {
  const [from, to] = [spots[0]!, spots.at(-1)!];
  return [(from[0] + to[0]) / 2, (from[1] + to[1]) / 2];
}

/** A piece up to a moment, and what of it came after: still true, and not yet so at the moment shown. */
export function splitPiece({ geometry, properties }: TrackPiece, untilS: number): { before: Spot[]; after: Spot[] } {
  if (geometry.type === 'Point') return { before: [], after: [] };
  const later = properties.times.findIndex((atS) => atS > untilS);
  const cut = later < 0 ? geometry.coordinates.length : later;
  return { before: geometry.coordinates.slice(0, cut), after: geometry.coordinates.slice(Math.max(0, cut - 1)) };
}

const lineOf = (kind: string, coordinates: Spot[]): GeoJSON.Feature[] => (coordinates.length > 1 ? [feature(kind, { type: 'LineString', coordinates })] : []);

/** `nameGap` says how long a gap was, in the reader's words. */
export function showTrack(map: MapGL, track: TrackAnswer | null, untilS: number, nameGap: (gap: TrackGap['properties']) => string): void {
  const [all, points] = [track?.features ?? [], thinPoints(readPoints(track), POINT_EVERY_S)];
  setFeatures(map, 'track', [
    ...all.filter(isPiece).map((piece) => splitPiece(piece, untilS)).flatMap(({ before, after }) => [...lineOf('piece', before), ...lineOf('ahead', after)]),
    ...all.filter(isGap).flatMap((gap) => lineOf('gap', spotsOf(gap))),
    ...all.filter(isTold).filter(({ properties }) => seconds(properties.t_from) <= untilS),
    ...points.map(({ lon, lat }) => pointAt('point', [lon, lat])),
    ...all.filter(isGap).map((gap) => pointAt('gap-name', middle(spotsOf(gap)), { name: nameGap(gap.properties), seconds: gap.properties.duration_s })),
  ]);
}

/** A ring around the position that is pointed at, on the map or along the day. */
export function showPointed(map: MapGL, point: TrackPoint | undefined): void {
  setFeatures(map, 'pointed', point ? [pointAt('pointed', [point.lon, point.lat])] : []);
}

/** A dotted line from the last report to where the boat is drawn now: reckoned, not heard. */
export function showCarried(map: MapGL, from: Spot | null, to: Spot | null): void {
  setFeatures(map, 'carried', from && to ? [feature('carried', { type: 'LineString', coordinates: [from, to] })] : []);
}
