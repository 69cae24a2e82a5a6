// What the page of tasks knows: the list as it is narrowed, and the task that is open.
import { api, ApiError, type Lang, type Me, type Origin } from '../api';
import { tasksApi, WATCHERS, type Task } from '../api.tasks';
import { readAddress, writeAddress } from '../lib/address';
import { chooseLang, dictionary, keepLang } from '../lib/i18n';

const ASKED = { open: { open: 'true' }, overdue: { overdue: 'true' }, done: { open: 'false' }, all: {} } as const;
export type Which = keyof typeof ASKED;
const isWhich = (value: string | undefined): value is Which => value !== undefined && value in ASKED;

export class TasksState {
  lang = $state<Lang>(chooseLang(location.search, document.cookie));
  me = $state.raw<Me | null>(null);
  origin = $state<Origin>('simulated');
  own = $state<string | null>(null);
  canGive = $state(false);
  tasks = $state.raw<Task[]>([]);
  which = $state<Which>('open');
  task = $state.raw<Task | null>(null);
  problem = $state<string | null>(null);
  busy = $state(false);

  readonly words = $derived(dictionary(this.lang));
  readonly mayLook = $derived(this.me === null || WATCHERS.includes(this.me.role));

  async start(): Promise<void> {
    document.documentElement.dataset['theme'] = 'light';
    this.setLang(this.lang);
    const asked = readAddress(['task', 'which']);
    if (isWhich(asked.which)) this.which = asked.which;
    await this.#guard(async () => {
      this.me = await api.me();
      if (!WATCHERS.includes(this.me.role)) return;
      await Promise.all([this.#load(), asked.task ? this.#read(asked.task) : null]);
    });
  }

  /** What others did meanwhile: the list and the open task anew. */
  async refresh(): Promise<void> {
    if (this.busy || this.me === null || !this.mayLook) return;
    await this.#guard(async () => { await Promise.all([this.#load(), this.task ? this.#read(this.task.number) : null]); });
  }

  choose(which: Which): void {
    this.which = which;
    writeAddress({ which });
    void this.#guard(() => this.#load());
  }

  open(number: string): void {
    writeAddress({ task: number });
    void this.#guard(() => this.#read(number));
  }

  close(): void {
    this.task = null;
    writeAddress({ task: null });
  }

  /** Do a step over the version that was read; what was said is kept by the page when it is refused. */
  async act(action: string, said: object): Promise<boolean> {
    const task = this.task!;
    this.busy = true;
    const done = await this.#guard(async () => {
      this.task = await tasksApi.act(task.number, { action, version: task.version, ...said });
      await this.#load();
    });
    this.busy = false;
    return done;
  }

  setLang(lang: Lang): void {
    this.lang = lang;
    keepLang(lang);
    writeAddress({ lang });
  }

  async #load(): Promise<void> {
    const list = await tasksApi.list(ASKED[this.which]);
    [this.tasks, this.origin, this.own, this.canGive] = [list.tasks, list.origin, list.agency ?? list.unit, list.can_give];
  }

  async #read(number: string): Promise<void> {
    this.task = await tasksApi.one(number);
  }

  async #guard(work: () => Promise<void>): Promise<boolean> {
    try {
      await work();
      this.problem = null;
      return true;
    } catch (error) {
      this.problem = error instanceof ApiError ? [error.message, error.detail].filter(Boolean).join(': ') : `${this.words.errorLoad}. ${this.words.errorHint}`;
      return false;
    }
  }
}
