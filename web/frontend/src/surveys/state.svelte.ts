// What the page of surveys knows: rounds, the one that is open, the gap and the map; which view is shown.
import { api, ApiError, type Lang, type Me, type Origin } from '../api';
import { surveysApi, type Coverage, type Gap, type GapFilter, type RoundCard, type Surveys } from '../api.surveys';
import { readAddress, writeAddress } from '../lib/address';
import { chooseLang, dictionary, keepLang } from '../lib/i18n';
import { AnswerState } from './answer.svelte';

export type View = 'rounds' | 'gap' | 'map';
const VIEWS: View[] = ['rounds', 'gap', 'map'];
const WATCHERS = ['leader', 'steward', 'operator', 'admin'];
export type CoverAsked = { domain: string; indicator: string; level: 'commune' | 'former_district' };

export class SurveysState {
  lang = $state<Lang>(chooseLang(location.search, document.cookie));
  me = $state.raw<Me | null>(null);
  mark = $state<Origin>('simulated');
  view = $state<View>('rounds');
  list = $state.raw<Surveys | null>(null);
  card = $state.raw<RoundCard | null>(null);
  answer = $state.raw<AnswerState | null>(null);
  gap = $state.raw<Gap | null>(null);
  filter = $state<GapFilter>({ domain: null, agency: null, state: null });
  cover = $state.raw<Coverage | null>(null);
  cover_ = $state<CoverAsked>({ domain: 'yt', indicator: '', level: 'commune' });
  problem = $state<string | null>(null);

  readonly words = $derived(dictionary(this.lang));
  readonly w = $derived(this.words.surveys);
  readonly mayLook = $derived(this.me === null || WATCHERS.includes(this.me.role));

  async start(): Promise<void> {
    document.documentElement.dataset['theme'] = 'light';
    keepLang(this.lang);
    const asked = readAddress(['view', 'round', 'agency', 'domain', 'state', 'of']);
    this.view = VIEWS.find((each) => each === asked.view) ?? 'rounds';
    if (this.view === 'gap') this.filter = { domain: asked.domain ?? null, agency: asked.agency ?? null, state: asked.state ?? null };
    await this.guard(async () => {
      const [me, status] = await Promise.all([api.me(), api.status()]);
      [this.me, this.mark] = [me, status.origin_mark];
      if (!WATCHERS.includes(me.role)) return;
      this.list = await surveysApi.list();
      if (this.view === 'rounds') await this.#first(asked.round, asked.agency);
      else await this.#show();
    });
  }

  async #first(round: string | undefined, agency: string | undefined): Promise<void> {
    const rounds = this.list?.rounds ?? [];
    const wanted = rounds.find((each) => String(each.id) === round) ?? rounds[0];
    if (wanted) await this.#openRound(wanted.id, agency ?? null);
  }

  choose(view: View): void {
    this.view = view;
    this.filter = { domain: null, agency: null, state: null };
    writeAddress({ view: view === 'rounds' ? null : view, domain: null, agency: null, state: null });
    void this.guard(() => (view === 'rounds' ? this.reload() : this.#show()));
  }

  async #show(): Promise<void> {
    if (this.view === 'gap') this.gap = await surveysApi.gap(this.filter);
    if (this.view === 'map') await this.#readCover();
  }

  narrow(change: Partial<GapFilter>): void {
    this.filter = { ...this.filter, ...change };
    writeAddress(this.filter);
    void this.guard(() => this.#show());
  }

  seeCover(change: Partial<CoverAsked>): void {
    this.cover_ = { ...this.cover_, ...change };
    void this.guard(() => this.#readCover());
  }

  async #readCover(): Promise<void> {
    const { domain, indicator, level } = this.cover_;
    this.cover = await surveysApi.coverage({ domain: indicator ? null : domain, indicator: indicator || null, level });
  }

  openRound(id: number, agency: string | null = null): void {
    void this.guard(() => this.#openRound(id, agency));
  }

  /** A steward goes straight to its own answer; others to how every agency stands, or the answer of one. */
  async #openRound(id: number, agency: string | null): Promise<void> {
    this.card = await surveysApi.round(id);
    const whose = this.list?.agency?.code ?? agency;
    writeAddress({ round: String(id), agency: this.list?.agency ? null : whose });
    this.answer = whose ? new AnswerState(this, await surveysApi.answer(id, whose)) : null;
  }

  /** Rounds and standings as they are now; what is being written stays. */
  async reload(): Promise<void> {
    this.list = await surveysApi.list();
    if (this.card) this.card = await surveysApi.round(this.card.round.id);
    else await this.#first(undefined, undefined);
  }

  async ask(survey: string, opens_on: string, within_days: number | null): Promise<void> {
    await this.guard(async () => {
      const made = await surveysApi.open({ survey, opens_on, within_days });
      this.list = await surveysApi.list();
      await this.#openRound(made.round.id, null);
    });
  }

  setLang(lang: Lang): void {
    this.lang = lang;
    keepLang(lang);
    writeAddress({ lang });
  }

  async guard(work: () => Promise<unknown>): Promise<boolean> {
    try {
      await work();
      this.problem = null;
      return true;
    } catch (error) {
      if (error instanceof ApiError) this.problem = [error.message, error.detail].filter(Boolean).join('. ');
      else this.problem = `${this.words.errorLoad} ${this.words.errorHint}`;
      return false;
    }
  }
}
