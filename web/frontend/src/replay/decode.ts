// The binary chunks of /api/replay: some hours of the whole fleet as columns; web/replay is their twin.
import { toWorld } from '../live/motion';

const MAGIC = 0x5250534f; // "OSPR"
const VERSION = 1;
const NONE = 255;

/** Bits of a point's flags. GAP speaks of the stretch that ends at the point. */
export const POINT = { gap: 1, inPort: 2, vms: 4, doubtful: 8, foreign: 16, wrongBelt: 32 } as const;

/** Boat `b` of `handles` owns the points first[b] ≤ i < first[b + 1], in order of time; NaN is "not said". */
export type Chunk = {
  /** The hours it answers for, Unix seconds: fromS ≤ t < toS. Lead-in and lead-out points lie outside. */
  fromS: number;
  toS: number;
  handles: Uint32Array;
  /** 0 real, 1 simulated, 2 replayed, 3 both. */
  origin: Uint8Array;
  first: Uint32Array;
  t: Float64Array;
  lon: Float64Array;
  lat: Float64Array;
  /** Web-mercator world units. */
  x: Float64Array;
  y: Float64Array;
  sogKn: Float32Array;
  cogDeg: Float32Array;
  flags: Uint8Array;
};

/** Numbers of seven bits a byte, low bits first. */
class Varints {
  constructor(private readonly bytes: Uint8Array, private at: number) {}

  next(): number {
    let [value, shift, byte] = [0, 0, 0x80];
    while (byte & 0x80) {
      byte = this.bytes[this.at]!;
      this.at += 1;
      value += (byte & 0x7f) * 2 ** shift;
      shift += 7;
    }
    return value;
  }

  signed(): number {
    const value = this.next();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }
}

type Sizes = { boats: number; points: number; counts: number; t: number; lon: number; lat: number };

function readSizes(view: DataView): Sizes {
  const at = (offset: number): number => view.getUint32(offset, true);
  return { boats: at(16), points: at(20), t: at(24), lon: at(28), lat: at(32), counts: at(36) };
}

/** Where each boat's points begin, and one more: where they end. */
function readFirsts(counts: Varints, boats: number): Uint32Array {
  const first = new Uint32Array(boats + 1);
  for (let boat = 0; boat < boats; boat += 1) first[boat + 1] = first[boat]! + counts.next();
  return first;
}

/** Running sums that begin anew at each boat: `step` reads what is added, `scale` and `base` make it a value. */
function readSums(into: Float64Array, first: Uint32Array, stream: Varints, step: 'next' | 'signed', scale: number, base: number): void {
  for (let boat = 0; boat + 1 < first.length; boat += 1) {
    let sum = 0;
    for (let i = first[boat]!; i < first[boat + 1]!; i += 1) {
      sum += i === first[boat] ? stream.signed() : stream[step]();
      into[i] = base + sum * scale;
    }
  }
}

const readCodes = (codes: Uint8Array, unit: number): Float32Array => Float32Array.from(codes, (code) => (code === NONE ? NaN : code * unit));

function project(lon: Float64Array, lat: Float64Array): { x: Float64Array; y: Float64Array } {
  const [x, y] = [new Float64Array(lon.length), new Float64Array(lon.length)];
  for (let i = 0; i < lon.length; i += 1) ({ x: x[i], y: y[i] } = toWorld(lon[i]!, lat[i]!));
  return { x, y };
}

/** Decode a chunk; null when it is not ours, of another version, or cut short. */
export function decodeChunk(buffer: ArrayBuffer): Chunk | null {
  if (buffer.byteLength < 64) return null;
  const view = new DataView(buffer);
  if (view.getUint32(0, true) !== MAGIC || view.getUint8(4) !== VERSION) return null;
  const [size, fromS, unit] = [readSizes(view), view.getFloat64(8, true), view.getFloat64(40, true)];
  const [n, p] = [size.boats, size.points];
  const columns = view.getUint16(6, true);
  const counts = columns + 5 * n + 3 * p;
  const streams = counts + size.counts;
  if (buffer.byteLength < streams + size.t + size.lon + size.lat) return null;
  const bytes = new Uint8Array(buffer);
  const codes = (skip: number, length: number): Uint8Array => bytes.subarray(columns + skip, columns + skip + length);
  const first = readFirsts(new Varints(bytes, counts), n);
  const [t, lon, lat] = [new Float64Array(p), new Float64Array(p), new Float64Array(p)];
  readSums(t, first, new Varints(bytes, streams), 'next', 1, fromS);
  readSums(lon, first, new Varints(bytes, streams + size.t), 'signed', unit, 0);
  readSums(lat, first, new Varints(bytes, streams + size.t + size.lon), 'signed', unit, 0);
  return {
    fromS, toS: fromS + view.getUint8(5) * 3600, first, t, lon, lat, ...project(lon, lat),
    handles: new Uint32Array(buffer.slice(columns, columns + 4 * n)),
    origin: codes(4 * n, n), flags: codes(5 * n, p),
    sogKn: readCodes(codes(5 * n + p, p), 0.2), cogDeg: readCodes(codes(5 * n + 2 * p, p), 360 / 255),
  };
}
