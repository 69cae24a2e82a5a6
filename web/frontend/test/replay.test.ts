// The past as it is drawn: straight between reports, never across a gap, counted like the server counts.
import { describe, expect, it } from 'vitest';
import { STATUSES } from '../src/api';
import { FLOATS, ORIGIN } from '../src/live/fleet';
import { CARRY_S, toWorld } from '../src/live/motion';
import { POINT, type Chunk } from '../src/replay/decode';
import { PastFleet, type BoatRow } from '../src/replay/fleet';
import { findLast, placeBoat, type Placed } from '../src/replay/place';
import { judge, readLadder } from '../src/replay/status';

const FROM = 1_795_000_000;
const LADDER = { due: 9000, lost: 21_600, long: 864_000 };
type Told = { t: number; lon: number; lat?: number; sog?: number; cog?: number; flags?: number };

function makeChunk(boats: [handle: number, points: Told[]][]): Chunk {
  const all = boats.flatMap(([, points]) => points);
  const first = Uint32Array.from([0, ...boats.map((_, i) => boats.slice(0, i + 1).reduce((sum, [, points]) => sum + points.length, 0))]);
  const worlds = all.map(({ lon, lat }) => toWorld(lon, lat ?? 15));
  return {
    fromS: FROM, toS: FROM + 3600, first, handles: Uint32Array.from(boats, ([handle]) => handle), origin: new Uint8Array(boats.length).fill(1),
    t: Float64Array.from(all, ({ t }) => FROM + t), lon: Float64Array.from(all, ({ lon }) => lon), lat: Float64Array.from(all, ({ lat }) => lat ?? 15),
    x: Float64Array.from(worlds, ({ x }) => x), y: Float64Array.from(worlds, ({ y }) => y),
    sogKn: Float32Array.from(all, ({ sog }) => sog ?? NaN), cogDeg: Float32Array.from(all, ({ cog }) => cog ?? NaN),
    flags: Uint8Array.from(all, ({ flags }) => flags ?? POINT.vms),
  };
}

const place = (chunk: Chunk, atS: number): Placed => {
  const out: Placed = { x: 0, y: 0, courseDeg: NaN, isHeard: false };
  placeBoat(chunk, findLast(chunk.t, 0, chunk.t.length, FROM + atS, -1), chunk.t.length, FROM + atS, out);
  return out;
};

describe('findLast', () => {
  it('is the last point at or before, from wherever it starts to look', () => {
    const t = Float64Array.from([10, 20, 20, 30, 50, 80]);
    const slow = (atS: number): number => t.findLastIndex((each) => each <= atS);
    for (let atS = 0; atS <= 90; atS += 1) for (let near = -1; near < 8; near += 1) expect(findLast(t, 0, t.length, atS, near)).toBe(slow(atS));
    expect(findLast(t, 2, 4, 5, 0)).toBe(1); // before the boat's own first point: none
    expect(findLast(t, 2, 4, 99, 2)).toBe(3); // never into the next boat's points
  });
});

describe('placeBoat', () => {
  const moving: Told[] = [{ t: 0, lon: 110, sog: 8, cog: 0 }, { t: 6000, lon: 110.2 }];

  it('is where it was heard at both ends and half way half way, on a course along the line', () => {
    const chunk = makeChunk([[2, moving]]);
    expect(place(chunk, 0).x).toBeCloseTo(chunk.x[0]!, 12);
    expect(place(chunk, 3000).x).toBeCloseTo((chunk.x[0]! + chunk.x[1]!) / 2, 12);
    expect(place(chunk, 5999.999).x).toBeCloseTo(chunk.x[1]!, 8);
    expect(place(chunk, 3000)).toMatchObject({ courseDeg: 90, isHeard: true });
  });

  it('never goes back on its way between two points, and never leaves the line', () => {
    const chunk = makeChunk([[2, moving]]);
    let before = -Infinity;
    for (let atS = 0; atS < 6000; atS += 7) {
      const { x, y } = place(chunk, atS);
      expect(x).toBeGreaterThanOrEqual(before);
      expect(y).toBe(chunk.y[0]);
      before = x;
    }
  });

  it('is never drawn towards the far side of a gap: straight on for half an hour, then it stands', () => {
    const far: Told = { t: 6000, lon: 112, lat: 10, flags: POINT.vms | POINT.gap };
    const chunk = makeChunk([[2, [moving[0]!, far]]]);
    const alone = makeChunk([[2, [moving[0]!]]]);
    for (const atS of [0, 60, CARRY_S, 3000, 5999]) {
      expect(place(chunk, atS)).toEqual(place(alone, atS));
      expect(place(chunk, atS).isHeard).toBe(false);
    }
    const [carried, later] = [place(chunk, CARRY_S), place(chunk, 5999)];
    expect(later).toEqual(carried);
    expect(chunk.y[0]! - carried.y).toBeGreaterThan(0); // north, by its own course
    expect(carried.x).toBeCloseTo(chunk.x[0]!, 12);
  });
});

describe('judge', () => {
  it('is the ladder of the rules in force, at their very seconds', () => {
    const name = (flags: number, age: number): string => STATUSES[judge(flags, age, LADDER)]!;
    expect([0, 9000, 9001, 21_600, 21_601, 864_000, 864_001].map((age) => name(POINT.vms, age)))
      .toEqual(['on_time', 'on_time', 'late', 'late', 'lost_6h', 'lost_6h', 'lost_10d']);
    expect([name(0, 21_600), name(0, 21_601)]).toEqual(['on_time', 'unknown']);
    expect(name(POINT.vms | POINT.inPort, 864_001)).toBe('in_port');
    expect(name(POINT.vms | POINT.foreign | POINT.wrongBelt | POINT.inPort, 0)).toBe('foreign');
    expect(name(POINT.wrongBelt, 864_001)).toBe('wrong_belt');
  });

  it('takes the rules of the day, not today’s', () => {
    const rule = (step: string, threshold_s: number, valid_from: string, valid_to: string | null = null) =>
      ({ conduct: 'silence', step, threshold_s, valid_from, valid_to });
    const rules = [
      rule('report_due', 3600, '2019-01-01T00:00:00Z', '2026-01-25T00:00:00Z'), rule('report_due', 7200, '2026-01-25T00:00:00Z'),
      rule('report_grace', 1800, '2019-01-01T00:00:00Z'), rule('position_by_other_means', 21_600, '2019-01-01T00:00:00Z'), rule('port_for_repair', 864_000, '2019-01-01T00:00:00Z'),
    ];
    expect(readLadder(rules, Date.parse('2026-11-23T00:00:00Z'))).toEqual(LADDER);
    expect(readLadder(rules, Date.parse('2025-11-23T00:00:00Z')).due).toBe(5400);
    expect(readLadder([], 0)).toEqual({ due: Infinity, lost: Infinity, long: Infinity });
  });
});

describe('PastFleet', () => {
  const rows: BoatRow[] = [[2, 'v1', 'QNg-MP 0001', null, 16, 'simulated'], [4, 'v2', 'QNg-MP 0002', 'Sao Biển', 18, 'simulated'],
    [6, 'v3', 'QNg-MP 0003', null, 12, 'simulated'], [9, 't4', '999000004', null, null, 'simulated']];
  const chunk = makeChunk([[2, [{ t: -600, lon: 110, sog: 6, cog: 90 }, { t: 5000, lon: 110.1 }]], [4, [{ t: -30_000, lon: 111 }]], [9, [{ t: 1800, lon: 109, flags: 0 }]]]);
  const show = (fleet: PastFleet, atS: number): void => fleet.moveTo(chunk, FROM + atS, LADDER, true);

  it('counts every boat on the books, and a transmitter from when it was first heard', () => {
    const fleet = new PastFleet(rows);
    show(fleet, 1799);
    expect([fleet.denominator, fleet.counts]).toEqual([3, { on_time: 1, lost_6h: 1, unknown: 1 }]);
    show(fleet, 1800);
    expect([fleet.denominator, fleet.counts]).toEqual([4, { on_time: 2, lost_6h: 1, unknown: 1 }]);
    show(fleet, 0); // and back again
    expect([fleet.denominator, [...fleet.boats.keys()].sort()]).toEqual([3, [2, 4]]);
    expect(Object.values(fleet.counts).reduce((a, b) => a + b)).toBe(fleet.denominator);
  });

  it('makes nothing new from frame to frame', () => {
    const fleet = new PastFleet(rows);
    show(fleet, 0);
    const [boat, packed] = [fleet.find('v1')!, fleet.pack(FROM, null)];
    const before = boat.at.x;
    show(fleet, 10);
    expect(fleet.find('v1')).toBe(boat);
    expect(boat.at.x).toBeGreaterThan(before);
    expect(fleet.pack(FROM, null)).toBe(packed);
  });

  it('packs the chosen boat last, the grave above the rest, and a silent one with its age', () => {
    const fleet = new PastFleet(rows);
    show(fleet, 0);
    const rowsOf = (chosen: number | null): number[][] => {
      const packed = fleet.pack(FROM, chosen);
      return Array.from({ length: packed.length / FLOATS }, (_, i) => [...packed.subarray(i * FLOATS, (i + 1) * FLOATS)]);
    };
    const [fine, lost] = rowsOf(null);
    expect(fine![8]).toBe(STATUSES.indexOf('on_time'));
    expect([lost![8], lost![6]]).toEqual([STATUSES.indexOf('lost_6h'), -30_000]);
    expect(fine![6]).toBe(0); // its way is known: as good as just heard
    expect(fine![0]).toBeCloseTo(fleet.find('v1')!.at.x - ORIGIN.x, 6);
    expect(rowsOf(2).at(-1)![10]).toBe(1);
    expect(fleet.isSilent(4)).toBe(true);
    expect(fleet.isSilent(2)).toBe(false);
  });
});
