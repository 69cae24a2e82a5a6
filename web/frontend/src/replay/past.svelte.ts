// A moment of the past as the page shows it: the same numbers, lists and boats as when it was now.
import { ApiError, type StatusCounts } from '../api';
import { listAttention, type AttentionRow } from '../live/attention';
import { countOutside } from '../live/fleet';
import type { DensityCell } from '../live/socket';
import type { Moment } from '../live/moment';
import type { TimeControl } from '../live/time.svelte';
import type { Chunk } from './decode';
import { PastFleet } from './fleet';
import { readLadder, type Ladder } from './status';
import { ReplayStore } from './store';

const LONGEST_FRAME_MS = 1000; // a page that was asleep goes on where it was

export class PastMoment implements Moment {
  fleet = $state.raw(new PastFleet([]));
  readonly mode = 'exact';
  readonly cells: DensityCell[] = [];
  readonly cellDeg = 0.25;
  readonly epoch = 0;
  counts = $state.raw<StatusCounts | null>(null);
  denominator = $state(0);
  attention = $state.raw<AttentionRow[]>([]);
  vessels = $state(0);
  outside = $state(0);
  placeless = $state(0);
  revision = $state(0);
  now = $state(0);
  /** Positions of this moment are on their way. */
  isWaiting = $state(false);
  problem = $state<ApiError | null>(null);
  nowS = 0;
  /** Straight between reports, or (for readers who want no motion) where each boat last was heard. */
  moving = true;
  readonly #store = new ReplayStore();
  #isNamed = false;
  #frameMs = 0;
  #asked = 0;
  #ladder: Ladder | null = null;
  #ladderMs = 0;

  constructor(private readonly time: TimeControl, private readonly liveMs: () => number) {}

  /** Show the control's moment, now or as soon as its positions are in; lists and numbers too. */
  async show(): Promise<void> {
    const atMs = this.time.exactMs;
    const chunk = this.#isNamed ? this.#store.have(atMs) : null;
    const ask = ++this.#asked;
    if (chunk) return this.#tell(chunk, atMs);
    this.isWaiting = true;
    try {
      const fetched = await this.#fetch(atMs);
      if (ask === this.#asked && !this.time.isLive) this.#tell(fetched, this.time.playing ? this.time.exactMs : atMs);
    } catch (error) {
      if (ask === this.#asked) this.#fail(error);
    }
  }

  /** The next frame of the play. True when boats were moved and want to be drawn. */
  frame(frameMs: number): boolean {
    const elapsed = Math.min(LONGEST_FRAME_MS, Math.max(0, frameMs - this.#frameMs));
    this.#frameMs = frameMs;
    if (!this.time.playing || this.isWaiting) return false;
    this.time.advance(elapsed, frameMs);
    if (this.time.isLive) return false;
    const chunk = this.#store.have(this.time.exactMs);
    if (!chunk) return (void this.show(), false);
    this.#place(chunk, this.time.exactMs);
    return true;
  }

  async #fetch(atMs: number): Promise<Chunk> {
    const [chunk, rows] = await Promise.all([this.#store.fetch(atMs, this.liveMs()), this.#store.boats()]);
    if (!this.#isNamed) [this.fleet, this.#isNamed] = [new PastFleet(rows), true];
    this.time.earliest = this.#store.earliestMs;
    return chunk;
  }

  #place(chunk: Chunk, atMs: number): void {
    if (!this.#ladder || Math.abs(atMs - this.#ladderMs) > 60_000) [this.#ladder, this.#ladderMs] = [readLadder(this.#store.rules, atMs), atMs];
    this.nowS = atMs / 1000;
    this.fleet.moveTo(chunk, this.nowS, this.#ladder, this.moving);
    this.#store.prefetch(atMs);
  }

  #tell(chunk: Chunk, atMs: number): void {
    this.#place(chunk, atMs);
    [this.isWaiting, this.problem, this.now] = [false, null, atMs];
    [this.counts, this.denominator, this.vessels] = [this.fleet.counts, this.fleet.denominator, this.fleet.boats.size];
    this.attention = listAttention(this.fleet, this.nowS);
    this.outside = countOutside(this.fleet);
    this.placeless = this.denominator - this.vessels;
    this.revision += 1;
  }

  #fail(error: unknown): void {
    this.isWaiting = false;
    this.time.pause();
    this.problem = error instanceof ApiError ? error : new ApiError(0, String(error), null);
  }
}
