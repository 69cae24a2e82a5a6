// Where a boat is drawn between two reports: straight on by its last course and speed, for a while.
import type { Fix } from './codec';

export const KNOT_MS = 1852 / 3600;
export const CARRY_S = 1800; // dead reckoning stops here; after it the boat stands and fades
export const BLEND_S = 0.6; // a correction glides in this long instead of jumping
export const SCREEN_LAG_S = 1.5; // drawn a little in the past, so reports arrive before they are needed
export const EARTH_M = 40_075_016.686;

export type Spot = { x: number; y: number };

/** Web-mercator world coordinates in [0, 1], origin top left. */
export function toWorld(lon: number, lat: number): Spot {
  const sin = Math.sin((Math.max(-85.05, Math.min(85.05, lat)) * Math.PI) / 180);
  return { x: lon / 360 + 0.5, y: 0.5 - Math.log((1 + sin) / (1 - sin)) / (4 * Math.PI) };
}

export function fromWorld({ x, y }: Spot): { lon: number; lat: number } {
  return { lon: (x - 0.5) * 360, lat: (Math.atan(Math.sinh((0.5 - y) * 2 * Math.PI)) * 180) / Math.PI };
}

/** World units a second; nothing when the boat told no course or no speed worth the name. */
export function toVelocity(fix: Fix): Spot {
  if (fix.sogKn === null || fix.cogDeg === null || fix.sogKn < 0.3) return { x: 0, y: 0 };
  const speed = (fix.sogKn * KNOT_MS) / (EARTH_M * Math.cos((fix.lat * Math.PI) / 180));
  const course = (fix.cogDeg * Math.PI) / 180;
  return { x: Math.sin(course) * speed, y: -Math.cos(course) * speed };
}

export const carrySeconds = (t: number, drawnAt: number): number => Math.max(0, Math.min(CARRY_S, drawnAt - t));

const PACE_M_S = 8; // some 15 knots
const WORLD_PX = 512;

/** Milliseconds until a boat at 15 knots has moved a third of a pixel: no frame is drawn for nothing. */
export function repaintWait(zoom: number): number {
  const metresPerPixel = EARTH_M / (WORLD_PX * 2 ** zoom);
  return Math.max(50, Math.min(1000, (metresPerPixel / 3 / PACE_M_S) * 1000));
}
