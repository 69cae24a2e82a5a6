// What the fleet keeps, forgets and draws.
import { describe, expect, it } from 'vitest';
import { listAttention } from '../src/live/attention';
import { ServerClock } from '../src/live/clock';
import { FLAG, type Fix, type Frame } from '../src/live/codec';
import { Fleet } from '../src/live/fleet';
import { CARRY_S, SCREEN_LAG_S, toWorld } from '../src/live/motion';

const NOW = 1_795_000_000;
const fix = (handle: number, change: Partial<Fix> = {}): Fix => (
  { handle, lon: 110, lat: 15, t: NOW - 60, sogKn: 10, cogDeg: 90, status: 'on_time', flags: 0, ...change });
const frame = (kind: Frame['kind'], fixes: Fix[], epoch = 1): Frame => (
  { kind, epoch, seq: 1, serverMs: NOW * 1000, arrivedMs: null, fixes });

describe('Fleet', () => {
  it('replaces on a snapshot, changes on a delta, removes what is marked removed', () => {
    const fleet = new Fleet();
    fleet.apply(frame('snapshot', [fix(1), fix(2)]), NOW);
    fleet.apply(frame('delta', [fix(2, { flags: FLAG.removed }), fix(3)]), NOW);
    expect([...fleet.boats.keys()]).toEqual([1, 3]);
    fleet.apply(frame('snapshot', [fix(9)]), NOW);
    expect([...fleet.boats.keys()]).toEqual([9]);
  });

  it('forgets names and boats at a new epoch', () => {
    const fleet = new Fleet();
    fleet.name(1, [[1, 'v1', 'QNg-MP 0001', null]]);
    fleet.apply(frame('snapshot', [fix(1)]), NOW);
    fleet.apply(frame('snapshot', [fix(1)], 2), NOW);
    expect(fleet.who(1)).toBeUndefined();
  });

  it('carries a boat forward for so long and no longer; not at all when motion is off', () => {
    const fleet = new Fleet();
    fleet.apply(frame('snapshot', [fix(1, { t: NOW - 6 * 3600 }), fix(2)]), NOW);
    const start = toWorld(110, 15);
    const [old, fresh] = [fleet.boats.get(1)!, fleet.boats.get(2)!];
    expect(fleet.spot(old, NOW, false)).toEqual(start);
    const carried = (boat: typeof old): number => (fleet.spot(boat, NOW, true).x - start.x) / boat.velocity.x;
    expect(carried(old)).toBeCloseTo(CARRY_S, 3);
    expect(carried(fresh)).toBeCloseTo(60 - SCREEN_LAG_S, 3);
  });

  it('lists those who need someone, gravest and longest silent first', () => {
    const fleet = new Fleet();
    fleet.name(1, [1, 2, 3, 4].map((n) => [n, `v${n}`, `QNg-MP 000${n}`, null]));
    fleet.apply(frame('snapshot', [
      fix(1), fix(2, { status: 'late', t: NOW - 9000 }), fix(3, { status: 'lost_6h', t: NOW - 30_000 }),
      fix(4, { status: 'lost_6h', t: NOW - 40_000 }),
    ]), NOW);
    expect(listAttention(fleet, NOW).map((row) => row.id)).toEqual(['v4', 'v3', 'v2']);
  });
});

describe('ServerClock', () => {
  it('believes the pong with the shortest way', () => {
    const clock = new ServerClock();
    clock.observe(1000, 1000 + 5000 + 400, 1800);
    clock.observe(2000, 2000 + 5000 + 10, 2020);
    clock.observe(3000, 3000 + 9000, 3900);
    expect(clock.now() - Date.now()).toBeCloseTo(5000, -2);
  });
});
