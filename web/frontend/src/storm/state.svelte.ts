// What the page of the storm shows: one storm, one moment, one boat or shelter; its state is in its address.
import { api, ApiError, type Lang, type Me, type Origin, type Theme } from '../api';
import { stormApi, STATES, type Board, type Boat, type BoatState, type Shelter, type Storm, type StormCard, type Winds } from '../api.storm';
import { readAddress, writeAddress } from '../lib/address';
import { formatNumber } from '../lib/format';
import { chooseLang, dictionary, keepLang } from '../lib/i18n';

const HOUR_MS = 3_600_000;
const AGAIN_MS = 60_000;
const TICK_MS = 10_000;

export class StormState {
  lang = $state<Lang>(chooseLang(location.search, document.cookie));
  theme = $state<Theme>('dark');
  me = $state.raw<Me | null>(null);
  mark = $state<Origin>('simulated');
  storms = $state.raw<Storm[] | null>(null);
  card = $state.raw<StormCard | null>(null);
  board = $state.raw<Board | null>(null);
  winds = $state.raw<Winds | null>(null);
  stormId = $state<number | null>(null);
  /** The moment of the board, null: now. Later moments only move the winds. */
  at = $state<number | null>(null);
  forecast = $state<number | null>(null);
  /** The moment that the map shows; null: that of the board. */
  ahead = $state<number | null>(null);
  chosen = $state<string | null>(null);
  open = $state<BoatState | null>(null);
  problem = $state<string | null>(null);
  told = $state<string | null>(null);
  form = $state<'bulletin' | 'order' | 'storm' | 'room' | null>(null);
  totals = $state(false);
  flights = $state(0);
  now = $state(Date.now());
  words = $derived(dictionary(this.lang));
  byId = $derived(new Map((this.board?.boats ?? []).map((boat) => [boat.id, boat])));
  byState = $derived.by(() => {
    const found = Object.fromEntries(STATES.map((state) => [state, [] as Boat[]])) as Record<BoatState, Boat[]>;
    for (const boat of this.board?.boats ?? []) found[boat.state].push(boat);
    const order = new Map((this.board?.calls ?? []).map((id, n) => [id, n]));
    for (const list of Object.values(found)) list.sort((a, b) => (order.get(a.id) ?? 1e9) - (order.get(b.id) ?? 1e9));
    return found;
  });
  calls = $derived((this.board?.calls ?? []).flatMap((id) => this.byId.get(id) ?? []));
  boat = $derived(this.chosen === null ? null : this.byId.get(this.chosen) ?? null);
  shelter = $derived<Shelter | null>(this.board?.shelters.find((each) => `port:${each.code}` === this.chosen) ?? null);
  /** The moment shown, in Unix milliseconds. */
  shown = $derived(this.ahead ?? this.at ?? this.now);
  leftS = $derived(this.board?.dispatch ? (Date.parse(this.board.dispatch.deadline_at) - (this.at ?? this.now)) / 1000 : null);
  #skew = 0;
  #asked = 0;

  constructor() {
    const { storm, theme, boat, at } = readAddress(['storm', 'theme', 'boat', 'at']);
    this.setTheme(theme === 'light' ? 'light' : 'dark');
    this.stormId = storm && /^\d+$/.test(storm) ? Number(storm) : null;
    this.chosen = boat ?? null;
    const past = at ? Date.parse(at) : NaN;
    this.at = Number.isNaN(past) ? null : past;
  }

  async start(): Promise<void> {
    try {
      const [status, me] = await Promise.all([api.status(), api.me()]);
      [this.mark, this.me, this.#skew] = [status.origin_mark, me, Date.parse(status.now) - Date.now()];
      this.#tick();
      if (me.role === 'guest') return;
      this.storms = await stormApi.list();
      this.stormId ??= this.storms[0]?.id ?? null;
      await this.load();
    } catch (error) {
      this.problem = this.say(error);
    }
  }

  /** Keep clocks and board fresh while the page is open. */
  follow(): () => void {
    const ticking = window.setInterval(() => this.#tick(), TICK_MS);
    const again = window.setInterval(() => { if (this.at === null && this.form === null) void this.load(); }, AGAIN_MS);
    return () => { window.clearInterval(ticking); window.clearInterval(again); };
  }

  #tick(): void {
    this.now = Date.now() + this.#skew;
  }

  /** Everything of the chosen storm and moment; an answer that another choice has overtaken is dropped. */
  async load(): Promise<void> {
    if (this.stormId === null) return;
    const turn = ++this.#asked;
    const [id, at, forecast] = [this.stormId, this.at, this.forecast];
    try {
      const [board, winds, card] = await Promise.all([stormApi.board(id, at, forecast), stormApi.winds(id, at, forecast), stormApi.card(id)]);
      if (turn !== this.#asked) return;
      [this.board, this.winds, this.card, this.problem] = [board, winds, card, null];
      this.open ??= STATES.find((state) => board.states.some((each) => each.state === state && each.boats > 0)) ?? null;
      writeAddress({ storm: String(id), at: at === null ? null : new Date(at).toISOString(), boat: this.chosen });
    } catch (error) {
      if (turn === this.#asked) this.problem = this.say(error);
    }
  }

  chooseStorm(id: number): void {
    [this.stormId, this.at, this.ahead, this.forecast, this.chosen] = [id, null, null, null, null];
    void this.load();
  }

  choose(id: string | null, fly = true): void {
    this.chosen = id;
    if (id !== null && fly) this.flights += 1;
    writeAddress({ boat: id });
  }

  /** Go to a moment: the past is asked for, the future moves the winds. */
  go(ms: number): void {
    if (ms > this.now - HOUR_MS / 4) {
      const wasPast = this.at !== null;
      [this.ahead, this.at] = [ms > this.now + HOUR_MS / 4 ? ms : null, null];
      if (wasPast) void this.load();
      return;
    }
    [this.at, this.ahead] = [ms, null];
    void this.load();
  }

  /** The call list by keyboard: the next or the former boat. */
  step(by: number): void {
    const at = this.calls.findIndex((boat) => boat.id === this.chosen);
    const next = this.calls[at < 0 ? 0 : Math.min(Math.max(at + by, 0), this.calls.length - 1)];
    if (next) this.choose(next.id);
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

  fill(text: string, values: Record<string, string | number>): string {
    return text.replace(/\{(\w+)\}/g, (_, name: string) => {
      const value = values[name];
      return typeof value === 'number' ? formatNumber(value, this.lang) : value ?? '';
    });
  }

  say(error: unknown): string {
    if (error instanceof ApiError) return [error.message, error.detail].filter(Boolean).join(': ');
    return `${this.words.errorLoad}. ${this.words.errorHint}`;
  }
}
