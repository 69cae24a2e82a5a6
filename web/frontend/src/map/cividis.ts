// Five classes of cividis: told apart by the colour-blind and in grey print.
export const CIVIDIS = ['#00224e', '#434e6c', '#7d7c78', '#bcae6c', '#fee838'] as const;

/**
 * The limits between classes. A server may send them with or without the two outer edges; the
 * outer ones separate nothing and are left out.
 */
export function innerBreaks(breaks: number[], values: number[]): number[] {
  const sorted = [...new Set(breaks)].sort((a, b) => a - b);
  if (values.length === 0) return sorted;
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return sorted.filter((each) => each > low && each <= high).slice(0, CIVIDIS.length - 1);
}

/** Class of a value: how many limits it has reached; -1 where there is no value. */
export function classify(value: number | null | undefined, limits: number[]): number {
  if (value === null || value === undefined) return -1;
  return limits.filter((limit) => value >= limit).length;
}

/** Colours for `count` classes, spread over the whole scale. */
export function classColours(count: number): string[] {
  if (count <= 1) return [CIVIDIS[2]]; // all alike: neither high nor low
  const step = (CIVIDIS.length - 1) / (count - 1);
  return Array.from({ length: count }, (_, i) => CIVIDIS[Math.round(i * step)] ?? CIVIDIS[0]);
}
