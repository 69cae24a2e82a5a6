// One colour and one rank for each status, the same on map, list and header (Okabe-Ito without its blue).
import type { StatusCounts, Theme, VesselStatus } from '../api';

export type StatusShape = 'arrow' | 'arrow-hollow' | 'arrow-ringed' | 'question' | 'square' | 'dot' | 'diamond' | 'triangle';

/** `colour` fills the symbol, which has a dark outline on every ground; `onLight` is the same hue dark enough for words on white. */
export const STATUS_LOOK: Record<VesselStatus, { colour: string; onLight: string; shape: StatusShape }> = {
  on_time: { colour: '#56b4e9', onLight: '#00609a', shape: 'arrow' },
  late: { colour: '#f0e442', onLight: '#6b5d00', shape: 'arrow-hollow' },
  lost_6h: { colour: '#e69f00', onLight: '#945600', shape: 'arrow-ringed' },
  lost_10d: { colour: '#f2742b', onLight: '#b13c00', shape: 'question' },
  in_port: { colour: '#9db2c7', onLight: '#4d6174', shape: 'square' },
  unknown: { colour: '#9db2c7', onLight: '#4d6174', shape: 'dot' },
  foreign: { colour: '#ff5a7a', onLight: '#c01048', shape: 'diamond' },
  wrong_belt: { colour: '#cc79a7', onLight: '#8a3a8a', shape: 'triangle' },
};

/** The colour of a word that names a status. */
export const inkOf = (status: VesselStatus, theme: Theme): string => STATUS_LOOK[status][theme === 'dark' ? 'colour' : 'onLight'];

/** What somebody has to look at, the gravest first; these stay symbols where all others become squares. */
export const NEEDS_SOMEONE: VesselStatus[] = ['foreign', 'lost_10d', 'lost_6h', 'wrong_belt', 'late'];
export const HEADER_ORDER: VesselStatus[] = [
  'on_time', 'late', 'lost_6h', 'lost_10d', 'foreign', 'wrong_belt', 'in_port', 'unknown',
];
/** Not every server watches these: without a count from it they are unknown, not zero. */
const MAY_BE_UNWATCHED: VesselStatus[] = ['foreign', 'wrong_belt'];

/** How many boats are in a status; null when nobody watches for it. */
export function countOf(counts: StatusCounts | null, status: VesselStatus): number | null {
  return counts?.[status] ?? (counts === null || MAY_BE_UNWATCHED.includes(status) ? null : 0);
}
