// What is written on the map of a scene, before it is known where there is room for it.
import type { Bilingual } from '../api';
import type { Scene } from '../api.wall';
import type { UnitPaint } from '../map/choropleth';
import { onWall, unitOf, type Camera, type Wall } from './geometry';
import type { Label } from './labels';

const SIZE = { unit: 1.3, figure: 1.45, sea: 2, archipelago: 1.5, island: 1.3 }; // hundredths of the wall's height, none under 1.1
const SAME_DEG = 0.12; // an island's name and its unit's are one

/** A unit as a map names it: only a city says what it is. */
export const shortName = (name: string): string => name.replace(/^(Xã|Phường|Đặc khu|Huyện|Thị xã) /, '').replace(/^Thành phố /, 'TP. ');
const isNear = (a: [number, number], b: [number, number]): boolean => Math.hypot(a[0] - b[0], a[1] - b[1]) < SAME_DEG;

/** The national names, which stand whatever is near, then the units, those with least room first. */
export function nameScene(scene: Scene, rows: (UnitPaint & { onBright: boolean })[], camera: Camera, wall: Wall, say: (text: Bilingual) => string): Label[] {
  const u = unitOf(wall);
  const units = scene.measure === null && !scene.inset ? [] : rows; // the whole sea is no place for districts
  const figure = (row: UnitPaint | undefined): { text: string; size: number }[] => (row?.text ? [{ text: row.text, size: SIZE.figure * u }] : []);
  const firm = scene.names.map((name): Label => {
    const own = units.find((row) => row.unit.label !== null && isNear(row.unit.label, [name.lon, name.lat]));
    const at = onWall(camera, wall, name.lon, name.lat);
    const lines = [{ text: say(name.title), size: SIZE[name.kind] * u }, ...figure(own)];
    const below = name.kind === 'island' ? SIZE.island * u * 2.2 : 0; // under the island, not on it
    return { id: `name:${say(name.title)}`, x: at.x, y: at.y + below, lines, firm: true, kind: name.kind };
  });
  const named = units.filter(({ unit }) => unit.label !== null && !scene.names.some((name) => isNear(unit.label!, [name.lon, name.lat])));
  const others = named.map((row): Label => {
    const at = onWall(camera, wall, ...row.unit.label!);
    return { id: `unit:${row.unit.code}`, ...at, lines: [{ text: shortName(row.unit.full_name), size: SIZE.unit * u }, ...figure(row)], firm: false, kind: 'unit', onBright: row.onBright };
  });
  return [...firm, ...crowdedFirst(others)];
}

/** Who has the nearest neighbour chooses first: the others have room to give way. */
function crowdedFirst(labels: Label[]): Label[] {
  const room = new Map(labels.map((one) => [one.id, Math.min(...labels.map((other) => (other === one ? Infinity : Math.hypot(one.x - other.x, one.y - other.y))))]));
  return labels.toSorted((a, b) => room.get(a.id)! - room.get(b.id)! || a.id.localeCompare(b.id));
}
