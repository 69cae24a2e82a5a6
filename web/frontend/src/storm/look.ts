// How the states of boats look on map and in lists: a colour and a shape each, never the colour alone.
import type { Theme } from '../api';
import type { BoatState } from '../api.storm';

/** Outlines in a square of 20; `hollow` ones are drawn as a line. */
export const SHAPES: Record<BoatState, { path: string; hollow: boolean }> = {
  silent: { path: 'M10 1.5 18.5 10 10 18.5 1.5 10Z', hollow: true },
  too_late: { path: 'M10 1.5 19 17.5H1Z', hollow: false },
  in_time: { path: 'M10 2.5a7.5 7.5 0 1 0 .01 0Z', hollow: true },
  coming: { path: 'M10 2.5a7.5 7.5 0 1 0 .01 0Z', hollow: false },
  safe: { path: 'M10 6a4 4 0 1 0 .01 0Z', hollow: false },
  unknown: { path: 'M4 4 16 16M16 4 4 16', hollow: true },
};

export const COLOURS: Record<Theme, Record<BoatState, string>> = {
  dark: { silent: '#f3b53a', too_late: '#ff7350', in_time: '#f0e442', coming: '#56b4e9', safe: '#52c79f', unknown: '#9fb3c8' },
  light: { silent: '#945600', too_late: '#b3261e', in_time: '#6b5d00', coming: '#00578a', safe: '#1d7a5f', unknown: '#52677a' },
};

/** Wind by force, from the outermost in. */
export const WINDS: Record<Theme, Record<string, string>> = {
  dark: { '6': '#f0e442', '8': '#e69f00', '10': '#ff7350', '12': '#ef63c7' },
  light: { '6': '#8a7a00', '8': '#b35900', '10': '#b3261e', '12': '#8f1f7d' },
};
export const windColour = (theme: Theme, force: number): string =>
  WINDS[theme][String(force)] ?? (force < 8 ? WINDS[theme]['6']! : force < 12 ? WINDS[theme]['10']! : WINDS[theme]['12']!);
