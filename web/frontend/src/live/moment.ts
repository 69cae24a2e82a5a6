// What the page shows, whether it is now or a moment of the past: both answer the same questions.
import type { StatusCounts } from '../api';
import type { AttentionRow } from './attention';
import type { Boat, Who } from './fleet';
import type { Spot } from './motion';
import type { DensityCell } from './socket';

/** Is the boat of this handle to be drawn? */
export type Keep = (handle: number) => boolean;

/** The boats of a moment, by handle. */
export interface FleetView {
  readonly boats: ReadonlyMap<number, Boat>;
  who(handle: number): Who | undefined;
  find(id: string): Boat | undefined;
  /** Where a boat is drawn (world units). */
  spot(boat: Boat, nowS: number, moving: boolean): Spot;
  /** One row of floats a boat (of those to `keep`), for the graphics card; times relative to `baseS` (unix seconds). */
  pack(baseS: number, chosen: number | null, keep?: Keep): Float32Array<ArrayBuffer>;
}

export interface Moment {
  readonly fleet: FleetView;
  readonly mode: 'exact' | 'density' | null;
  readonly counts: StatusCounts | null;
  readonly denominator: number;
  readonly attention: AttentionRow[];
  readonly vessels: number;
  readonly outside: number;
  readonly placeless: number;
  readonly cells: DensityCell[];
  readonly cellDeg: number;
  readonly epoch: number;
  /** Counts up whenever the boats changed. */
  readonly revision: number;
  /** The moment shown, Unix ms; changes about once a second when live. */
  readonly now: number;
  /** The same to the frame, Unix seconds. */
  readonly nowS: number;
}
