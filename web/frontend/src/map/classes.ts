// The classes of a choropleth as the server made them: limits, colours, inks. Nothing is decided here.
import type { ValueClass } from '../api';

/** Class of a value: how many limits it has reached; -1 where there is no value. */
export function classify(value: number | null | undefined, limits: number[]): number {
  if (value === null || value === undefined) return -1;
  return limits.filter((limit) => value >= limit).length;
}

const channel = (hex: string, at: number): number => parseInt(hex.slice(at, at + 2), 16);

/** The same lightness without the colour: what is too old to be believed at a glance. */
export function greyOf(hex: string): string {
  const light = 0.2126 * channel(hex, 1) + 0.7152 * channel(hex, 3) + 0.0722 * channel(hex, 5);
  const part = Math.round(light).toString(16).padStart(2, '0');
  return `#${part}${part}${part}`;
}

export const greyed = (classes: ValueClass[]): ValueClass[] => classes.map((each) => ({ ...each, color: greyOf(each.color) }));
