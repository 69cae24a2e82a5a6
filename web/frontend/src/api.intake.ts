// What departments bring: answers of /api/intake, /api/templates and /api/deliveries, typed by hand.
import { readProblem, type Bilingual, type Origin } from './api';
import type { Flag, TypedAs } from './api.approvals';

export type Figure = {
  row: number | null; subject: string; name: string; title: string; indicator: string; period_from: string; value: number | null;
  unit: string; status: Status; change: 'new' | 'same' | 'revised'; before: number | null; before_status: string | null;
};
export type Status = 'estimate' | 'preliminary' | 'official';
export type Refused = { row: number | null; column: string | null; reason: Bilingual; fix: Bilingual };
export type Check = { title: string; row: number; unit: string; told: number; summed: number; rows: number; fits: boolean; why: Bilingual };
export type Template = {
  name: string; source: string; title: Bilingual; valid_from: string; valid_to: string | null; version: number; body: Record<string, unknown>;
};
export type Guess = {
  at: number; name: string; samples: string[]; role: 'subject' | 'indicator' | 'ignore'; indicator: string | null; unit: string; sums: boolean;
  sure: 'sure' | 'likely' | 'unknown';
};
export type Preview = {
  template: Template; period_from: string; period: Bilingual; status: Status; reading: Bilingual[]; notes: Bilingual[];
  columns: { at: number; name: string; indicator: string | null; unit: string }[]; units: number;
  counts: { new: number; same: number; revised: number; refused: number; blank: number; lines: number };
  figures: Figure[]; refused: Refused[]; checks: Check[]; flags: Flag[];
};
export type Refusal = { title: string; detail: string; field: string | null; need: 'template' | 'period' | 'encoding' | 'paper' | 'file'; guess: Guess[] };
export type Answer = { preview: Preview | null; refusal: Refusal | null };
export type FileInfo = {
  id: number; name: string; door: string; state: 'taken' | 'refused'; source: string; source_title: Bilingual; origin: Origin;
  period_from: string | null; received_at: string; paper: string | null; detail: string | null;
  counts: { stored?: number; rejected?: Record<string, number>; revised?: number } | null;
};
export type Receipt = { file: string; name: string; size: number; before: FileInfo | null };
export type Expected = {
  source: string; template: string; title: Bilingual; period_from: string; period_to: string; due: string; rule: Bilingual;
  state: 'on_time' | 'late' | 'not_due' | 'missing'; workdays: number; received_at: string | null; paper: string | null; revised: number;
  agency: string; office: string | null; phone: string | null; verified: boolean;
};
export type PaperFields = { number: string; notation: string; issued_on: string; agency: string; signer: string };
export type Ask = {
  source: string; template: string | null; period: string | null; status: Status | null; encoding: string | null;
  paper: { [K in keyof PaperFields]: string | null }; note: string | null; typed: TypedAs | null;
};
export type Taken = { id: number; summary: { stored: number; duplicates: number; rejected: Record<string, number> }; preview: Preview; back: string; submission: number | null };

async function ask<T>(method: string, address: string, body?: object): Promise<T> {
  const headers: Record<string, string> = { accept: 'application/json' };
  if (body) headers['content-type'] = 'application/json';
  const response = await fetch(address, { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) });
  if (!response.ok) throw await readProblem(response);
  return (await response.json()) as T;
}

const FILES = '/api/intake/files';

export const intakeApi = {
  files: () => ask<{ files: FileInfo[] }>('GET', FILES),
  templates: () => ask<{ templates: Template[] }>('GET', '/api/templates'),
  expected: () => ask<{ today: string; expected: Expected[] }>('GET', '/api/deliveries/expected'),
  preview: (file: string, asked: Ask) => ask<Answer>('POST', `${FILES}/${file}/preview`, asked),
  take: (file: string, asked: Ask) => ask<Taken>('POST', `${FILES}/${file}/take`, asked),
  keep: (name: string, body: object) => ask<Template>('PUT', `/api/templates/${encodeURIComponent(name)}`, body),
  annotated: (file: string) => `${FILES}/${file}/annotated`,
};

/** Send a file's bytes; `tell` hears how much of it (0 to 1) is on its way. */
export function sendFile(file: File, tell: (share: number) => void): Promise<Receipt> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('POST', `${FILES}?name=${encodeURIComponent(file.name.slice(-200))}`);
    request.upload.onprogress = (event) => tell(event.lengthComputable ? event.loaded / event.total : 0);
    request.onerror = () => reject(new Error('network'));
    request.onload = () => {
      if (request.status === 201) return resolve(JSON.parse(request.responseText) as Receipt);
      void readProblem(new Response(request.responseText, { status: request.status })).then(reject);
    };
    request.send(file);
  });
}
