// The grid finds the very boat that a look at all of them finds.
import { describe, expect, it } from 'vitest';
import type { Fix } from '../src/live/codec';
import { Fleet } from '../src/live/fleet';
import { toWorld } from '../src/live/motion';
import { BoatGrid } from '../src/live/picking';

const NOW = 1_795_000_000;
const fleet = new Fleet();
fleet.apply({
  kind: 'snapshot', epoch: 1, seq: 1, serverMs: NOW * 1000, arrivedMs: null,
  fixes: Array.from({ length: 2000 }, (_, i): Fix => ({
    handle: i, lon: 105 + ((i * 7919) % 13_000) / 1000, lat: 6 + ((i * 104_729) % 16_000) / 1000,
    t: NOW - 600, sogKn: 8, cogDeg: (i * 31) % 360, status: i % 9 === 0 ? 'lost_6h' : 'on_time', flags: 0,
  })),
}, NOW);

describe('BoatGrid', () => {
  it.each([5, 9, 12])('agrees with a look at every boat at zoom %d', (zoom) => {
    const grid = new BoatGrid(fleet);
    const scale = 512 * 2 ** zoom;
    grid.refresh(1, NOW, true);
    for (let i = 0; i < 2000; i += 97) {
      const spot = fleet.spot(fleet.boats.get(i)!, NOW, true);
      const here = { x: spot.x + 5 / scale, y: spot.y - 3 / scale };
      const away = (handle: number): number => {
        const other = fleet.spot(fleet.boats.get(handle)!, NOW, true);
        return Math.hypot(other.x - here.x, other.y - here.y) * scale - (handle % 9 === 0 ? 4 : 0);
      };
      const nearest = [...fleet.boats.keys()].reduce((best, each) => (away(each) < away(best) ? each : best));
      expect(grid.nearest(here, scale, NOW, true, () => true)?.fix.handle).toBe(nearest);
    }
  });

  it('finds nothing in empty sea, and nothing that is not drawn', () => {
    const grid = new BoatGrid(fleet);
    grid.refresh(1, NOW, true);
    expect(grid.nearest(toWorld(90, 0), 512 * 2 ** 9, NOW, true, () => true)).toBeNull();
    const spot = fleet.spot(fleet.boats.get(1)!, NOW, true);
    expect(grid.nearest(spot, 512 * 2 ** 12, NOW, true, () => false)).toBeNull();
  });
});
