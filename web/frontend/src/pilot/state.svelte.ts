// What the page of the pilot's evaluation shows: twelve months from a month on, or a published version; and lessons.
import { api, ApiError, type Lang, type Me } from '../api';
import { pilotApi, type Lesson, type Lessons, type NewLesson, type PilotAsked, type PilotKept, type PilotReport } from '../api.pilot';
import { readAddress, writeAddress } from '../lib/address';
import { chooseLang, dictionary, keepLang } from '../lib/i18n';

const READERS = ['leader', 'operator', 'admin'];
const MONTH = /^\d{4}-\d{2}$/;
const CHOICES = 48;

/** The month so many months before or after `2026-11`. */
export function shiftMonth(month: string, by: number): string {
  const [year, number] = month.split('-').map(Number) as [number, number];
  const at = year * 12 + number - 1 + by;
  return `${Math.floor(at / 12)}-${String((at % 12) + 1).padStart(2, '0')}`;
}

export class PilotState {
  lang = $state<Lang>(chooseLang(location.search, document.cookie));
  me = $state.raw<Me | null>(null);
  kept = $state.raw<PilotKept[]>([]);
  canKeep = $state(false);
  asked = $state.raw<PilotAsked | null>(null);
  report = $state.raw<PilotReport | null>(null);
  lessons = $state.raw<Lessons | null>(null);
  /** The first of the twelve months, `2025-12`. */
  from = $state('');
  thisMonth = $state('');
  problem = $state<string | null>(null);
  told = $state<string | null>(null);
  busy = $state(false);

  readonly words = $derived(dictionary(this.lang));
  readonly mayLook = $derived(this.me === null || READERS.includes(this.me.role));
  readonly choices = $derived(this.thisMonth ? Array.from({ length: CHOICES }, (_, n) => shiftMonth(this.thisMonth, -n)) : []);
  #turn = 0;

  async start(): Promise<void> {
    document.documentElement.dataset['theme'] = 'light';
    this.setLang(this.lang);
    const { id, from } = readAddress(['id', 'from']);
    try {
      this.me = await api.me();
      if (!this.mayLook) return;
      await this.#load();
      this.from = from && MONTH.test(from) ? from : shiftMonth(this.thisMonth, -11);
      await (id && /^\d+$/.test(id) ? this.show({ id: Number(id) }) : this.look());
    } catch (error) {
      this.problem = this.#say(error);
    }
  }

  look(from = this.from): Promise<void> {
    this.from = from;
    return this.show({ date: `${from}-01` });
  }

  async show(asked: PilotAsked): Promise<void> {
    const turn = ++this.#turn;
    [this.busy, this.problem, this.told] = [true, null, null];
    writeAddress('id' in asked ? { id: String(asked.id), from: null } : { id: null, from: asked.date.slice(0, 7) });
    try {
      const report = await pilotApi.one(asked);
      if (turn === this.#turn) [this.asked, this.report, this.from] = [asked, report, report.period.first.slice(0, 7)];
    } catch (error) {
      if (turn === this.#turn) [this.problem, this.report] = [this.#say(error), null];
    }
    if (turn === this.#turn) this.busy = false;
  }

  keep(): Promise<void> {
    return this.#do(async () => {
      const { id } = await pilotApi.keep(this.report!.period.first);
      await this.#load();
      await this.show({ id });
    }, this.words.pilot.published);
  }

  /** Write a lesson down; whether it was taken. */
  async write(lesson: NewLesson): Promise<boolean> {
    await this.#do(async () => {
      await pilotApi.write(lesson);
      this.lessons = await pilotApi.lessons();
      if (this.asked !== null) await this.show(this.asked);
    }, this.words.pilot.written);
    return this.problem === null;
  }

  current(): Lesson[] {
    return (this.lessons?.lessons ?? []).filter((lesson) => lesson.replaced_by === null && !lesson.withdrawn);
  }

  setLang(lang: Lang): void {
    this.lang = lang;
    keepLang(lang);
    writeAddress({ lang });
  }

  async #do(work: () => Promise<void>, told: string): Promise<void> {
    [this.busy, this.problem] = [true, null];
    try {
      await work();
      this.told = told;
    } catch (error) {
      this.problem = this.#say(error);
    }
    this.busy = false;
  }

  async #load(): Promise<void> {
    const [list, lessons] = await Promise.all([pilotApi.list(), pilotApi.lessons()]);
    [this.lessons, this.canKeep, this.thisMonth] = [lessons, list.can_keep, list.today.slice(0, 7)];
    this.kept = list.reports.find((report) => report.name === 'pilot')?.kept ?? [];
  }

  #say(error: unknown): string {
    if (error instanceof ApiError) return this.lang === 'en' ? error.detail ?? error.message : error.message;
    return `${this.words.errorLoad}. ${this.words.errorHint}`;
  }
}
