// What the leaders' map asks about indicators: the catalogue, one over time and over the map, why it is as it is, exceptions.
import { get, type Bilingual, type Origin, type SourceInfo, type Staleness, type ValueClass } from './api';

export type Light = 'green' | 'yellow' | 'red' | 'none';
export type FigureStatus = 'official' | 'preliminary' | 'estimate' | 'none';
export type Period = { since: string; until: string; label: Bilingual };
export type PlaceBrief = { kind: string; code: string; key: number | null; level: string; name: Bilingual };
export type PaperBrief = { id: number; number: string | null; notation: string | null; issued_on: string | null; agency: string | null; state: string };

export type Indicator = {
  code: string; domain: string; domain_title: Bilingual; name: Bilingual; definition: Bilingual; kind: string; unit: Bilingual;
  period: string; direction: string; subjects: string[]; owner: string; basis: string | null; decimals: number; source: string; verified: boolean;
};
/** `withheld`: what stands where a number is kept from readers ("<5"): it is not nought and not missing. */
export type Figure = {
  value: number | null; withheld: Bilingual | null; status: FigureStatus; how: string; how_words: Bilingual | null; known: number; of: number;
  coverage: Bilingual | null; part: number | null; whole: number | null; reported: number | null; contested: boolean; pending: boolean;
};
export type Change = { period: Period; value: number | null; delta: number | null; unit: Bilingual; percent: number | null; comparable: boolean };
export type LightSaid = {
  light: Light; label: Bilingual; why: Bilingual | null; threshold: string | null; green: number | null; red: number | null; verified: boolean | null;
};
export type Target = { code: string; value: number; percent: number | null; period: Period; paper: string | null; source: string; verified: boolean };
/** What the centre said of figures that somebody had to approve. */
export type ApprovalState = 'pending' | 'approved' | 'returned' | 'replaced';
/** One word on a figure: corrections and later statuses stand beside it. */
export type Revision = {
  id: number; value: number | null; withheld: Bilingual | null; status: FigureStatus; source: SourceInfo | null; stored_at: string;
  superseded_at: string | null; retracted_at: string | null; paper: PaperBrief | null;
  approval: ApprovalState | null; decided_at: string | null; decided_by: string | null; decided_why: string | null;
};
export type Point = Figure & {
  period: Period; cumulative: Figure | null; before: Change | null; year_before: Change | null; light: LightSaid; target: Target | null;
  observations: number[]; count: number; paper: PaperBrief | null; revisions: Revision[]; source: SourceInfo | null; origin: Origin;
  time: string | null; age_s: number | null; stale: Staleness;
};
export type Latest = { indicator: Indicator; point: Point | null };
export type Catalogue = { now: string; domains: { code: string; title: Bilingual }[]; origin: Origin; indicators: Latest[] };
export type MapFigure = {
  key: number | null; code: string; name: string; value: number | null; withheld: Bilingual | null; status: FigureStatus; how: string; coverage: Bilingual | null;
  light: Light; observations: number[]; contested: boolean; pending: boolean; rank: number | null;
};
export type MapFigures = {
  level: string; structure: string; period: Period | null; values: MapFigure[]; breaks: number[]; classes: ValueClass[]; known: number; of: number;
};
export type Series = {
  now: string; indicator: Indicator; place: PlaceBrief; structure: string; points: Point[]; latest: Point | null;
  to_date: { period: Period; value: Figure; before: Change; year_before: Change } | null; map: MapFigures | null; origin: Origin;
};
export type WhyRow = {
  place: PlaceBrief | null; name: Bilingual; then: number | null; value: number | null; effect: number; shown: number;
  observations: number[]; paper: PaperBrief | null; pending: boolean;
};
export type Why = {
  indicator: Indicator; place: PlaceBrief; period: Period; against: string; period_against: Period | null; unit: Bilingual;
  shown_start: number; shown_end: number; shown_delta: number; by: string | null; levels: string[]; known: number; of: number; pending: boolean;
  rows: WhyRow[]; sentence: Bilingual; origin: Origin;
};
export type Exceptional = {
  kind: string; kind_title: Bilingual; indicator: string | null; name: Bilingual; place: PlaceBrief | null; period: Period | null;
  value: number | null; unit: Bilingual | null; status: FigureStatus; pending: boolean; light: Light; why: Bilingual; also: number;
  office: { agency: string; office: string | null; phone: string | null }; due: string | null; link: string; source: string | null; origin: Origin;
};
export type Exceptions = { now: string; total: number; origin: Origin; exceptions: Exceptional[] };

/** One thing that was counted; what this role may not know is null. */
export type CountedRecord = {
  kind: string; kind_title: Bilingual; label: string | null; at: string | null; unit: string | null; office: string | null;
  field: Bilingual | null; amount: number | null; placed: boolean; link: string | null; lineage: string | null;
};
export type RecordList = {
  code: string; title: Bilingual; query: string; count: number; total: number; unit: Bilingual; unknown: number; unplaced: number;
  groups: { title: Bilingual; records: number }[]; records: CountedRecord[];
};
export type Records = { now: string; known_at: string | null; counted: number | null; origin: Origin; masked: boolean; lists: RecordList[] };

const named = (code: string): string => `/api/indicators/${encodeURIComponent(code)}`;

export const indicatorsApi = {
  catalogue: () => get<Catalogue>('/api/indicators'),
  exceptions: () => get<Exceptions>('/api/exceptions'),
  series: (code: string, query: Record<string, string | null>, signal?: AbortSignal) => get<Series>(named(code), query, signal),
  records: (code: string, query: Record<string, string | null>, signal?: AbortSignal) => get<Records>(`${named(code)}/records`, query, signal),
  why: (code: string, query: Record<string, string | null>, signal?: AbortSignal) => get<Why>(`${named(code)}/why`, query, signal),
};
