// Of several questions of one kind only the last one's answer counts.
export class Latest {
  #asked: AbortController | null = null;

  /** The signal of a new question; the one before is called off. */
  next(): AbortSignal {
    this.stop();
    this.#asked = new AbortController();
    return this.#asked.signal;
  }

  stop(): void {
    this.#asked?.abort();
  }
}
