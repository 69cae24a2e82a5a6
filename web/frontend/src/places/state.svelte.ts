// What a list of facilities knows and shows: its layer, what narrows it, the places found, the one that is open.
import {
  api, ApiError, type FieldInfo, type LayerInfo, type Lang, type Me, type Origin, type Place, type PlaceCard, type PlaceList,
  type Theme, type Unit,
} from '../api';
import { readAddress } from '../lib/address';
import { chooseLang, dictionary, keepLang } from '../lib/i18n';
import { placePath, readPath } from './address';

const STEP = 200;
const isListed = (layer: LayerInfo): boolean =>
  layer.geometry === 'point' && layer.mode === 'exact' && layer.name !== 'vessel' && layer.fields.some((f) => f.says === 'name');

export class PlacesState {
  lang = $state<Lang>(chooseLang(location.search, document.cookie));
  theme = $state<Theme>('light');
  layerName = $state<string | null>(null);
  q = $state('');
  unit = $state('');
  chosen = $state<Record<string, string>>({});
  limit = $state(STEP);
  openId = $state<string | null>(null);
  me = $state<Me | null>(null);
  layers = $state.raw<LayerInfo[]>([]);
  units = $state.raw<Unit[]>([]);
  list = $state.raw<PlaceList | null>(null);
  card = $state.raw<PlaceCard | null>(null);
  problem = $state<string | null>(null);

  readonly words = $derived(dictionary(this.lang));
  readonly layer = $derived(this.layers.find((each) => each.name === this.layerName) ?? null);
  readonly filters = $derived(this.layer?.fields.filter((field) => field.choices.length > 0) ?? []);
  readonly origin = $derived<Origin>(this.layer?.origin ?? 'real');
  #asked: AbortController | null = null;

  async start(): Promise<void> {
    document.documentElement.lang = this.lang;
    document.documentElement.dataset['theme'] = this.theme;
    try {
      const [me, { layers }, former, communes] = await Promise.all([
        api.me(), api.layers(), api.units('former_district'), api.units('commune'),
      ]);
      this.me = me;
      this.layers = layers.filter(isListed);
      this.units = [...former.units, ...communes.units];
      this.readPlace();
    } catch (error) {
      this.#tell(error);
    }
  }

  /** Take layer, conditions and open place from the address: at the start, and when the reader goes back. */
  readPlace(): void {
    const { layer, id } = readPath(location.pathname);
    this.layerName = this.layers.some((each) => each.name === layer) ? layer : (this.layers[0]?.name ?? null);
    const known = ['q', 'unit', ...this.filters.map((field) => field.name)];
    const { q, unit, ...rest } = readAddress(known);
    this.q = q ?? '';
    this.unit = unit ?? '';
    this.chosen = Object.fromEntries(Object.entries(rest).filter((pair): pair is [string, string] => pair[1] !== undefined));
    void this.search();
    void this.open(id, false);
  }

  setLayer(name: string): void {
    this.layerName = name;
    this.chosen = {};
    void this.open(null, false);
    this.narrow();
  }

  choose(field: FieldInfo, value: string | null): void {
    const { [field.name]: _, ...rest } = this.chosen;
    this.chosen = value === null ? rest : { ...rest, [field.name]: value };
    this.narrow();
  }

  /** Something that narrows the list changed. */
  narrow(): void {
    this.limit = STEP;
    this.#write(false);
    void this.search();
  }

  more(): void {
    this.limit += STEP;
    void this.search();
  }

  async search(): Promise<void> {
    if (this.layerName === null) return;
    this.#asked?.abort();
    const asked = (this.#asked = new AbortController());
    const query = { ...this.chosen, limit: String(Math.min(1000, this.limit)), ...(this.q && { q: this.q }), ...(this.unit && { unit: this.unit }) };
    try {
      const list = await api.places(this.layerName, query, asked.signal);
      if (!asked.signal.aborted) [this.list, this.problem] = [list, null];
    } catch (error) {
      if (!asked.signal.aborted) this.#tell(error);
    }
  }

  async open(id: string | null, written = true): Promise<void> {
    this.openId = id;
    this.card = null;
    if (written) this.#write(true);
    if (id === null || this.layerName === null) return;
    try {
      const card = await api.place(this.layerName, id);
      if (this.openId === id) this.card = card;
    } catch (error) {
      this.#tell(error);
    }
  }

  setLang(lang: Lang): void {
    this.lang = lang;
    keepLang(lang);
  }

  /** The field of the open layer that says this of a place. */
  saying(what: FieldInfo['says']): FieldInfo[] {
    return this.layer?.fields.filter((field) => field.says === what) ?? [];
  }

  nameOf(place: Place): string {
    const [field] = this.saying('name');
    return String((field && place.values[field.name]) ?? place.id);
  }

  #write(step: boolean): void {
    if (this.layerName === null) return;
    const params = new URLSearchParams({ ...this.chosen, ...(this.q && { q: this.q }), ...(this.unit && { unit: this.unit }) });
    const address = placePath(this.layerName, this.openId ?? undefined) + (params.size > 0 ? `?${params}` : '');
    if (step) history.pushState(null, '', address);
    else history.replaceState(null, '', address);
  }

  #tell(error: unknown): void {
    this.problem = error instanceof ApiError ? `${error.message} ${error.detail ?? ''}` : this.words.errorHint;
  }
}
