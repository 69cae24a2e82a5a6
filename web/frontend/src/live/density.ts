// Boats counted by square, for the zooms at which single boats would only hide each other.
import type { StatusCounts, VesselStatus } from '../api';
import { isInSea } from '../lib/sea';
import { NEEDS_SOMEONE } from '../lib/status';
import type { Boat } from './fleet';
import { fromWorld } from './motion';
import type { FleetView } from './moment';
import type { DensityCell } from './socket';

/** From here on every boat is an arrow of its own. */
export const NEAR_ZOOM = 9;

export type Square = { lon: number; lat: number; boats: number; statuses: StatusCounts };
/**
 * Squares by `keyOf`, and in numbers the boats of this sea: `boats` in squares, `alone` drawn as themselves; `outside` are all
 * that are elsewhere. The three add up to every boat with a position.
 */
export type Counted = { sizeDeg: number; squares: Map<string, Square>; boats: number; alone: number; outside: number };
/** How and when the fleet is drawn, and which boat is the chosen one (its handle). */
export type Drawn = { nowS: number; moving: boolean; chosen: number | null };
type Place = { lon: number; lat: number; status: VesselStatus };

/** The side of a square in degrees: 20 to 50 pixels on the screen. Powers of two, so edges are exact and nest. */
export function squareDeg(zoom: number): number {
  if (zoom < 6) return 0.5;
  if (zoom < 7) return 0.25;
  return zoom < 8 ? 0.125 : 0.0625;
}

const keyOf = (lon: number, lat: number, sizeDeg: number): string => `${Math.floor(lon / sizeDeg)},${Math.floor(lat / sizeDeg)}`;

/** Every place falls in exactly one square: its south-west edges belong to it. */
export function binPlaces(places: Iterable<Place>, sizeDeg: number): Map<string, Square> {
  const squares = new Map<string, Square>();
  for (const { lon, lat, status } of places) {
    const key = keyOf(lon, lat, sizeDeg);
    const square = squares.get(key) ?? { lon: Math.floor(lon / sizeDeg) * sizeDeg, lat: Math.floor(lat / sizeDeg) * sizeDeg, boats: 0, statuses: {} };
    square.boats += 1;
    square.statuses[status] = (square.statuses[status] ?? 0) + 1;
    squares.set(key, square);
  }
  return squares;
}

/** Does this boat stay a symbol when the others become squares: it needs someone, or it is the chosen one. */
export const standsAlone = (boat: Boat, chosen: number | null): boolean => boat.fix.handle === chosen || NEEDS_SOMEONE.includes(boat.fix.status);

/** The fleet in squares of `sizeDeg`, where it is drawn. */
export function countFleet(fleet: FleetView, sizeDeg: number, { nowS, moving, chosen }: Drawn): Counted {
  const crowd: Place[] = [];
  const sum = { boats: 0, alone: 0, outside: 0 };
  for (const boat of fleet.boats.values()) {
    const place = fromWorld(fleet.spot(boat, nowS, moving));
    const alone = standsAlone(boat, chosen);
    if (!alone) crowd.push({ ...place, status: boat.fix.status });
    sum[!isInSea(place.lon, place.lat) ? 'outside' : alone ? 'alone' : 'boats'] += 1;
  }
  return { sizeDeg, squares: binPlaces(crowd, sizeDeg), ...sum };
}

/** A guest's squares come counted from the server, by their south-west corner. */
export function takeCells(cells: DensityCell[], sizeDeg: number): Counted {
  const middle = ([lon, lat]: DensityCell): [number, number] => [lon + sizeDeg / 2, lat + sizeDeg / 2];
  const squares = new Map(cells.map((cell): [string, Square] => (
    [keyOf(...middle(cell), sizeDeg), { lon: cell[0], lat: cell[1], boats: cell[2], statuses: {} }])));
  const sum = { boats: 0, outside: 0 };
  for (const cell of cells) sum[isInSea(...middle(cell)) ? 'boats' : 'outside'] += cell[2];
  return { sizeDeg, squares, ...sum, alone: 0 };
}

export const findSquare = (counted: Counted | null, lon: number, lat: number): Square | undefined =>
  counted?.squares.get(keyOf(lon, lat, counted.sizeDeg));
