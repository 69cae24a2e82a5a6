// Where a boat was between two of its points: straight between them, and never across a gap.
import { CARRY_S, EARTH_M, KNOT_MS } from '../live/motion';
import { POINT, type Chunk } from './decode';

/** `x`, `y` in world units; `courseDeg` NaN when nobody said; `isHeard` false where nothing was heard for too long. */
export type Placed = { x: number; y: number; courseDeg: number; isHeard: boolean };

const MOVED = 50 / EARTH_M; // less than this apart and the course between two points is noise

/** The last point at or before `atS` among first ≤ i < end, starting to look at `near`; first − 1 when none is. */
export function findLast(t: Float64Array, first: number, end: number, atS: number, near: number): number {
  let at = Math.max(first - 1, Math.min(end - 1, near));
  if (at >= first && t[at]! > atS) at = first - 1; // time went back: begin anew
  let step = 1;
  while (at + step < end && t[at + step]! <= atS) {
    at += step;
    step *= 2;
  }
  for (; step >= 1; step = Math.floor(step / 2)) if (at + step < end && t[at + step]! <= atS) at += step;
  return at;
}

/** Degrees on the screen's map from one point to another, clockwise from north. */
const courseOf = (dx: number, dy: number): number => ((Math.atan2(dx, -dy) * 180) / Math.PI + 360) % 360;

/** Carry a boat straight on by what it said last, for half an hour at most. */
function carry(chunk: Chunk, i: number, atS: number, out: Placed): void {
  const speed = chunk.sogKn[i]!;
  const course = (chunk.cogDeg[i]! * Math.PI) / 180;
  out.x = chunk.x[i]!;
  out.y = chunk.y[i]!;
  if (!(speed >= 0.3) || Number.isNaN(course)) return;
  const metres = speed * KNOT_MS * Math.min(CARRY_S, Math.max(0, atS - chunk.t[i]!));
  const world = metres / (EARTH_M * Math.cos((chunk.lat[i]! * Math.PI) / 180));
  out.x += Math.sin(course) * world;
  out.y -= Math.cos(course) * world;
}

/** Where the boat whose last point is `i` is drawn at `atS`, into `out`; `end` is where its points end. */
export function placeBoat(chunk: Chunk, i: number, end: number, atS: number, out: Placed): void {
  const next = i + 1;
  const hasWay = next < end && (chunk.flags[next]! & POINT.gap) === 0;
  out.courseDeg = chunk.cogDeg[i]!;
  out.isHeard = hasWay;
  if (!hasWay) return carry(chunk, i, atS, out);
  const span = chunk.t[next]! - chunk.t[i]!;
  const share = span > 0 ? (atS - chunk.t[i]!) / span : 0;
  const dx = chunk.x[next]! - chunk.x[i]!;
  const dy = chunk.y[next]! - chunk.y[i]!;
  out.x = chunk.x[i]! + dx * share;
  out.y = chunk.y[i]! + dy * share;
  if (Math.abs(dx) + Math.abs(dy) > MOVED) out.courseDeg = courseOf(dx, dy);
}

/** The boat stands where it last was heard: for readers who want no motion. */
export function standBoat(chunk: Chunk, i: number, end: number, out: Placed): void {
  out.x = chunk.x[i]!;
  out.y = chunk.y[i]!;
  out.courseDeg = chunk.cogDeg[i]!;
  out.isHeard = i + 1 < end && (chunk.flags[i + 1]! & POINT.gap) === 0;
}
