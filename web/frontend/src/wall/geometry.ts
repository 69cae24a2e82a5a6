// Where one page lies on the wall, and where the camera of that page must be: plain numbers, the same on every machine.
import { fromWorld, toWorld, type Spot } from '../live/motion';

export type Rect = { x: number; y: number; w: number; h: number };
/** The wall in pixels from its top left corner: the page this is, and every screen people see. */
export type Wall = { w: number; h: number; page: Rect; screens: Rect[]; across: number; down: number };
export type Camera = { lon: number; lat: number; zoom: number; bearing: number };
export type Address = { cols: number; rows: number; col: number; row: number; bezel: number; screens: [number, number] | null };

const WORLD_PX = 512;
const STRETCHED = 2.2; // one page this wide for its height is one signal over the centre's 5 × 3 screens
const SLENDER = 1.6;
const CENTRE: [number, number] = [5, 3];

/** What the server has already found good. */
export function readAddress(search: string): Address {
  const asked = new URLSearchParams(search);
  const number = (name: string, missing: number): number => Number(asked.get(name) ?? missing);
  const screens = /^(\d+)x(\d+)$/.exec(asked.get('screens')?.trim() ?? '');
  return {
    cols: number('cols', 1), rows: number('rows', 1), col: number('col', 0), row: number('row', 0), bezel: number('bezel', 0),
    screens: screens ? [Number(screens[1]), Number(screens[2])] : null,
  };
}

/** The wall around a page of `w` × `h` pixels; all its pages are of one size. */
export function makeWall(at: Address, w: number, h: number): Wall {
  const [stepX, stepY] = [w + at.bezel, h + at.bezel];
  const single = at.cols === 1 && at.rows === 1;
  const [across, down] = !single ? [at.cols, at.rows] : at.screens ?? (w / h >= STRETCHED ? CENTRE : [1, 1]);
  const screen = (i: number): Rect => {
    const [col, row] = [i % across, Math.floor(i / across)];
    return single ? { x: (col * w) / across, y: (row * h) / down, w: w / across, h: h / down } : { x: col * stepX, y: row * stepY, w, h };
  };
  return {
    w: at.cols * stepX - at.bezel, h: at.rows * stepY - at.bezel, across, down,
    page: { x: at.col * stepX, y: at.row * stepY, w, h },
    screens: Array.from({ length: across * down }, (_, i) => screen(i)),
  };
}

/** The camera of the whole wall: `view` (degrees) fits in `free`, standing at `anchor` of the width that is left. */
export function fitCamera(wall: Wall, view: [number, number, number, number], free: Rect, anchor: number, bearing = 0): Camera {
  const [west, south, east, north] = view;
  const [a, b] = [toWorld(west, north), toWorld(east, south)];
  const size = Math.min(free.w / (b.x - a.x), free.h / (b.y - a.y)); // pixels a world
  const spare = free.w - (b.x - a.x) * size;
  const focus = { x: free.x + spare * (anchor - 0.5) + free.w / 2, y: free.y + free.h / 2 };
  const away = turn({ x: wall.w / 2 - focus.x, y: wall.h / 2 - focus.y }, bearing);
  const centre = fromWorld({ x: (a.x + b.x) / 2 + away.x / size, y: (a.y + b.y) / 2 + away.y / size });
  return { ...centre, zoom: Math.log2(size / WORLD_PX), bearing };
}

/** The wall's camera moved to the middle of one page: by whole pixels of the wall, turned by the bearing. */
export function pageCamera(camera: Camera, wall: Wall): Camera {
  const { page } = wall;
  const away = turn({ x: page.x + page.w / 2 - wall.w / 2, y: page.y + page.h / 2 - wall.h / 2 }, camera.bearing);
  const at = toWorld(camera.lon, camera.lat);
  const size = worldPx(camera);
  return { ...camera, ...fromWorld({ x: at.x + away.x / size, y: at.y + away.y / size }) };
}

/** Where a place stands on the wall, in pixels. */
export function onWall(camera: Camera, wall: Wall, lon: number, lat: number): Spot {
  const [at, centre] = [toWorld(lon, lat), toWorld(camera.lon, camera.lat)];
  const size = worldPx(camera);
  const away = turn({ x: (at.x - centre.x) * size, y: (at.y - centre.y) * size }, -camera.bearing);
  return { x: wall.w / 2 + away.x, y: wall.h / 2 + away.y };
}

const worldPx = (camera: Camera): number => WORLD_PX * 2 ** camera.zoom;

function turn({ x, y }: Spot, bearing: number): Spot {
  const angle = (bearing * Math.PI) / 180;
  return { x: x * Math.cos(angle) - y * Math.sin(angle), y: x * Math.sin(angle) + y * Math.cos(angle) };
}

/** Does a box of the wall stand on this page: its middle decides, for a box never stands on two. */
export function isOnPage({ page }: Wall, { x, y, w, h }: Rect): boolean {
  const [cx, cy] = [x + w / 2, y + h / 2];
  return cx >= page.x && cx < page.x + page.w && cy >= page.y && cy < page.y + page.h;
}

/** A hundredth of the wall's height, the measure of all that is written on it; less on a wall taller than a screen is. */
export const unitOf = (wall: Wall): number => Math.min(wall.h, wall.w / SLENDER) / 100;

/** A box of the wall as this page's CSS places it. */
export const cssBox = ({ page }: Wall, { x, y, w, h }: Rect): string =>
  `left:${x - page.x}px;top:${y - page.y}px;width:${w}px;height:${h}px`;
