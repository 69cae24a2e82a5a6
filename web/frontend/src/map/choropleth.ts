// The units on the map: colour by class, hatch for no data, name and figure, the chosen one outlined.
import type { ExpressionSpecification, GeoJSONSource, Map as MapGL, MapMouseEvent, SymbolLayerSpecification } from 'maplibre-gl';
import type { Level, Theme, Unit, ValueClass } from '../api';
import { drawHatch } from './hatch';

export type UnitPaint = { unit: Unit; value: number | null; text: string; class: number };

const LABELS = 'unit-values';
const ISLAND_LABELS = 'unit-values-island';
const FIGURES = 'unit-figures';
const CHOSEN_LABEL = 'unit-values-chosen';
const REACH_PX = 9; // a finger, and the small islands of Lý Sơn
const CLASS: ExpressionSpecification = ['coalesce', ['feature-state', 'class'], -2];

function findUnitLayer(map: MapGL): { source: string; sourceLayer?: string } {
  const layer = map.getStyle().layers.find((each) => each.id === 'unit-fill');
  if (!layer || !('source' in layer)) throw new Error('style has no unit-fill layer');
  const sourceLayer = layer['source-layer'];
  return typeof sourceLayer === 'string' ? { source: layer.source, sourceLayer } : { source: layer.source };
}

function readFonts(map: MapGL): string[] {
  const fonts = map.getLayoutProperty('unit-label', 'text-font') as string[] | undefined;
  return fonts ?? ['Noto Sans SemiBold'];
}

/** Add our layers to a style that has just loaded. */
export function installUnits(map: MapGL, theme: Theme): void {
  const place = findUnitLayer(map);
  const under = map.getLayer('unit-line') ? 'unit-line' : undefined;
  if (under) map.setPaintProperty(under, 'line-color', theme === 'light' ? '#ffffff' : '#a9bccd');
  if (!map.hasImage('no-data')) map.addImage('no-data', drawHatch(theme), { pixelRatio: 2 });
  const shape = place.sourceLayer ? { source: place.source, 'source-layer': place.sourceLayer } : { source: place.source };
  map.addLayer({
    id: 'unit-nodata', type: 'fill', ...shape,
    paint: { 'fill-pattern': 'no-data', 'fill-opacity': ['case', ['==', CLASS, -1], 1, 0] },
  }, under);
  map.addLayer({
    id: 'unit-selected-halo', type: 'line', ...shape, filter: ['==', ['id'], -1], layout: { 'line-join': 'round' },
    paint: { 'line-color': theme === 'light' ? '#ffffff' : '#06121d', 'line-width': 7 },
  });
  map.addLayer({
    id: 'unit-selected', type: 'line', ...shape, filter: ['==', ['id'], -1], layout: { 'line-join': 'round' },
    paint: { 'line-color': theme === 'light' ? '#12304a' : '#ffffff', 'line-width': 3.2 },
  });
  installLabels(map);
}

function installLabels(map: MapGL): void {
  const fonts = readFonts(map);
  if (map.getLayer('unit-label')) map.setLayoutProperty('unit-label', 'visibility', 'none');
  map.addSource(LABELS, { type: 'geojson', data: { type: 'FeatureCollection', features: [] } });
  addFigureLayer(map, fonts);
  const island: ExpressionSpecification = ['get', 'island'];
  addLabelLayer(map, { id: LABELS, filter: ['!', island], firm: false, below: false, fonts });
  addLabelLayer(map, { id: ISLAND_LABELS, filter: island, firm: true, below: true, fonts });
  addLabelLayer(map, { id: CHOSEN_LABEL, filter: NOBODY, firm: true, below: false, fonts });
}

const INK: NonNullable<SymbolLayerSpecification['paint']> = {
  'text-color': ['case', ['get', 'onDark'], '#ffffff', '#12263a'],
  'text-halo-color': ['case', ['get', 'onDark'], 'rgba(6,18,40,0.9)', 'rgba(255,255,255,0.92)'],
  'text-halo-width': 1.4,
};

/** A unit too small for its name still says its figure: below the names, so it only takes the room they left. */
function addFigureLayer(map: MapGL, fonts: string[]): void {
  map.addLayer({
    id: FIGURES, type: 'symbol', source: LABELS, filter: ['all', ['!', ['get', 'island']], ['get', 'known']],
    layout: { 'text-field': ['get', 'text'], 'text-font': fonts, 'text-size': ['interpolate', ['linear'], ['zoom'], 7, 9.5, 9, 11.5], 'text-padding': 0 },
    paint: INK,
  });
}

const NOBODY: ExpressionSpecification = ['==', ['id'], -1];
type LabelLayer = { id: string; filter: ExpressionSpecification; firm: boolean; below: boolean; fonts: string[] };

/** A firm name stands whatever is near: islands, below their shape, and the chosen unit. The others give way. */
function addLabelLayer(map: MapGL, { id, filter, firm, below, fonts }: LabelLayer): void {
  map.addLayer({
    id, type: 'symbol', source: LABELS, filter,
    layout: {
      'text-field': ['format', ['get', 'name'], {}, '\n', {}, ['get', 'text'], { 'font-scale': 1.04 }],
      'text-font': fonts, 'text-size': ['interpolate', ['linear'], ['zoom'], 7, 10, 8.5, 11.5, 10, 14, 12, 16],
      'text-padding': 0, 'text-line-height': 1.1, 'text-max-width': 6,
      'text-anchor': below ? 'top' : 'center', 'text-offset': below ? [0, 0.7] : [0, 0],
      'text-allow-overlap': firm, 'text-ignore-placement': false,
    },
    paint: INK,
  });
}

/** Show only the units of one level; the districts of before stand on the ground of the former districts. */
export function showLevel(map: MapGL, asked: Level): void {
  const level = asked === 'district' ? 'former_district' : asked;
  for (const id of ['unit-fill', 'unit-line', 'unit-nodata']) {
    if (map.getLayer(id)) map.setFilter(id, ['==', ['get', 'level'], level]);
  }
}

export function paintUnits(map: MapGL, rows: UnitPaint[], classes: ValueClass[], theme: Theme): void {
  const place = findUnitLayer(map);
  const steps = classes.flatMap((each, i) => [i, each.color]);
  const clear = 'rgba(128,128,128,0)';
  const colour = steps.length === 0 ? clear : ['step', CLASS, clear, ...steps] as unknown as ExpressionSpecification; // no unit may have a figure
  map.setPaintProperty('unit-fill', 'fill-color', colour);
  map.setPaintProperty('unit-fill', 'fill-opacity', 0.92);
  map.removeFeatureState(place);
  for (const row of rows) {
    map.setFeatureState({ ...place, id: row.unit.key }, { class: row.class, value: row.value });
  }
  labelUnits(map, rows, theme, classes);
}

function labelUnits(map: MapGL, rows: UnitPaint[], theme: Theme, classes: ValueClass[]): void {
  const features = rows.filter((row) => row.unit.label !== null).map((row): GeoJSON.Feature => {
    const island = isIsland(row.unit);
    return {
      type: 'Feature', id: row.unit.key,
      geometry: { type: 'Point', coordinates: row.unit.label! },
      properties: { code: row.unit.code, name: shortName(row.unit.name), text: row.text, known: row.value !== null, island, onDark: needsLightInk(row, island, theme, classes) },
    };
  });
  (map.getSource(LABELS) as GeoJSONSource | undefined)?.setData({ type: 'FeatureCollection', features });
}

/** The ink of the row's class; on the sea and on "no data", that of the theme. */
function needsLightInk(row: UnitPaint, island: boolean, theme: Theme, classes: ValueClass[]): boolean {
  if (island || row.class < 0) return theme === 'dark';
  return classes[row.class]?.ink === '#ffffff';
}

/** Lý Sơn: the only unit that stands off the coast. */
const isIsland = (unit: Unit): boolean => unit.label !== null && unit.label[0] > 109.05 && unit.label[1] > 15.3;
const shortName = (name: string): string => name.replace(/^(Xã|Phường|Đặc khu|Huyện|Thị xã) /, '').replace(/^Thành phố /, 'TP. ');

export function outlineUnit(map: MapGL, key: number | null): void {
  for (const id of ['unit-selected', 'unit-selected-halo']) {
    if (map.getLayer(id)) map.setFilter(id, ['==', ['id'], key ?? -1]);
  }
  if (map.getLayer(CHOSEN_LABEL)) map.setFilter(CHOSEN_LABEL, ['all', ['==', ['id'], key ?? -1], ['!', ['get', 'island']]]);
}

/** The code of the unit under the pointer; its label and a finger's breadth around it count too. */
export function unitAt(map: MapGL, event: MapMouseEvent): string | null {
  const { x, y } = event.point;
  const exact = map.queryRenderedFeatures([x, y], { layers: [CHOSEN_LABEL, LABELS, ISLAND_LABELS, FIGURES, 'unit-fill'] });
  const near = (): typeof exact => map.queryRenderedFeatures(
    [[x - REACH_PX, y - REACH_PX], [x + REACH_PX, y + REACH_PX]], { layers: ['unit-fill'] });
  const hit = exact.find((each) => each.layer.id === 'unit-fill') ?? exact[0] ?? near()[0];
  const code: unknown = hit?.properties['code'];
  return code === undefined ? null : String(code);
}
