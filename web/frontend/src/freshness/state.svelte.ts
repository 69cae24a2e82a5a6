// What the tabs of freshness know: the board of a time, what is expected, the ledger, the policy; and what was opened.
import { ApiError } from '../api';
import {
  freshnessApi, type Board, type Expected, type Ledger, type Limit, type Part, type Pillar, type Row, type Rule, type RuleFields, type Score,
  type Step, type Weight,
} from '../api.freshness';
import { readAddress, writeAddress } from '../lib/address';

export type Tab = 'scores' | 'expected' | 'reminders' | 'policy';
export type Opened = { score: Score; pillar: Pillar };

export class FreshnessState {
  period = $state<string | null>(readAddress(['period']).period ?? null);
  board = $state.raw<Board | null>(null);
  opened = $state.raw<Opened | null>(null);
  part = $state.raw<{ source: string; part: Part; rows: Row[] } | null>(null);
  rules = $state.raw<Rule[]>([]);
  periods = $state.raw<Expected[]>([]);
  versions = $state.raw<Rule[]>([]);
  ledger = $state.raw<Ledger | null>(null);
  steps = $state.raw<Step[]>([]);
  limits = $state.raw<Limit[]>([]);
  weights = $state.raw<Weight[]>([]);
  problem = $state<string | null>(null);

  async show(tab: Tab, reads: boolean): Promise<void> {
    await this.#try(async () => {
      if (tab === 'scores') await this.#loadBoard();
      if (tab === 'expected') await this.#loadExpected(reads);
      if (tab === 'reminders' && reads) this.ledger = await freshnessApi.ledger(this.ledger?.year ?? null);
      if (tab === 'policy') [this.steps, this.limits, this.weights] = await Promise.all([freshnessApi.steps(), freshnessApi.limits(), freshnessApi.weights()]);
    });
  }

  async #loadBoard(): Promise<void> {
    this.board = await freshnessApi.board(this.period);
    [this.opened, this.part] = [null, null];
  }

  async #loadExpected(reads: boolean): Promise<void> {
    this.rules = await freshnessApi.rules();
    if (reads) this.periods = (await freshnessApi.periods()).expected;
  }

  /** One month or year further; or from months to years and back. */
  async turn(to: string): Promise<void> {
    this.period = to;
    writeAddress({ period: to });
    await this.#try(() => this.#loadBoard());
  }

  open(score: Score, pillar: Pillar): void {
    const same = this.opened?.pillar === pillar;
    [this.opened, this.part] = [same ? null : { score, pillar }, null];
  }

  async openPart(source: string, part: Part): Promise<void> {
    const [board, opened] = [this.board, this.opened];
    if (board === null || opened === null) return;
    await this.#try(async () => {
      this.part = { source, ...(await freshnessApi.rows(board.period, source, opened.pillar.code, part.code)) };
    });
  }

  async showVersions(code: string): Promise<void> {
    const shown = this.versions[0]?.code === code;
    await this.#try(async () => { this.versions = shown ? [] : await freshnessApi.versions(code); });
  }

  async saveRule(code: string | null, rule: RuleFields & { reason: string }): Promise<boolean> {
    return this.#try(async () => {
      await freshnessApi.put(code, rule);
      await this.#loadExpected(true);
    });
  }

  async withdraw(code: string, reason: string): Promise<boolean> {
    return this.#try(async () => {
      await freshnessApi.withdraw(code, reason);
      await this.#loadExpected(true);
    });
  }

  async remind(each: Expected, reason: string): Promise<boolean> {
    const { source, what, template, period_from } = each;
    return this.#try(async () => { await freshnessApi.remind({ source, what, template, period_from, way: 'axis', reason }); });
  }

  async turnYear(year: number): Promise<void> {
    await this.#try(async () => { this.ledger = await freshnessApi.ledger(year); });
  }

  async markSent(id: number, number: string, reason: string): Promise<boolean> {
    return this.#try(async () => {
      await freshnessApi.sent(id, number, reason);
      this.ledger = await freshnessApi.ledger(this.ledger?.year ?? null);
    });
  }

  async keepStep(step: Step, reason: string): Promise<boolean> {
    return this.#try(async () => {
      await freshnessApi.keep('steps', step.code, { ...fieldsOf(step, STEP), reason });
      this.steps = await freshnessApi.steps();
    });
  }

  async keepWeight(weight: Weight, reason: string): Promise<boolean> {
    return this.#try(async () => {
      await freshnessApi.keep('weights', weight.code, { ...fieldsOf(weight, WEIGHT), reason });
      this.weights = await freshnessApi.weights();
    });
  }

  async #try(work: () => Promise<unknown>): Promise<boolean> {
    try {
      await work();
      this.problem = null;
      return true;
    } catch (error) {
      this.problem = error instanceof ApiError ? `${error.message}. ${error.detail ?? ''}` : String(error);
      return false;
    }
  }
}

const DATED = ['source', 'verified', 'valid_from', 'valid_to'] as const;
const STEP = ['step', 'side', 'days', 'hour', 'pauses', 'way', 'counts', 'escalates_to', 'only_source', 'words', ...DATED] as const;
const WEIGHT = ['pillar', 'part', 'weight', 'title_vi', 'title_en', 'defined_vi', 'defined_en', ...DATED] as const;
const fieldsOf = <T extends object>(row: T, names: readonly (keyof T)[]): Partial<T> =>
  Object.fromEntries(names.map((name) => [name, row[name]])) as Partial<T>;

/** The month or year before or after: `2026-11` and `2026`. */
export function turned(period: string, by: number): string {
  if (period.length === 4) return String(Number(period) + by);
  const at = Number(period.slice(0, 4)) * 12 + Number(period.slice(5)) - 1 + by;
  return `${Math.floor(at / 12)}-${String((at % 12) + 1).padStart(2, '0')}`;
}
