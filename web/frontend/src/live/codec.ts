// The binary frames of /live: a 40-byte header, then 24-byte records, little-endian.
import { STATUSES, type VesselStatus } from '../api';

const MAGIC = 0x3150534f; // "OSP1"
const HEADER = 40;
const RECORD = 24;
const NONE = 0xffff;

export const FLAG = { simulated: 1, replayed: 2, vms: 4, ais: 8, removed: 16 } as const;

export type Fix = {
  handle: number;
  lon: number;
  lat: number;
  /** Unix seconds of the report. */
  t: number;
  sogKn: number | null;
  cogDeg: number | null;
  status: VesselStatus;
  flags: number;
};

export type Frame = {
  kind: 'snapshot' | 'delta';
  epoch: number;
  seq: number;
  serverMs: number;
  /** Unix ms when the earliest line of this delta arrived; null when nothing did. */
  arrivedMs: number | null;
  fixes: Fix[];
};

function decodeFix(view: DataView, at: number): Fix {
  const [sog, cog] = [view.getUint16(at + 16, true), view.getUint16(at + 18, true)];
  return {
    handle: view.getUint32(at, true),
    lon: view.getInt32(at + 4, true) / 1e7,
    lat: view.getInt32(at + 8, true) / 1e7,
    t: view.getUint32(at + 12, true),
    sogKn: sog === NONE ? null : sog / 10,
    cogDeg: cog === NONE ? null : cog / 10,
    status: STATUSES[view.getUint8(at + 20)] ?? 'unknown',
    flags: view.getUint8(at + 21),
  };
}

/** Decode one frame; null when it is not ours, of another version, or cut short. */
export function decodeFrame(buffer: ArrayBuffer): Frame | null {
  if (buffer.byteLength < HEADER) return null;
  const view = new DataView(buffer);
  if (view.getUint32(0, true) !== MAGIC || view.getUint8(4) !== 1) return null;
  const count = view.getUint32(32, true);
  if (buffer.byteLength < HEADER + count * RECORD) return null;
  const arrived = view.getFloat64(24, true);
  return {
    kind: view.getUint8(5) === 0 ? 'snapshot' : 'delta',
    epoch: view.getUint32(8, true),
    seq: view.getUint32(12, true),
    serverMs: view.getFloat64(16, true),
    arrivedMs: arrived > 0 ? arrived : null,
    fixes: Array.from({ length: count }, (_, i) => decodeFix(view, HEADER + i * RECORD)),
  };
}
