// The fleet at a moment of the past, out of one chunk. Going on to the next frame makes nothing new: it changes what is there.
import { STATUSES, type StatusCounts } from '../api';
import { NEEDS_SOMEONE } from '../lib/status';
import { FLAG } from '../live/codec';
import { FLOATS, ORIGIN, type Boat, type Who } from '../live/fleet';
import type { Spot } from '../live/motion';
import type { FleetView, Keep } from '../live/moment';
import { POINT, type Chunk } from './decode';
import { findLast, placeBoat, standBoat, type Placed } from './place';
import { judge, type Ladder } from './status';

/** [handle, id, label, name, length in metres, origin], as /api/replay/boats sends them. */
export type BoatRow = [number, string, string, string | null, number | null, string];

const UNKNOWN = STATUSES.indexOf('unknown');
/** Drawn later the graver: a status's place from the bottom. */
const HEIGHT = STATUSES.map((status) => (NEEDS_SOMEONE.includes(status) ? NEEDS_SOMEONE.length - NEEDS_SOMEONE.indexOf(status) : 0));
const isRegistered = (id: string): boolean => id.startsWith('v');

export class PastFleet implements FleetView {
  readonly boats = new Map<number, Boat>();
  /** Boats on the books and whatever else was heard by then: what the counts add up to. */
  denominator = 0;
  readonly #tally = new Int32Array(STATUSES.length);
  readonly #who = new Map<number, Who>();
  readonly #handles = new Map<string, number>();
  readonly #placed: Placed = { x: 0, y: 0, courseDeg: NaN, isHeard: false };
  #chunk: Chunk | null = null;
  #made: Boat[] = [];
  #cursor = new Int32Array(0);
  #status = new Int8Array(0);
  #heard = new Uint8Array(0);
  #order = new Uint32Array(0);
  #isSorted = false;
  #isSummed = false;
  #rows = new Float32Array(0);
  #view = this.#rows;
  #atS = 0;

  constructor(rows: readonly BoatRow[]) {
    for (const [handle, id, label, name] of rows) {
      this.#who.set(handle, { id, label, name });
      this.#handles.set(id, handle);
    }
  }

  who(handle: number): Who | undefined {
    return this.#who.get(handle);
  }

  find(id: string): Boat | undefined {
    const handle = this.#handles.get(id);
    return handle === undefined ? undefined : this.boats.get(handle);
  }

  spot(boat: Boat): Spot {
    return boat.at;
  }

  /** Was nothing heard of the boat for so long around this moment that its way is not known? */
  isSilent(handle: number): boolean {
    const row = this.#chunk?.handles.indexOf(handle) ?? -1;
    return row >= 0 && this.#heard[row] === 0;
  }

  get counts(): StatusCounts {
    return Object.fromEntries(STATUSES.flatMap((status, i) => (this.#tally[i]! > 0 ? [[status, this.#tally[i]!]] : [])));
  }

  /** Put every boat where it was at `atS`; without `moving`, where it last was heard. */
  moveTo(chunk: Chunk, atS: number, ladder: Ladder, moving: boolean): void {
    if (chunk !== this.#chunk) this.#take(chunk);
    this.#atS = atS;
    for (let row = 0; row < chunk.handles.length; row += 1) this.#moveBoat(chunk, row, ladder, moving);
    if (!this.#isSummed) this.#sum();
  }

  pack(baseS: number, chosen: number | null, keep?: Keep): Float32Array<ArrayBuffer> {
    if (!this.#isSorted) this.#sort();
    let shown = 0;
    let last = -1;
    for (const row of this.#order) {
      if (this.#status[row]! < 0 || keep?.(this.#made[row]!.fix.handle) === false) continue;
      if (this.#made[row]!.fix.handle === chosen) last = row;
      else this.#packBoat(row, shown++, baseS, false);
    }
    if (last >= 0) this.#packBoat(last, shown++, baseS, true);
    if (this.#view.length !== shown * FLOATS) this.#view = this.#rows.subarray(0, shown * FLOATS);
    return this.#view;
  }

  #take(chunk: Chunk): void {
    const boats = chunk.handles.length;
    const before = new Map(this.#made.map((boat) => [boat.fix.handle, boat]));
    this.#made = Array.from(chunk.handles, (handle) => before.get(handle) ?? makeBoat(handle));
    this.#cursor = Int32Array.from({ length: boats }, (_, row) => chunk.first[row]! - 1);
    this.#status = new Int8Array(boats).fill(-1);
    this.#heard = new Uint8Array(boats);
    this.#order = Uint32Array.from({ length: boats }, (_, row) => row);
    this.#rows = new Float32Array(boats * FLOATS);
    this.#view = this.#rows.subarray(0, 0);
    this.#isSorted = this.#isSummed = false;
    this.#chunk = chunk;
    this.boats.clear();
  }

  #moveBoat(chunk: Chunk, row: number, ladder: Ladder, moving: boolean): void {
    const first = chunk.first[row]!;
    const end = chunk.first[row + 1]!;
    const i = findLast(chunk.t, first, end, this.#atS, this.#cursor[row]!);
    this.#cursor[row] = i;
    const status = i < first ? -1 : judge(chunk.flags[i]!, this.#atS - chunk.t[i]!, ladder);
    if (status !== this.#status[row]) this.#restate(row, status);
    if (status < 0) return;
    if (moving) placeBoat(chunk, i, end, this.#atS, this.#placed);
    else standBoat(chunk, i, end, this.#placed);
    this.#tell(chunk, row, i);
  }

  #restate(row: number, status: number): void {
    const boat = this.#made[row]!;
    this.#status[row] = status;
    this.#isSorted = this.#isSummed = false;
    if (status < 0) this.boats.delete(boat.fix.handle);
    else {
      boat.fix.status = STATUSES[status]!;
      this.boats.set(boat.fix.handle, boat);
    }
  }

  #tell(chunk: Chunk, row: number, i: number): void {
    const { fix, at } = this.#made[row]!;
    const { courseDeg } = this.#placed;
    at.x = this.#placed.x;
    at.y = this.#placed.y;
    fix.lon = chunk.lon[i]!;
    fix.lat = chunk.lat[i]!;
    fix.t = chunk.t[i]!;
    fix.sogKn = Number.isNaN(chunk.sogKn[i]!) ? null : chunk.sogKn[i]!;
    fix.cogDeg = Number.isNaN(courseDeg) ? null : courseDeg;
    fix.flags = (chunk.flags[i]! & POINT.vms ? FLAG.vms : FLAG.ais) | (chunk.origin[row]! & 3);
    this.#heard[row] = this.#placed.isHeard ? 1 : 0;
  }

  /** Boats on the books that nobody heard by now are unknown; a transmitter nobody heard is not there yet. */
  #sum(): void {
    this.#tally.fill(0);
    let known = 0;
    for (let row = 0; row < this.#status.length; row += 1) {
      if (this.#status[row]! < 0) continue;
      this.#tally[this.#status[row]!]! += 1;
      known += 1;
    }
    let silent = 0;
    for (const [handle, { id }] of this.#who) if (isRegistered(id) && !this.boats.has(handle)) silent += 1;
    this.#tally[UNKNOWN]! += silent;
    this.denominator = known + silent;
    this.#isSummed = true;
  }

  #sort(): void {
    this.#order.sort((a, b) => HEIGHT[Math.max(0, this.#status[a]!)]! - HEIGHT[Math.max(0, this.#status[b]!)]! || a - b);
    this.#isSorted = true;
  }

  /** A boat whose way is known is as good as just heard; one in a gap shows its age and fades. */
  #packBoat(row: number, place: number, baseS: number, isChosen: boolean): void {
    const { fix, at } = this.#made[row]!;
    const out = this.#rows;
    const o = place * FLOATS;
    out[o] = at.x - ORIGIN.x;
    out[o + 1] = at.y - ORIGIN.y;
    out[o + 6] = (this.#heard[row] === 1 ? this.#atS : fix.t) - baseS;
    out[o + 7] = -1e6; // no correction glides in
    out[o + 8] = this.#status[row]!;
    out[o + 9] = ((fix.cogDeg ?? 0) * Math.PI) / 180;
    out[o + 10] = isChosen ? 1 : 0;
    out[o + 11] = fix.cogDeg === null ? -1 : (fix.sogKn ?? 0);
  }
}

const makeBoat = (handle: number): Boat => ({
  fix: { handle, lon: 0, lat: 0, t: 0, sogKn: null, cogDeg: null, status: 'unknown', flags: 0 },
  at: { x: 0, y: 0 }, velocity: { x: 0, y: 0 }, shift: { x: 0, y: 0 }, changedS: 0,
});

