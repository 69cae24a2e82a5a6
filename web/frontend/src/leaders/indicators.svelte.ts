// What is known of indicators: the catalogue, today's exceptions, the chosen one over the map and at one place.
import { structureOf, type Level, type UnitValues, type ValueStatus } from '../api';
import { DAY_MS, dayOf } from '../lib/moment';
import { indicatorsApi, type Catalogue, type Exceptions, type MapFigure, type Point, type Series } from '../api.indicators';

const PROVINCE = '51';
const DAYS_BACK: Record<string, number | undefined> = { day: 60, week: 500, month: 1000 };
export type Paint = 'light' | 'class';

const statusOf = (each: MapFigure): ValueStatus => {
  if (each.value === null) return 'none';
  if (each.coverage !== null) return 'partial';
  return each.status === 'official' && each.how !== 'split' ? 'official' : 'estimate';
};

export class Indicators {
  code = $state<string | null>(null);
  period = $state<string | null>(null);
  wanted = $state<Paint>('light');
  catalogue = $state.raw<Catalogue | null>(null);
  exceptions = $state.raw<Exceptions | null>(null);
  over = $state.raw<Series | null>(null);
  at = $state.raw<Series | null>(null);
  #asked: AbortController | null = null;

  readonly map = $derived(this.over?.map ?? null);
  readonly isJudged = $derived(this.map?.values.some((each) => each.light !== 'none') ?? false);
  readonly paint = $derived<Paint>(this.isJudged ? this.wanted : 'class');
  readonly point = $derived<Point | null>(this.#pointOf(this.at));
  readonly title = $derived(this.catalogue?.indicators.find((each) => each.indicator.code === this.code)?.indicator ?? null);

  /** What only those may ask for who are signed in. */
  async open(): Promise<void> {
    this.catalogue ??= await indicatorsApi.catalogue();
    if (this.code !== null && this.title === null) this.code = null;
  }

  async reread(): Promise<void> {
    this.exceptions = await indicatorsApi.exceptions();
  }

  forget(): void {
    this.#asked?.abort();
    [this.code, this.period, this.over, this.at] = [null, null, null, null];
  }

  /** The map of a level and the series of a unit (null: the whole province of today). */
  async load(level: Level, unit: string | null): Promise<UnitValues | null> {
    const [code, structure] = [this.code, structureOf(level)];
    if (code === null) return null;
    this.#asked?.abort();
    this.#asked = new AbortController();
    const { signal } = this.#asked;
    if (this.at?.indicator.code !== code || (unit !== null && this.at.place.code !== unit.split(':').at(-1))) this.at = null;
    const course = indicatorsApi.series(code, { unit: unit ?? PROVINCE, structure: unit === null ? '2025' : structure, from: this.#since() }, signal);
    const map = indicatorsApi.series(code, { unit: PROVINCE, level, structure, period: this.period, ...this.#onePeriod() }, signal);
    void course.then((found) => { if (!signal.aborted) this.at = found; }, () => { if (!signal.aborted) this.at = null; });
    const over = await map;
    this.over = over;
    if (unit === null && structure === '2025') this.at ??= over; // its last point, until the whole course is here
    return this.#valuesOf(over);
  }

  /** The map needs one period of the province only: the one asked for, else its last. */
  #onePeriod(): { from: string | null; to: string | null } {
    const first = this.period ?? this.catalogue?.indicators.find((each) => each.indicator.code === this.code)?.point?.period.since ?? null;
    return { from: first, to: first === null ? null : dayOf(Date.parse(first) + DAY_MS) };
  }

  /** From when a course is asked for: long enough to see a year turn, short enough to be quick. */
  #since(): string | null {
    const days = DAYS_BACK[this.title?.period ?? ''];
    const begin = days === undefined || this.catalogue === null ? null : dayOf(Date.parse(this.catalogue.now) - days * DAY_MS);
    return begin !== null && this.period !== null && this.period < begin ? this.period : begin;
  }

  /** The point of the period the map shows; where the place has none, its last. */
  #pointOf(series: Series | null): Point | null {
    const since = this.map?.period?.since;
    const found = series?.points.find((each) => each.period.since === since);
    return found ?? (this.period === null ? (series?.latest ?? null) : null);
  }

  /** The map's figures as those of any measure are told. */
  #valuesOf(series: Series): UnitValues {
    const { indicator } = series;
    const map = series.map!;
    const said = this.#pointOf(series);
    return {
      measure: { layer: indicator.domain, name: indicator.code, title: indicator.name, unit: indicator.unit, digits: indicator.decimals },
      level: map.level as Level,
      values: map.values.map((each) => ({ key: each.key ?? -1, code: each.code, value: each.value, status: statusOf(each) })),
      breaks: map.breaks, classes: map.classes, total: null, origin: series.origin,
      time: said?.time ?? null, age_s: said?.age_s ?? null, source: said?.source ?? null, stale: said?.stale ?? 'fresh',
    };
  }
}
