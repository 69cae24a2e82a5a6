// What the page of fields shows: one part at a time; which one is in its address.
import { api, type Lang, type Me, type Origin } from '../api';
import { wordsOf } from '../api.books';
import { fieldsApi, type Conflict, type Conflicts, type Epidemics, type Holiday, type HolidayReport, type Topics } from '../api.fields';
import { indicatorsApi, type Catalogue } from '../api.indicators';
import { readAddress, writeAddress } from '../lib/address';
import { chooseLang, dictionary, keepLang } from '../lib/i18n';

export const PARTS = ['topics', 'holiday', 'conflicts', 'epidemics'] as const;
export type Part = (typeof PARTS)[number];
const isPart = (text: string | undefined): text is Part => PARTS.some((part) => part === text);

export class FieldsState {
  lang = $state<Lang>(chooseLang(location.search, document.cookie));
  me = $state.raw<Me | null>(null);
  part = $state<Part>('topics');
  topics = $state.raw<Topics | null>(null);
  holidays = $state.raw<Holiday[]>([]);
  report = $state.raw<HolidayReport | null>(null);
  conflicts = $state.raw<Conflicts | null>(null);
  only = $state('');
  epidemics = $state.raw<Epidemics | null>(null);
  catalogue = $state.raw<Catalogue | null>(null);
  problem = $state<string | null>(null);

  readonly words = $derived(dictionary(this.lang));
  readonly mayLook = $derived(this.me === null || this.me.role !== 'guest');
  readonly origin = $derived<Origin>(this.#originOf());

  async start(): Promise<void> {
    document.documentElement.dataset['theme'] = 'light';
    this.setLang(this.lang);
    const { part } = readAddress(['part']);
    if (isPart(part)) this.part = part;
    await this.#guard(async () => { this.me = await api.me(); });
    if (this.mayLook) await this.load();
  }

  setLang(lang: Lang): void {
    this.lang = lang;
    document.documentElement.lang = lang;
    keepLang(lang);
    writeAddress({ lang });
  }

  async choose(part: Part): Promise<void> {
    this.part = part;
    writeAddress({ part });
    await this.load();
  }

  async narrow(only: string): Promise<void> {
    this.only = only;
    await this.load();
  }

  async show(code: string): Promise<void> {
    await this.#guard(async () => { this.report = await fieldsApi.holiday(code); });
    writeAddress({ holiday: code });
  }

  async decide(one: Conflict, source: string | null, reason: string): Promise<void> {
    await this.#guard(async () => {
      await fieldsApi.decide(one, source, reason);
      this.conflicts = await fieldsApi.conflicts(this.only);
    });
  }

  async load(): Promise<void> {
    await this.#guard(async () => {
      if (this.part === 'topics') this.topics = await fieldsApi.topics();
      if (this.part === 'conflicts') this.conflicts = await fieldsApi.conflicts(this.only);
      if (this.part === 'epidemics') [this.epidemics, this.catalogue] = await Promise.all([fieldsApi.epidemics(), indicatorsApi.catalogue()]);
      if (this.part === 'holiday') await this.#loadHoliday();
    });
  }

  async #loadHoliday(): Promise<void> {
    const found = await fieldsApi.holidays();
    this.holidays = found.holidays;
    const asked = readAddress(['holiday']).holiday;
    const code = found.holidays.some((each) => each.code === asked) ? asked! : found.current;
    if (code !== null) this.report = await fieldsApi.holiday(code);
  }

  #originOf(): Origin {
    const told = { topics: this.topics?.origin, holiday: this.report?.origin, conflicts: this.conflicts?.origin, epidemics: this.catalogue?.origin };
    return told[this.part] ?? 'simulated'; // until the server says otherwise nothing passes for real
  }

  async #guard(work: () => Promise<void>): Promise<void> {
    try {
      await work();
      this.problem = null;
    } catch (error) {
      this.problem = wordsOf(error, this.words.errorHint);
    }
  }
}
