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

/** What a screen of the wall shows, and the way to hold its clocks still for a picture. */
export type WallProbe = {
  readonly scene: string | null;
  readonly guest: boolean;
  readonly now: number;
  readonly labels: { id: string; x: number; y: number }[];
  freeze(ms: number): void;
};

export type Probe = { map: MapGL | null; ready: boolean; live: LiveProbe | null; wall?: WallProbe; reloading?: string };

declare global {
  interface Window {
    opsmap: Probe;
  }
}

window.opsmap = { map: null, ready: false, live: null };
