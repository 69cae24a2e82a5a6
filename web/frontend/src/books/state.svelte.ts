// What the page of books knows: the working lists with their counts, the open list, and what narrows it.
import { api, type Lang, type Me, type Origin } from '../api';
import { booksApi, wordsOf, type BookListInfo, type BookPage, type Left } from '../api.books';
import { deskApi, type Group } from '../api.desk';
import { readAddress, writeAddress } from '../lib/address';
import { chooseLang, dictionary, keepLang } from '../lib/i18n';

const STEP = 200;
const MOST = 1000;
const WAIT_MS = 200;
const isAbort = (error: unknown): boolean => error instanceof DOMException && error.name === 'AbortError';

export class BooksState {
  lang = $state<Lang>(chooseLang(location.search, document.cookie));
  me = $state<Me | null>(null);
  origin = $state<Origin>('simulated'); // until the server says otherwise nothing passes for real
  q = $state('');
  /** One official's boats only; a group's only (its number). */
  official = $state('');
  group = $state('');
  officials = $state.raw<string[]>([]);
  groups = $state.raw<Group[]>([]);
  name = $state('disagreements');
  limit = $state(STEP);
  lists = $state.raw<BookListInfo[]>([]);
  page = $state.raw<BookPage | null>(null);
  /** The disagreement that is open. */
  opened = $state<number | null>(null);
  problem = $state<string | null>(null);

  readonly left = $derived<Left>({ q: this.q, official: this.official, group: this.group });
  readonly words = $derived(dictionary(this.lang));
  readonly mayLook = $derived(this.me === null || this.me.can.boats);
  #asked: AbortController | null = null;
  #waiting = 0;

  async start(): Promise<void> {
    document.documentElement.lang = this.lang;
    document.documentElement.dataset['theme'] = 'light';
    const { q, list, open, official, group } = readAddress(['q', 'list', 'open', 'official', 'group']);
    [this.official, this.group] = [official ?? '', group ?? ''];
    [this.q, this.name, this.opened] = [q ?? '', list ?? 'disagreements', open ? Number(open) : null];
    try {
      const [me, status] = await Promise.all([api.me(), api.status()]);
      [this.me, this.origin] = [me, status.origin_mark];
      if (!me.can.boats) return;
      [this.officials, this.groups] = await Promise.all([booksApi.officials(), deskApi.groups()]);
      await this.load();
    } catch (error) {
      this.problem = wordsOf(error, this.words.errorHint);
    }
  }

  /** What was typed narrows every list. */
  type(q: string): void {
    this.q = q;
    this.limit = STEP;
    window.clearTimeout(this.#waiting);
    this.#waiting = window.setTimeout(() => void this.load(), WAIT_MS);
  }

  narrow(left: Partial<Left>): void {
    [this.official, this.group] = [left.official ?? this.official, left.group ?? this.group];
    this.limit = STEP;
    void this.load();
  }

  choose(name: string): void {
    [this.name, this.limit, this.opened, this.page] = [name, STEP, null, null];
    void this.load();
  }

  open(disagreement: number | null): void {
    this.opened = this.opened === disagreement ? null : disagreement;
    writeAddress({ open: this.opened === null ? null : String(this.opened) });
  }

  more(): void {
    this.limit = Math.min(MOST, this.limit + STEP);
    void this.load();
  }

  setLang(lang: Lang): void {
    this.lang = lang;
    keepLang(lang);
    writeAddress({ lang });
  }

  async load(): Promise<void> {
    writeAddress({ q: this.q || null, official: this.official || null, group: this.group || null, list: this.name, open: this.opened === null ? null : String(this.opened) });
    this.#asked?.abort();
    this.#asked = new AbortController();
    const { signal } = this.#asked;
    try {
      [this.lists, this.page] = await Promise.all([booksApi.lists(this.left, signal), booksApi.list(this.name, this.left, this.limit, signal)]);
      this.problem = null;
    } catch (error) {
      if (!isAbort(error)) this.problem = wordsOf(error, this.words.errorHint);
    }
  }
}
