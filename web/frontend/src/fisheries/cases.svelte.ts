// The open cases beside the map: read anew at every change, and as they stood when the past is shown.
import { casesApi, type CaseLine, type CaseQueue } from '../api.cases';
import { readAddress, writeAddress } from '../lib/address';
import { Latest } from './latest';

export type LeftTab = 'cases' | 'boats';
const SETTLE_MS = 300; // many cases change at once; while the past plays, moments follow each other

export class CasesBeside {
  queue = $state.raw<CaseQueue | null>(null);
  failed = $state(false);
  chosen = $state<string | null>(null);
  tab = $state<LeftTab>(readAddress(['left']).left === 'boats' ? 'boats' : 'cases');
  #settling = 0;
  #at: string | null = null;
  readonly #asked = new Latest();

  show(tab: LeftTab): void {
    this.tab = tab;
    writeAddress({ left: tab === 'cases' ? null : tab });
  }

  /** Read them soon: as of a moment, null for now. */
  refresh(at: string | null): void {
    this.#at = at;
    this.#settling ||= window.setTimeout(() => {
      this.#settling = 0;
      void this.#load();
    }, this.queue === null ? 0 : SETTLE_MS);
  }

  stop(): void {
    window.clearTimeout(this.#settling);
    this.#asked.stop();
  }

  /** The open cases of a boat, in the order of the queue. */
  of(vessel: string): CaseLine[] {
    return (this.queue?.cases ?? []).filter((each) => each.vessel?.id === vessel);
  }

  async #load(): Promise<void> {
    try {
      this.queue = await casesApi.queue({ state: 'open', kind: '', assigned: '', q: '' }, this.#at, this.#asked.next());
      this.failed = false;
    } catch (error) {
      if (!(error instanceof DOMException && error.name === 'AbortError')) this.failed = true;
    }
  }
}
