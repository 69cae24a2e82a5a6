// The chunk as the server's own encoder wrote it (tests/web/test_replay_golden.py), read back.
import { describe, expect, it } from 'vitest';
import written from './golden/replay-chunk.json';
import { toWorld } from '../src/live/motion';
import { decodeChunk, POINT, type Chunk } from '../src/replay/decode';

type Point = [afterS: number, lon: number, lat: number, dkn: number, ddeg: number, flags: number];
type Golden = { from_s: number; hours: number; hex: string; boats: { handle: number; origin: number; points: Point[] }[] };
const golden = written as unknown as Golden;
const bytes = Uint8Array.from(golden.hex.match(/../g)!, (pair) => parseInt(pair, 16));
const points = golden.boats.flatMap((boat) => boat.points);
const close = (one: number, other: number): number => Math.min(Math.abs(one - other), 360 - Math.abs(one - other));

describe('decodeChunk', () => {
  const chunk = decodeChunk(bytes.buffer) as Chunk;

  it('knows its hours and whose points are whose', () => {
    expect([chunk.fromS, chunk.toS]).toEqual([golden.from_s, golden.from_s + 3600 * golden.hours]);
    expect([...chunk.handles]).toEqual(golden.boats.map((boat) => boat.handle));
    expect([...chunk.origin]).toEqual(golden.boats.map((boat) => boat.origin));
    expect([...chunk.first]).toEqual([0, 3, 4, 7, 10]);
  });

  it('has every time to the second, every place to half a hundred-thousandth of a degree', () => {
    expect([...chunk.t]).toEqual(points.map(([after]) => golden.from_s + after));
    points.forEach(([, lon, lat], i) => {
      expect(Math.abs(chunk.lon[i]! - lon)).toBeLessThanOrEqual(0.51e-5);
      expect(Math.abs(chunk.lat[i]! - lat)).toBeLessThanOrEqual(0.51e-5);
      expect([chunk.x[i], chunk.y[i]]).toEqual(Object.values(toWorld(chunk.lon[i]!, chunk.lat[i]!)));
    });
  });

  it('has speeds, courses and flags; what was not said is not a number', () => {
    expect([...chunk.flags]).toEqual(points.map((each) => each[5]));
    expect(chunk.flags[6]! & POINT.gap).toBe(POINT.gap);
    points.forEach(([, , , dkn, ddeg], i) => {
      expect(Number.isNaN(chunk.sogKn[i]!)).toBe(dkn < 0);
      if (dkn >= 0) expect(Math.abs(chunk.sogKn[i]! - Math.min(dkn / 10, 50.8))).toBeLessThanOrEqual(0.101);
      expect(Number.isNaN(chunk.cogDeg[i]!)).toBe(ddeg < 0);
      if (ddeg >= 0) expect(close(chunk.cogDeg[i]!, ddeg / 10)).toBeLessThanOrEqual(0.75);
    });
  });

  it('refuses what is not ours, of another version, or cut short anywhere', () => {
    const changed = (at: number, value: number): ArrayBuffer => {
      const copy = bytes.slice();
      copy[at] = value;
      return copy.buffer;
    };
    expect([decodeChunk(changed(0, 1)), decodeChunk(changed(4, 9))]).toEqual([null, null]);
    for (let length = 0; length < bytes.length; length += 1) expect(decodeChunk(bytes.slice(0, length).buffer)).toBeNull();
  });
});
