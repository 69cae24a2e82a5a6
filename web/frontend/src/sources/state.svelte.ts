// What the page of sources knows: the list, the one that is open, its rejects, and a clock that ticks.
import { api, ApiError, type Lang, type Me, type Origin, type Theme } from '../api';
import {
  sourcesApi, type PastDelivery, type PulseCell, type Reject, type RejectDetail, type RejectGroup, type RejectState, type ReplayRun, type SourceRow,
} from '../api.sources';
import { readAddress, writeAddress } from '../lib/address';
import { fold } from '../lib/fold';
import { chooseLang, dictionary, keepLang, pick } from '../lib/i18n';

const DAYS = 28;
const KEEPERS = ['steward', 'operator', 'admin'];
const EDITORS = ['operator', 'admin'];
const READERS = ['leader', ...KEEPERS];
const POLL_MS = 700;

export class SourcesState {
  lang = $state<Lang>(chooseLang(location.search, document.cookie));
  theme = $state<Theme>(readAddress(['theme']).theme === 'dark' ? 'dark' : 'light');
  me = $state.raw<Me | null>(null);
  mark = $state<Origin>('simulated');
  now = $state(Date.now());
  rows = $state.raw<SourceRow[]>([]);
  sought = $state('');
  problem = $state<string | null>(null);
  code = $state<string | null>(readAddress(['code']).code ?? null);
  hours = $state.raw<PulseCell[]>([]);
  deliveries = $state.raw<PastDelivery[]>([]);
  olderDeliveries = $state<number | null>(null);
  groups = $state.raw<RejectGroup[]>([]);
  rejects = $state.raw<Reject[]>([]);
  olderRejects = $state<number | null>(null);
  reason = $state<string | null>(null);
  rejectState = $state<RejectState>('open');
  q = $state('');
  reject = $state.raw<RejectDetail | null>(null);
  run = $state.raw<ReplayRun | null>(null);

  readonly words = $derived(dictionary(this.lang));
  readonly said = $derived(this.words.sources);
  readonly keeps = $derived(KEEPERS.includes(this.me?.role ?? ''));
  /** Who reads the ledger of reminders and every period. */
  readonly reads = $derived(READERS.includes(this.me?.role ?? ''));
  readonly edits = $derived(EDITORS.includes(this.me?.role ?? ''));
  readonly chosen = $derived(this.rows.find((row) => row.code === this.code) ?? null);
  readonly shown = $derived.by(() => {
    const words = fold(this.sought);
    return this.rows.filter((row) => fold(`${pick(row.title, this.lang)} ${row.code} ${row.contact?.office ?? ''}`).includes(words));
  });

  #ahead = 0; // the server's clock against this machine's

  async load(): Promise<void> {
    await this.#try(async () => {
      const [me, status, answer] = await Promise.all([api.me(), api.status(), sourcesApi.list(DAYS)]);
      this.#ahead = Date.parse(answer.now) - Date.now();
      [this.me, this.mark, this.rows, this.problem] = [me, status.origin_mark, answer.sources, null];
      this.tick();
    });
  }

  tick(): void {
    this.now = Date.now() + this.#ahead;
  }

  ageOf(time: string | null): number | null {
    return time === null ? null : Math.max(0, (this.now - Date.parse(time)) / 1000);
  }

  setLang(lang: Lang): void {
    this.lang = lang;
    keepLang(lang);
  }

  setTheme(theme: Theme): void {
    this.theme = theme;
    document.documentElement.dataset['theme'] = theme;
    writeAddress({ theme: theme === 'light' ? null : theme });
  }

  async choose(code: string | null): Promise<void> {
    this.code = code;
    writeAddress({ code });
    [this.hours, this.deliveries, this.groups, this.rejects] = [[], [], [], []];
    [this.reject, this.reason, this.q, this.rejectState, this.run] = [null, null, '', 'open', null];
    if (code !== null) await this.#try(() => this.#open(code));
  }

  async #open(code: string): Promise<void> {
    this.hours = (await sourcesApi.pulse(code)).cells;
    if (!this.keeps) return;
    await Promise.all([this.moreDeliveries(true), this.loadGroups(), this.moreRejects(true)]);
  }

  async moreDeliveries(anew = false): Promise<void> {
    if (this.code === null) return;
    const page = await sourcesApi.deliveries(this.code, anew ? null : this.olderDeliveries);
    this.deliveries = anew ? page.deliveries : [...this.deliveries, ...page.deliveries];
    this.olderDeliveries = page.next_before;
  }

  async loadGroups(): Promise<void> {
    if (this.code !== null) this.groups = await sourcesApi.groups(this.code);
  }

  async moreRejects(anew = false): Promise<void> {
    if (this.code === null) return;
    const asked: Record<string, string> = { source: this.code, state: this.rejectState, limit: '30' };
    if (this.reason !== null) asked['reason'] = this.reason;
    if (this.q.trim() !== '') asked['q'] = this.q.trim();
    if (!anew && this.olderRejects !== null) asked['before'] = String(this.olderRejects);
    const page = await sourcesApi.rejects(asked);
    this.rejects = anew ? page.rejects : [...this.rejects, ...page.rejects];
    this.olderRejects = page.next_before;
  }

  filter(change: { reason?: string | null; state?: RejectState; q?: string }): void {
    if (change.reason !== undefined) this.reason = change.reason;
    if (change.state !== undefined) this.rejectState = change.state;
    if (change.q !== undefined) this.q = change.q;
    this.reject = null;
    void this.#try(() => this.moreRejects(true));
  }

  openReject(id: number): void {
    void this.#try(async () => { this.reject = this.reject?.id === id ? null : await sourcesApi.reject(id); });
  }

  setAside(id: number, note: string): void {
    void this.#try(async () => {
      await sourcesApi.setAside(id, note);
      this.reject = null;
      await this.#again();
    });
  }

  /** Read open rejects again, and follow how far it is. */
  async replay(asked: { reason?: string | null; id?: number }): Promise<void> {
    await this.#try(async () => {
      this.run = await sourcesApi.replay({ source: this.code, ...asked });
      while (this.run.finished_at === null) {
        await new Promise((done) => setTimeout(done, POLL_MS));
        this.run = await sourcesApi.run(this.run.id);
      }
      this.reject = null;
      await this.#again();
    });
  }

  async #again(): Promise<void> {
    await Promise.all([this.loadGroups(), this.moreRejects(true), this.moreDeliveries(true), this.load()]);
  }

  async saveContact(office: string, duty: string, phone: string): Promise<boolean> {
    return this.#try(async () => {
      if (this.code !== null) await sourcesApi.contact(this.code, { office, duty: duty || null, phone: phone || null });
      await this.load();
    });
  }

  async #try(work: () => Promise<unknown>): Promise<boolean> {
    try {
      await work();
      this.problem = null;
      return true;
    } catch (error) {
      this.problem = error instanceof ApiError ? `${error.message}. ${error.detail ?? ''}` : this.words.errorLoad;
      return false;
    }
  }
}
