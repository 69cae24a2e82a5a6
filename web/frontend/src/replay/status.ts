// What the rules in force at a moment make of a boat's last point: the same ladder as the server's, by the server's thresholds.
import { STATUSES, type VesselStatus } from '../api';
import { POINT } from './decode';

export type RuleRow = { conduct: string; step: string; threshold_s: number; valid_from: string; valid_to: string | null };
/** Seconds of silence; Infinity when no rule is in force. */
export type Ladder = { due: number; lost: number; long: number };

const NUMBER = Object.fromEntries(STATUSES.map((status, i) => [status, i])) as Record<VesselStatus, number>;
const { on_time: ON_TIME, late: LATE, lost_6h: LOST, lost_10d: LONG, in_port: IN_PORT, unknown: UNKNOWN, foreign: FOREIGN, wrong_belt: WRONG_BELT } = NUMBER;

export function readLadder(rules: readonly RuleRow[], atMs: number): Ladder {
  const find = (step: string): number => rules
    .filter((each) => each.conduct === 'silence' && each.step === step)
    .filter((each) => Date.parse(each.valid_from) <= atMs && (each.valid_to === null || atMs < Date.parse(each.valid_to)))
    .sort((a, b) => Date.parse(a.valid_from) - Date.parse(b.valid_from))
    .at(-1)?.threshold_s ?? Infinity; // of several length bands the lowest, which comes last
  return { due: find('report_due') + find('report_grace'), lost: find('position_by_other_means'), long: find('port_for_repair') };
}

/** The number of the status (its place in STATUSES) of a boat whose last point has these flags and this age. */
export function judge(flags: number, ageS: number, { due, lost, long }: Ladder): number {
  if (flags & POINT.foreign) return FOREIGN;
  if (flags & POINT.wrongBelt) return WRONG_BELT;
  if (flags & POINT.inPort) return IN_PORT;
  if (!(flags & POINT.vms)) return ageS <= lost ? ON_TIME : UNKNOWN;
  if (ageS > long) return LONG;
  if (ageS > lost) return LOST;
  return ageS > due ? LATE : ON_TIME;
}
