// Which language the reader gets: ?lang, then the cookie `lang`, then Vietnamese.
import type { Bilingual, Lang } from '../api';
import { en } from './i18n/en';
import { vi } from './i18n/vi';

type Strings<T> = { [K in keyof T]: T[K] extends string ? string : Strings<T[K]> };
export type Dictionary = Strings<typeof vi>;

const DICTIONARIES: Record<Lang, Dictionary> = { vi, en };
const isLang = (value: string | null | undefined): value is Lang => value === 'vi' || value === 'en';

export function chooseLang(search: string, cookie: string): Lang {
  const asked = new URLSearchParams(search).get('lang');
  if (isLang(asked)) return asked;
  const kept = /(?:^|;\s*)lang=([a-z]+)/.exec(cookie)?.[1];
  return isLang(kept) ? kept : 'vi';
}

export function keepLang(lang: Lang): void {
  document.cookie = `lang=${lang}; path=/; max-age=31536000; samesite=lax`;
  document.documentElement.lang = lang;
}

export const dictionary = (lang: Lang): Dictionary => DICTIONARIES[lang];

export function pick(text: Bilingual | string | null | undefined, lang: Lang): string {
  if (text === null || text === undefined) return '';
  return typeof text === 'string' ? text : text[lang] || text.vi;
}
