// A day's track: joined where heard, broken where not, whatever the order.
import { describe, expect, it } from 'vitest';
import type { RecentPosition } from '../src/api';
import { GAP_S, splitTrack, thinPositions } from '../src/map/track';

const START = Date.parse('2026-11-23T00:00:00+00:00');
const at = (minutes: number, lon: number | null = 109 + minutes / 600): RecentPosition => (
  { t: new Date(START + minutes * 60_000).toISOString(), lon, lat: lon === null ? null : 15, sog_kn: 5, source: 'vms' });

describe('splitTrack', () => {
  it('joins what is at most 2 h 30 apart and leaves a gap of known length beyond', () => {
    const track = splitTrack([at(0), at(150), at(301), at(310)].toReversed());
    expect(track.lines.map((line) => line.length)).toEqual([2, 2]);
    expect(track.gaps.map((gap) => gap.seconds)).toEqual([151 * 60]);
    expect(track.gaps[0]!.from).toEqual(track.lines[0]![1]);
    expect(track.gaps[0]!.to).toEqual(track.lines[1]![0]);
    expect(GAP_S).toBe(9000);
  });

  it('shows a lone position as a point, and does not bridge a gap by a report without a place', () => {
    const track = splitTrack([at(0), at(120, null), at(240), at(500)]);
    expect(track.lines).toEqual([]);
    expect(track.points.length).toBe(3);
    expect(track.gaps.map((gap) => gap.seconds / 60)).toEqual([240, 260]);
  });

  it('is nothing for nothing', () => {
    expect(splitTrack([])).toEqual({ points: [], lines: [], gaps: [] });
  });
});

describe('points and rows', () => {
  const often = Array.from({ length: 61 }, (_, i) => at(i)); // an hour, one a minute

  it('mark the ends and one each 20 minutes; the line keeps every position', () => {
    const track = splitTrack([...often, at(300)]);
    expect(track.points.map(([lon]) => Math.round((lon - 109) * 600))).toEqual([0, 20, 40, 60, 300]);
    expect(track.lines[0]!.length).toBe(61);
    expect(track.gaps.length).toBe(1);
  });

  it('list one position each ten minutes and never lose the ends of a gap', () => {
    const rows = thinPositions([...often, at(303)].toReversed(), 600);
    expect(rows.map((row) => (Date.parse(row.t) - START) / 60_000)).toEqual([303, 60, 50, 40, 30, 20, 10, 0]);
    expect(thinPositions([], 600)).toEqual([]);
  });
});
