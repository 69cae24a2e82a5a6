// What the list of alarms asks of the server.
import { ApiError, type Bilingual } from './api';

export type Alarm = {
  id: number;
  code: string;
  title: Bilingual;
  /** What it is about: a source, a layer's measure; empty for the whole. */
  subject: string;
  detail: Bilingual;
  todo: Bilingual;
  call: Bilingual;
  began_at: string;
  opened_at: string;
  acknowledged_at: string | null;
  acknowledged_by: string | null;
  closed_at: string | null;
};

export type Invariant = {
  code: string;
  title: Bilingual;
  state: 'kept' | 'broken' | 'unknown' | 'never';
  since: string | null;
  checked_at: string | null;
};

export type AlarmList = {
  now: string;
  /** `silent`: nobody is watching, so calm means nothing. */
  watch: 'watching' | 'silent';
  watched_at: string | null;
  alarms: Alarm[];
  invariants: Invariant[];
};

async function ask(address: string, method = 'GET'): Promise<AlarmList> {
  const response = await fetch(address, { method, headers: { accept: 'application/json' } });
  if (!response.ok) throw new ApiError(response.status, response.statusText, null);
  return (await response.json()) as AlarmList;
}

export const alarmApi = {
  list: () => ask('/api/alarms'),
  acknowledge: (id: number) => ask(`/api/alarms/${id}/acknowledge`, 'POST'),
};
