// The live stream's connection: it reconnects by itself and says within seconds when it is gone.
import type { Origin, StatusCounts } from '../api';
import { decodeFrame, type Frame } from './codec';

export type SocketState = 'connecting' | 'open' | 'lost';
export type DensityCell = [lon: number, lat: number, boats: number];

export type Message =
  | { type: 'hello'; epoch: number; role: string; server_ms: number; mode: 'exact' | 'density'; build: string }
  | { type: 'who'; epoch: number; vessels: [number, string, string, string | null][] }
  | { type: 'counts'; denominator: number; counts: StatusCounts }
  | { type: 'ingest'; state: 'live' | 'silent'; last_beat_ms: number | null; origin_mark: Origin | null }
  | { type: 'layer'; layer: string; version: number }
  | { type: 'density'; cells: DensityCell[]; size_deg: number }
  | { type: 'wall'; guest: boolean; scene: string | null }
  | { type: 'pong'; t: number; server_ms: number };

export type Handlers = {
  onState(state: SocketState): void;
  onFrame(frame: Frame): void;
  onMessage(message: Message): void;
};

const PING_MS = 5_000;
const SILENCE_MS = 8_000; // the server speaks at least every 5 s
const LONGEST_WAIT_MS = 10_000;

export class LiveSocket {
  #socket: WebSocket | null = null;
  #attempt = 0;
  #heardMs = 0;
  #timers: number[] = [];
  #closed = false;

  constructor(private readonly handlers: Handlers, private readonly path: string) {}

  open(): void {
    this.handlers.onState(this.#attempt === 0 ? 'connecting' : 'lost');
    const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
    const socket = new WebSocket(`${scheme}://${location.host}${this.path}`);
    socket.binaryType = 'arraybuffer';
    socket.onopen = () => this.#opened();
    socket.onmessage = (event) => this.#heard(event.data as ArrayBuffer | string);
    socket.onclose = () => this.#lost(socket);
    this.#socket = socket;
  }

  close(): void {
    this.#closed = true;
    this.#stopTimers();
    this.#socket?.close();
  }

  #opened(): void {
    this.#attempt = 0;
    this.#heardMs = Date.now();
    this.handlers.onState('open');
    this.#ping();
    this.#timers.push(window.setInterval(() => this.#ping(), PING_MS));
    this.#timers.push(window.setInterval(() => this.#watch(), 1_000));
  }

  #heard(data: ArrayBuffer | string): void {
    this.#heardMs = Date.now();
    if (typeof data === 'string') return this.handlers.onMessage(JSON.parse(data) as Message);
    const frame = decodeFrame(data);
    if (frame) this.handlers.onFrame(frame);
  }

  #ping(): void {
    if (this.#socket?.readyState === WebSocket.OPEN) {
      this.#socket.send(JSON.stringify({ type: 'ping', t: Date.now() }));
    }
  }

  /** A half-open connection never closes by itself, so silence counts as lost. */
  #watch(): void {
    if (Date.now() - this.#heardMs > SILENCE_MS && this.#socket) this.#lost(this.#socket);
  }

  #lost(socket: WebSocket): void {
    if (socket !== this.#socket) return;
    this.#socket = null;
    socket.onclose = null;
    socket.close();
    this.#stopTimers();
    if (this.#closed) return;
    this.handlers.onState('lost');
    const wait = Math.min(LONGEST_WAIT_MS, 500 * 2 ** this.#attempt) * (0.75 + Math.random() / 2);
    this.#attempt += 1;
    window.setTimeout(() => this.#closed || this.open(), wait);
  }

  #stopTimers(): void {
    for (const timer of this.#timers) window.clearInterval(timer);
    this.#timers = [];
  }
}
