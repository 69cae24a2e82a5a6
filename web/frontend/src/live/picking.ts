// Which boat is under the pointer: a coarse grid over the drawn places, so that a look costs a few boats, not all.
import type { Map as MapGL, Point } from 'maplibre-gl';
import { NEEDS_SOMEONE } from '../lib/status';
import { NEAR_ZOOM, standsAlone, type Drawn } from './density';
import type { Boat } from './fleet';
import { toWorld, type Spot } from './motion';
import type { FleetView } from './moment';

const REACH_PX = 14;
const TILE = 512;
const COLUMNS = 4096; // cells of some 9 km; 14 pixels at zoom 5 are more, so a look reads as many cells as it reaches
const LASTS_S = 1; // a boat at 30 knots has gone 15 m since

export class BoatGrid {
  #cells = new Map<number, Boat[]>();
  #builtS = -Infinity;
  #revision = -1;

  constructor(private readonly fleet: FleetView) {}

  /** The nearest boat within reach of a place (world units); the one that needs someone wins over the one beside it. */
  nearest(here: Spot, scale: number, nowS: number, moving: boolean, fits: (boat: Boat) => boolean): Boat | null {
    let best: Boat | null = null;
    let least = REACH_PX;
    for (const boat of this.#around(here, (REACH_PX + 4) / scale)) {
      if (!fits(boat)) continue;
      const spot = this.fleet.spot(boat, nowS, moving);
      const favour = NEEDS_SOMEONE.includes(boat.fix.status) ? 4 : 0;
      const away = Math.hypot(spot.x - here.x, spot.y - here.y) * scale - favour;
      if (away < least) [best, least] = [boat, away];
    }
    return best;
  }

  /** Put every boat in its cell, unless that was done a moment ago with the same news. */
  refresh(revision: number, nowS: number, moving: boolean): void {
    if (revision === this.#revision && nowS - this.#builtS < LASTS_S) return;
    [this.#revision, this.#builtS] = [revision, nowS];
    this.#cells = new Map();
    for (const boat of this.fleet.boats.values()) {
      const spot = this.fleet.spot(boat, nowS, moving);
      const key = Math.floor(spot.y * COLUMNS) * COLUMNS + Math.floor(spot.x * COLUMNS);
      const cell = this.#cells.get(key);
      if (cell) cell.push(boat);
      else this.#cells.set(key, [boat]);
    }
  }

  *#around({ x, y }: Spot, reach: number): Generator<Boat> {
    const [left, right] = [Math.floor((x - reach) * COLUMNS), Math.floor((x + reach) * COLUMNS)];
    const [top, bottom] = [Math.floor((y - reach) * COLUMNS), Math.floor((y + reach) * COLUMNS)];
    for (let row = top; row <= bottom; row += 1) {
      for (let column = left; column <= right; column += 1) yield* this.#cells.get(row * COLUMNS + column) ?? [];
    }
  }
}

/** The boat drawn under the pointer; below the near zoom only those that are drawn as themselves. */
export function pickBoat(grid: BoatGrid, map: MapGL, at: Point, { revision, nowS, moving, chosen }: Drawn & { revision: number }): Boat | null {
  const pointer = map.unproject(at);
  const near = map.getZoom() >= NEAR_ZOOM;
  grid.refresh(revision, nowS, moving);
  return grid.nearest(toWorld(pointer.lng, pointer.lat), TILE * 2 ** map.getZoom(), nowS, moving, (boat) => near || standsAlone(boat, chosen));
}
