// Of a dated layer the map shows what was in force on the day it shows.
import { featureFilter, type FilterSpecification } from '@maplibre/maplibre-gl-style-spec';
import { describe, expect, it } from 'vitest';
import type { LayerInfo } from '../src/api';
import { inForce, listOverlays } from '../src/map/overlays';

const isShown = (day: string, properties: Record<string, string>): boolean =>
  featureFilter(inForce(day) as FilterSpecification, 'layers[0].filter').filter({ zoom: 8 } as never, { type: 3, properties } as never);

describe('inForce', () => {
  it('is from its first day on, and no more on the day it ends', () => {
    const season = { valid_from: '2026-04-01', valid_to: '2026-07-01' };
    expect(['2026-03-31', '2026-04-01', '2026-06-30', '2026-07-01'].map((day) => isShown(day, season))).toEqual([false, true, true, false]);
  });

  it('is always where nobody said since when or till when', () => {
    expect([isShown('1999-01-01', {}), isShown('1999-01-01', { valid_to: '2000-01-01' }), isShown('2026-01-01', { valid_from: '2000-01-01' })]).toEqual([true, true, true]);
  });
});

describe('listOverlays', () => {
  const info = (name: string, shape: string): LayerInfo => ({ name, fields: [], legend: { shape } }) as unknown as LayerInfo;
  const layer = (id: string, source: string, visibility: string): object => ({ id, type: 'line', source, layout: { visibility } });

  it('offers what the style draws and a reader may see, on when any part of it is', () => {
    const layers = [layer('a', 'zone', 'none'), layer('b', 'zone', 'visible'), layer('c', 'school', 'none'), layer('d', 'unit', 'visible'), layer('e', 'hidden', 'visible')];
    const infos = [info('unit', 'fill'), info('zone', 'area'), info('school', 'circle'), info('vessel', 'stream'), info('boundary', 'line')];
    expect(listOverlays({ layers } as never, infos)).toEqual([{ name: 'zone', isOn: true }, { name: 'school', isOn: false }]);
  });
});
