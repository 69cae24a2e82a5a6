// The layers of the style that a reader may switch on and off, each as one thing; what has dates shows what was in force.
import type { FilterSpecification, Map as MapGL, StyleSpecification } from 'maplibre-gl';
import type { LayerInfo } from '../api';

/** `isOn`: as the style has it, until somebody chooses. */
export type Overlay = { name: string; isOn: boolean };

const GROUND = ['background', 'unit']; // the map itself
const STREAMED = 'stream';
type StyleLayer = StyleSpecification['layers'][number];

const sourceOf = (layer: StyleLayer): string | null => ('source' in layer && typeof layer.source === 'string' ? layer.source : null);
const isShown = (layer: StyleLayer): boolean => !(layer.layout && 'visibility' in layer.layout && layer.layout.visibility === 'none');

/** The switchable layers of a style, in its order. */
export function listOverlays(style: StyleSpecification, infos: LayerInfo[]): Overlay[] {
  const offered = infos.filter(({ name, legend }) => !GROUND.includes(name) && legend.shape !== STREAMED).map(({ name }) => name);
  return offered.flatMap((name) => {
    const own = style.layers.filter((layer) => sourceOf(layer) === name);
    return own.length === 0 ? [] : [{ name, isOn: own.some(isShown) }];
  });
}

export function switchOverlay(map: MapGL, name: string, isOn: boolean): void {
  for (const layer of map.getStyle().layers) {
    if (sourceOf(layer) === name && isShown(layer) !== isOn) map.setLayoutProperty(layer.id, 'visibility', isOn ? 'visible' : 'none');
  }
}

export const isDated = ({ fields }: LayerInfo): boolean => ['valid_from', 'valid_to'].every((name) => fields.some((field) => field.name === name));

/** In force on a day (2026-11-23): begun by then, and not ended. */
export function inForce(day: string): FilterSpecification {
  return [
    'all',
    ['any', ['!', ['has', 'valid_from']], ['<=', ['slice', ['to-string', ['get', 'valid_from']], 0, 10], day]],
    ['any', ['!', ['has', 'valid_to']], ['>', ['slice', ['to-string', ['get', 'valid_to']], 0, 10], day]],
  ];
}

/** Show of a dated layer what was in force on a day; `own` keeps what the style itself left out. */
export function showDay(map: MapGL, name: string, day: string, own: Map<string, FilterSpecification | undefined>): void {
  for (const layer of map.getStyle().layers) {
    if (sourceOf(layer) !== name) continue;
    if (!own.has(layer.id)) own.set(layer.id, map.getFilter(layer.id) ?? undefined);
    const before = own.get(layer.id);
    map.setFilter(layer.id, (before ? ['all', before, inForce(day)] : inForce(day)) as FilterSpecification);
  }
}
