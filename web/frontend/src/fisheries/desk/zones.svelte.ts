// Officers' own zones as the page knows them, and the one that is being drawn, imported or looked into.
import { deskApi, type Zone, type ZoneForm, type ZoneGiven } from '../../api.desk';
import { parseMoment, toAddress } from '../../lib/moment';
import { formatTime } from '../../lib/format';
import type { Desk } from './desk.svelte';

const KEPT = 'opsmap.own-zones';
export type Draft = {
  zone: Zone | null; name: string; purpose: string; from: string; to: string; shared: boolean; warn: boolean; color: Zone['color']; form: ZoneForm | 'drawn'; text: string;
};

export class OwnZones {
  all = $state.raw<Zone[]>([]);
  shown = $state(localStorage.getItem(KEPT) !== 'off');
  draft = $state<Draft | null>(null);
  openId = $state<number | null>(null);
  readonly open = $derived(this.all.find(({ id }) => id === this.openId) ?? null);

  constructor(private readonly desk: Desk) {}

  /** Is an outline being drawn on the map? */
  get drawing(): boolean {
    return this.draft?.form === 'drawn';
  }

  show(on: boolean): void {
    this.shown = on;
    localStorage.setItem(KEPT, on ? 'on' : 'off');
  }

  async load(): Promise<void> {
    await this.desk.try(async () => (this.all = await deskApi.zones()));
  }

  begin(zone: Zone | null): void {
    this.desk.restart();
    this.draft = zone === null
      ? { zone, name: '', purpose: '', from: '', to: '', shared: false, warn: false, color: 'teal', form: 'drawn', text: '' }
      : { zone, name: zone.name, purpose: zone.purpose ?? '', from: formatTime(zone.valid_from), to: zone.valid_to ? formatTime(zone.valid_to) : '',
        shared: zone.shared, warn: zone.warn, color: zone.color, form: 'drawn', text: '' };
  }

  stop(): void {
    this.draft = null;
    this.desk.restart();
  }

  /** Leave the form, then the zone that is looked into; false when neither was open. */
  leave(): boolean {
    if (this.draft !== null) return (this.stop(), true);
    if (this.openId !== null) return ((this.openId = null), true);
    return false;
  }

  /** Keep what the form says; true when it was kept. */
  async save(): Promise<boolean> {
    const { draft, desk } = this;
    if (draft === null) return false;
    const given = this.#given(draft);
    if (given === null) return false;
    const { zone } = draft;
    const kept = await desk.try(() => (zone === null ? deskApi.keepZone(given) : deskApi.changeZone(zone.id, { ...given, version: zone.version })));
    if (kept === null) return false;
    this.stop();
    await this.load();
    [this.openId, this.shown] = [kept.id, true];
    return true;
  }

  #given(draft: Draft): ZoneGiven | null {
    const { words, live } = this.desk.page;
    const moment = (typed: string): string | null | undefined => {
      if (typed.trim() === '') return null;
      const ms = parseMoment(typed, live.now);
      return ms === null ? undefined : toAddress(ms);
    };
    const [from, to] = [moment(draft.from), moment(draft.to)];
    if (from === undefined || to === undefined) return ((this.desk.problem = words.timeWrong), null);
    const ring = draft.form === 'drawn' && this.desk.points.length > 2 ? this.desk.points : null;
    if (ring === null && draft.text.trim() === '' && draft.zone === null) return ((this.desk.problem = words.desk.zoneNeeds), null);
    const outline = draft.form === 'drawn' ? { ring } : { text: draft.text, form: draft.form };
    const { name, purpose, color, warn } = draft;
    const sharing = draft.zone === null || draft.zone.mine ? { shared: draft.shared } : {};
    return { name, purpose, color, warn, valid_from: from, valid_to: to, open_end: to === null, ...sharing, ...outline };
  }

  async end(zone: Zone): Promise<void> {
    const done = await this.desk.try(async () => (await deskApi.changeZone(zone.id, { version: zone.version, ended: true }), true));
    if (done) this.openId = null;
    await this.load();
  }
}
