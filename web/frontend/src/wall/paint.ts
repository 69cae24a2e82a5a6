// What a scene changes on the map: which layers are seen, how the districts are coloured, where the boats are.
import type { ExpressionSpecification, Map as MapGL } from 'maplibre-gl';
import type { BoatLayer } from '../live/layer';
import { installDensity } from '../map/density';
import { drawHatch } from '../map/hatch';

const CLASS: ExpressionSpecification = ['coalesce', ['feature-state', 'class'], -2];

/** Add to a wall's style that has just loaded: "no data", squares, boats. */
export function installScene(map: MapGL, boats: BoatLayer): void {
  if (!map.hasImage('no-data')) map.addImage('no-data', drawHatch('dark'), { pixelRatio: 1 });
  const unit = map.getStyle().layers.find((each) => each.id === 'unit-fill');
  if (unit && 'source' in unit) {
    const shape = { source: unit.source, 'source-layer': String(unit['source-layer']) };
    map.addLayer({
      id: 'unit-nodata', type: 'fill', ...shape, filter: ['==', ['get', 'level'], 'former_district'],
      paint: { 'fill-pattern': 'no-data', 'fill-opacity': ['case', ['==', CLASS, -1], 1, 0] },
    }, 'unit-line');
    map.setPaintProperty('unit-line', 'line-color', '#c9d6e2');
  }
  map.addSource('density', { type: 'geojson', data: { type: 'FeatureCollection', features: [] } });
  installDensity(map, map.getLayer('land') ? 'land' : undefined); // boats are at sea, so land hides the squares
  map.addLayer(boats);
}

/** Show the layers of a scene; a style layer belongs to the map layer its source is of. */
export function showLayers(map: MapGL, layers: string[], hasMeasure: boolean): void {
  for (const layer of map.getStyle().layers) {
    const source = 'source' in layer ? layer.source : null;
    if (source === null) continue;
    const seen = layer.id === 'density-fill' ? layers.includes('vessel')
      : layer.id.endsWith('-density') ? false // the stream's squares are newer than the tiles'
      : layer.id === 'unit-nodata' ? hasMeasure : layers.includes(source);
    map.setLayoutProperty(layer.id, 'visibility', seen ? 'visible' : 'none');
  }
}

/** Plain districts, for a scene without a measure. */
export function paintPlain(map: MapGL, colour: unknown): void {
  map.setPaintProperty('unit-fill', 'fill-color', colour as ExpressionSpecification);
  map.setPaintProperty('unit-fill', 'fill-opacity', 1);
}

