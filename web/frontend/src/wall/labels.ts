// Every name of the wall placed once, by numbers alone, so that all screens agree and no name is cut at a seam.
import type { Rect, Wall } from './geometry';

export type Line = { text: string; size: number };
/** `firm` names stand whatever is near; the others give way. Sizes in pixels. */
export type Label = { id: string; x: number; y: number; lines: Line[]; firm: boolean; kind: 'unit' | 'sea' | 'archipelago' | 'island'; onBright?: boolean };
export type PlacedLabel = Label & { box: Rect };

const LEADING = 1.16;
const NARROW = new Set([...'iíìỉĩịIlj.,:;|!\'()1 tfr']);
const WIDE = new Set([...'mwMWQGOÔƠĐNHUƯ%']);
const GAP = 0.15; // of the first line's size, kept clear around a name

const NEAR = 5; // a bare figure stays where it belongs
/** In shares of its own box: first where it belongs, then farther away, but never so far that it would name a neighbour. */
const SHIFTS: [number, number][] = [0, 0.2, 0.4].flatMap((far) => far === 0 ? [[0, 0]] : [
  [0, -far], [0, far], [far * 0.6, 0], [-far * 0.6, 0], [far * 0.6, -far * 0.8], [-far * 0.6, -far * 0.8], [far * 0.6, far * 0.8], [-far * 0.6, far * 0.8],
] as [number, number][]);

/** Width in ems, reckoned without asking the machine: every screen must get the same. */
export function widthOf(text: string): number {
  let ems = 0;
  for (const letter of text.normalize('NFC')) ems += NARROW.has(letter) ? 0.34 : WIDE.has(letter) ? 0.8 : 0.6;
  return ems;
}

/** Firm names first, then as they come; each takes the first of its places that is free, or none. */
export function placeLabels(wall: Wall, labels: Label[], taken: Rect[]): PlacedLabel[] {
  const placed: PlacedLabel[] = [];
  const inOrder = [...labels.filter((each) => each.firm), ...labels.filter((each) => !each.firm)];
  for (const label of inOrder) {
    const spots = (lines: Line[]): Rect[] => placesOf({ ...label, lines }).map((box) => clearOfSeams(wall, box)).filter((box) => isOn(wall, box));
    const isFree = (box: Rect): boolean => !taken.some((other) => meet(box, other)) && !placed.some((other) => meet(box, other.box));
    const stand = (lines: Line[], box: Rect | undefined): boolean => {
      if (box) placed.push({ ...label, lines, box, x: box.x + box.w / 2, y: box.y + box.h / 2 });
      return box !== undefined;
    };
    const figure = label.lines.slice(-1); // where there is no room for name and figure, the figure alone says more
    if (stand(label.lines, spots(label.lines).find(isFree)) || stand(figure, label.firm ? undefined : spots(figure).slice(0, NEAR).find(isFree))) continue;
    if (label.firm) stand(label.lines, spots(label.lines)[0]);
  }
  return placed;
}

function placesOf({ x, y, lines }: Label): Rect[] {
  const size = lines[0]!.size;
  const pad = size * GAP;
  const w = Math.max(...lines.map((line) => widthOf(line.text) * line.size)) + 2 * pad;
  const h = lines.reduce((sum, line) => sum + line.size * LEADING, 0) + pad;
  return SHIFTS.map(([dx, dy]) => ({ x: x + dx * w - w / 2, y: y + dy * h - h / 2, w, h }));
}

/** The same box moved off the frame between two screens, when it is not far. */
function clearOfSeams(wall: Wall, box: Rect): Rect {
  const { x, y, w, h } = box;
  const middle = wall.screens.find((s) => x + w / 2 >= s.x && x + w / 2 < s.x + s.w && y + h / 2 >= s.y && y + h / 2 < s.y + s.h);
  if (!middle || w > middle.w || h > middle.h) return box;
  return {
    x: Math.min(Math.max(x, middle.x), middle.x + middle.w - w), y: Math.min(Math.max(y, middle.y), middle.y + middle.h - h), w, h,
  };
}

const isOn = (wall: Wall, { x, y, w, h }: Rect): boolean => x >= 0 && y >= 0 && x + w <= wall.w && y + h <= wall.h;
const meet = (a: Rect, b: Rect): boolean => a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;
