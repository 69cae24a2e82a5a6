// What one screen of the wall knows: the scenes, what is told, the figures, and the server's time by which all agree.
import { api, type Bilingual, type Lang, type Origin, type Unit, type UnitCard, type UnitValues } from '../api';
import type { Series } from '../api.indicators';
import type { Board } from '../api.freshness';
import { wallApi, type Scene, type SourceState, type WallLayer } from '../api.wall';
import { formatDuration, formatFixed } from '../lib/format';
import { dayOf } from '../lib/moment';
import { chooseLang, dictionary, pick } from '../lib/i18n';
import { LiveState } from '../live/state.svelte';
import { classify } from '../map/classes';
import type { UnitPaint } from '../map/choropleth';
import { fitCamera, makeWall, pageCamera, readAddress, unitOf } from './geometry';
import { placeLabels, type PlacedLabel } from './labels';
import { layOut, signBoxes } from './layout';
import { nameScene } from './naming';
import { sceneAt } from './schedule';

const REFRESH_MS = 60_000;
const FIGURES_EVERY = 5; // refreshes: figures are of days and months
const FIGURES_BACK_MS = 190 * 86_400_000;
const RETRY_MS = 5_000; // a page that began while the server was away
const TICK_MS = 1_000;
const LIGHT_INK = '#ffffff';

const indicatorsOf = (scene: Scene | null): string[] => scene?.panels.flatMap(({ indicators }) => indicators) ?? [];

export class WallState {
  readonly live = new LiveState('/live?wall=1');
  readonly lang: Lang = chooseLang(location.search, document.cookie);
  readonly words = dictionary(this.lang);
  readonly address = readAddress(location.search);
  width = $state(window.innerWidth);
  height = $state(window.innerHeight);
  /** The server's time, the same second on every screen; held still for a picture. */
  now = $state(Date.now());
  frozen = $state<number | null>(null);
  scenes = $state.raw<Scene[]>([]);
  canControl = $state(false);
  signedIn = $state(false);
  mark = $state<Origin>('simulated'); // until the server says otherwise nothing passes for real
  units = $state.raw<Unit[]>([]);
  values = $state.raw<Record<string, UnitValues>>({});
  figures = $state.raw<Record<string, Series>>({});
  card = $state.raw<UnitCard | null>(null);
  sources = $state.raw<SourceState[]>([]);
  layers = $state.raw<WallLayer[]>([]);
  board = $state.raw<Board | null>(null);

  readonly wall = $derived(makeWall(this.address, this.width, this.height));
  /** A hundredth of the wall's height: the measure of everything written on it. */
  readonly u = $derived(unitOf(this.wall));
  readonly scale = $derived((this.u * 100) / 1080);
  readonly guest = $derived(this.live.order?.guest ?? false);
  readonly held = $derived(this.live.order?.scene ?? null);
  readonly scene = $derived(sceneAt(this.scenes, this.now, this.held));
  readonly layout = $derived(layOut(this.wall, this.scene?.panels ?? [], this.scene?.inset ?? false));
  readonly camera = $derived(this.scene ? fitCamera(this.wall, this.scene.view, this.layout.free, this.scene.anchor) : null);
  readonly pageCamera = $derived(this.camera && pageCamera(this.camera, this.wall));
  readonly shown = $derived(this.scene?.measure ? (this.values[this.scene.measure] ?? null) : null);
  readonly classes = $derived(this.shown?.classes ?? []);
  readonly rows = $derived(this.#makeRows());
  readonly labels = $derived(this.#placeLabels());
  readonly complete = $derived(this.scenes.length > 0 && this.units.length > 0 && this.card !== null && this.sources.length > 0
    && this.live.order !== null && (!this.scene?.measure || this.shown !== null)
    && (!this.signedIn || indicatorsOf(this.scene).every((code) => code in this.figures)));

  #timers: number[] = [];
  #ticking = 0;
  #asking = false;
  #turn = 0;

  constructor() {
    document.documentElement.lang = this.lang;
  }

  start(): () => void {
    const stopLive = this.live.start();
    void this.refresh();
    this.#timers = [
      window.setInterval(() => void this.refresh(), REFRESH_MS),
      window.setInterval(() => this.complete || void this.refresh(), RETRY_MS),
    ];
    this.#tick();
    return () => {
      for (const timer of this.#timers) window.clearInterval(timer);
      window.clearTimeout(this.#ticking);
      stopLive();
    };
  }

  say(text: Bilingual | null | undefined): string {
    return pick(text, this.lang);
  }

  /** How old something is, in words, by the server's time: it goes on growing when nothing new comes. */
  old(time: string | null): string {
    return this.oldS(time === null ? null : (this.now - Date.parse(time)) / 1000);
  }

  oldS(seconds: number | null): string {
    if (seconds === null) return this.words.wall.undated;
    const text = formatDuration(seconds, this.lang);
    return `${text} ${this.words.ago}`;
  }

  /** The server's time for what moves, in seconds. */
  get nowS(): number {
    return (this.frozen ?? this.live.clock.now()) / 1000;
  }

  /** Hold every clock of this page still (a picture of several screens must be of one moment). */
  freeze(ms: number): void {
    this.frozen = this.now = ms;
    document.documentElement.dataset['still'] = 'yes';
  }

  /** Figures grow old on a wall: ask anew, one after the other, and keep what is shown where that fails. */
  async refresh(): Promise<void> {
    if (this.#asking) return;
    this.#asking = true;
    await this.#askAll();
    this.#asking = false;
  }

  async #askAll(): Promise<void> {
    await this.#try(async () => { this.scenes = (await wallApi.scenes()).scenes; });
    await this.#try(async () => { this.canControl = (await wallApi.order()).can_control; });
    await this.#try(async () => { this.signedIn = (await api.me()).role !== 'guest'; });
    await this.#try(async () => { this.mark = (await api.status()).origin_mark; });
    await this.#try(async () => { this.units = (await wallApi.units()).units; });
    await this.#try(async () => { this.sources = (await wallApi.sources()).sources; });
    if (this.scenes.some(({ panels }) => panels.some(({ kind }) => kind === 'scores'))) await this.#try(async () => { this.board = (await wallApi.board()).board; });
    await this.#try(async () => { this.layers = (await wallApi.layers()).layers; });
    await this.#try(async () => { this.card = await wallApi.province(); });
    for (const measure of new Set(this.scenes.flatMap(measuresOf))) {
      await this.#try(async () => { this.values = { ...this.values, [measure]: await wallApi.values(measure) }; });
    }
    if (this.signedIn) await this.#askFigures();
  }

  /** The course of every indicator the scene's cards show; the missing ones at every turn, the others now and then. */
  async #askFigures(): Promise<void> {
    const all = new Set(indicatorsOf(this.scene));
    const every = this.#turn++ % FIGURES_EVERY === 0;
    const since = dayOf(this.live.clock.now() - FIGURES_BACK_MS);
    for (const code of all) {
      if (!every && code in this.figures) continue;
      await this.#try(async () => { this.figures = { ...this.figures, [code]: await wallApi.indicator(code, since) }; });
    }
  }

  async #try(step: () => Promise<void>): Promise<void> {
    try {
      await step();
    } catch {
      // the age beside what stays on the screen says how old it is
    }
  }

  /** At every full second of the server's clock, so that all screens turn together. */
  #tick(): void {
    const now = this.live.clock.now();
    if (this.frozen === null) this.now = Math.round(now / TICK_MS) * TICK_MS;
    this.#ticking = window.setTimeout(() => this.#tick(), TICK_MS - (now % TICK_MS) + 5);
  }

  #placeLabels(): PlacedLabel[] {
    if (!this.scene || !this.camera) return [];
    const { panels, inset } = this.layout;
    const taken = [...panels.map(({ box }) => box), ...(inset ? [inset] : []), ...signBoxes(this.wall)];
    return placeLabels(this.wall, nameScene(this.scene, this.rows, this.camera, this.wall, (text) => this.say(text)), taken);
  }

  #makeRows(): (UnitPaint & { onBright: boolean })[] {
    const byKey = new Map(this.shown?.values.map((each) => [each.key, each]));
    return this.units.filter((unit) => unit.shape).map((unit) => {
      const value = byKey.get(unit.key)?.value ?? null;
      const text = value === null ? '—' : formatFixed(value, this.lang, this.shown?.measure.digits ?? 0);
      const place = classify(value, this.shown?.breaks ?? []);
      return { unit, value, text: this.shown ? text : '', class: place, onBright: (this.classes[place]?.ink ?? LIGHT_INK) !== LIGHT_INK };
    });
  }
}

/** What colours the scene, and what its panels rank by. */
const measuresOf = (scene: Scene): string[] => [
  ...(scene.measure === null ? [] : [scene.measure]), ...scene.panels.flatMap(({ kind, measures }) => (kind === 'ranking' ? measures : [])),
];
