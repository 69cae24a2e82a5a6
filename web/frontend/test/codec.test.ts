// The stream's bytes, read back field by field; web/live/frames.py writes them.
import { describe, expect, it } from 'vitest';
import { decodeFrame, FLAG } from '../src/live/codec';

type Row = { handle: number; lon: number; lat: number; t: number; sog: number; cog: number; status: number; flags: number };

function makeFrame(kind: number, arrivedMs: number, rows: Row[]): ArrayBuffer {
  const view = new DataView(new ArrayBuffer(40 + 24 * rows.length));
  [0x4f, 0x53, 0x50, 0x31, 1, kind].forEach((byte, i) => view.setUint8(i, byte));
  view.setUint32(8, 77, true);
  view.setUint32(12, 5, true);
  view.setFloat64(16, 1_795_000_000_123, true);
  view.setFloat64(24, arrivedMs, true);
  view.setUint32(32, rows.length, true);
  rows.forEach((row, i) => {
    const at = 40 + 24 * i;
    view.setUint32(at, row.handle, true);
    view.setInt32(at + 4, Math.round(row.lon * 1e7), true);
    view.setInt32(at + 8, Math.round(row.lat * 1e7), true);
    view.setUint32(at + 12, row.t, true);
    view.setUint16(at + 16, row.sog, true);
    view.setUint16(at + 18, row.cog, true);
    view.setUint8(at + 20, row.status);
    view.setUint8(at + 21, row.flags);
  });
  return view.buffer;
}

const ROW: Row = { handle: 3, lon: 109.1234567, lat: -15.7654321, t: 1_795_000_000, sog: 64, cog: 3599, status: 3, flags: 5 };

describe('decodeFrame', () => {
  it('reads header and record', () => {
    const frame = decodeFrame(makeFrame(0, 0, [ROW]))!;
    expect(frame).toMatchObject({ kind: 'snapshot', epoch: 77, seq: 5, serverMs: 1_795_000_000_123, arrivedMs: null });
    expect(frame.fixes[0]).toEqual({
      handle: 3, lon: 109.1234567, lat: -15.7654321, t: 1_795_000_000, sogKn: 6.4, cogDeg: 359.9,
      status: 'lost_10d', flags: FLAG.simulated | FLAG.vms,
    });
  });

  it('keeps "not available" apart from zero', () => {
    const fix = decodeFrame(makeFrame(1, 9, [{ ...ROW, sog: 65535, cog: 65535 }]))!.fixes[0]!;
    expect([fix.sogKn, fix.cogDeg]).toEqual([null, null]);
    expect(decodeFrame(makeFrame(1, 9, [{ ...ROW, sog: 0, cog: 0 }]))!.fixes[0]).toMatchObject({ sogKn: 0, cogDeg: 0 });
  });

  it('refuses what is not ours or cut short', () => {
    const whole = makeFrame(1, 9, [ROW, ROW]);
    expect(decodeFrame(whole.slice(0, whole.byteLength - 1))).toBeNull();
    expect(decodeFrame(new ArrayBuffer(40))).toBeNull();
    expect(decodeFrame(new ArrayBuffer(3))).toBeNull();
  });
});
