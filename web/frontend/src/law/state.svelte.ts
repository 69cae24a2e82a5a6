// What the page of the law shows: one conduct, one length, one day; its state is in its address.
import { api, ApiError, type Lang, type Me, type Origin } from '../api';
import { lawApi, type LawAnswer, type Reference, type Rule, type RuleDraft, type RuleList } from '../api.law';
import { chooseLang, dictionary, keepLang } from '../lib/i18n';

/** Days on which the texts of one silence differ: before and after every change of 2024 to 2026. */
export const FIVE = ['2024-05-18', '2024-05-19', '2024-05-20', '2025-11-17', '2026-01-26'];
export const LENGTHS = [10, 13, 20, 25];
const DAY = /^\d{4}-\d{2}-\d{2}$/;

const localDay = (when: Date): string => new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Ho_Chi_Minh' }).format(when);

export class LawState {
  lang = $state<Lang>(chooseLang(location.search, document.cookie));
  me = $state.raw<Me | null>(null);
  mark = $state<Origin>('simulated');
  conduct = $state('silence');
  lengthM = $state(25);
  day = $state('');
  list = $state.raw<RuleList | null>(null);
  answer = $state.raw<LawAnswer | null>(null);
  five = $state.raw<LawAnswer[] | null>(null);
  references = $state.raw<Reference[]>([]);
  problem = $state<string | null>(null);
  today = '';
  words = $derived(dictionary(this.lang));
  rules = $derived((this.list?.rules ?? []).filter((rule) => rule.conduct === this.conduct));
  holes = $derived((this.list?.holes ?? []).filter((hole) => hole.conduct === this.conduct));
  #asked = 0;
  #wantsFive = new URLSearchParams(location.search).has('compare');

  constructor() {
    const asked = new URLSearchParams(location.search);
    this.conduct = asked.get('conduct') ?? 'silence';
    const length = Number(asked.get('length_m') ?? 25);
    this.lengthM = Number.isFinite(length) && length >= 0 && length <= 200 ? length : 25;
    if (DAY.test(asked.get('at') ?? '')) this.day = asked.get('at')!;
  }

  async start(): Promise<void> {
    try {
      const [status, me] = await Promise.all([api.status(), api.me()]);
      [this.mark, this.me, this.today] = [status.origin_mark, me, localDay(new Date(status.now))];
      this.day ||= this.today;
      if (me.role === 'guest') return;
      [this.list, this.references] = await Promise.all([lawApi.rows(), lawApi.references()]);
      if (!this.list.conducts.some((each) => each.code === this.conduct)) this.conduct = 'silence';
      await this.ask();
      if (this.#wantsFive) await this.compare();
    } catch (error) {
      this.problem = this.#say(error);
    }
  }

  /** The law of what is chosen; an answer that another choice has overtaken is dropped. */
  async ask(): Promise<void> {
    if (!DAY.test(this.day) || this.list === null) return;
    const turn = ++this.#asked;
    this.#keepAddress();
    keepLang(this.lang);
    try {
      const [answer, five] = await Promise.all([lawApi.at(this.conduct, this.lengthM, this.day), this.five ? this.#fiveAnswers() : null]);
      if (turn === this.#asked) [this.answer, this.five, this.problem] = [answer, five, null];
    } catch (error) {
      this.problem = this.#say(error);
    }
  }

  async compare(): Promise<void> {
    this.five = this.five ? null : await this.#fiveAnswers();
    this.#keepAddress();
  }

  /** Store a draft; returns what to tell, or throws the server's words. */
  async save(former: Rule | null, draft: RuleDraft): Promise<string[]> {
    const done = former ? await lawApi.correct(former.code, draft) : await lawApi.add(draft);
    this.list = await lawApi.rows();
    await this.ask();
    return [this.words.laws.saved, ...done.warnings.map((hole) => `${this.words.laws.hole}: ${hole.text[this.lang]}`)];
  }

  #fiveAnswers(): Promise<LawAnswer[]> {
    return Promise.all(FIVE.map((day) => lawApi.at(this.conduct, this.lengthM, day)));
  }

  #keepAddress(): void {
    const said = new URLSearchParams({ conduct: this.conduct, length_m: String(this.lengthM), at: this.day, lang: this.lang });
    if (this.five) said.set('compare', '1');
    history.replaceState(null, '', `?${said}`);
  }

  #say(error: unknown): string {
    if (error instanceof ApiError) return this.lang === 'en' ? error.detail ?? error.message : error.message;
    return `${this.words.errorLoad}. ${this.words.errorHint}`;
  }
}
