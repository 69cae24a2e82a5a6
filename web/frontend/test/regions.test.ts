// Where a silent boat may be: how much of the sea to show, and where its name stands.
import { describe, expect, it } from 'vitest';
import type { Region, RegionRing } from '../src/api.regions';
import { boundsOf, topOf } from '../src/map/regions';

const ring = (name: 'inner' | 'outer', geometry: RegionRing['geometry']): RegionRing => ({
  type: 'Feature', geometry,
  properties: { ring: name, vessel: 'v1', label: 'QNg-MP 0001', status: 'lost_6h', since: '2026-11-23T00:00:00Z', elapsed_s: 60, area_km2: 1 },
});
const square = (west: number, south: number, side: number): number[][] =>
  [[west, south], [west + side, south], [west + side, south + side], [west, south + side], [west, south]];
const region = (features: RegionRing[]): Region => ({
  vessel: 'v1', label: '', status: 'lost_6h', origin: 'simulated', at: '', since: '', elapsed_s: 60, counted_from: 'device',
  behaviour: { vi: '', en: '' }, too_long: features.length === 0, words: { vi: '', en: '' }, limit: null, features,
  calibration: { calibrated: false, origin: 'simulated', words: { vi: '', en: '' }, source: { vi: '', en: '' }, learned_on: '', boats: 0, cases: 0 },
});

describe('a region', () => {
  const outer = ring('outer', { type: 'MultiPolygon', coordinates: [[square(109, 14, 2), square(109.5, 14.5, 0.2)], [square(112, 15, 0.5)]] });
  const inner = ring('inner', { type: 'Polygon', coordinates: [square(109.5, 15, 0.4)] });

  it('is shown with all its parts, by its wider ring', () => {
    expect(boundsOf(region([inner, outer]))).toEqual([109, 14, 112.5, 16]);
  });

  it('is named at its northernmost point', () => {
    expect(topOf(region([outer, inner]))![1]).toBe(16);
  });

  it('of a boat silent too long is nowhere', () => {
    expect(boundsOf(region([]))).toBeNull();
    expect(topOf(null)).toBeNull();
  });
});
