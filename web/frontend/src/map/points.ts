// The facilities behind the figure the map is coloured by: one layer at a time, near by or in the chosen unit.
import type { Map as MapGL, MapMouseEvent } from 'maplibre-gl';
import type { LayerInfo, Place, Theme } from '../api';
import { setFeatures } from './create';

const HERE = 'unit-places';
const NAMES = 'unit-places-name';
const FROM_ZOOM = 9.6;
const REACH_PX = 8;
const GROUND = new Set(['background', 'unit', 'names']);

/** Our own points for the chosen unit, under the units' names. */
export function installPoints(map: MapGL, theme: Theme): void {
  map.addSource(HERE, { type: 'geojson', data: { type: 'FeatureCollection', features: [] } });
  map.addLayer({
    id: HERE, type: 'circle', source: HERE,
    paint: {
      'circle-color': ['get', 'color'], 'circle-stroke-color': theme === 'light' ? '#ffffff' : '#0b1c2c', 'circle-stroke-width': 1.2,
      'circle-radius': ['interpolate', ['linear'], ['zoom'], 7, 3, 9, 4.5, 12, 8],
    },
  }, map.getLayer('unit-figures') ? 'unit-figures' : undefined);
  map.addLayer({
    id: NAMES, type: 'symbol', source: HERE, minzoom: 10.5,
    layout: { 'text-field': ['get', 'name'], 'text-font': ['Noto Sans Regular'], 'text-size': 11.5, 'text-anchor': 'top', 'text-offset': [0, 0.7], 'text-max-width': 11 },
    paint: { 'text-color': theme === 'light' ? '#15324a' : '#ffffff', 'text-halo-color': theme === 'light' ? '#ffffff' : '#0b1c2c', 'text-halo-width': 1.4 },
  });
}

/** Of the style's own points only those of the shown layer, from where single points can be told apart. */
export function showPointsOf(map: MapGL, shown: LayerInfo | null, inUnit: boolean): void {
  const wanted = shown !== null && shown.mode === 'exact' && !inUnit ? shown.name : null;
  for (const layer of map.getStyle().layers) {
    if (!('source' in layer) || GROUND.has(layer.source) || layer.source === HERE || layer.source.startsWith('unit-')) continue;
    const visible = layer.source === wanted;
    map.setLayoutProperty(layer.id, 'visibility', visible ? 'visible' : 'none');
    if (visible) map.setLayerZoomRange(layer.id, Math.max(FROM_ZOOM, layer.minzoom ?? 0), layer.maxzoom ?? 24);
  }
}

/** The facilities of the chosen unit, in their layer's colour. */
export function drawPlaces(map: MapGL, layer: LayerInfo | null, places: Place[], theme: Theme): void {
  const color = layer?.legend.color[theme] ?? '#b35900';
  const name = layer?.fields.find((field) => field.says === 'name')?.name ?? 'name';
  setFeatures(map, HERE, places.flatMap((place): GeoJSON.Feature[] => place.geometry === null ? [] : [
    { type: 'Feature', geometry: place.geometry, properties: { id: place.id, name: String(place.values[name] ?? ''), color } }]));
}

/** The facility under the pointer: its layer and id. A circle that stands for several is none. */
export function placeAt(map: MapGL, event: MapMouseEvent, shown: LayerInfo | null): { layer: string; id: string } | null {
  if (shown === null || !map.getLayer(HERE)) return null;
  const layers = [HERE, shown.name].filter((id) => map.getLayer(id)?.type === 'circle');
  const { x, y } = event.point;
  const [found] = map.queryRenderedFeatures([[x - REACH_PX, y - REACH_PX], [x + REACH_PX, y + REACH_PX]], { layers });
  if (!found) return null;
  const id: unknown = found.properties['id'] ?? found.id;
  return id === undefined ? null : { layer: shown.name, id: String(id) };
}
