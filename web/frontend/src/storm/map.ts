// What the storm adds to the sea: track, winds, boats by state, shelters with how full they are.
import type { ExpressionSpecification, Map as MapGL } from 'maplibre-gl';
import type { Theme } from '../api';
import { STATES, type Boat, type Bulletin, type Shelter, type Winds } from '../api.storm';
import { formatTime } from '../lib/format';
import { firstLabel, setFeatures } from '../map/create';
import { COLOURS, SHAPES, windColour } from './look';

const SOURCES = ['storm-swath', 'storm-field', 'storm-track', 'storm-points', 'storm-shelters', 'storm-boats', 'storm-way'];
const ICON = 40;
const BAR: [number, number] = [56, 16];
const TENTHS = 10;
const FONT = ['Noto Sans Regular'];
const OTHERS = ['vessel', 'vessel_track', 'fishing_port', 'zone'];

const ink = (theme: Theme): string => (theme === 'light' ? '#15324a' : '#ffffff');
const ground = (theme: Theme): string => (theme === 'light' ? '#ffffff' : '#0b1c2c');

/** Our layers, under the names; the fleet of the style itself steps back. */
export function installStorm(map: MapGL, theme: Theme): void {
  for (const layer of map.getStyle().layers) {
    if ('source' in layer && OTHERS.includes(String(layer.source))) map.setLayoutProperty(layer.id, 'visibility', 'none');
  }
  for (const id of SOURCES) map.addSource(id, { type: 'geojson', data: { type: 'FeatureCollection', features: [] } });
  addImages(map, theme);
  const [under, sea] = [firstLabel(map), map.getLayer('land') ? 'land' : firstLabel(map)];
  const colour: ExpressionSpecification = ['get', 'colour'];
  map.addLayer({ id: 'storm-swath', type: 'fill', source: 'storm-swath', paint: { 'fill-color': colour, 'fill-opacity': 0.08 } }, sea);
  map.addLayer({ id: 'storm-swath-line', type: 'line', source: 'storm-swath', paint: { 'line-color': colour, 'line-width': 1, 'line-opacity': 0.75, 'line-dasharray': [4, 3] } }, under);
  map.addLayer({ id: 'storm-field', type: 'fill', source: 'storm-field', paint: { 'fill-color': colour, 'fill-opacity': 0.16 } }, under);
  map.addLayer({ id: 'storm-field-line', type: 'line', source: 'storm-field', paint: { 'line-color': colour, 'line-width': 1.8 } }, under);
  map.addLayer({ id: 'storm-track', type: 'line', source: 'storm-track', paint: { 'line-color': ink(theme), 'line-width': ['case', ['==', ['get', 'kind'], 'past'], 1.2, 2.4], 'line-opacity': ['case', ['==', ['get', 'kind'], 'past'], 0.7, 1] } }, under);
  map.addLayer({ id: 'storm-way', type: 'line', source: 'storm-way', paint: { 'line-color': ink(theme), 'line-width': 1.6, 'line-dasharray': [2, 2] } }, under);
  map.addLayer({
    id: 'storm-points', type: 'circle', source: 'storm-points',
    paint: { 'circle-radius': ['case', ['get', 'here'], 8, 3.5], 'circle-color': ['case', ['get', 'here'], '#d55e00', ground(theme)], 'circle-stroke-color': ink(theme), 'circle-stroke-width': 1.8 },
  }, under);
  map.addLayer({
    id: 'storm-boats', type: 'symbol', source: 'storm-boats',
    layout: {
      'icon-image': ['concat', 'storm-', ['get', 'state']], 'icon-allow-overlap': true, 'symbol-sort-key': ['get', 'rank'],
      'icon-size': ['interpolate', ['linear'], ['zoom'], 4, ['case', ['get', 'chosen'], 0.6, ['get', 'quiet'], 0.2, 0.32], 9, ['case', ['get', 'chosen'], 0.8, ['get', 'quiet'], 0.4, 0.55]],
    },
    paint: { 'icon-opacity': ['case', ['get', 'quiet'], 0.75, 1] },
  }, under);
  map.addLayer({
    id: 'storm-shelters', type: 'symbol', source: 'storm-shelters',
    layout: {
      'icon-image': ['get', 'icon'], 'icon-allow-overlap': ['step', ['zoom'], false, 7, true], 'icon-size': 0.5, 'icon-anchor': 'right', 'icon-offset': [-8, 0],
      'text-field': ['step', ['zoom'], '', 8, ['get', 'name']], 'text-font': FONT, 'text-size': 11.5, 'text-anchor': 'right', 'text-offset': [-3.4, 0], 'text-optional': true,
    },
    paint: { 'text-color': ink(theme), 'text-halo-color': ground(theme), 'text-halo-width': 1.4 },
  });
  map.addLayer({
    id: 'storm-times', type: 'symbol', source: 'storm-points',
    layout: { 'text-field': ['get', 'label'], 'text-font': FONT, 'text-size': 11.5, 'text-anchor': 'left', 'text-offset': [0.9, 0], 'text-optional': true },
    paint: { 'text-color': ink(theme), 'text-halo-color': ground(theme), 'text-halo-width': 1.6 },
  });
}

function addImages(map: MapGL, theme: Theme): void {
  for (const state of STATES) {
    const { path, hollow } = SHAPES[state];
    addImage(map, `storm-${state}`, [ICON, ICON], (pen) => {
      pen.scale(ICON / 20, ICON / 20);
      const shape = new Path2D(path);
      [pen.lineJoin, pen.strokeStyle, pen.lineWidth] = ['round', ground(theme), hollow ? 5.4 : 1.6];
      pen.stroke(shape);
      [pen.strokeStyle, pen.fillStyle, pen.lineWidth] = [COLOURS[theme][state], COLOURS[theme][state], 3];
      if (hollow) pen.stroke(shape);
      else pen.fill(shape);
    });
  }
  for (let tenth = 0; tenth <= TENTHS; tenth += 1) addImage(map, `bar-${tenth}`, BAR, (pen) => drawBar(pen, theme, tenth / TENTHS));
  addImage(map, 'bar-unknown', BAR, (pen) => drawBar(pen, theme, null));
}

/** How full a shelter is; not known is hatched, never empty. */
function drawBar(pen: CanvasRenderingContext2D, theme: Theme, share: number | null): void {
  const [wide, high] = BAR;
  pen.fillStyle = ground(theme);
  pen.fillRect(0, 0, wide, high);
  pen.fillStyle = COLOURS[theme][share !== null && share >= 0.9 ? 'too_late' : 'safe'];
  if (share !== null) pen.fillRect(2, 2, (wide - 4) * share, high - 4);
  [pen.strokeStyle, pen.lineWidth] = [ink(theme), 2];
  if (share === null) for (let x = -high; x < wide; x += 9) { pen.beginPath(); pen.moveTo(x, high); pen.lineTo(x + high, 0); pen.stroke(); }
  pen.strokeRect(1, 1, wide - 2, high - 2);
}

function addImage(map: MapGL, name: string, [width, height]: [number, number], draw: (pen: CanvasRenderingContext2D) => void): void {
  const canvas = Object.assign(document.createElement('canvas'), { width, height });
  const pen = canvas.getContext('2d', { willReadFrequently: true })!;
  draw(pen);
  map.addImage(name, pen.getImageData(0, 0, width, height));
}

export function showBoats(map: MapGL, boats: Boat[], chosen: string | null): void {
  setFeatures(map, 'storm-boats', boats.flatMap((boat): GeoJSON.Feature[] => boat.lon === null || boat.lat === null ? [] : [{
    type: 'Feature', geometry: { type: 'Point', coordinates: [boat.lon, boat.lat] },
    properties: { id: boat.id, state: boat.state, chosen: boat.id === chosen, quiet: boat.state === 'safe' && boat.id !== chosen, rank: boat.id === chosen ? 99 : STATES.length - STATES.indexOf(boat.state) },
  }]));
}

export function showShelters(map: MapGL, shelters: Shelter[]): void {
  setFeatures(map, 'storm-shelters', shelters.map((each): GeoJSON.Feature => {
    const taken = Math.max(each.occupied ?? 0, each.live) + each.sent;
    const icon = each.capacity === null ? 'bar-unknown' : `bar-${Math.min(TENTHS, Math.round((taken / Math.max(each.capacity, 1)) * TENTHS))}`;
    return { type: 'Feature', geometry: { type: 'Point', coordinates: [each.lon, each.lat] }, properties: { id: `port:${each.code}`, name: each.name, icon } };
  }));
}

const forceOf = (feature: GeoJSON.Feature): number => Number(feature.properties?.['force']);
const kindOf = (feature: GeoJSON.Feature): string => String(feature.properties?.['kind']);
const byForce = (a: GeoJSON.Feature, b: GeoJSON.Feature): number => forceOf(a) - forceOf(b);

/** The winds of a bulletin, and its fields at the three hours nearest to a moment. */
export function showWinds(map: MapGL, winds: Winds, bulletin: Bulletin | null, atMs: number, theme: Theme): void {
  const painted = (kind: string): GeoJSON.Feature[] => winds.features.filter((each) => kindOf(each) === kind).sort(byForce)
    .map((each) => ({ ...each, properties: { ...each.properties, colour: windColour(theme, forceOf(each)) } }));
  setFeatures(map, 'storm-swath', painted('swath'));
  setFeatures(map, 'storm-track', winds.features.filter((each) => ['track', 'past'].includes(kindOf(each))));
  const fields = painted('field');
  const away = (each: GeoJSON.Feature): number => Math.abs(Number(each.properties?.['t_s']) - atMs / 1000);
  const nearest = Math.min(...fields.map(away));
  setFeatures(map, 'storm-field', nearest <= 2 * 3600 ? fields.filter((each) => away(each) === nearest) : []);
  const points = bulletin?.points ?? [];
  const gap = Math.min(...points.map((each) => Math.abs(Date.parse(each.t) - atMs)));
  setFeatures(map, 'storm-points', points.map((each, n): GeoJSON.Feature => {
    const here = Math.abs(Date.parse(each.t) - atMs) === gap;
    const label = here || n % 2 === 0 ? `${formatTime(each.t).replace(/\/\d{4}/, '')}${each.force === null ? '' : ` · cấp ${each.force}`}` : '';
    return { type: 'Feature', geometry: { type: 'Point', coordinates: [each.lon, each.lat] }, properties: { here, label } };
  }));
}

/** The straight way from the chosen boat to its shelter. */
export function showWay(map: MapGL, boat: Boat | null, shelters: Shelter[]): void {
  const to = boat && shelters.find((each) => each.code === boat.shelter);
  const drawn = boat && to && boat.lon !== null && boat.lat !== null && !boat.in_port;
  setFeatures(map, 'storm-way', drawn ? [{ type: 'Feature', geometry: { type: 'LineString', coordinates: [[boat.lon!, boat.lat!], [to.lon, to.lat]] }, properties: {} }] : []);
}
