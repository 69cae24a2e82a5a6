// What the tools draw on the sea: the outline or way in hand, the cross in the middle, and officers' own zones, always dashed and named as such.
import type { Map as MapGL } from 'maplibre-gl';
import type { Theme } from '../../api';
import type { Spot, Zone, ZoneColor } from '../../api.desk';
import { SEA_LOOK } from '../../lib/look';
import { firstLabel, setFeatures } from '../../map/create';

/** Okabe–Ito's hues without its blue, darkened for the light sea; a zone's name and dashes tell it too. */
export const ZONE_INK: Record<Theme, Record<ZoneColor, string>> = {
  dark: { teal: '#3fd0a8', orange: '#f0a43c', purple: '#c79bff', pink: '#f08cc0', yellow: '#f0e442' },
  light: { teal: '#00664c', orange: '#9c4f00', purple: '#5b2aa0', pink: '#9c2f6c', yellow: '#6f6400' },
};
export type Sketch = { points: Spot[]; cursor: Spot | null; closed: boolean; filled: boolean; hasCorners: boolean };

export function installDesk(map: MapGL, theme: Theme): void {
  if (map.getSource('desk-sketch')) return;
  const { ground, track } = SEA_LOOK[theme];
  const under = firstLabel(map);
  const fonts = (map.getLayer('name-sea') && (map.getLayoutProperty('name-sea', 'text-font') as string[])) || ['Noto Sans SemiBold'];
  for (const id of ['own-zone', 'desk-sketch']) map.addSource(id, { type: 'geojson', data: { type: 'FeatureCollection', features: [] } });
  map.addLayer({ id: 'own-zone-fill', type: 'fill', source: 'own-zone', paint: { 'fill-color': ['get', 'ink'], 'fill-opacity': ['case', ['get', 'open'], 0.16, 0.07] } }, under);
  map.addLayer({ id: 'own-zone-line', type: 'line', source: 'own-zone', paint: { 'line-color': ['get', 'ink'], 'line-width': ['case', ['get', 'open'], 2.6, 1.6], 'line-dasharray': [1.2, 1.8] } }, under);
  map.addLayer({
    id: 'own-zone-name', type: 'symbol', source: 'own-zone',
    layout: { 'text-field': ['get', 'title'], 'text-font': fonts, 'text-size': 12, 'text-max-width': 12 },
    paint: { 'text-color': ['get', 'ink'], 'text-halo-color': ground, 'text-halo-width': 2 },
  });
  map.addLayer({ id: 'desk-fill', type: 'fill', source: 'desk-sketch', filter: ['==', ['geometry-type'], 'Polygon'], paint: { 'fill-color': track, 'fill-opacity': 0.12 } });
  map.addLayer({ id: 'desk-casing', type: 'line', source: 'desk-sketch', paint: { 'line-color': ground, 'line-width': 5, 'line-opacity': 0.8 } });
  map.addLayer({ id: 'desk-line', type: 'line', source: 'desk-sketch', paint: { 'line-color': track, 'line-width': 2.2 } });
  map.addLayer({
    id: 'desk-point', type: 'circle', source: 'desk-sketch', filter: ['==', ['geometry-type'], 'Point'],
    paint: { 'circle-radius': 4.5, 'circle-color': ground, 'circle-stroke-color': track, 'circle-stroke-width': 2.2 },
  });
}

const feature = (geometry: GeoJSON.Geometry, properties: object = {}): GeoJSON.Feature => ({ type: 'Feature', properties: { ...properties }, geometry });

export function showSketch(map: MapGL, { points, cursor, closed, filled, hasCorners }: Sketch): void {
  const way = cursor && points.length > 0 ? [...points, cursor] : points;
  const ring = [...way, ...way.slice(0, 1)];
  const outline: GeoJSON.Feature[] = way.length > 2 && filled ? [feature({ type: 'Polygon', coordinates: [ring] })] : [];
  const line: GeoJSON.Feature[] = way.length > 1 ? [feature({ type: 'LineString', coordinates: closed ? ring : way })] : [];
  const corners = hasCorners ? points.map((coordinates) => feature({ type: 'Point', coordinates })) : [];
  setFeatures(map, 'desk-sketch', [...outline, ...line, ...corners]);
}

export function showZones(map: MapGL, zones: Zone[], theme: Theme, openId: number | null, word: string): void {
  setFeatures(map, 'own-zone', zones.map((zone) => feature(zone.outline, {
    ink: ZONE_INK[theme][zone.color], open: zone.id === openId, title: `${zone.name}\n(${word})`,
  })));
}
