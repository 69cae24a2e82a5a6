// The live picture as the pages see it: how the stream is, how many boats, who needs someone.
import type { Origin, StatusCounts } from '../api';
import { isInSea } from '../lib/sea';
import { ServerClock } from './clock';
import type { Frame } from './codec';
import { listAttention, type AttentionRow } from './attention';
import { countOutside, Fleet } from './fleet';
import type { Moment } from './moment';
import { LiveSocket, type DensityCell, type Message, type SocketState } from './socket';

export type LiveWord = 'connecting' | 'live' | 'silent' | 'lost';
const BEAT_LIMIT_MS = 15_000; // the feed beats every 2 s and the server repeats it every 5 s

export class LiveState implements Moment {
  readonly clock = new ServerClock();
  readonly fleet = new Fleet();
  socket = $state<SocketState>('connecting');
  lostAt = $state<number | null>(null);
  /** The same by this machine's own clock, to wait by. */
  lostSinceMs = 0;
  ingest = $state<'live' | 'silent' | null>(null);
  lastBeat = $state<number | null>(null);
  /** What every picture must be marked, as the stream last said; null until it has. */
  origin = $state<Origin | null>(null);
  mode = $state<'exact' | 'density' | null>(null);
  counts = $state.raw<StatusCounts | null>(null);
  denominator = $state(0);
  cells = $state.raw<DensityCell[]>([]);
  cellDeg = $state(0.25);
  delayMs = $state<number | null>(null);
  vessels = $state(0);
  epoch = $state(0);
  seq = $state(0);
  now = $state(Date.now());
  attention = $state.raw<AttentionRow[]>([]);
  /** Boats with a position outside the sea this map is of, and boats that never told one. */
  outside = $state(0);
  placeless = $state(0);
  /** Counts up whenever the fleet changed; the map listens to it. */
  revision = $state(0);
  layers = $state.raw<Record<string, number>>({});
  arrivedMs: number | null = null;
  /** What the wall is told, and the build its pages should be; only a screen of the wall hears of the first. */
  order = $state.raw<{ guest: boolean; scene: string | null } | null>(null);
  build = $state<string | null>(null);
  toldMs = 0;

  readonly word = $derived<LiveWord>(this.#findWord());
  readonly #link: LiveSocket;

  constructor(path = '/live') {
    this.#link = new LiveSocket({
      onState: (state) => this.#onState(state),
      onFrame: (frame) => this.#onFrame(frame),
      onMessage: (message) => this.#onMessage(message),
    }, path);
  }

  start(): () => void {
    this.#link.open();
    const timer = window.setInterval(() => this.#tick(), 1_000);
    return () => {
      window.clearInterval(timer);
      this.#link.close();
    };
  }

  /** The map has drawn what last arrived. */
  drawn(): void {
    if (this.arrivedMs === null) return;
    this.delayMs = Math.max(0, this.clock.now() - this.arrivedMs);
    this.arrivedMs = null;
  }

  get nowS(): number {
    return this.clock.now() / 1000;
  }

  #findWord(): LiveWord {
    if (this.socket === 'lost') return 'lost';
    if (this.socket === 'connecting' || this.ingest === null) return 'connecting';
    const beatAge = this.lastBeat === null ? Infinity : this.now - this.lastBeat;
    return this.ingest === 'silent' || beatAge > BEAT_LIMIT_MS ? 'silent' : 'live';
  }

  #tick(): void {
    this.now = this.clock.now();
    if (this.mode === 'density') return;
    this.attention = listAttention(this.fleet, this.nowS);
    this.outside = countOutside(this.fleet);
    this.placeless = Math.max(0, this.denominator - this.vessels);
  }

  #onState(state: SocketState): void {
    if (state === 'lost' && this.lostAt === null) [this.lostAt, this.lostSinceMs, this.delayMs] = [this.clock.now(), Date.now(), null];
    if (state === 'open') this.lostAt = null;
    this.socket = state;
  }

  #onFrame(frame: Frame): void {
    this.clock.guess(frame.serverMs, Date.now());
    this.fleet.apply(frame, this.nowS);
    this.arrivedMs = frame.kind === 'delta' ? (frame.arrivedMs ?? this.arrivedMs) : null;
    [this.epoch, this.seq, this.vessels] = [frame.epoch, frame.seq, this.fleet.boats.size];
    this.revision += 1;
    if (frame.kind === 'snapshot') this.#tick();
  }

  /** From now on this screen may name no boat: nothing of any stays in memory. */
  #forgetBoats(): void {
    this.fleet.forget();
    [this.attention, this.vessels, this.arrivedMs] = [[], 0, null];
    this.revision += 1;
  }

  #onDensity(cells: DensityCell[], sizeDeg: number): void {
    [this.cells, this.cellDeg] = [cells, sizeDeg];
    const far = cells.filter(([lon, lat]) => !isInSea(lon + sizeDeg / 2, lat + sizeDeg / 2));
    this.outside = far.reduce((sum, cell) => sum + cell[2], 0);
  }

  #onMessage(message: Message): void {
    switch (message.type) {
      case 'hello':
        this.clock.guess(message.server_ms, Date.now());
        this.fleet.startEpoch(message.epoch);
        [this.mode, this.epoch, this.build] = [message.mode, message.epoch, message.build];
        this.toldMs = message.server_ms;
        if (message.mode === 'density') this.#forgetBoats();
        break;
      case 'wall': this.order = { guest: message.guest, scene: message.scene }; break;
      case 'who': this.fleet.name(message.epoch, message.vessels); break;
      case 'counts': [this.counts, this.denominator] = [message.counts, message.denominator]; break;
      case 'ingest':
        [this.ingest, this.lastBeat, this.origin] = [message.state, message.last_beat_ms, message.origin_mark ?? this.origin];
        break;
      case 'density': this.#onDensity(message.cells, message.size_deg); break;
      case 'layer': this.layers = { ...this.layers, [message.layer]: message.version }; break;
      case 'pong': this.clock.observe(message.t, message.server_ms, Date.now()); break;
    }
  }
}
