// The queue of what waits, the submission that is open, and the word on it.
import { ApiError } from '../api';
import { approvalsApi, type Card, type Submission } from '../api.approvals';

export type Listed = 'pending' | 'mine' | 'decided';

class Approvals {
  listed = $state<Listed>('pending');
  waiting = $state.raw<Submission[]>([]);
  others = $state.raw<Submission[]>([]);
  card = $state.raw<Card | null>(null);
  reason = $state('');
  document = $state('');
  busy = $state(false);
  problem = $state.raw<{ title: string; detail: string | null } | null>(null);

  readonly rows = $derived(this.listed === 'pending' ? this.waiting : this.others);

  async load(): Promise<void> {
    await this.guarded(async () => {
      this.waiting = (await approvalsApi.list('pending', false)).submissions;
      if (this.listed === 'mine') this.others = (await approvalsApi.list(null, true)).submissions;
      if (this.listed === 'decided') this.others = (await approvalsApi.list(null, false)).submissions.filter((each) => each.state !== 'pending');
    });
  }

  async show(listed: Listed): Promise<void> {
    [this.listed, this.others, this.card] = [listed, [], null];
    await this.load();
  }

  async open(id: number): Promise<void> {
    [this.reason, this.document] = ['', ''];
    await this.guarded(async () => (this.card = await approvalsApi.card(id)));
  }

  close(): void {
    [this.card, this.problem] = [null, null];
  }

  async decide(decision: 'approved' | 'returned'): Promise<void> {
    const id = this.card?.submission.id;
    if (id === undefined || this.busy) return;
    await this.guarded(async () => {
      this.card = await approvalsApi.decide(id, decision, this.reason, this.document);
      [this.reason, this.document] = ['', ''];
      this.waiting = (await approvalsApi.list('pending', false)).submissions;
    });
  }

  private async guarded(work: () => Promise<unknown>): Promise<void> {
    [this.problem, this.busy] = [null, true];
    try {
      await work();
    } catch (error) {
      this.problem = { title: error instanceof Error ? error.message : String(error), detail: error instanceof ApiError ? error.detail : null };
    } finally {
      this.busy = false;
    }
  }
}

export const approvals = new Approvals();
