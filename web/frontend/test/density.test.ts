// Squares and lone boats add up to the fleet, at every size; a guest's squares are taken as they come.
import { describe, expect, it } from 'vitest';
import { STATUSES } from '../src/api';
import { NEEDS_SOMEONE } from '../src/lib/status';
import type { Fix } from '../src/live/codec';
import { countFleet, findSquare, squareDeg, standsAlone, takeCells } from '../src/live/density';
import { countOutside, Fleet } from '../src/live/fleet';
import { fromWorld, toWorld } from '../src/live/motion';

const NOW = 1_795_000_000;
const SIZES = [5, 6, 7, 8].map(squareDeg);

/** Boats everywhere, on edges of squares and beyond the meridian too; the same ones each time. */
function makeFleet(count: number): Fleet {
  const fixes = Array.from({ length: count }, (_, i): Fix => ({
    handle: i, lon: i % 10 === 0 ? 109.25 : -20 + ((i * 7919) % 14_000) / 100, lat: i % 15 === 0 ? 15.5 : -5 + ((i * 104_729) % 3000) / 100,
    t: NOW - 60, sogKn: 9, cogDeg: (i * 37) % 360, status: STATUSES[i % STATUSES.length]!, flags: 0,
  }));
  const fleet = new Fleet();
  fleet.apply({ kind: 'snapshot', epoch: 1, seq: 1, serverMs: NOW * 1000, arrivedMs: null, fixes }, NOW);
  return fleet;
}

describe('squares', () => {
  it.each(SIZES)('of %d° lose and double no boat', (size) => {
    const fleet = makeFleet(3000);
    const counted = countFleet(fleet, size, { nowS: NOW, moving: true, chosen: 4 });
    const squares = [...counted.squares.values()];
    const lone = [...fleet.boats.values()].filter((boat) => standsAlone(boat, 4)).length;
    expect(squares.reduce((sum, square) => sum + square.boats, 0) + lone).toBe(3000);
    expect(counted.boats + counted.alone + counted.outside).toBe(3000);
    expect(counted.outside).toBeGreaterThan(0);
    for (const square of squares) expect(Object.values(square.statuses).reduce((a, b) => a + b, 0)).toBe(square.boats);
  });

  it('hold nobody who needs someone, and not the chosen boat', () => {
    const counted = countFleet(makeFleet(800), 0.5, { nowS: NOW, moving: false, chosen: 0 });
    const held = [...counted.squares.values()].flatMap((square) => Object.keys(square.statuses));
    expect(held.some((status) => (NEEDS_SOMEONE as string[]).includes(status))).toBe(false);
    expect([...counted.squares.values()].reduce((sum, square) => sum + square.boats, 0)).toBe(800 - NEEDS_SOMEONE.length * 100 - 1);
  });

  it('are found by any place within them; a south-west edge belongs to its square', () => {
    const counted = takeCells([[109.25, 15.5, 7], [-0.25, -0.25, 2]], 0.25);
    expect(findSquare(counted, 109.25, 15.5)?.boats).toBe(7);
    expect(findSquare(counted, 109.4999, 15.7499)?.boats).toBe(7);
    expect(findSquare(counted, 109.5, 15.5)).toBeUndefined();
    expect(findSquare(counted, -0.1, -0.1)?.boats).toBe(2);
    expect([counted.boats, counted.outside, counted.alone]).toEqual([7, 2, 0]);
  });

  it('nest: four of one size are one of the next', () => {
    expect(SIZES).toEqual([0.5, 0.25, 0.125, 0.0625]);
  });
});

describe('places', () => {
  it('come back from the world as they went', () => {
    const { lon, lat } = fromWorld(toWorld(108.76, 15.117));
    expect(lon).toBeCloseTo(108.76, 9);
    expect(lat).toBeCloseTo(15.117, 9);
  });

  it('outside the sea are counted', () => {
    const fleet = makeFleet(500);
    const inside = [...fleet.boats.values()].filter(({ fix }) => fix.lon >= 105 && fix.lon < 118 && fix.lat >= 6 && fix.lat < 22).length;
    expect(countOutside(fleet)).toBe(500 - inside);
  });
});
