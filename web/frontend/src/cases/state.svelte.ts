// What the page of cases knows: the queue, the chosen case, the form that is open; told live of every change.
import { api, ApiError, type Lang, type Me, type Origin, type Theme } from '../api';
import { casesApi, type Action, type CaseCard, type CaseLine, type CaseQueue, type Question } from '../api.cases';
import { readAddress, writeAddress } from '../lib/address';
import { chooseLang, dictionary, keepLang } from '../lib/i18n';
import { LiveSocket } from '../live/socket';

const SETTLE_MS = 250; // the machine writes many entries at once

export type Which = 'open' | 'closed' | 'mine';

export class CasesState {
  lang = $state<Lang>(chooseLang(location.search, document.cookie));
  theme = $state<Theme>('dark');
  me = $state.raw<Me | null>(null);
  origin = $state<Origin>('simulated');
  queue = $state.raw<CaseQueue | null>(null);
  card = $state.raw<CaseCard | null>(null);
  /** People in danger whom nobody has taken on yet, whatever the list is narrowed to. */
  danger = $state.raw<CaseLine[]>([]);
  chosen = $state<string | null>(null);
  which = $state<Which>('open');
  kind = $state('');
  q = $state('');
  form = $state.raw<Action | null>(null);
  question = $state.raw<Question | null>(null);
  opening = $state(false);
  lost = $state(false);
  busy = $state(false);
  /** What could not be done; and, apart from it, that what is shown could not be read anew. */
  problem = $state<string | null>(null);
  failed = $state<string | null>(null);
  told = $state<string | null>(null);
  /** Telephones shown after an audited request, by person; forgotten with the case. */
  phones = $state<Record<string, string>>({});
  clock = $state(Date.now());
  #aheadMs = 0;
  #askedQueue = 0;
  #askedCard = 0;
  #settling = 0;
  readonly #socket = new LiveSocket({
    onState: (state) => {
      const before = this.lost;
      this.lost = state === 'lost';
      if (before && state === 'open') void this.load();
    },
    onFrame: () => undefined,
    onMessage: (message) => { if (message.type === 'layer' && message.layer === 'case') this.#hear(); },
  }, '/live');

  readonly words = $derived(dictionary(this.lang));
  readonly mayLook = $derived(this.me === null || this.me.can.boats || this.me.role === 'leader');
  readonly nowMs = $derived(this.clock + this.#aheadMs);
  /** The card is the chosen case's: only then may anything be done, for a letter must never reach the case before. */
  readonly isCurrent = $derived(this.card !== null && this.card.number === this.chosen);

  async start(): Promise<void> {
    const { theme, number, state, kind, q } = readAddress(['theme', 'number', 'state', 'kind', 'q']);
    this.setTheme(theme === 'light' ? 'light' : 'dark');
    this.setLang(this.lang);
    [this.chosen, this.kind, this.q] = [number ?? null, kind ?? '', q ?? ''];
    if (state === 'closed' || state === 'mine') this.which = state;
    try {
      const [me, status] = await Promise.all([api.me(), api.status()]);
      [this.me, this.origin] = [me, status.origin_mark];
      if (!this.mayLook) return;
      await this.load();
      if (this.chosen === null && this.queue?.cases[0]) await this.choose(this.queue.cases[0].number);
      this.#socket.open();
    } catch (error) {
      this.problem = this.say(error);
    }
  }

  stop(): void {
    this.#socket.close();
  }

  /** The queue and the chosen case anew; an answer that a later question has overtaken is dropped. */
  async load(): Promise<void> {
    try {
      await Promise.all([this.#loadQueue(), this.#loadCard()]);
      this.failed = null;
    } catch (error) {
      this.failed = this.say(error);
    }
  }

  #hear(): void {
    this.#settling ||= window.setTimeout(() => {
      this.#settling = 0;
      void this.load();
    }, SETTLE_MS);
  }

  async #loadQueue(): Promise<void> {
    const turn = ++this.#askedQueue;
    const { kind, q } = this;
    const asked = { state: this.which === 'closed' ? 'closed' : 'open', kind, assigned: this.which === 'mine' ? 'me' : '', q };
    const isNarrow = this.which !== 'open' || kind !== '' || q !== '';
    const [queue, distress] = await Promise.all([
      casesApi.queue(asked), isNarrow ? casesApi.queue({ state: 'open', kind: 'distress', assigned: '', q: '' }) : null,
    ]);
    if (turn !== this.#askedQueue) return;
    this.queue = queue;
    this.danger = (distress ?? queue).cases.filter((each) => each.kind === 'distress' && each.acknowledged === null);
    this.#aheadMs = Date.parse(queue.now) - Date.now();
  }

  async #loadCard(): Promise<void> {
    const turn = ++this.#askedCard;
    const card = this.chosen === null ? null : await casesApi.one(this.chosen);
    if (turn === this.#askedCard) this.card = card;
  }

  async choose(number: string | null): Promise<void> {
    if (number !== this.chosen) [this.form, this.question, this.phones, this.told, this.problem] = [null, null, {}, null, null];
    this.chosen = number;
    writeAddress({ number });
    try {
      await this.#loadCard();
      this.failed = null;
    } catch (error) {
      this.failed = this.say(error);
    }
  }

  /** To the first of the people in danger whom nobody has taken on. */
  async goToDanger(): Promise<void> {
    const [first] = this.danger;
    if (!first) return;
    if (!this.queue?.cases.some((each) => each.number === first.number)) await this.look({ which: 'open', kind: '', q: '' });
    await this.choose(first.number);
  }

  async look(change: { which?: Which; kind?: string; q?: string }): Promise<void> {
    [this.which, this.kind, this.q] = [change.which ?? this.which, change.kind ?? this.kind, change.q ?? this.q];
    writeAddress({ state: this.which === 'open' ? null : this.which, kind: this.kind || null, q: this.q || null });
    await this.load();
  }

  step(by: number): void {
    const rows = this.queue?.cases ?? [];
    const at = rows.findIndex((each) => each.number === this.chosen);
    const next = rows[Math.min(rows.length - 1, Math.max(0, at + by))];
    if (next) void this.choose(next.number);
  }

  /** Begin an action: one that asks for nothing is done at once. */
  begin(action: Action): void {
    if (!this.isCurrent) return;
    [this.question, this.told, this.problem] = [null, null, null];
    if (action.needs.length === 0) void this.act(action, {});
    else this.form = action;
  }

  async act(action: Action, given: Record<string, unknown>): Promise<number | null> {
    if (this.card === null || this.busy) return null;
    [this.busy, this.problem] = [true, null];
    let notice: number | null = null;
    try {
      const told = action.to === null ? given : { ...given, to: action.to };
      const done = await casesApi.do(this.card.number, { action: action.action, version: this.card.version, ...told });
      if (done.kept) [this.form, this.question, this.told, notice] = [null, null, this.words.cases.saved, done.notice];
      else this.question = done;
    } catch (error) {
      this.problem = this.say(error);
    }
    await this.load();
    this.busy = false;
    return notice;
  }

  async unmask(person: string): Promise<void> {
    if (this.card === null) return;
    const words = this.words.cases;
    try {
      const shown = await casesApi.unmask(this.card.number, person, words.showReason.replace('{number}', this.card.number));
      this.phones = { ...this.phones, [person]: shown.phone ?? words.noPhone };
      await this.load();
    } catch (error) {
      this.problem = this.say(error);
    }
  }

  async openDistress(body: object): Promise<void> {
    this.busy = true;
    try {
      const made = await casesApi.open(body);
      this.opening = false;
      this.chosen = made.number;
      await this.look({ which: 'open', kind: '', q: '' });
      await this.choose(made.number);
    } catch (error) {
      this.problem = this.say(error);
    }
    this.busy = false;
  }

  setTheme(theme: Theme): void {
    this.theme = theme;
    document.documentElement.dataset['theme'] = theme;
    writeAddress({ theme: theme === 'dark' ? null : theme });
  }

  setLang(lang: Lang): void {
    this.lang = lang;
    keepLang(lang);
    writeAddress({ lang });
  }

  say(error: unknown): string {
    if (error instanceof ApiError) return this.lang === 'vi' && !error.detail ? error.message : [error.message, error.detail].filter(Boolean).join(': ');
    return `${this.words.errorLoad}. ${this.words.errorHint}`;
  }
}
