// Where silent boats may be at the moment shown: the chosen one's region in full, all of them roughly when asked for.
import { readAddress, writeAddress } from '../lib/address';
import { regionApi, type Region, type Regions } from '../api.regions';

/** Which boat, at which moment; `at` null is now, and `minute` counts them. */
export type RegionWish = { vessel: string; at: string | null; minute: number };

/** Asks for one thing at a time: while it waits for an answer only the newest wish is remembered. */
class OneAtATime<T> {
  #done = '';
  #wish: { key: string; ask: (signal: AbortSignal) => Promise<T> } | null = null;
  #asking: AbortController | null = null;

  constructor(private readonly keep: (answer: T) => void, private readonly fail: () => void) {}

  want(key: string, ask: (signal: AbortSignal) => Promise<T>): void {
    this.#wish = { key, ask };
    if (this.#asking === null) void this.#run();
  }

  stop(): void {
    this.#wish = null;
    this.#done = '';
    this.#asking?.abort();
  }

  async #run(): Promise<void> {
    while (this.#wish !== null && this.#wish.key !== this.#done) {
      const { key, ask } = this.#wish;
      const asking = (this.#asking = new AbortController());
      try {
        const answer = await ask(asking.signal);
        if (!asking.signal.aborted) this.keep(answer);
      } catch {
        if (!asking.signal.aborted) this.fail();
      }
      if (!asking.signal.aborted) this.#done = key;
    }
    this.#asking = null;
  }
}

export class RegionState {
  /** The chosen boat's; null when it is not silent, or not known yet. */
  own = $state.raw<Region | null>(null);
  /** The boat `own` was last answered for, whatever the answer was. */
  answered = $state<string | null>(null);
  failed = $state(false);
  all = $state.raw<Regions | null>(null);
  isOn = $state(readAddress(['regions'])['regions'] === '1');
  #vessel = '';
  readonly #own = new OneAtATime<Region | null>((region) => this.#keep(region, false), () => this.#keep(null, true));
  readonly #all = new OneAtATime<Regions>((regions) => { if (this.isOn) this.all = regions; }, () => (this.all = null));

  /** Follow a silent boat through time; what is shown of another boat goes at once. */
  follow(wish: RegionWish | null): void {
    if (wish === null || wish.vessel !== this.#vessel) {
      this.#own.stop();
      [this.own, this.answered, this.failed] = [null, null, false];
    }
    this.#vessel = wish?.vessel ?? '';
    if (wish !== null) this.#own.want(`${wish.vessel} ${wish.at ?? ''} ${wish.minute}`, (signal) => regionApi.one(wish.vessel, wish.at, signal));
  }

  /** Follow all of them, while they are switched on. */
  followAll(at: string | null, minute: number): void {
    if (this.isOn) return this.#all.want(`${at ?? ''} ${minute}`, (signal) => regionApi.all(at, signal));
    this.#all.stop();
    this.all = null;
  }

  switchAll(isOn: boolean): void {
    this.isOn = isOn;
    writeAddress({ regions: isOn ? '1' : null });
  }

  #keep(region: Region | null, failed: boolean): void {
    [this.own, this.answered, this.failed] = [region, this.#vessel, failed];
  }
}
