// What waits for the centre's word: answers of /api/intake/submissions and /api/intake/typed, typed by hand.
import { ask, get, type Bilingual, type Origin } from './api';
import type { ApprovalState } from './api.indicators';
import type { Receipt, Status } from './api.intake';

export type FlagKind = 'total' | 'below_official' | 'unit' | 'old_form' | 'outlier';
export type Flag = { kind: FlagKind; why: Bilingual; row: number | null; indicator: string | null; subject: string | null };
export type Submission = {
  id: number; state: ApprovalState; source: string; source_title: Bilingual; origin: Origin; name: string; period: Bilingual | null;
  made_by: string | null; made_at: string; note: string | null; paper: string | null; paper_on: string | null; paper_agency: string | null;
  paper_signer: string | null; figures: number; waiting: number; hidden: boolean; flags: Partial<Record<FlagKind, number>>; refused: number;
  may_decide: boolean; why_not: Bilingual | null; decision: string | null; decided_by: string | null; decided_at: string | null;
  document: string | null; reason: string | null;
};
export type Changed = {
  observation: number; row: number | null; indicator: string; title: Bilingual; subject: string; name: string; period: Bilingual; status: Status;
  value: number | null; unit: string; decimals: number; before: number | null; before_status: Status | null; delta: number | null;
  percent: number | null; waits: boolean; flags: Flag[];
};
export type Decided = { decision: 'approved' | 'returned'; decided_by: string; decided_at: string; document: string | null; reason: string | null };
export type Card = { submission: Submission; changes: Changed[]; flags: Flag[]; decisions: Decided[] };
export type Sheet = {
  title: Bilingual; column: string; unit: string; period: Bilingual; sums: boolean;
  lines: { subject: string; name: string; value: number | null; status: Status | null; pending: boolean }[];
};
export type TypedAs = { indicator: string; whose: string };
export type Typed = TypedAs & {
  source: string; period: string; rows: { subject: string; value: number | string | null }[]; total: number | null;
};

const QUEUE = '/api/intake/submissions';
const SHEET = '/api/intake/typed';

export const approvalsApi = {
  list: (state: ApprovalState | null, mine: boolean) => get<{ submissions: Submission[] }>(QUEUE, { state, mine: mine ? 'true' : null }),
  card: (id: number) => get<Card>(`${QUEUE}/${id}`),
  decide: (id: number, decision: 'approved' | 'returned', reason: string, document: string) =>
    ask<Card>(`${QUEUE}/${id}/decision`, { decision, reason: reason.trim() || null, document: document.trim() || null }),
  whose: (indicator: string) => get<string[]>(`${SHEET}/${indicator}/whose`),
  sheet: (source: string, typed: TypedAs, period: string) => get<Sheet>(`${SHEET}/${typed.indicator}`, { source, whose: typed.whose, period }),
  type: (typed: Typed) => ask<Receipt>(SHEET, typed),
};
