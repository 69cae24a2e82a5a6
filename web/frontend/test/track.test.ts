// A day's track as the server tells it: joined where heard, broken where not.
import { describe, expect, it } from 'vitest';
import type { TrackAnswer, TrackGap, TrackPiece } from '../src/api';
import { readPoints, readSilences, splitPiece, thinPoints } from '../src/map/track';

const START = Date.parse('2026-11-23T00:00:00Z') / 1000;
const iso = (minutes: number): string => new Date((START + minutes * 60) * 1000).toISOString();
const piece = (...minutes: number[]): TrackPiece => ({
  type: 'Feature',
  geometry: minutes.length === 1
    ? { type: 'Point', coordinates: [109, 15] }
    : { type: 'LineString', coordinates: minutes.map((m): [number, number] => [109 + m / 600, 15]) },
  properties: {
    kind: 'piece', t_from: iso(minutes[0]!), t_to: iso(minutes.at(-1)!), times: minutes.map((m) => START + m * 60),
    sog_kn: minutes.map((m) => (m === 20 ? null : 5)), cog_deg: [], device: minutes.map(() => 'vms'), in_port: minutes.map(() => false), source: [], doubtful: [],
  },
});
const gap = (from: number, to: number, open = false): TrackGap => ({
  type: 'Feature', geometry: { type: 'LineString', coordinates: [[109, 15], [110, 15]] },
  properties: { kind: 'gap', t_from: iso(from), t_to: open ? null : iso(to), duration_s: (to - from) * 60, ...(open ? { open } : {}) },
});
const day = (...features: (TrackPiece | TrackGap)[]): TrackAnswer => ({
  vessel: 'v1', from: iso(0), to: iso(1440), origin: 'simulated', features,
  summary: { points: 0, distance_nm: 0, at_sea_s: 0, in_port_s: 0, silent_s: 0, max_sog_kn: null, gaps: 0, longest_gap_s: null },
});
const minutes = (each: { atS: number }): number => (each.atS - START) / 60;

describe('a day', () => {
  it('is its positions in order, each knowing whether it is joined to the next', () => {
    const points = readPoints(day(piece(301, 310), gap(150, 301), piece(0, 20, 150)));
    expect(points.map(minutes)).toEqual([0, 20, 150, 301, 310]);
    expect(points.map((each) => each.endsPiece)).toEqual([false, false, true, false, true]);
    expect(points[1]!.sogKn).toBeNull();
  });

  it('names its silences and those nobody has come back from', () => {
    const silences = readSilences(day(piece(0), gap(0, 200), piece(200), gap(200, 1440, true)));
    expect(silences.map(({ fromS, toS, isOpen }) => [fromS - START, toS - START, isOpen])).toEqual([[0, 12_000, false], [12_000, 86_400, true]]);
    expect([readPoints(null), readSilences(null)]).toEqual([[], []]);
  });

  it('is cut at the moment shown: nothing is lost, and what is ahead joins on', () => {
    const whole = piece(0, 10, 20, 30);
    const at = (minute: number): [number, number] => {
      const { before, after } = splitPiece(whole, START + minute * 60);
      return [before.length, after.length];
    };
    expect([at(-1), at(0), at(15), at(30), at(99)]).toEqual([[0, 4], [1, 4], [2, 3], [4, 1], [4, 1]]);
  });

  it('thins to one position each ten minutes and never loses the ends of a gap', () => {
    const points = readPoints(day(piece(...Array.from({ length: 61 }, (_, i) => i)), gap(60, 303), piece(303), piece(304, 305)));
    expect(thinPoints(points, 600).map(minutes)).toEqual([0, 10, 20, 30, 40, 50, 60, 303, 304, 305]);
    expect(thinPoints([], 600)).toEqual([]);
  });
});
