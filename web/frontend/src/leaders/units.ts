// Today's units by code and by name, accents or not.
import type { Level, Unit } from '../api';
import { fold } from '../lib/fold';
import { Collators } from '../lib/sort';

export type FoundUnit = { unit: Unit; level: Level };
const MOST = 8;

export class UnitIndex {
  readonly #keys: Map<string, number>;
  readonly #every: (FoundUnit & { words: string })[];

  constructor(communes: Unit[], districts: Unit[]) {
    this.#keys = new Map([...communes, ...districts].map((unit) => [unit.code, unit.key]));
    const named = (level: Level) => (unit: Unit) => ({ unit, level, words: fold(`${unit.full_name} ${unit.code}`) });
    this.#every = [...districts.map(named('former_district')), ...communes.map(named('commune'))];
  }

  get size(): number {
    return this.#keys.size;
  }

  /** The key the map knows the ground of a code by. */
  keyOf(code: string): number | undefined {
    return this.#keys.get(code);
  }

  /** Units whose name holds every word asked for; those that begin with it first. */
  find(query: string): FoundUnit[] {
    const asked = fold(query).split(/\s+/).filter(Boolean);
    if (asked.length === 0) return [];
    const begins = (each: { unit: Unit }): number => Number(fold(each.unit.name).startsWith(asked.join(' ')));
    return this.#every.filter(({ words }) => asked.every((word) => words.includes(word)))
      .toSorted((a, b) => begins(b) - begins(a) || Collators.vi.compare(a.unit.name, b.unit.name)).slice(0, MOST);
  }
}
