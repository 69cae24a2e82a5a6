// Which boat is under the pointer: a look at every boat's drawn place, 10,000 of them in a fraction of a ms.
import type { Map as MapGL, Point } from 'maplibre-gl';
import { STAYS_SYMBOL } from '../lib/status';
import type { Boat, Fleet } from './fleet';

const REACH_PX = 14;
const TILE = 512;

export function pickBoat(fleet: Fleet, map: MapGL, at: Point, nowS: number, moving: boolean): Boat | null {
  const pointer = map.unproject(at);
  const scale = TILE * 2 ** map.getZoom();
  const sin = Math.sin((pointer.lat * Math.PI) / 180);
  const here = { x: pointer.lng / 360 + 0.5, y: 0.5 - Math.log((1 + sin) / (1 - sin)) / (4 * Math.PI) };
  let best: Boat | null = null;
  let least = REACH_PX;
  for (const boat of fleet.boats.values()) {
    const spot = fleet.spot(boat, nowS, moving);
    // The one that needs someone wins over a dot beside it.
    const favour = STAYS_SYMBOL.includes(boat.fix.status) ? 4 : 0;
    const away = Math.hypot(spot.x - here.x, spot.y - here.y) * scale - favour;
    if (away < least) [best, least] = [boat, away];
  }
  return best;
}
