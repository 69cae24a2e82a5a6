// What tests and a curious engineer can ask of a page from outside.
import type { Map as MapGL } from 'maplibre-gl';

export type LiveProbe = {
  readonly state: 'connecting' | 'live' | 'silent' | 'lost';
  readonly mode: 'exact' | 'density' | null;
  readonly vessels: number;
  readonly delayMs: number | null;
  readonly epoch: number;
  readonly seq: number;
};

export type Probe = { map: MapGL | null; ready: boolean; live: LiveProbe | null };

declare global {
  interface Window {
    opsmap: Probe;
  }
}

window.opsmap = { map: null, ready: false, live: null };
