// One file on its way: chosen, sent, shown, taken; and what stands beside it.
import { ApiError, type Bilingual } from '../api';
import { approvalsApi, type Typed, type TypedAs } from '../api.approvals';
import {
  intakeApi, sendFile, type Answer, type Ask, type Expected, type FileInfo, type PaperFields, type Receipt, type Status, type Taken, type Template,
} from '../api.intake';

export type Step = 'choose' | 'sending' | 'reading' | 'shown' | 'taking' | 'done';
const EMPTY: PaperFields = { number: '', notation: '', issued_on: '', agency: '', signer: '' };

class Intake {
  step = $state<Step>('choose');
  source = $state('');
  share = $state(0);
  receipt = $state.raw<Receipt | null>(null);
  answer = $state.raw<Answer | null>(null);
  taken = $state.raw<Taken | null>(null);
  problem = $state.raw<{ title: string; detail: string | null } | null>(null);
  denied = $state(false);
  loaded = $state(false);
  templates = $state.raw<Template[]>([]);
  files = $state.raw<FileInfo[]>([]);
  expected = $state.raw<Expected[]>([]);
  paper = $state<PaperFields>({ ...EMPTY });
  period = $state('');
  status = $state<Status | ''>('');
  encoding = $state('');
  template = $state('');
  note = $state('');
  typed = $state.raw<TypedAs | null>(null);
  sources = $derived([...new Set(this.templates.map((t) => t.source))].map((code) => ({ code, title: this.titleOf(code) })));

  titleOf(code: string): Bilingual {
    return this.files.find((f) => f.source === code)?.source_title ?? { vi: code, en: code };
  }

  async load(): Promise<void> {
    await this.guarded(async () => {
      const [templates, files, expected] = await Promise.all([intakeApi.templates(), intakeApi.files(), intakeApi.expected()]);
      this.templates = templates.templates;
      this.files = files.files;
      this.expected = expected.expected;
      this.loaded = true;
    });
  }

  async send(file: File): Promise<void> {
    this.forget();
    this.step = 'sending';
    await this.guarded(async () => {
      this.receipt = await sendFile(file, (share) => (this.share = share));
      await this.read();
    });
    if (this.problem) this.step = 'choose';
  }

  /** A sheet that was typed in goes on like a file that was sent. */
  async sendTyped(typed: Typed): Promise<void> {
    this.forget();
    this.step = 'sending';
    await this.guarded(async () => {
      this.receipt = await approvalsApi.type(typed);
      [this.typed, this.period] = [{ indicator: typed.indicator, whose: typed.whose }, typed.period];
      await this.read();
    });
    if (this.receipt === null) this.step = 'choose';
  }

  async read(): Promise<void> {
    const receipt = this.receipt;
    if (!receipt) return;
    this.step = 'reading';
    await this.guarded(async () => (this.answer = await intakeApi.preview(receipt.file, this.asked())));
    this.step = 'shown';
    if (this.answer?.refusal?.need === 'file') void this.load();
  }

  async take(): Promise<void> {
    const receipt = this.receipt;
    if (!receipt) return;
    this.step = 'taking';
    await this.guarded(async () => {
      this.taken = await intakeApi.take(receipt.file, this.asked());
      this.step = 'done';
    });
    if (this.problem) this.step = 'shown';
    void this.load();
  }

  async keep(name: string, body: object): Promise<void> {
    await this.guarded(async () => {
      await intakeApi.keep(name, body);
      this.templates = (await intakeApi.templates()).templates;
      this.template = name;
      await this.read();
    });
  }

  forget(): void {
    [this.receipt, this.answer, this.taken, this.problem, this.share, this.step] = [null, null, null, null, 0, 'choose'];
    this.paper = { ...EMPTY };
    [this.period, this.status, this.encoding, this.template, this.note, this.typed] = ['', '', '', '', '', null];
  }

  private asked(): Ask {
    const paper = Object.fromEntries(Object.entries(this.paper).map(([key, value]) => [key, value.trim() || null])) as Ask['paper'];
    return {
      source: this.source, template: this.template || null, period: this.period.trim() || null, status: this.status || null,
      encoding: this.encoding || null, paper, note: this.note.trim() || null, typed: this.typed,
    };
  }

  private async guarded(work: () => Promise<unknown>): Promise<void> {
    this.problem = null;
    try {
      await work();
    } catch (error) {
      if (error instanceof ApiError && (error.status === 401 || error.status === 403)) this.denied = true;
      this.problem = { title: error instanceof Error ? error.message : String(error), detail: error instanceof ApiError ? error.detail : null };
    }
  }
}

export const intake = new Intake();
