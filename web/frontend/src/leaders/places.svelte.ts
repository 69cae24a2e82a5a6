// The single facilities of the layer the map is coloured by: those in the chosen unit, and the one that was tapped.
import { api, type LayerInfo, type Place, type PlaceCard } from '../api';

const MOST = 1000;

export class PlacesHere {
  layer = $state.raw<LayerInfo | null>(null);
  found = $state.raw<Place[]>([]);
  total = $state(0);
  open = $state.raw<PlaceCard | null>(null);
  #asked: AbortController | null = null;

  /** The facilities of a layer in a unit; none where there is no unit, or the role sees sums only. */
  async load(layer: LayerInfo | null, unit: string | null): Promise<void> {
    this.#asked?.abort();
    [this.layer, this.found, this.total] = [layer, [], 0];
    if (layer === null || unit === null || layer.mode !== 'exact' || layer.geometry !== 'point') return;
    this.#asked = new AbortController();
    const list = await api.places(layer.name, { unit, limit: String(MOST) }, this.#asked.signal);
    [this.found, this.total] = [list.places, list.total];
  }

  async show(layer: string, id: string): Promise<void> {
    this.open = await api.place(layer, id).catch(() => null); // gone meanwhile: nothing to show
  }

  close(): void {
    this.open = null;
  }
}
