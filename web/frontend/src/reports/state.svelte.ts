// What the page of reports shows: the list, and one report; which one is in its address.
import { api, ApiError, type Lang, type Me } from '../api';
import { bulletinsApi, type Asked, type BulletinList, type Kind, type Report } from '../api.bulletins';
import { readAddress, writeAddress } from '../lib/address';
import { chooseLang, dictionary, keepLang } from '../lib/i18n';
import { parseMoment } from '../lib/moment';

const READERS = ['leader', 'officer', 'operator', 'admin'];
export const REPORT = 'fisheries';
const DAY = /^\d{4}-\d{2}-\d{2}$/;
const isKind = (text: string | undefined): text is Kind => text === 'day' || text === 'week' || text === 'month';

export class ReportsState {
  lang = $state<Lang>(chooseLang(location.search, document.cookie));
  me = $state.raw<Me | null>(null);
  list = $state.raw<BulletinList | null>(null);
  asked = $state.raw<Asked | null>(null);
  report = $state.raw<Report | null>(null);
  kind = $state<Kind>('day');
  date = $state('');
  /** A moment as people type it (23/11/2026 14:05), "": all that is known now. */
  known = $state('');
  problem = $state<string | null>(null);
  told = $state<string | null>(null);
  busy = $state(false);

  readonly words = $derived(dictionary(this.lang));
  readonly mayLook = $derived(this.me === null || READERS.includes(this.me.role));
  #turn = 0;

  async start(): Promise<void> {
    document.documentElement.dataset['theme'] = 'light';
    this.setLang(this.lang);
    const { id, kind, date, known } = readAddress(['id', 'kind', 'date', 'known']);
    try {
      this.me = await api.me();
      if (!this.mayLook) return;
      await this.#load();
      this.kind = isKind(kind) ? kind : 'day';
      this.date = date && DAY.test(date) ? date : this.list!.today;
      this.known = known ?? '';
      const newest = this.list!.reports[0]?.kept[0];
      if (id && /^\d+$/.test(id)) await this.show({ id: Number(id) });
      else if (kind || date || !newest) await this.look();
      else await this.show({ id: newest.id });
    } catch (error) {
      this.problem = this.#say(error);
    }
  }

  /** The period that is chosen in the form, as it is told now or was known then. */
  look(kind = this.kind, date = this.date): Promise<void> {
    [this.kind, this.date] = [kind, date];
    const at = this.known.trim() ? parseMoment(this.known, Date.now()) : null;
    if (this.known.trim() && at === null) {
      this.problem = this.words.timeWrong;
      return Promise.resolve();
    }
    return this.show({ report: REPORT, kind, date, known: at === null ? null : new Date(at).toISOString() });
  }

  async show(asked: Asked): Promise<void> {
    const turn = ++this.#turn;
    [this.busy, this.problem, this.told] = [true, null, null];
    writeAddress('id' in asked
      ? { id: String(asked.id), kind: null, date: null, known: null }
      : { id: null, kind: asked.kind, date: asked.date, known: this.known || null });
    try {
      const report = await bulletinsApi.one(asked);
      if (turn === this.#turn) [this.asked, this.report] = [asked, report];
    } catch (error) {
      if (turn === this.#turn) [this.problem, this.report] = [this.#say(error), null];
    }
    if (turn === this.#turn) this.busy = false;
  }

  async keep(): Promise<void> {
    const { report, period } = this.report!;
    this.busy = true;
    try {
      const { id } = await bulletinsApi.keep(report, period.kind, period.first);
      await this.#load();
      await this.show({ id });
      this.told = this.words.bulletins.kept;
    } catch (error) {
      this.problem = this.#say(error);
    }
    this.busy = false;
  }

  setLang(lang: Lang): void {
    this.lang = lang;
    keepLang(lang);
    writeAddress({ lang });
  }

  async #load(): Promise<void> {
    this.list = await bulletinsApi.list();
  }

  #say(error: unknown): string {
    if (error instanceof ApiError) return this.lang === 'en' ? error.detail ?? error.message : error.message;
    return `${this.words.errorLoad}. ${this.words.errorHint}`;
  }
}
