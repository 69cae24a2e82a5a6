// Which measures there are to choose from, by layer: what the registry says, whatever layers there are.
import type { CardMeasure, LayerInfo, Lang } from '../api';
import { pick } from '../lib/i18n';

export type MeasureGroup = { layer: string; title: string; choices: { id: string; title: string }[] };

export const groupMeasures = (layers: LayerInfo[], lang: Lang): MeasureGroup[] =>
  layers.filter((layer) => layer.measures.length > 0).map((layer) => ({
    layer: layer.name,
    title: pick(layer.title, lang),
    choices: layer.measures.map((measure) => ({ id: `${layer.name}.${measure.name}`, title: pick(measure.title, lang) })),
  }));

export type CardGroup = { layer: string; measures: CardMeasure[] };

/** A card's measures by layer, the layer the map is coloured by first. */
export function groupCard(measures: CardMeasure[], shown: string | null): CardGroup[] {
  const groups = new Map<string, CardMeasure[]>();
  for (const measure of measures) groups.set(measure.layer, [...(groups.get(measure.layer) ?? []), measure]);
  const first = shown?.split('.')[0];
  return [...groups].map(([layer, found]) => ({ layer, measures: found }))
    .toSorted((a, b) => Number(b.layer === first) - Number(a.layer === first));
}
