// What the page of citizens' reports knows: the list as it is narrowed, what is overdue where, the report that is open.
import { api, ApiError, type Lang, type Me, type Origin } from '../api';
import { citizensApi, type Category, type Counted, type Report } from '../api.citizens';
import { readAddress, writeAddress } from '../lib/address';
import { chooseLang, dictionary, keepLang } from '../lib/i18n';

const WATCHERS = ['steward', 'commune', 'operator', 'admin', 'leader'];
const CALLERS = ['steward', 'commune', 'operator'];
export type Which = 'open' | 'overdue' | 'all';

export class CitizensState {
  lang = $state<Lang>(chooseLang(location.search, document.cookie));
  me = $state.raw<Me | null>(null);
  origin = $state<Origin>('simulated');
  unit = $state<string | null>(null);
  reports = $state.raw<Report[]>([]);
  units = $state.raw<Counted[]>([]);
  agencies = $state.raw<Counted[]>([]);
  categories = $state.raw<Category[]>([]);
  which = $state<Which>('open');
  category = $state('');
  report = $state.raw<Report | null>(null);
  problem = $state<string | null>(null);
  busy = $state(false);

  readonly words = $derived(dictionary(this.lang));
  readonly mayLook = $derived(this.me === null || WATCHERS.includes(this.me.role));
  readonly mayCall = $derived(CALLERS.includes(this.me?.role ?? ''));
  readonly shown = $derived(this.which === 'open' ? this.reports.filter((each) => each.ended_at === null) : this.reports);

  async start(): Promise<void> {
    document.documentElement.dataset['theme'] = 'light';
    this.setLang(this.lang);
    const asked = readAddress(['report', 'which']);
    if (asked['which'] === 'overdue' || asked['which'] === 'all') this.which = asked['which'];
    try {
      [this.me, this.categories] = await Promise.all([api.me(), citizensApi.categories()]);
      if (!WATCHERS.includes(this.me.role)) return;
      await this.load();
      if (asked['report']) await this.open(asked['report']);
    } catch (error) {
      this.problem = this.say(error);
    }
  }

  async load(): Promise<void> {
    const asked: Record<string, string> = {};
    if (this.which === 'overdue') asked['overdue'] = 'true';
    if (this.category) asked['category'] = this.category;
    try {
      const [list, units, agencies] = await Promise.all([citizensApi.list(asked), citizensApi.counts('unit'), citizensApi.counts('agency')]);
      [this.reports, this.unit, this.origin] = [list.reports, list.unit, list.origin];
      [this.units, this.agencies] = [units, agencies].map((rows) => rows.filter((each) => each.overdue > 0).slice(0, 8)) as [Counted[], Counted[]];
      this.problem = null;
    } catch (error) {
      this.problem = this.say(error);
    }
  }

  choose(which: Which): void {
    this.which = which;
    writeAddress({ which });
    void this.load();
  }

  async open(number: string): Promise<void> {
    try {
      this.report = await citizensApi.one(number);
      writeAddress({ report: number });
    } catch (error) {
      this.problem = this.say(error);
    }
  }

  close(): void {
    this.report = null;
    writeAddress({ report: null });
  }

  /** Do a step over the version that was read; what was said is kept by the page when it is refused. */
  async act(action: string, said: { text?: string; agency?: string; same_as?: string }): Promise<boolean> {
    const report = this.report!;
    const given = Object.fromEntries(Object.entries(said).filter(([, value]) => value));
    this.busy = true;
    try {
      this.report = await citizensApi.act(report.number, { action, version: report.version, ...given });
      await this.load();
      return true;
    } catch (error) {
      this.problem = this.say(error);
      return false;
    } finally {
      this.busy = false;
    }
  }

  setLang(lang: Lang): void {
    this.lang = lang;
    keepLang(lang);
    writeAddress({ lang });
  }

  say(error: unknown): string {
    if (error instanceof ApiError) return [error.message, error.detail].filter(Boolean).join(': ');
    return `${this.words.errorLoad}. ${this.words.errorHint}`;
  }
}
