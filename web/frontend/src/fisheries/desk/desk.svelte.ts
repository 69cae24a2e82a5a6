// The officer's tools over the map: which one is in hand, what is being drawn, which boats are shown.
import type { Map as MapGL } from 'maplibre-gl';
import { ApiError } from '../../api';
import { deskApi, type Group, type Spot } from '../../api.desk';
import { booksApi, type Left } from '../../api.books';
import { readAddress, writeAddress } from '../../lib/address';
import { toAddress } from '../../lib/moment';
import type { Boat } from '../../live/fleet';
import type { Moment } from '../../live/moment';
import type { FisheriesState } from '../state.svelte';
import { NarrowMoment } from './narrow';
import { OwnZones } from './zones.svelte';

export const TOOLS = ['area', 'measure', 'zones', 'groups'] as const;
export type Tool = (typeof TOOLS)[number];
export const TABS = ['now', 'track', 'papers', 'devices', 'people'] as const;
export type Tab = (typeof TABS)[number];
export type Shape = 'lasso' | 'box' | 'polygon';
/** Only these boats are shown: those of a group, or of a working list. */
export type Filter = { name: string; ids: ReadonlySet<string>; group: number | null; list: string | null };
/** A boat a measure starts from: where and when it last reported, and how fast it went. */
export type From = { id: string; label: string; atS: number; sogKn: number | null };

const KEYS: Record<string, Tool> = { b: 'area', m: 'measure', v: 'zones', g: 'groups' };
const KEPT_TAB = 'opsmap.panel';
const isTab = (value: string | null | undefined): value is Tab => TABS.includes(value as Tab);

export class Desk {
  tool = $state<Tool | null>(null);
  table = $state(false);
  tab = $state<Tab>('now');
  shape = $state<Shape>('lasso');
  /** What is being drawn, and whether it is finished. */
  points = $state.raw<Spot[]>([]);
  finished = $state(false);
  /** Where the pointer is while something is drawn. */
  cursor = $state.raw<Spot | null>(null);
  from = $state.raw<From | null>(null);
  closed = $state(false);
  map = $state.raw<MapGL | null>(null);
  /** Counts up whenever the map has a new style, which knows none of our layers. */
  styled = $state(0);
  groups = $state.raw<Group[]>([]);
  filter = $state.raw<Filter | null>(null);
  problem = $state<string | null>(null);
  readonly zones = new OwnZones(this);

  constructor(readonly page: FisheriesState) {
    const { panel } = readAddress(['panel']);
    const kept = panel ?? localStorage.getItem(KEPT_TAB);
    if (isTab(kept)) this.tab = kept;
  }

  /** Is a click on the map a point of what is being drawn? */
  get takesPoints(): boolean {
    if (this.finished) return false;
    return this.tool === 'measure' || (this.tool === 'area' && this.shape === 'polygon') || (this.tool === 'zones' && this.zones.drawing);
  }

  /** Is a drag on the map a stroke around boats? */
  get takesStroke(): boolean {
    return this.tool === 'area' && this.shape !== 'polygon' && !this.finished;
  }

  /** The moment as the server is asked for it; null for now. */
  get at(): string | null {
    return this.page.time.at === null ? null : toAddress(this.page.time.at);
  }

  /** The moment with only the boats that are to be shown. */
  narrow(moment: Moment): Moment {
    return this.filter === null ? moment : new NarrowMoment(moment, this.filter.ids);
  }

  take(tool: Tool | null): void {
    this.restart();
    if (this.tool === 'zones') this.zones.stop();
    this.tool = this.tool === tool ? null : tool;
    this.problem = null;
    if (this.tool === 'groups') void this.loadGroups();
    if (this.tool !== null) this.map?.getCanvas().focus({ preventScroll: true });
  }

  restart(): void {
    [this.points, this.finished, this.cursor, this.from] = [[], false, null, null];
  }

  setShape(shape: Shape): void {
    this.shape = shape;
    this.restart();
  }

  /** A point of what is being drawn; one on a boat starts a measure from that boat. */
  add(spot: Spot, boat: (Boat & { who: { id: string; label: string } }) | null = null): void {
    if (boat && this.tool === 'measure' && this.points.length === 0) return this.measureFrom(boat);
    this.points = [...this.points, boat && this.tool === 'measure' ? [boat.fix.lon, boat.fix.lat] : spot];
  }

  undo(): void {
    this.points = this.points.slice(0, -1);
    this.finished = false;
    if (this.points.length === 0) this.from = null;
  }

  finish(): void {
    if (this.points.length > (this.tool === 'measure' ? 1 : 2)) [this.finished, this.cursor] = [true, null];
  }

  /** The stroke or box that was drawn around boats. */
  closeRing(points: Spot[]): void {
    if (points.length > 2) [this.points, this.finished, this.cursor] = [points, true, null];
  }

  /** Everything in view, as an area. */
  takeView(): void {
    if (!this.map) return;
    const bounds = this.map.getBounds();
    const [w, s, e, n] = [bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()];
    this.closeRing([[w, s], [e, s], [e, n], [w, n]]);
  }

  addCentre(): void {
    const centre = this.map?.getCenter();
    if (centre) this.add([centre.lng, centre.lat]);
  }

  measureFrom({ fix, who }: Pick<Boat, 'fix'> & { who: { id: string; label: string } }): void {
    if (this.tool !== 'measure') this.take('measure');
    this.restart();
    this.from = { id: who.id, label: who.label, atS: fix.t, sogKn: fix.sogKn };
    this.points = [[fix.lon, fix.lat]];
  }

  setTab(tab: Tab): void {
    this.tab = tab;
    localStorage.setItem(KEPT_TAB, tab);
    writeAddress({ panel: null });
  }

  /** Do what a key is for while a tool is in hand, or take one; false when it is for nothing. */
  press(event: KeyboardEvent): boolean {
    const onButton = event.target instanceof HTMLElement && event.target.matches('button, a, summary, [role="tab"], [role="grid"]');
    if (event.key === 'Enter' && !onButton && (this.takesPoints || this.takesStroke)) return (this.#enter(), true);
    if (event.key === 'Backspace' && this.points.length > 0) return (this.undo(), true);
    if (event.key === 'h') return (this.showTable(!this.table), true);
    if (event.key === 'p') return (document.querySelector<HTMLElement>('[role="tab"][aria-selected="true"]')?.focus(), true);
    const tool = KEYS[event.key];
    if (tool !== undefined) this.take(tool);
    return tool !== undefined;
  }

  #enter(): void {
    if (this.takesStroke) this.setShape('polygon');
    this.addCentre();
  }

  /** Leave what is open, the innermost first; false when nothing was. */
  escape(): boolean {
    if (this.tool === 'zones' && this.zones.leave()) return true;
    if (this.tool !== null) return (this.take(null), true);
    if (this.table) return (this.showTable(false), true);
    return false;
  }

  showTable(on: boolean): void {
    this.table = on && this.page.chosenId !== null;
    if (!this.table) this.page.setWide(null);
  }

  /** Whether they could be read. */
  async loadGroups(): Promise<boolean> {
    return (await this.try(async () => (this.groups = await deskApi.groups()))) !== null;
  }

  async showGroup(group: Pick<Group, 'id' | 'name'> | null): Promise<void> {
    if (group === null) return this.showAll();
    await this.try(async () => (this.filter = { name: group.name, ids: new Set(await deskApi.members(group.id)), group: group.id, list: null }));
    writeAddress({ group: String(group.id), list: null, q: null, official: null });
  }

  showAll(): void {
    this.filter = null;
    writeAddress({ group: null, list: null, q: null, official: null });
  }

  /** What the address asks to be shown: a group, or a working list of the books. */
  async readAsked(): Promise<void> {
    const { group, list, q, official } = readAddress(['group', 'list', 'q', 'official']);
    await this.loadGroups();
    const found = this.groups.find((each) => String(each.id) === group);
    if (list) await this.try(async () => this.#showList(list, { q: q ?? '', official: official ?? '', group: group ?? '' }));
    else if (found) await this.showGroup(found);
  }

  async #showList(list: string, left: Left): Promise<void> {
    const [{ title }, ids] = await Promise.all([booksApi.list(list, left, 1), booksApi.boats(list, left)]);
    this.filter = { name: title[this.page.lang], ids: new Set(ids), group: null, list };
  }

  /** A group changed, here or at another desk: lists and the map follow. */
  async follow(): Promise<void> {
    const loaded = await this.loadGroups();
    const shown = this.filter?.group ?? null;
    if (!loaded || shown === null) return;
    const group = this.groups.find(({ id }) => id === shown);
    await this.showGroup(group ?? null);
  }

  async try<T>(work: () => Promise<T>): Promise<T | null> {
    try {
      const done = await work();
      this.problem = null;
      return done;
    } catch (error) {
      if (error instanceof DOMException && error.name === 'AbortError') return null;
      this.problem = error instanceof ApiError ? [error.message, error.status === 400 ? null : error.detail].filter(Boolean).join(': ') : this.page.words.errorHint;
      return null;
    }
  }
}
