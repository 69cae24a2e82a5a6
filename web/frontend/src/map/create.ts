// One way to make a map: our worker, no rotation, words in the reader's language, nothing from outside.
import 'maplibre-gl/dist/maplibre-gl.css';
import { Map as MapGL, NavigationControl, ScaleControl, setWorkerUrl, type GeoJSONSource, type LngLatBoundsLike, type PaddingOptions } from 'maplibre-gl';
import worker from 'maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url';
import type { Dictionary } from '../lib/i18n';

setWorkerUrl(worker);

export type MapOptions = {
  container: HTMLElement;
  style: string;
  bounds: LngLatBoundsLike;
  maxBounds: LngLatBoundsLike;
  padding?: PaddingOptions;
  /** Keep what was drawn, so that a printer finds it. */
  printable?: boolean;
  /** Show a scale in nautical miles. */
  scale?: boolean;
  words: Dictionary;
};

export function createMap({ container, style, bounds, maxBounds, padding, printable, scale, words }: MapOptions): MapGL {
  const map = new MapGL({
    container, style, bounds, maxBounds,
    fitBoundsOptions: { padding: padding ?? 24 },
    attributionControl: false,
    canvasContextAttributes: { preserveDrawingBuffer: printable ?? false },
    dragRotate: false,
    pitchWithRotate: false,
    touchPitch: false,
    renderWorldCopies: false,
    fadeDuration: 0,
    locale: { 'NavigationControl.ZoomIn': words.zoomIn, 'NavigationControl.ZoomOut': words.zoomOut, 'ScaleControl.NauticalMiles': words.nauticalShort },
  });
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();
  map.on('webglcontextrestored', () => location.reload()); // the state is in the address
  if (scale) map.addControl(new ScaleControl({ unit: 'nautical', maxWidth: 120 }), 'bottom-right');
  map.addControl(new NavigationControl({ showCompass: false }), 'top-left'); // the islands are in the other corners
  return map;
}

/** The id of the lowest label layer, so that what we add stays under the names. */
export function firstLabel(map: MapGL): string | undefined {
  return map.getStyle().layers.find((layer) => layer.type === 'symbol')?.id;
}

/** Replace what a GeoJSON source of ours shows. */
export function setFeatures(map: MapGL, source: string, features: GeoJSON.Feature[]): void {
  (map.getSource(source) as GeoJSONSource | undefined)?.setData({ type: 'FeatureCollection', features });
}
