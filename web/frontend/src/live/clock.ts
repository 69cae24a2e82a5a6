// The server's clock as this page knows it: the ping with the shortest way wins.
type Sample = { offset: number; trip: number };

export class ServerClock {
  #samples: Sample[] = [];
  #offset = 0;
  #measured = false;

  /** A pong: when we asked, what the server's clock said, when the answer came (all ms). */
  observe(sentMs: number, serverMs: number, receivedMs: number): void {
    const trip = receivedMs - sentMs;
    this.#samples = [...this.#samples.slice(-7), { offset: serverMs - (sentMs + trip / 2), trip }];
    this.#offset = this.#samples.reduce((best, each) => (each.trip < best.trip ? each : best)).offset;
    this.#measured = true;
  }

  /** A first guess from any message that carries the server's time, until a pong is in. */
  guess(serverMs: number, receivedMs: number): void {
    if (!this.#measured) this.#offset = serverMs - receivedMs;
  }

  now(): number {
    return Date.now() + this.#offset;
  }
}
