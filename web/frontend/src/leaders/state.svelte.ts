// What the leaders' map knows and shows; one object, so map, list, card and address agree.
import {
  api, ApiError, structureOf, type LayerInfo, type Lang, type Level, type Me, type Origin, type OutlineSource, type Theme,
  type Unit, type UnitCard, type UnitValues, type ValueStatus,
} from '../api';
import { readAddress, writeAddress } from '../lib/address';
import type { Exceptional, Light, PlaceBrief } from '../api.indicators';
import { GIVERS, tasksApi, WATCHERS, type Birth, type TaskCounts } from '../api.tasks';
import { formatFixed } from '../lib/format';
import { chooseLang, dictionary, keepLang, pick } from '../lib/i18n';
import type { UnitPaint } from '../map/choropleth';
import { classify, greyed } from '../map/classes';
import { Indicators, type Paint } from './indicators.svelte';
import { classOf, lightClasses, SHAPE } from './lights';
import { groupMeasures } from './measures';
import { PlacesHere } from './places.svelte';
import { UnitIndex } from './units';

const FIRST_MEASURE = 'health_facility.beds';
const COMMUNE_CODE = 5; // digits
const PROVINCE = '51';
const LEVELS: Level[] = ['commune', 'former_district', 'district'];

export class LeadersState {
  lang = $state<Lang>(chooseLang(location.search, document.cookie));
  theme = $state<Theme>('light');
  level = $state<Level>('former_district');
  view = $state<'map' | 'table'>('map');
  measure = $state<string | null>(null);
  unitCode = $state<string | null>(null);
  me = $state<Me | null>(null);
  mark = $state<Origin>('real');
  /** A guest came by a link to an indicator. */
  isRefused = $state(false);
  readonly isSignedIn = $derived(this.me !== null && this.me.role !== 'guest');
  readonly canGive = $derived(GIVERS.includes(this.me?.role ?? ''));
  layers = $state.raw<LayerInfo[]>([]);
  index = $state.raw<UnitIndex>(new UnitIndex([], []));
  outline = $state.raw<OutlineSource | null>(null);
  units = $state.raw<Unit[]>([]);
  values = $state.raw<UnitValues | null>(null);
  provinces = $state.raw<{ name: string; value: number | null }[]>([]);
  card = $state.raw<UnitCard | null>(null);
  problem = $state<string | null>(null);
  behind = $state<'history' | 'why' | null>(null);
  /** Against what, and by which parts, a figure is explained; null: what suits it best. */
  against = $state<string | null>(null);
  by = $state<string | null>(null);
  /** What a task is being drafted out of. */
  giving = $state.raw<Birth | null>(null);
  counts = $state.raw<TaskCounts | null>(null);
  readonly places = new PlacesHere();
  readonly figures = new Indicators();

  readonly words = $derived(dictionary(this.lang));
  readonly groups = $derived(groupMeasures(this.layers, this.lang));
  readonly layer = $derived(this.figures.code !== null ? null : (this.layers.find((each) => each.name === this.measure?.split('.')[0]) ?? null));
  readonly known = $derived(this.values?.values.flatMap((each) => (each.value === null ? [] : [each.value])) ?? []);
  readonly isStale = $derived(this.values?.stale === 'stale');
  readonly byLight = $derived(this.figures.map !== null && this.figures.paint === 'light');
  readonly found = $derived(this.byLight && this.figures.map ? lightClasses(this.figures.map) : (this.values?.classes ?? []));
  readonly classes = $derived(this.isStale ? greyed(this.found) : this.found);
  /** A group of ground or an office: it has figures, but no place among the map's units. */
  readonly isElsewhere = $derived(this.unitCode !== null && this.unitCode !== PROVINCE && this.index.size > 0 && this.index.keyOf(this.unitCode) === undefined);
  readonly rows = $derived(this.#makeRows());
  readonly origin = $derived<Origin>(this.values && this.values.origin !== 'real' ? this.values.origin : this.mark);
  readonly levelName = $derived({
    commune: this.words.communes, former_district: this.words.formerDistricts, district: this.words.districtsBefore,
  }[this.level]);

  #valuesAsked: AbortController | null = null;
  #cardAsked: AbortController | null = null;

  constructor() {
    const asked = readAddress(['unit', 'measure', 'level', 'view', 'theme', 'indicator', 'period', 'paint', 'behind', 'against', 'by']);
    const ofUnit = asked.unit?.length === COMMUNE_CODE ? 'commune' : 'former_district';
    this.level = LEVELS.find((each) => each === asked.level) ?? ofUnit;
    if (asked.view === 'table') this.view = 'table';
    if (asked.theme === 'dark') this.theme = 'dark';
    this.measure = asked.measure ?? null;
    this.unitCode = asked.unit ?? null;
    [this.figures.code, this.figures.period] = [asked.indicator ?? null, asked.period ?? null];
    if (asked.paint === 'class') this.figures.wanted = 'class';
    [this.against, this.by] = [asked.against ?? null, asked.by ?? null];
    if (asked.behind === 'history' || asked.behind === 'why') this.behind = asked.behind;
    document.documentElement.lang = this.lang;
    document.documentElement.dataset['theme'] = this.theme;
  }

  async start(): Promise<void> {
    await this.#guard(async () => {
      const [me, status, { layers }, communes, districts] = await Promise.all([
        api.me(), api.status(), api.layers(), api.units('commune'), api.units('former_district')]);
      [this.me, this.mark, this.layers, this.outline] = [me, status.origin_mark, layers, communes.outline];
      this.index = new UnitIndex(communes.units, districts.units);
      if (!this.groups.some((group) => group.choices.some((each) => each.id === this.measure))) this.measure = this.#firstMeasure();
      if (!this.isSignedIn && this.figures.code !== null) [this.isRefused] = [true, this.figures.forget()];
      if (this.figures.code !== null) await this.figures.open(); // else nobody waits for the catalogue
      await Promise.all([
        this.#loadUnits(), this.#loadValues(), this.#loadCard(),
        ...(this.isSignedIn ? [this.figures.open(), this.figures.reread(), this.#count()] : [])]);
    });
  }

  /** Figures and ages grow old on an open page: read them anew, keeping what is shown if that fails. */
  async refresh(): Promise<void> {
    await this.#guard(async () => {
      const [status] = await Promise.all([api.status(), this.#loadValues(), this.#loadCard(), ...(this.isSignedIn ? [this.figures.reread(), this.#count()] : [])]);
      this.mark = status.origin_mark;
    });
  }

  setLevel(level: Level, unit: string | null = null): void {
    if (level === this.level && unit === null) return;
    const same = this.level !== 'commune' && level !== 'commune' ? this.unitCode : null; // a district keeps its code
    this.level = level;
    writeAddress({ level });
    this.choose(unit ?? same);
    void this.#guard(async () => { await Promise.all([this.#loadUnits(), this.#loadValues()]); });
  }

  setMeasure(measure: string): void {
    this.measure = measure;
    this.figures.forget();
    this.behind = null;
    [this.against, this.by] = [null, null];
    writeAddress({ measure, indicator: null, period: null, behind: null, against: null, by: null });
    void this.#guard(async () => { await Promise.all([this.#loadValues(), this.places.load(this.layer, this.unitCode)]); });
  }

  setIndicator(code: string, period: string | null = null): void {
    [this.figures.code, this.figures.period, this.behind, this.against, this.by] = [code, period, null, null, null];
    writeAddress({ indicator: code, period, measure: null, behind: null, against: null, by: null });
    void this.#guard(async () => { await Promise.all([this.#loadValues(), this.places.load(null, null)]); });
  }

  setPeriod(period: string | null): void {
    this.figures.period = period;
    writeAddress({ period });
    void this.#guard(() => this.#loadValues());
  }

  setPaint(paint: Paint): void {
    this.figures.wanted = paint;
    writeAddress({ paint: paint === 'class' ? paint : null });
  }

  /** Open what is behind the figure, or close it again. */
  look(what: 'history' | 'why'): void {
    this.behind = this.behind === what ? null : what;
    writeAddress({ behind: this.behind });
  }

  /** Explain it against something else, or by other parts. */
  explain(how: { against?: string; by?: string }): void {
    [this.against, this.by] = [how.against ?? this.against, how.by ?? this.by];
    writeAddress({ against: this.against, by: this.by });
  }

  /** An indicator at a place, as an exception names them. */
  goTo(indicator: string, place: PlaceBrief, period: string | null): void {
    this.setIndicator(indicator, period);
    this.goToPlace(place);
  }

  /** The card of the whole province. */
  openProvince(): void {
    this.choose(PROVINCE);
  }

  /** A unit on the map of its own level, the whole province, or a place that has no ground there. */
  goToPlace(place: PlaceBrief): void {
    if (place.code === PROVINCE) return this.choose(null);
    const level = LEVELS.find((each) => each === place.level);
    const code = level !== undefined || place.kind === 'group' ? place.code : `${place.kind}:${place.code}`;
    if (level !== undefined && level !== this.level) this.setLevel(level, code);
    else this.choose(code);
  }

  /** Begin a task out of the figure at the chosen place, or close the draft again. */
  give(period: string | null): void {
    const open = this.giving === null && period !== null && this.figures.code !== null;
    this.giving = open ? { indicator: this.figures.code!, ...this.whyAsked, period } : null;
  }

  /** A task out of an exception: of its figure, or of the delivery that has not come. */
  giveFor(one: Exceptional): void {
    const { indicator, place, source } = one;
    if (indicator === null || place === null) this.giving = source === null ? null : { source };
    else {
      const unit = place.kind === 'unit' || place.kind === 'group' ? place.code : `${place.kind}:${place.code}`;
      this.giving = { indicator, unit, structure: '2025', ...(one.period ? { period: one.period.since } : {}) };
    }
  }

  /** Where an explanation is asked for. */
  get whyAsked(): { unit: string; structure: string } {
    const unit = this.unitCode ?? PROVINCE;
    return { unit, structure: this.unitCode === null ? '2025' : structureOf(this.level) };
  }

  setView(view: 'map' | 'table'): void {
    this.view = view;
    writeAddress({ view: view === 'map' ? null : view });
  }

  setLang(lang: Lang): void {
    this.lang = lang;
    keepLang(lang);
    writeAddress({ lang });
  }

  setTheme(theme: Theme): void {
    this.theme = theme;
    document.documentElement.dataset['theme'] = theme;
    writeAddress({ theme: theme === 'light' ? null : theme });
  }

  choose(code: string | null): void {
    this.unitCode = code;
    [this.giving, this.by] = [null, null];
    this.places.close();
    if (code === null || this.card?.unit.code !== code) this.card = null;
    writeAddress({ unit: code, by: null });
    void this.#guard(async () => { await Promise.all([this.#loadCard(), this.figures.code === null ? null : this.#loadValues()]); });
  }

  valueText(value: number | null, status: ValueStatus): string {
    if (value === null) return this.words.noData;
    const text = formatFixed(value, this.lang, this.values?.measure.digits ?? 0);
    return status === 'estimate' || status === 'partial' ? `${this.words.statusEstimate} ${text}` : text;
  }

  #makeRows(): (UnitPaint & { light: Light; pending: boolean })[] {
    const figures = new Map(this.figures.map?.values.map((each) => [each.code, each]));
    const byCode = new Map(this.values?.values.map((each) => [each.code, each]));
    return this.units.map((unit) => {
      const { value, status } = byCode.get(unit.code) ?? { value: null, status: 'none' as const };
      const figure = figures.get(unit.code);
      const [light, pending] = [figure?.light ?? 'none', figure?.pending ?? false];
      const text = figure?.withheld ? pick(figure.withheld, this.lang) : this.valueText(value, status);
      return {
        unit, value, light, pending, text: value !== null && SHAPE[light] ? `${SHAPE[light]} ${text}` : text,
        class: this.byLight ? classOf(light, value) : classify(value, this.values?.breaks ?? []),
      };
    });
  }

  #firstMeasure(): string | null {
    const every = this.groups.flatMap((group) => group.choices);
    return (every.find((each) => each.id === FIRST_MEASURE) ?? every[0])?.id ?? null;
  }

  /** The districts of before stand on the ground of the former districts, which the map has. */
  async #loadUnits(): Promise<void> {
    const level = this.level;
    const { units } = await api.units(level);
    if (level === this.level) this.units = units.map((unit) => ({ ...unit, key: this.index.keyOf(unit.code) ?? unit.key }));
  }

  async #loadValues(): Promise<void> {
    if (this.figures.code !== null) {
      [this.values, this.provinces] = [await this.figures.load(this.level, this.unitCode), []];
      return;
    }
    if (this.measure === null) return;
    this.#valuesAsked?.abort();
    this.#valuesAsked = new AbortController();
    const { signal } = this.#valuesAsked;
    const structure = structureOf(this.level);
    const [values, provinces] = await Promise.all([
      api.values(this.level, this.measure, structure, signal),
      structure === '2021' ? api.values('province', this.measure, structure, signal) : null]);
    this.values = values;
    this.provinces = provinces?.values.map(({ code, value }) => ({ name: code === '62' ? 'Kon Tum' : 'Quảng Ngãi', value })) ?? [];
  }

  /** How tasks stand: beside the map, so that it never stands in the map's way. */
  async #count(): Promise<void> {
    if (WATCHERS.includes(this.me?.role ?? '')) this.counts = await tasksApi.counts().catch(() => null);
  }

  async #loadCard(): Promise<void> {
    this.#cardAsked?.abort();
    if (this.unitCode === null || this.isElsewhere) return this.places.load(null, null);
    this.#cardAsked = new AbortController();
    const card = api.unit(this.unitCode, structureOf(this.level), this.#cardAsked.signal);
    [this.card] = await Promise.all([card, this.places.load(this.layer, this.unitCode)]);
  }

  async #guard(work: () => Promise<void>): Promise<void> {
    try {
      await work();
      this.problem = null;
    } catch (error) {
      if (error instanceof DOMException && error.name === 'AbortError') return;
      this.problem = error instanceof ApiError ? error.message : this.words.errorHint;
    }
  }
}
