// The colours of what the sea map adds to its style, by theme; the page's own colours are in base.css.
import type { Theme } from '../api';

export type SeaLook = {
  /** From how many boats on a square has which colour, and the figure on it. */
  squares: readonly [boats: number, colour: string, figure: string][];
  ground: string;
  /** The chosen boat's track and its points. */
  track: string;
  silent: string;
  silentName: string;
};

export const SEA_LOOK: Record<Theme, SeaLook> = {
  dark: {
    squares: [[1, '#1b4560', '#e3eef6'], [5, '#23617f', '#ffffff'], [10, '#348db2', '#06121d'], [25, '#56aeca', '#06121d'], [50, '#9bdcee', '#06121d']],
    ground: '#0b1c2c', track: '#ffffff', silent: '#e69f00', silentName: '#f3b53a',
  },
  light: {
    squares: [[1, '#b9d7e6', '#06121d'], [5, '#8ec0d8', '#06121d'], [10, '#5fa6c6', '#06121d'], [25, '#2a7299', '#ffffff'], [50, '#124f71', '#ffffff']],
    ground: '#ffffff', track: '#12304a', silent: '#945600', silentName: '#7a4700',
  },
};
