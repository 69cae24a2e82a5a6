// One agency's answer while it is written: its lines, what was refused, a form on its way.
import { sendForm, surveysApi, type Answer, type Cell, type FormPreview, type Line, type Question, type Wrong } from '../api.surveys';
import type { SurveysState } from './state.svelte';

export class AnswerState {
  answer = $state.raw<Answer>() as Answer;
  lines = $state<Line[]>([]);
  at = $state(0);
  dirty = $state(false);
  busy = $state(false);
  told = $state<'saved' | 'sent' | 'notSent' | null>(null);
  preview = $state.raw<FormPreview | null>(null);
  readonly #page: SurveysState;

  constructor(page: SurveysState, answer: Answer) {
    this.#page = page;
    this.#take(answer);
  }

  get questions(): Question[] {
    return this.#page.card?.body.questions ?? [];
  }

  get key(): string {
    return this.#page.card?.body.key ?? '';
  }

  get mayWrite(): boolean {
    const list = this.#page.list;
    return !this.answer.past && list?.can_answer === true && list.agency?.code === this.answer.agency.code;
  }

  #take(answer: Answer): void {
    this.answer = answer;
    this.lines = answer.rows.map((row) => ({ ...row }));
    this.at = Math.min(this.at, Math.max(0, this.lines.length - 1));
    this.dirty = answer.carried !== null && answer.rows.length > 0;
  }

  nameOf(line: Line): string {
    const said = line[this.key];
    if (typeof said !== 'string' || said === '') return this.#page.w.unnamed;
    return this.#page.card?.indicators.find((each) => each.code === said)?.name ?? said;
  }

  put(question: string, value: Cell): void {
    this.lines[this.at] = { ...this.lines[this.at], [question]: value };
    [this.dirty, this.told] = [true, null];
  }

  add(): void {
    this.lines.push({});
    this.at = this.lines.length - 1;
    [this.dirty, this.told] = [true, null];
  }

  remove(): void {
    this.lines.splice(this.at, 1);
    this.at = Math.max(0, this.at - 1);
    [this.dirty, this.told] = [true, null];
    this.answer = { ...this.answer, faults: [], missing: [] }; // they count lines that are others by now
  }

  wrongOf(line: number, question?: string): Wrong | undefined {
    const all = [...this.answer.faults, ...this.answer.missing];
    return all.find((each) => each.row === line + 1 && (question === undefined || each.question === question));
  }

  /** Save; what is refused stays as it was typed, with what is wrong beside it. */
  async save(submit: boolean): Promise<void> {
    this.busy = true;
    const rows = $state.snapshot(this.lines) as Line[];
    await this.#page.guard(async () => {
      const saved = await surveysApi.save(this.answer.round, this.answer.agency.code, { rows, over: this.answer.id, submit });
      if (saved.faults.length > 0) {
        this.answer = saved;
        this.lines = rows;
        this.at = (saved.faults[0]?.row ?? 1) - 1;
      } else this.#take(saved);
      if (submit && saved.faults.length === 0 && saved.missing.length > 0) this.at = (saved.missing[0]?.row ?? 1) - 1;
      this.told = !submit ? 'saved' : saved.state === 'submitted' ? 'sent' : 'notSent';
      this.dirty = saved.faults.length > 0;
      await this.#page.reload();
    });
    this.busy = false;
  }

  async send(file: File): Promise<void> {
    this.busy = true;
    this.preview = null;
    await this.#page.guard(async () => (this.preview = await sendForm(this.answer.round, this.answer.agency.code, file)));
    this.busy = false;
  }

  async takeForm(submit: boolean): Promise<void> {
    const form = this.preview;
    if (!form) return;
    this.busy = true;
    await this.#page.guard(async () => {
      this.#take(await surveysApi.take(this.answer.round, this.answer.agency.code, form.file, { over: form.over, submit }));
      [this.preview, this.told] = [null, submit ? 'sent' : 'saved'];
      await this.#page.reload();
    });
    this.busy = false;
  }
}
