// A moment with some of its boats only: map, list and numbers follow the boats that are to be shown.
import { STATUSES, type StatusCounts } from '../../api';
import { listAttention, type AttentionRow } from '../../live/attention';
import { countOutside, type Boat, type Who } from '../../live/fleet';
import type { FleetView, Moment } from '../../live/moment';
import type { Spot } from '../../live/motion';

/** Some boats of a fleet. A boat that is looked for by its id is found all the same: the chosen one stays drawn. */
class NarrowFleet implements FleetView {
  #boats: ReadonlyMap<number, Boat> = new Map();
  #revision = -1;

  constructor(readonly whole: FleetView, private readonly ids: ReadonlySet<string>, private readonly revision: () => number) {}

  get boats(): ReadonlyMap<number, Boat> {
    if (this.#revision === this.revision()) return this.#boats;
    this.#revision = this.revision();
    this.#boats = new Map([...this.whole.boats].filter(([handle]) => this.#has(handle)));
    return this.#boats;
  }

  who = (handle: number): Who | undefined => this.whole.who(handle);
  find = (id: string): Boat | undefined => this.whole.find(id);
  spot = (boat: Boat, nowS: number, moving: boolean): Spot => this.whole.spot(boat, nowS, moving);
  pack = (baseS: number, chosen: number | null): Float32Array<ArrayBuffer> => this.whole.pack(baseS, chosen, (handle) => handle === chosen || this.#has(handle));

  #has(handle: number): boolean {
    const who = this.whole.who(handle);
    return who !== undefined && this.ids.has(who.id);
  }
}

export class NarrowMoment implements Moment {
  #fleet: NarrowFleet | null = null;

  constructor(private readonly whole: Moment, private readonly ids: ReadonlySet<string>) {}

  get fleet(): FleetView {
    if (this.#fleet?.whole !== this.whole.fleet) this.#fleet = new NarrowFleet(this.whole.fleet, this.ids, () => this.whole.revision);
    return this.#fleet!;
  }

  get mode(): Moment['mode'] { return this.whole.mode; }
  get cells(): Moment['cells'] { return this.whole.cells; }
  get cellDeg(): number { return this.whole.cellDeg; }
  get epoch(): number { return this.whole.epoch; }
  get revision(): number { return this.whole.revision; }
  get now(): number { return this.whole.now; }
  get nowS(): number { return this.whole.nowS; }

  get vessels(): number {
    void this.whole.revision;
    return this.fleet.boats.size;
  }

  get denominator(): number { return this.ids.size; }
  get placeless(): number { return this.denominator - this.vessels; }

  get outside(): number {
    void this.whole.revision;
    return countOutside(this.fleet);
  }

  get attention(): AttentionRow[] {
    return listAttention(this.fleet, (void this.whole.revision, this.whole.now / 1000));
  }

  /** By status, adding up to the denominator: a boat nobody heard is unknown. */
  get counts(): StatusCounts | null {
    if (this.whole.counts === null) return null;
    const counts: StatusCounts = {};
    for (const { fix } of this.fleet.boats.values()) counts[fix.status] = (counts[fix.status] ?? 0) + 1;
    if (this.placeless > 0) counts.unknown = (counts.unknown ?? 0) + this.placeless;
    return Object.fromEntries(STATUSES.flatMap((status) => (counts[status] === undefined ? [] : [[status, counts[status]]])));
  }
}
