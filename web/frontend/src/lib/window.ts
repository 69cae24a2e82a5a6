// What tests and a curious engineer can ask of a page from outside.
import type { Map as MapGL } from 'maplibre-gl';
import type { StatusCounts } from '../api';

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
  /** The server's time (ms) of the last word on who may see what. */
  readonly toldMs: number;
  readonly labels: { id: string; x: number; y: number }[];
  freeze(ms: number): void;
};

/** The time control: the moment asked for, the one drawn to the frame, the one whose numbers are shown (null when live or waiting). */
export type TimeProbe = {
  readonly at: number | null;
  readonly exact: number;
  readonly shown: number | null;
  readonly playing: boolean;
  readonly counts: StatusCounts | null;
  readonly denominator: number;
  place(id: string): { lon: number; lat: number; t: number; status: string } | null;
};

export type Probe = { map: MapGL | null; ready: boolean; live: LiveProbe | null; time?: TimeProbe; wall?: WallProbe; reloading?: string };

declare global {
  interface Window {
    opsmap: Probe;
  }
}

window.opsmap = { map: null, ready: false, live: null };
