// Which panel stands on which screen: each inside one screen, nothing across a bezel, for any number of screens.
import type { Panel } from '../api.wall';
import { unitOf, type Rect, type Wall } from './geometry';

export type Placed = { panel: Panel; box: Rect };
export type Layout = { panels: Placed[]; inset: Rect | null; free: Rect };

const WIDE = 56; // of the wall's unit, a hundredth of its height: a panel on a wall of many columns
const NARROW = 42;
const MARGIN = 1.1;
const INSET = 26;
const TALL = 40; // a panel alone on its side leaves the map the rest
const INSET_RATIO = 216.4 / 200; // of the drawing in inset-shapes.json

export function layOut(wall: Wall, panels: Panel[], wantsInset: boolean): Layout {
  const margin = unitOf(wall) * MARGIN;
  const sides = (['left', 'right'] as const).map((side) => stack(wall, panels.filter((each) => each.side === side), side, margin));
  const left = Math.max(0, ...sides[0]!.map(({ box }) => box.x + box.w));
  const right = Math.min(wall.w, ...sides[1]!.map(({ box }) => box.x));
  const free = { x: left + margin, y: margin, w: right - left - 2 * margin, h: wall.h - 2 * margin };
  return { panels: sides.flat(), inset: wantsInset ? placeInset(wall, free, margin) : null, free: shrink(free) };
}

const shrink = ({ x, y, w, h }: Rect): Rect => ({ x: x + w * 0.02, y: y + h * 0.03, w: w * 0.96, h: h * 0.94 });

/** From top to bottom over the screens of the outermost column; a screen that must hold several is shared out. */
function stack(wall: Wall, panels: Panel[], side: 'left' | 'right', margin: number): Placed[] {
  const col = side === 'left' ? 0 : wall.across - 1;
  const screens = Array.from({ length: wall.down }, (_, row) => wall.screens[row * wall.across + col]!);
  const each = Math.ceil(panels.length / screens.length);
  return panels.map((panel, i) => {
    const screen = screens[Math.floor(i / each)]!;
    const first = Math.floor(i / each) * each;
    const count = Math.min(each, panels.length - first);
    return { panel, box: slot(wall, screen, side, { at: i - first, of: count }, margin) };
  });
}

function slot(wall: Wall, screen: Rect, side: 'left' | 'right', part: { at: number; of: number }, margin: number): Rect {
  const w = Math.round(Math.min(screen.w - 2 * margin, unitOf(wall) * (wall.across >= 4 ? WIDE : NARROW)));
  const room = (screen.h - margin) / part.of - margin;
  const h = Math.min(room, unitOf(wall) * TALL);
  const x = side === 'left' ? screen.x + margin : screen.x + screen.w - margin - w;
  return { x: Math.round(x), y: Math.round(screen.y + margin + part.at * (room + margin)), w, h: Math.round(h) };
}

/** At the bottom right of the free part, inside the screen that has most room there. */
function placeInset(wall: Wall, free: Rect, margin: number): Rect {
  const bottom = wall.screens.slice(-wall.across);
  const room = (screen: Rect): Rect => {
    const x = Math.max(screen.x + margin, free.x);
    return { x, y: screen.y, w: Math.min(screen.x + screen.w - margin, free.x + free.w) - x, h: screen.h };
  };
  const best = bottom.map(room).reduce((one, other) => (other.w >= one.w * 0.7 ? other : one)); // the rightmost that will do
  const w = Math.round(Math.min(unitOf(wall) * INSET, best.w, (best.h - 2 * margin) / INSET_RATIO));
  const h = Math.round(w * INSET_RATIO);
  const y = Math.round(best.y + best.h - margin - h - unitOf(wall) * 4.5); // the mark and the age stand below
  return { x: Math.round(best.x + best.w - w), y: Math.max(Math.round(best.y + margin), y), w, h };
}

/** Mark and age stand in the lower right corner of every screen; in hundredths of the wall's height. */
export const SIGN = { w: 24, h: 3.2, gap: 1.1 };

export const signBoxes = (wall: Wall): Rect[] => wall.screens.map((screen) => {
  const [w, h, gap] = [SIGN.w, SIGN.h, SIGN.gap].map((each) => each * unitOf(wall)) as [number, number, number];
  return { x: screen.x + screen.w - gap - w, y: screen.y + screen.h - gap - h, w, h };
});
