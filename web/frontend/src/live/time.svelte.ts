// The one time control: live, or a moment of the past, standing or played.
import { DAY_MS, MINUTE_MS, startOfDay } from '../lib/moment';

export const SPEEDS = [60, 300, 1200] as const;
export type Speed = (typeof SPEEDS)[number];
const TELL_MS = 400; // how often lists and numbers follow while it plays; the map follows every frame
const SLACK_MS = 10 * MINUTE_MS; // a play that began at the very left of the last 24 hours stays in them
const SOONEST_MS = MINUTE_MS; // closer than this to now is live

export class TimeControl {
  /** The moment shown, Unix ms; null when live. While it plays, told a few times a second. */
  at = $state<number | null>(null);
  playing = $state(false);
  speed = $state<Speed>(300);
  /** The oldest moment there is anything of. */
  earliest = $state<number | null>(null);
  #exactMs = 0;
  #toldMs = 0;
  readonly #nowMs: () => number;

  readonly isLive = $derived(this.at === null);

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** The moment to the frame; now when live. */
  get exactMs(): number {
    return this.at === null ? this.#nowMs() : this.#exactMs;
  }

  /** Does the scrubber span the calendar day of the moment: when asked for, and when the moment is older than a day. */
  isDay(nowMs: number, byDay: boolean): boolean {
    return byDay || (this.at !== null && this.at < nowMs - DAY_MS - SLACK_MS);
  }

  /** The 24 hours the scrubber spans: the last ones, or a calendar day. */
  window(nowMs: number, byDay: boolean): [from: number, to: number] {
    if (!this.isDay(nowMs, byDay)) return [nowMs - DAY_MS, nowMs];
    const midnight = startOfDay(this.at ?? nowMs);
    return [midnight, midnight + DAY_MS];
  }

  /** Show a moment; what is not yet past is live, what is before the first position is the first. */
  go(ms: number): void {
    if (ms > this.#nowMs() - SOONEST_MS) return this.goLive();
    this.#exactMs = this.earliest === null ? ms : Math.max(ms, this.earliest);
    this.at = this.#exactMs;
  }

  step(ms: number): void {
    this.go(this.exactMs + ms);
  }

  goLive(): void {
    this.at = null;
    this.playing = false;
  }

  /** Play from here; from live, the last 24 hours. */
  play(): void {
    if (this.at === null) this.go(this.#nowMs() - DAY_MS);
    this.playing = true;
  }

  pause(): void {
    this.playing = false;
    if (this.at !== null) this.at = this.#exactMs;
  }

  toggle(): void {
    if (this.playing) this.pause();
    else this.play();
  }

  /** So much of the reader's time has gone by; at the end of the past it is live again. */
  advance(elapsedMs: number, frameMs: number): void {
    if (this.at === null || !this.playing) return;
    this.#exactMs += elapsedMs * this.speed;
    if (this.#exactMs > this.#nowMs() - SOONEST_MS) return this.goLive();
    if (frameMs - this.#toldMs < TELL_MS) return;
    this.#toldMs = frameMs;
    this.at = this.#exactMs;
  }
}
