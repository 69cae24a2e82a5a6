// The border between the two provinces of before July 2025, while the province is shown as it stood then.
import type { ExpressionSpecification, Map as MapGL } from 'maplibre-gl';
import type { Theme, Unit } from '../api';

const OUTER = 'unit-then-outer';
const LINE = 'unit-then-line';
const FILL = 'unit-then-fill';
const TODAY = '51';

/** A broad line round all districts, and round those of the province that is no more; fills cover what is not a province's edge. */
export function installProvinces(map: MapGL, theme: Theme): void {
  const ground = map.getLayer('unit-fill') ? { source: 'unit', 'source-layer': 'unit' } : null;
  if (!ground) return;
  const above = map.getLayer('unit-nodata') ? 'unit-nodata' : 'unit-line';
  const nobody: ExpressionSpecification = ['==', ['get', 'code'], ''];
  const line = (id: string, before: string): void => {
    map.addLayer({
      id, type: 'line', ...ground, filter: nobody, layout: { 'line-join': 'round' },
      paint: { 'line-color': theme === 'light' ? '#12304a' : '#ffffff', 'line-width': ['interpolate', ['linear'], ['zoom'], 7, 4.5, 11, 9] },
    }, before);
  };
  line(OUTER, 'unit-fill');
  line(LINE, above);
  map.addLayer({ id: FILL, type: 'fill', ...ground, filter: nobody, paint: {} }, above);
}

/** Show it for units of then; hide it for units of today. The fill is that of `unit-fill`. */
export function showProvinces(map: MapGL, units: Unit[]): void {
  if (!map.getLayer(LINE)) return;
  const gone = units.filter((unit) => unit.province !== TODAY).map((unit) => unit.code);
  const theirs: ExpressionSpecification = ['all', ['==', ['get', 'level'], 'former_district'], ['in', ['get', 'code'], ['literal', gone]]];
  map.setFilter(OUTER, gone.length > 0 ? ['==', ['get', 'level'], 'former_district'] : ['==', ['get', 'code'], '']);
  for (const id of [LINE, FILL]) map.setFilter(id, theirs);
  map.setPaintProperty('unit-fill', 'fill-opacity', gone.length > 0 ? 1 : 0.92); // else the covered lines shine through
  map.setPaintProperty(FILL, 'fill-color', map.getPaintProperty('unit-fill', 'fill-color'));
}
