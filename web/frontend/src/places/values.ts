// A field's value as people read it: choices in words, numbers and times as written here, missing never as zero.
import type { FieldInfo, FieldValue, Lang } from '../api';
import { formatNumber, formatTime } from '../lib/format';
import { pick, type Dictionary } from '../lib/i18n';

const UNITS: Record<string, { vi: string; en: string }> = {
  beds: { vi: 'giường', en: 'beds' },
  people: { vi: 'người', en: 'people' },
  dossiers: { vi: 'hồ sơ', en: 'dossiers' },
  rooms: { vi: 'phòng', en: 'rooms' },
};

export function fieldUnit(field: FieldInfo, lang: Lang): string {
  return field.unit === null ? '' : pick(UNITS[field.unit] ?? field.unit, lang);
}

export function formatField(field: FieldInfo, value: FieldValue | undefined, lang: Lang, words: Dictionary): string {
  if (value === null || value === undefined || value === '') return words.placesUnsaid;
  const choice = field.choices.find((each) => each.value === value);
  if (choice) return pick(choice.title, lang);
  if (typeof value === 'boolean') return value ? words.placesYes : words.placesNo;
  if (field.kind === 'time') return formatTime(String(value));
  if (typeof value === 'number') return `${formatNumber(value, lang)} ${fieldUnit(field, lang)}`.trim();
  return value;
}
