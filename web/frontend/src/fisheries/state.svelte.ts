// What the fisheries console shows: the reader's rights, the search, the chosen boat.
import { api, ApiError, type Lang, type Me, type Origin, type VesselDetail, type VesselSummary } from '../api';
import { readAddress, writeAddress } from '../lib/address';
import { chooseLang, dictionary, keepLang } from '../lib/i18n';
import type { Counted } from '../live/density';
import { LiveState } from '../live/state.svelte';

const SEARCH_WAIT_MS = 200;
const SEARCH_LIMIT = 20;
const REFRESH_MS = 30_000;

export class FisheriesState {
  readonly live = new LiveState();
  lang = $state<Lang>(chooseLang(location.search, document.cookie));
  me = $state<Me | null>(null);
  mark = $state<Origin>('simulated'); // until the server says otherwise nothing passes for real
  query = $state('');
  found = $state.raw<VesselSummary[] | null>(null);
  chosenId = $state<string | null>(null);
  vessel = $state.raw<VesselDetail | null>(null);
  problem = $state<string | null>(null);
  /** Counts up when the map should go to the chosen boat. */
  flights = $state(0);
  /** What the squares on the map hold; null when every boat is drawn as itself. */
  squares = $state.raw<Counted | null>(null);

  readonly words = $derived(dictionary(this.lang));
  readonly isGuest = $derived(this.me !== null && !this.me.can.boats);

  #waiting = 0;
  #searchAsked: AbortController | null = null;
  #vesselAsked: AbortController | null = null;

  constructor() {
    document.documentElement.lang = this.lang;
    this.chosenId = readAddress(['vessel']).vessel ?? null;
    this.flights = this.chosenId === null ? 0 : 1;
  }

  start(): () => void {
    const stopLive = this.live.start();
    void this.#load();
    const timer = window.setInterval(() => void this.#loadVessel(), REFRESH_MS);
    return () => {
      window.clearInterval(timer);
      stopLive();
    };
  }

  setLang(lang: Lang): void {
    this.lang = lang;
    keepLang(lang);
    writeAddress({ lang });
  }

  search(query: string): void {
    this.query = query;
    window.clearTimeout(this.#waiting);
    this.#searchAsked?.abort();
    if (query.trim() === '') this.found = null;
    else this.#waiting = window.setTimeout(() => void this.#search(query.trim()), SEARCH_WAIT_MS);
  }

  choose(id: string | null, fly = true): void {
    if (id !== this.chosenId) this.vessel = null;
    this.chosenId = id;
    writeAddress({ vessel: id });
    if (fly && id !== null) this.flights += 1;
    void this.#loadVessel();
  }

  async #load(): Promise<void> {
    try {
      const [me, status] = await Promise.all([api.me(), api.status()]);
      [this.me, this.mark] = [me, status.origin_mark];
      await this.#loadVessel();
    } catch (error) {
      this.#tell(error);
    }
  }

  async #search(query: string): Promise<void> {
    this.#searchAsked = new AbortController();
    try {
      const { vessels } = await api.vessels(query, SEARCH_LIMIT, this.#searchAsked.signal);
      this.found = vessels;
      this.problem = null;
    } catch (error) {
      this.#tell(error);
    }
  }

  async #loadVessel(): Promise<void> {
    this.#vesselAsked?.abort();
    if (this.chosenId === null || this.isGuest) return;
    this.#vesselAsked = new AbortController();
    try {
      this.vessel = await api.vessel(this.chosenId, this.#vesselAsked.signal);
      this.problem = null;
    } catch (error) {
      this.#tell(error);
    }
  }

  #tell(error: unknown): void {
    if (error instanceof DOMException && error.name === 'AbortError') return;
    this.problem = error instanceof ApiError ? error.message : this.words.errorHint;
  }
}
