// Every boat the stream has told of, by handle, with what the screen needs to move it.
import { STATUSES, type VesselStatus } from '../api';
import { isInSea } from '../lib/sea';
import { NEEDS_SOMEONE } from '../lib/status';
import { FLAG, type Fix, type Frame } from './codec';
import { BLEND_S, carrySeconds, SCREEN_LAG_S, toVelocity, toWorld, type Spot } from './motion';
import type { FleetView, Keep } from './moment';

export type Who = { id: string; label: string; name: string | null };
export type Boat = { fix: Fix; at: Spot; velocity: Spot; shift: Spot; changedS: number };

/** The layer's positions are offsets from here, so float32 is exact to centimetres. */
export const ORIGIN = toWorld(111.5, 14);
export const FLOATS = 12;
const RANK = Object.fromEntries(STATUSES.map((status) => {
  const place = NEEDS_SOMEONE.indexOf(status);
  return [status, place < 0 ? NEEDS_SOMEONE.length : place];
})) as Record<VesselStatus, number>;
const LARGEST_GLIDE = 2e-4; // beyond some 8 km a correction is a jump, not a glide

export class Fleet implements FleetView {
  epoch = 0;
  readonly boats = new Map<number, Boat>();
  readonly #who = new Map<number, Who>();

  /** A new epoch gives handles a new meaning: forget everything. */
  startEpoch(epoch: number): void {
    if (epoch === this.epoch) return;
    this.epoch = epoch;
    this.forget();
  }

  forget(): void {
    this.boats.clear();
    this.#who.clear();
  }

  name(epoch: number, vessels: [number, string, string, string | null][]): void {
    this.startEpoch(epoch);
    for (const [handle, id, label, name] of vessels) this.#who.set(handle, { id, label, name });
  }

  who(handle: number): Who | undefined {
    return this.#who.get(handle);
  }

  find(id: string): Boat | undefined {
    for (const [handle, who] of this.#who) if (who.id === id) return this.boats.get(handle);
    return undefined;
  }

  apply(frame: Frame, nowS: number): void {
    this.startEpoch(frame.epoch);
    const before = new Map(this.boats);
    if (frame.kind === 'snapshot') this.boats.clear();
    for (const fix of frame.fixes) {
      if (fix.flags & FLAG.removed) this.boats.delete(fix.handle);
      else this.boats.set(fix.handle, makeBoat(fix, before.get(fix.handle), nowS));
    }
  }

  /** Where a boat is drawn now (world units). */
  spot(boat: Boat, nowS: number, moving: boolean): Spot {
    const dt = moving ? carrySeconds(boat.fix.t, nowS - SCREEN_LAG_S) : 0;
    return { x: boat.at.x + boat.velocity.x * dt, y: boat.at.y + boat.velocity.y * dt };
  }

  /** One row of floats a boat, for the graphics card. Times are relative to `baseS` (unix seconds). */
  pack(baseS: number, selected: number | null, keep?: Keep): Float32Array<ArrayBuffer> {
    const drawn = [...this.boats.values()].filter((boat) => keep?.(boat.fix.handle) ?? true);
    const out = new Float32Array(drawn.length * FLOATS);
    const isOn = (boat: Boat): boolean => boat.fix.handle === selected;
    // Drawn in this order: those that need someone above the rest, the chosen one above all.
    const height = (boat: Boat): number => (isOn(boat) ? 99 : NEEDS_SOMEONE.length - RANK[boat.fix.status]);
    const sorted = drawn.sort((a, b) => height(a) - height(b));
    sorted.forEach((boat, row) => out.set(packBoat(boat, baseS, isOn(boat)), row * FLOATS));
    return out;
  }
}

/** How many boats reported from outside the sea this map is of. */
export function countOutside(fleet: FleetView): number {
  let outside = 0;
  for (const { fix } of fleet.boats.values()) if (!isInSea(fix.lon, fix.lat)) outside += 1;
  return outside;
}

function makeBoat(fix: Fix, old: Boat | undefined, nowS: number): Boat {
  const [at, velocity] = [toWorld(fix.lon, fix.lat), toVelocity(fix)];
  return { fix, at, velocity, shift: findShift(at, velocity, fix, old, nowS), changedS: nowS };
}

/** How far the old drawing was from the new one: the glide starts there and ends at nothing. */
function findShift(at: Spot, velocity: Spot, fix: Fix, old: Boat | undefined, nowS: number): Spot {
  if (!old || nowS - old.changedS < BLEND_S) return { x: 0, y: 0 };
  const [was, is] = [carrySeconds(old.fix.t, nowS - SCREEN_LAG_S), carrySeconds(fix.t, nowS - SCREEN_LAG_S)];
  const shift = {
    x: old.at.x + old.velocity.x * was - (at.x + velocity.x * is),
    y: old.at.y + old.velocity.y * was - (at.y + velocity.y * is),
  };
  return Math.hypot(shift.x, shift.y) > LARGEST_GLIDE ? { x: 0, y: 0 } : shift;
}

function packBoat(boat: Boat, baseS: number, selected: boolean): number[] {
  const { fix, at, velocity, shift } = boat;
  return [
    at.x - ORIGIN.x, at.y - ORIGIN.y, velocity.x, velocity.y, shift.x, shift.y,
    fix.t - baseS, boat.changedS - baseS,
    STATUSES.indexOf(fix.status), ((fix.cogDeg ?? 0) * Math.PI) / 180, selected ? 1 : 0, fix.cogDeg === null ? -1 : (fix.sogKn ?? 0),
  ];
}
