// What the page of the shift knows: the shift that is on at one desk, its log, what it hands over, and the handover itself.
import { api, ApiError, type Lang, type Me, type Origin } from '../api';
import { shiftApi, type Current, type Handover, type Person, type Shift, type ShiftNow, type Side } from '../api.shift';
import { readAddress, writeAddress } from '../lib/address';
import { chooseLang, dictionary, keepLang } from '../lib/i18n';

const CASE = /^(VV-\d{4}-\d{6})[\s:,.]*/i;

export class ShiftState {
  lang = $state<Lang>(chooseLang(location.search, document.cookie));
  me = $state.raw<Me | null>(null);
  origin = $state<Origin>('simulated');
  current = $state.raw<Current | null>(null);
  people = $state.raw<Person[]>([]);
  past = $state.raw<Shift[]>([]);
  now = $state.raw<ShiftNow | null>(null);
  /** Server time minus this machine's, in ms. */
  ahead = $state(0);
  clock = $state(Date.now());
  problem = $state<string | null>(null);
  told = $state<string | null>(null);
  busy = $state(false);
  handing = $state(false);

  readonly words = $derived(dictionary(this.lang));
  readonly mayLook = $derived(this.me === null || this.me.can.boats);
  readonly name = $derived(this.current?.me ?? '');
  readonly handover = $derived(this.now?.handover ?? null);
  #desk: string | null = null;

  async start(): Promise<void> {
    document.documentElement.dataset['theme'] = 'light';
    this.setLang(this.lang);
    this.#desk = readAddress(['desk'])['desk'] ?? null;
    try {
      const [me, status] = await Promise.all([api.me(), api.status()]);
      [this.me, this.origin] = [me, status.origin_mark];
      if (!me.can.boats) return;
      this.people = await shiftApi.people();
      await this.load();
    } catch (error) {
      this.problem = this.say(error);
    }
  }

  async load(): Promise<void> {
    try {
      const [current, past] = await Promise.all([shiftApi.current(), shiftApi.past()]);
      [this.current, this.past, this.ahead] = [current, past.filter((each) => each.ended_at !== null), Date.parse(current.now) - Date.now()];
      const mine = current.shifts.find((each) => each.desk === this.#desk) ?? current.shifts.find((each) => each.people.includes(this.name)) ?? current.shifts[0];
      this.now = mine ? await shiftApi.one(mine.id) : null;
      if (this.now?.handover) this.handing = true;
      this.problem = null;
    } catch (error) {
      this.problem = this.say(error);
    }
  }

  late(due: string | null): boolean {
    return due !== null && Date.parse(due) < this.clock + this.ahead;
  }

  choose(desk: string): void {
    this.#desk = desk;
    [this.handing, this.told] = [false, null];
    writeAddress({ desk });
    void this.load();
  }

  begin = (desk: string, people: string[]): Promise<boolean> =>
    this.#do(async () => {
      await shiftApi.begin(desk, people);
      this.#desk = desk;
    });

  /** Write a line; one that begins with a case's number is written into the case too. */
  write(line: string): Promise<boolean> {
    const found = CASE.exec(line);
    const rest = found ? line.slice(found[0].length) : line;
    const id = this.now!.shift.id;
    return this.#do(() => shiftApi.write(id, rest || line, found && rest ? found[1]!.toUpperCase() : null));
  }

  prepare = (people: string[]): Promise<boolean> => this.#do(() => shiftApi.prepare(this.now!.shift.id, people));

  confirm = (handover: Handover, side: Side): Promise<boolean> =>
    this.#do(async () => {
      const done = await shiftApi.confirm(handover, side);
      if (done.id !== null) [this.told, this.handing] = [this.words.shifts.done, false];
    });

  setLang(lang: Lang): void {
    this.lang = lang;
    keepLang(lang);
    writeAddress({ lang });
  }

  say(error: unknown): string {
    if (error instanceof ApiError) return [error.message, error.detail].filter(Boolean).join(': ');
    return `${this.words.errorLoad}. ${this.words.errorHint}`;
  }

  async #do(work: () => Promise<unknown>): Promise<boolean> {
    this.busy = true;
    let problem: string | null = null;
    try {
      await work();
    } catch (error) {
      problem = this.say(error);
    }
    await this.load();
    [this.busy, this.problem] = [false, problem ?? this.problem];
    return problem === null;
  }
}
