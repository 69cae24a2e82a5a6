// A moment as people type it and as an address keeps it: Viet Nam's time, whatever the reader's own clock says.
const OFFSET_MS = 7 * 3_600_000; // Asia/Ho_Chi_Minh has had this offset in every year we hold
export const MINUTE_MS = 60_000;
export const HOUR_MS = 3_600_000;
export const DAY_MS = 86_400_000;

const DATE_FIRST = /^(\d{1,2})[/.-](\d{1,2})(?:[/.-](\d{4}))?(?:[ ,]+(.+))?$/;
const YEAR_FIRST = /^(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T]+(.+))?$/;
const CLOCK = /^(\d{1,2})(?:[:hg](\d{2})?)(?::(\d{2}))?$/i;

type Day = [year: number, month: number, day: number];

/** Midnight here of the day that holds `ms`. */
export const startOfDay = (ms: number): number => Math.floor((ms + OFFSET_MS) / DAY_MS) * DAY_MS - OFFSET_MS;

function makeDay([year, month, day]: Day): number | null {
  const midnight = Date.UTC(year, month - 1, day);
  const made = new Date(midnight);
  const isReal = made.getUTCFullYear() === year && made.getUTCMonth() === month - 1 && made.getUTCDate() === day;
  return isReal ? midnight - OFFSET_MS : null;
}

function readClock(text: string | undefined): number | null {
  if (text === undefined) return 0;
  const found = CLOCK.exec(text.trim());
  if (!found) return null;
  const [hour, minute, second] = [Number(found[1]), Number(found[2] ?? 0), Number(found[3] ?? 0)];
  return hour < 24 && minute < 60 && second < 60 ? hour * HOUR_MS + minute * MINUTE_MS + second * 1000 : null;
}

/** "23/11/2026 14:05", "23/11 14h05", "14:05" (today), "23/11/2026" (its midnight), "2026-11-23 14:05"; null when it is no moment. */
export function parseMoment(text: string, nowMs: number): number | null {
  const typed = text.trim();
  const today = new Date(startOfDay(nowMs) + OFFSET_MS);
  const [first, year] = [DATE_FIRST.exec(typed), YEAR_FIRST.exec(typed)];
  const day = first
    ? makeDay([Number(first[3] ?? today.getUTCFullYear()), Number(first[2]), Number(first[1])])
    : year ? makeDay([Number(year[1]), Number(year[2]), Number(year[3])]) : startOfDay(nowMs);
  const rest = first ? first[4] : year ? year[4] : typed;
  const clock = readClock(rest);
  return day === null || clock === null ? null : day + clock;
}

/** 2026-11-23, the calendar day here. */
export const dayOf = (ms: number): string => new Date(ms + OFFSET_MS).toISOString().slice(0, 10);

/** 2026-11-23T14:05:00+07:00 */
export const toAddress = (ms: number): string => `${new Date(ms + OFFSET_MS).toISOString().slice(0, 19)}+07:00`;

/** What an address says; a plus sign that became a space on its way is forgiven. */
export function fromAddress(text: string | undefined): number | null {
  const ms = Date.parse((text ?? '').replace(/ (\d{2}:\d{2})$/, '+$1'));
  return Number.isFinite(ms) ? ms : null;
}

/** The whole hours inside [from, to], every `each` hours of our clock. */
export function hourTicks(from: number, to: number, each: number): number[] {
  const step = each * HOUR_MS;
  const first = startOfDay(from) + Math.ceil((from - startOfDay(from)) / step) * step;
  return Array.from({ length: Math.max(0, Math.floor((to - first) / step) + 1) }, (_, i) => first + i * step);
}
