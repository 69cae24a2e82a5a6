// The traffic light: a colour, a shape and a word each, the same on map, list, card and legend.
import type { Light, MapFigures } from '../api.indicators';
import type { ValueClass } from '../api';

export const LIGHTS = ['green', 'yellow', 'red', 'none'] as const;
export const SHAPE: Record<Light, string> = { green: '▲', yellow: '●', red: '▼', none: '' };
const COLOUR: Record<Light, string> = { green: '#57a99a', yellow: '#f0c36a', red: '#d9604c', none: '#c3ced8' };
const INK = '#12263a';

/** The class of a unit's light on a map coloured by lights. */
export const classOf = (light: Light, value: number | null): number => (value === null ? -1 : LIGHTS.indexOf(light));

/** One class per light, whether any unit has it or not, so that a class is always the same colour. */
export const lightClasses = (map: MapFigures): ValueClass[] =>
  LIGHTS.map((light) => ({
    low: 0, high: 0, color: COLOUR[light], ink: INK,
    count: map.values.filter((each) => each.value !== null && each.light === light).length,
  }));
