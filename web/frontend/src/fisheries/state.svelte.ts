// What the fisheries console shows: the reader's rights, the moment, the search, the chosen boat and its day.
import { untrack } from 'svelte';
import { api, ApiError, type Lang, type LayerInfo, type Me, type Origin, type Theme, type TrackAnswer, type TrackSpan, type VesselDetail, type VesselSummary } from '../api';
import { readAddress, writeAddress } from '../lib/address';
import { chooseLang, dictionary, keepLang } from '../lib/i18n';
import { DAY_MS, dayOf, fromAddress, MINUTE_MS, startOfDay, toAddress } from '../lib/moment';
import type { Counted } from '../live/density';
import type { Moment } from '../live/moment';
import { LiveState } from '../live/state.svelte';
import { TimeControl } from '../live/time.svelte';
import type { Overlay } from '../map/overlays';
import { PastMoment } from '../replay/past.svelte';
import { CasesBeside } from './cases.svelte';
import { Desk } from './desk/desk.svelte';
import { Latest } from './latest';
import { RegionState } from './regions.svelte';
import { readShortcuts } from './shortcuts';

const SEARCH_WAIT_MS = 200;
const SEARCH_LIMIT = 20;
const REFRESH_MS = 30_000;
const SETTLE_MS = 120; // a moment that is still being dragged is not asked for
const FOLLOW_MS = 2_000; // while it plays

export class FisheriesState {
  readonly live = new LiveState();
  readonly time = new TimeControl(() => this.live.clock.now());
  readonly past = new PastMoment(this.time, () => this.live.clock.now());
  readonly regions = new RegionState();
  readonly cases = new CasesBeside();
  theme = $state<Theme>('dark');
  lang = $state<Lang>(chooseLang(location.search, document.cookie));
  me = $state<Me | null>(null);
  mark = $state<Origin>('simulated'); // until the server says otherwise nothing passes for real
  query = $state('');
  found = $state.raw<VesselSummary[] | null>(null);
  chosenId = $state<string | null>(null);
  vessel = $state.raw<VesselDetail | null>(null);
  /** The track of the moment's calendar day; else of the last 24 hours while the moment lies in them. */
  byDay = $state(false);
  track = $state.raw<TrackAnswer | null>(null);
  /** The moment pointed at along the track, Unix seconds. */
  pointedS = $state<number | null>(null);
  problem = $state<string | null>(null);
  hasShortcuts = $state(readShortcuts());
  /** Counts up when the map should go to the chosen boat. */
  flights = $state(0);
  /** Every layer this reader may see, and those the map's style lets be switched. */
  layers = $state.raw<LayerInfo[]>([]);
  overlays = $state.raw<Overlay[]>([]);
  /** What the reader switched, against the style. */
  switched = $state.raw<Record<string, boolean>>({});
  /** What the squares on the map hold; null when every boat is drawn as itself. */
  squares = $state.raw<Counted | null>(null);

  readonly words = $derived(dictionary(this.lang));
  readonly desk = new Desk(this);
  readonly isGuest = $derived(this.me !== null && !this.me.can.boats);
  /** Everything drawn, counted and listed comes from here: now, or the moment the control is at. */
  readonly moment = $derived<Moment>(this.time.isLive ? this.live : this.past);

  /** The same with only the boats that are to be shown. */
  readonly shown = $derived<Moment>(this.desk.narrow(this.moment));
  /** So many days of track before the moment, when the table of positions asks for more than a day. */
  wideDays = $state<number | null>(null);

  /** The chosen boat as it stands at the moment shown; while the past plays, by the play and not by the last answer. */
  readonly standing = $derived.by(() => {
    const { vessel } = this;
    void this.moment.revision;
    if (vessel === null || !this.time.playing) return vessel;
    const fix = this.moment.fleet.find(vessel.id)?.fix;
    if (!fix) return { ...vessel, status: 'unknown' as const, t: null, lon: null, lat: null, sog_kn: null, cog_deg: null };
    if (vessel.t !== null && Date.parse(vessel.t) === fix.t * 1000) return { ...vessel, status: fix.status };
    return { ...vessel, status: fix.status, t: new Date(fix.t * 1000).toISOString(), lon: fix.lon, lat: fix.lat, sog_kn: fix.sogKn, cog_deg: fix.cogDeg };
  });
  /** Is it a calendar day that the scrubber spans and the track is of? */
  readonly isDay = $derived(this.time.isDay(this.live.now, this.byDay));

  #waiting = 0;
  #cameFrom: HTMLElement | null = null;
  #following = 0;
  #trackOf = '';
  #followedMs = 0;
  readonly #searched = new Latest();
  readonly #vesselAsked = new Latest();
  readonly #trackAsked = new Latest();

  constructor() {
    document.documentElement.lang = this.lang;
    const { vessel, at, z, track, theme, layers } = readAddress(['vessel', 'at', 'z', 'track', 'theme', 'layers']);
    this.switched = Object.fromEntries((layers ?? '').split(',').filter(Boolean).map((each) => [each.replace(/^-/, ''), !each.startsWith('-')]));
    this.setTheme(theme === 'light' ? 'light' : 'dark');
    this.chosenId = vessel ?? null;
    this.byDay = track === 'day';
    this.flights = this.chosenId === null || z !== undefined ? 0 : 1;
    const moment = fromAddress(at);
    if (moment !== null) this.time.go(moment);
  }

  start(): () => void {
    const stopLive = this.live.start();
    void this.#load();
    const timer = window.setInterval(() => this.time.isLive && this.#reload(), REFRESH_MS);
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

  setTheme(theme: Theme): void {
    this.theme = theme;
    document.documentElement.dataset['theme'] = theme;
    writeAddress({ theme: theme === 'dark' ? null : theme });
  }

  search(query: string): void {
    this.query = query;
    window.clearTimeout(this.#waiting);
    this.#searched.stop();
    if (query.trim() === '') this.found = null;
    else this.#waiting = window.setTimeout(() => void this.#search(), SEARCH_WAIT_MS);
  }

  choose(id: string | null, fly = true): void {
    if (id !== null && document.activeElement instanceof HTMLElement) this.#cameFrom = document.activeElement;
    if (id !== this.chosenId) [this.vessel, this.track, this.pointedS] = [null, null, null];
    this.chosenId = id;
    writeAddress({ vessel: id });
    if (fly && id !== null) this.flights += 1;
    this.#reload();
  }

  /** Let go of the chosen boat and return to where the choice was made. */
  letGo(): void {
    if (this.chosenId === null) return;
    this.choose(null);
    if (this.#cameFrom?.isConnected) this.#cameFrom.focus();
  }

  isOverlayOn(name: string): boolean {
    return this.switched[name] ?? this.overlays.find((each) => each.name === name)?.isOn ?? false;
  }

  switchOverlay(name: string, isOn: boolean): void {
    this.switched = { ...this.switched, [name]: isOn };
    const told = Object.entries(this.switched).filter(([each, on]) => on !== this.overlays.find((overlay) => overlay.name === each)?.isOn);
    writeAddress({ layers: told.map(([each, on]) => (on ? each : `-${each}`)).join(',') || null });
  }

  /** The boat's track by calendar day, or the 24 hours before the moment. */
  setByDay(byDay: boolean): void {
    this.byDay = byDay;
    writeAddress({ track: byDay ? 'day' : null });
    void this.#loadTrack();
  }

  /** The track of so many days before the moment; null for the day or the last 24 hours again. */
  setWide(days: number | null): void {
    if (this.wideDays === days) return;
    this.wideDays = days;
    void this.#loadTrack();
  }

  /** Take the page to the end of the calendar day so many days from the moment's; today is live. */
  goDay(days: number): void {
    this.setByDay(true);
    this.time.go(startOfDay(this.time.exactMs) + (days + 1) * DAY_MS - MINUTE_MS);
  }

  /** Everything follows the time control; called whenever its moment, or whether it plays, has changed. */
  follow(): void {
    const { at, playing } = this.time;
    const mayLook = this.me?.can.boats ?? false;
    untrack(() => {
      if (at !== null && mayLook) void this.past.show();
      if (this.me !== null && !mayLook) this.time.goLive();
      const wait = playing ? Math.max(0, this.#followedMs + FOLLOW_MS - performance.now()) : SETTLE_MS;
      window.clearTimeout(this.#following);
      this.#following = window.setTimeout(() => this.#reload(), wait);
    });
  }

  #reload(): void {
    this.#followedMs = performance.now();
    if (this.me !== null) writeAddress({ at: this.#at });
    void this.#loadVessel();
    void this.#loadTrack();
    if (this.found !== null) void this.#search();
  }

  /** The moment as the server is asked for it; null for now. */
  get #at(): string | null {
    return this.time.at === null ? null : toAddress(this.time.at);
  }

  get #span(): TrackSpan {
    const { exactMs } = this.time;
    if (this.wideDays !== null) return { from: toAddress(exactMs - this.wideDays * DAY_MS), to: toAddress(exactMs) };
    return this.isDay ? { day: dayOf(this.time.exactMs) } : {};
  }

  async #load(): Promise<void> {
    try {
      const [me, status, { layers }] = await Promise.all([api.me(), api.status(), api.layers()]);
      [this.me, this.mark, this.layers] = [me, status.origin_mark, layers];
      if (me.can.boats) void Promise.all([this.desk.readAsked(), this.desk.zones.load()]);
    } catch (error) {
      this.#tell(error);
    }
  }

  #search(): Promise<void> {
    return this.#take(this.#searched, (signal) => api.vessels(this.query.trim(), SEARCH_LIMIT, this.#at, signal), ({ vessels }) => (this.found = vessels));
  }

  async #loadVessel(): Promise<void> {
    const id = this.#mayAsk();
    if (id !== null) await this.#take(this.#vesselAsked, (signal) => api.vessel(id, this.#at, signal), (vessel) => (this.vessel = vessel));
  }

  async #loadTrack(): Promise<void> {
    const id = this.#mayAsk();
    const span = this.#span;
    if (id === null || (!this.time.isLive && this.track?.vessel === id && this.#trackOf === JSON.stringify(span))) return; // the past stays
    this.#trackOf = JSON.stringify(span);
    await this.#take(this.#trackAsked, (signal) => api.track(id, span, signal), (track) => (this.track = track));
  }

  #mayAsk(): string | null {
    return this.me?.can.boats ? this.chosenId : null;
  }

  /** Ask, and take the answer unless something newer was asked since. */
  async #take<T>(latest: Latest, ask: (signal: AbortSignal) => Promise<T>, keep: (answer: T) => void): Promise<void> {
    try {
      keep(await ask(latest.next()));
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
