// Which boats somebody has to look at now, the gravest and longest silent first.
import type { VesselStatus } from '../api';
import { NEEDS_SOMEONE } from '../lib/status';
import type { FleetView } from './moment';

export type AttentionRow = { handle: number; id: string; label: string; name: string | null; status: VesselStatus; ageS: number };

const RANK = new Map(NEEDS_SOMEONE.map((status, i) => [status, i]));

export function listAttention(fleet: FleetView, nowS: number): AttentionRow[] {
  const rows: AttentionRow[] = [];
  for (const { fix } of fleet.boats.values()) {
    const who = fleet.who(fix.handle);
    if (who && RANK.has(fix.status)) rows.push({ handle: fix.handle, ...who, status: fix.status, ageS: nowS - fix.t });
  }
  return rows.sort((a, b) => RANK.get(a.status)! - RANK.get(b.status)! || b.ageS - a.ageS);
}
