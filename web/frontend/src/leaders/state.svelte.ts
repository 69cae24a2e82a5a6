// What the leaders' map knows and shows; one object, so map, list, card and address agree.
import {
  api, ApiError, type LayerInfo, type Lang, type Level, type Me, type Origin, type Theme, type Unit, type UnitCard,
  type UnitValues, type ValueStatus,
} from '../api';
import { readAddress, writeAddress } from '../lib/address';
import { formatNumber } from '../lib/format';
import { chooseLang, dictionary, keepLang, pick } from '../lib/i18n';
import { classColours, classify, innerBreaks } from '../map/cividis';
import type { UnitPaint } from '../map/choropleth';

export type MeasureChoice = { id: string; title: string };
const FIRST_MEASURE = 'health_facility.beds';

export class LeadersState {
  lang = $state<Lang>(chooseLang(location.search, document.cookie));
  theme = $state<Theme>('light');
  level = $state<Level>('commune');
  view = $state<'map' | 'table'>('map');
  measure = $state<string | null>(null);
  unitCode = $state<string | null>(null);
  me = $state<Me | null>(null);
  mark = $state<Origin>('real');
  layers = $state.raw<LayerInfo[]>([]);
  units = $state.raw<Unit[]>([]);
  values = $state.raw<UnitValues | null>(null);
  card = $state.raw<UnitCard | null>(null);
  problem = $state<string | null>(null);

  readonly words = $derived(dictionary(this.lang));
  readonly choices = $derived(this.layers.flatMap((layer) => layer.measures.map((measure): MeasureChoice => ({
    id: `${layer.name}.${measure.name}`,
    title: `${pick(layer.title, this.lang)} · ${pick(measure.title, this.lang)}`,
  }))));
  readonly known = $derived(this.values?.values.flatMap((each) => (each.value === null ? [] : [each.value])) ?? []);
  readonly limits = $derived(innerBreaks(this.values?.breaks ?? [], this.known));
  readonly colours = $derived(classColours(this.limits.length + 1));
  readonly rows = $derived(this.#makeRows());
  readonly origin = $derived<Origin>(this.values && this.values.origin !== 'real' ? this.values.origin : this.mark);

  #valuesAsked: AbortController | null = null;
  #cardAsked: AbortController | null = null;

  constructor() {
    const asked = readAddress(['unit', 'measure', 'level', 'view', 'theme']);
    if (asked.level === 'former_district') this.level = 'former_district';
    if (asked.view === 'table') this.view = 'table';
    if (asked.theme === 'dark') this.theme = 'dark';
    this.measure = asked.measure ?? null;
    this.unitCode = asked.unit ?? null;
    document.documentElement.lang = this.lang;
    document.documentElement.dataset['theme'] = this.theme;
  }

  async start(): Promise<void> {
    await this.#guard(async () => {
      const [me, status, { layers }] = await Promise.all([api.me(), api.status(), api.layers()]);
      [this.me, this.mark, this.layers] = [me, status.origin_mark, layers];
      if (!this.choices.some((each) => each.id === this.measure)) this.measure = this.#firstMeasure();
      await Promise.all([this.#loadUnits(), this.#loadValues(), this.#loadCard()]);
    });
  }

  /** Figures and ages grow old on an open page: read them anew, keeping what is shown if that fails. */
  async refresh(): Promise<void> {
    await this.#guard(async () => {
      const [status] = await Promise.all([api.status(), this.#loadValues(), this.#loadCard()]);
      this.mark = status.origin_mark;
    });
  }

  setLevel(level: Level): void {
    if (level === this.level) return;
    this.level = level;
    this.choose(null);
    writeAddress({ level });
    void this.#guard(async () => { await Promise.all([this.#loadUnits(), this.#loadValues()]); });
  }

  setMeasure(measure: string): void {
    this.measure = measure;
    writeAddress({ measure });
    void this.#guard(() => this.#loadValues());
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
    if (code === null || this.card?.unit.code !== code) this.card = null;
    writeAddress({ unit: code });
    void this.#guard(() => this.#loadCard());
  }

  valueText(value: number | null, status: ValueStatus): string {
    if (value === null) return this.words.noData;
    const text = formatNumber(value, this.lang, this.values?.measure.digits);
    return status === 'estimate' || status === 'partial' ? `${this.words.statusEstimate} ${text}` : text;
  }

  #makeRows(): UnitPaint[] {
    const byKey = new Map(this.values?.values.map((each) => [each.key, each]));
    return this.units.map((unit) => {
      const { value, status } = byKey.get(unit.key) ?? { value: null, status: 'none' as const };
      return { unit, value, text: this.valueText(value, status), class: classify(value, this.limits) };
    });
  }

  #firstMeasure(): string | null {
    return (this.choices.find((each) => each.id === FIRST_MEASURE) ?? this.choices[0])?.id ?? null;
  }

  async #loadUnits(): Promise<void> {
    const level = this.level;
    const { units } = await api.units(level);
    if (level === this.level) this.units = units;
  }

  async #loadValues(): Promise<void> {
    if (this.measure === null) return;
    this.#valuesAsked?.abort();
    this.#valuesAsked = new AbortController();
    this.values = await api.values(this.level, this.measure, this.#valuesAsked.signal);
  }

  async #loadCard(): Promise<void> {
    this.#cardAsked?.abort();
    if (this.unitCode === null) return;
    this.#cardAsked = new AbortController();
    this.card = await api.unit(this.unitCode, this.#cardAsked.signal);
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
