// The hours of the fleet this page has fetched: the one that is shown, the next one before it is needed, and no more than a day.
import { ApiError, readProblem } from '../api';
import { decodeChunk, type Chunk } from './decode';
import type { BoatRow } from './fleet';
import type { RuleRow } from './status';

type Listed = { from: string; to: string; url: string; settled: boolean };
type Manifest = { first_t: string | null; chunks: Listed[]; rules: RuleRow[]; boats: string };
type Slot = { fromMs: number; toMs: number; url: string };

const AROUND_MS = 12 * 3_600_000; // the manifest is asked for half a day on both sides of a moment
const MOST_KEPT = 30;
const STALE_MS = 60_000; // near the live edge the list of hours grows

async function fetchOk(path: string, signal?: AbortSignal): Promise<Response> {
  const response = await fetch(path, signal ? { signal } : {});
  if (!response.ok) throw await readProblem(response);
  return response;
}

export class ReplayStore {
  rules: RuleRow[] = [];
  /** The oldest position there is, Unix ms; null until known. */
  earliestMs: number | null = null;
  #slots: Slot[] = [];
  #listedMs = -Infinity;
  readonly #chunks = new Map<string, Chunk>();
  readonly #asked = new Map<string, Promise<Chunk>>();
  #boats: Promise<BoatRow[]> | null = null;

  /** What is there at once for a moment; null when it has to be fetched. */
  have(atMs: number): Chunk | null {
    const slot = this.#slotAt(atMs);
    return (slot && this.#chunks.get(slot.url)) ?? null;
  }

  /** The chunk that answers for a moment; rejects with an ApiError that says why not. */
  async fetch(atMs: number, nowMs: number): Promise<Chunk> {
    const isEdge = nowMs - atMs < AROUND_MS / 4 && nowMs - this.#listedMs > STALE_MS;
    if (isEdge || !this.#slotAt(atMs)) await this.#list(atMs, nowMs);
    const slot = this.#slotAt(atMs);
    if (!slot) throw new ApiError(404, 'no positions', null);
    return this.#load(slot);
  }

  /** Have the chunk after this moment's ready before the play comes to it. */
  prefetch(atMs: number): void {
    const here = this.#slotAt(atMs);
    const next = here && this.#slotAt(here.toMs);
    if (next && !this.#chunks.has(next.url)) this.#load(next).catch(() => undefined); // asked again when it is needed
  }

  boats(): Promise<BoatRow[]> {
    this.#boats ??= fetchOk('/api/replay/boats').then(async (response) => ((await response.json()) as { boats: BoatRow[] }).boats);
    this.#boats.catch(() => (this.#boats = null));
    return this.#boats;
  }

  #slotAt(atMs: number): Slot | undefined {
    return this.#slots.find((slot) => slot.fromMs <= atMs && atMs < slot.toMs);
  }

  async #list(atMs: number, nowMs: number): Promise<void> {
    const to = new Date(Math.min(nowMs, atMs + AROUND_MS)).toISOString();
    const from = new Date(Math.min(nowMs, atMs + AROUND_MS) - 2 * AROUND_MS).toISOString();
    const manifest = (await (await fetchOk(`/api/replay?from=${from}&to=${to}`)).json()) as Manifest;
    this.#slots = manifest.chunks.map((each) => ({ fromMs: Date.parse(each.from), toMs: Date.parse(each.to), url: each.url }));
    this.rules = manifest.rules;
    this.earliestMs = manifest.first_t === null ? null : Date.parse(manifest.first_t);
    this.#listedMs = nowMs;
  }

  #load({ url }: Slot): Promise<Chunk> {
    const kept = this.#chunks.get(url);
    if (kept) return Promise.resolve(kept);
    const asked = this.#asked.get(url) ?? this.#fetchChunk(url);
    this.#asked.set(url, asked);
    return asked;
  }

  async #fetchChunk(url: string): Promise<Chunk> {
    try {
      const chunk = decodeChunk(await (await fetchOk(url)).arrayBuffer());
      if (!chunk) throw new ApiError(502, 'unreadable chunk', url);
      this.#chunks.set(url, chunk);
      for (const old of this.#chunks.keys()) if (this.#chunks.size > MOST_KEPT) this.#chunks.delete(old);
      return chunk;
    } finally {
      this.#asked.delete(url);
    }
  }
}
