// The wall's numbers: cameras that fit together, panels inside one screen, names placed once, scenes by the clock.
import { describe, expect, it } from 'vitest';
import type { Panel, Scene } from '../src/api.wall';
import { toWorld } from '../src/live/motion';
import { fitCamera, makeWall, onWall, pageCamera, type Address, type Rect, type Wall } from '../src/wall/geometry';
import { placeLabels, type Label } from '../src/wall/labels';
import { layOut, signBoxes } from '../src/wall/layout';
import { neighbour, sceneAt } from '../src/wall/schedule';

const at = (cols: number, rows: number, col = 0, row = 0, more: Partial<Address> = {}): Address => ({ cols, rows, col, row, bezel: 0, screens: null, ...more });
const VIEW: [number, number, number, number] = [107.28, 13.9, 109.42, 15.5];
const meet = (a: Rect, b: Rect): boolean => a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;
const inside = (a: Rect, b: Rect): boolean => a.x >= b.x && a.y >= b.y && a.x + a.w <= b.x + b.w && a.y + a.h <= b.y + b.h;
const panels = (left: number, right: number): Panel[] => [...Array<string>(left).fill('left'), ...Array<string>(right).fill('right')]
  .map((side) => ({ kind: 'totals', side: side as 'left' | 'right', title: { vi: '', en: '' }, measures: [], indicators: [] }));

/** Where a place falls on the page whose camera this is. */
function onPage(camera: { lon: number; lat: number; zoom: number; bearing: number }, wall: Wall, lon: number, lat: number): [number, number] {
  const [p, c] = [toWorld(lon, lat), toWorld(camera.lon, camera.lat)];
  const size = 512 * 2 ** camera.zoom;
  const angle = (-camera.bearing * Math.PI) / 180;
  const [dx, dy] = [(p.x - c.x) * size, (p.y - c.y) * size];
  return [wall.page.w / 2 + dx * Math.cos(angle) - dy * Math.sin(angle), wall.page.h / 2 + dx * Math.sin(angle) + dy * Math.cos(angle)];
}

describe('cameras', () => {
  it.each([[1, 1, 0, 0], [2, 2, 0, 0], [5, 3, 0, 0], [5, 3, 40, 30], [3, 1, 24, -75]])('of %d × %d screens show one map (bezel %d, bearing %d)', (cols, rows, bezel, bearing) => {
    for (let i = 0; i < cols * rows; i += 1) {
      const wall = makeWall(at(cols, rows, i % cols, Math.floor(i / cols), { bezel }), 1920, 1080);
      const camera = fitCamera(wall, VIEW, { x: 0, y: 0, w: wall.w, h: wall.h }, 0.5, bearing);
      const [x, y] = onPage(pageCamera(camera, wall), wall, 109.117, 15.382);
      const whole = onWall(camera, wall, 109.117, 15.382);
      expect(x + wall.page.x).toBeCloseTo(whole.x, 4);
      expect(y + wall.page.y).toBeCloseTo(whole.y, 4);
    }
  });

  it('shows all of the view, where it was asked to stand', () => {
    const wall = makeWall(at(1, 1), 3840, 1296);
    const free = { x: 800, y: 20, w: 2200, h: 1250 };
    const left = onWall(fitCamera(wall, VIEW, free, 0), wall, VIEW[0], VIEW[3]);
    const right = onWall(fitCamera(wall, VIEW, free, 1), wall, VIEW[2], VIEW[1]);
    expect([left.x, left.y]).toEqual([expect.closeTo(800, 3), expect.closeTo(20, 3)]);
    expect([right.x, right.y]).toEqual([expect.closeTo(3000, 3), expect.closeTo(1270, 3)]);
  });

  it('takes one very wide page for one signal over the whole wall of screens', () => {
    expect(makeWall(at(1, 1), 3840, 1296).screens).toHaveLength(15);
    expect(makeWall(at(1, 1), 1920, 1080).screens).toHaveLength(1);
    expect(makeWall(at(1, 1, 0, 0, { screens: [2, 2] }), 1280, 800).screens).toHaveLength(4);
  });
});

describe('panels', () => {
  const walls = [[1, 1, 1920, 1080], [1, 1, 3840, 1296], [2, 2, 640, 400], [5, 3, 1920, 1080], [3, 1, 1080, 1920], [1, 4, 1920, 1080], [20, 20, 800, 600]] as const;
  it.each(walls)('stand inside one screen and off one another: %d × %d of %d × %d', (cols, rows, w, h) => {
    for (const [left, right] of [[1, 0], [3, 3], [2, 3], [3, 1]] as const) {
      const wall = makeWall(at(cols, rows), w, h);
      const { panels: placed, inset, free } = layOut(wall, panels(left, right), true);
      const boxes = [...placed.map(({ box }) => box), inset!];
      for (const box of boxes) expect(wall.screens.some((screen) => inside(box, screen)), JSON.stringify(box)).toBe(true);
      boxes.forEach((box, i) => boxes.slice(i + 1).forEach((other) => expect(meet(box, other)).toBe(false)));
      expect(free.w).toBeGreaterThan(0);
      expect(signBoxes(wall)).toHaveLength(wall.screens.length);
    }
  });

  it('are the same on every page of one wall', () => {
    const [one, other] = [at(5, 3, 0, 0), at(5, 3, 4, 2)].map((address) => layOut(makeWall(address, 1920, 1080), panels(3, 3), true));
    expect(one).toEqual(other);
  });
});

describe('names', () => {
  const wall = makeWall(at(5, 3), 1920, 1080);
  const name = (id: string, x: number, y: number, firm = false): Label => ({ id, x, y, lines: [{ text: 'Nghĩa Hành', size: 42 }, { text: '1.836', size: 46 }], firm, kind: 'unit' });

  it('never stand over one another nor across the frame of two screens', () => {
    const many = Array.from({ length: 60 }, (_, i) => name(`n${i}`, 300 + ((i * 611) % 9000), 200 + ((i * 397) % 2900)));
    const placed = placeLabels(wall, many, signBoxes(wall));
    expect(placed.length).toBeGreaterThan(40);
    placed.forEach((one, i) => placed.slice(i + 1).forEach((other) => expect(meet(one.box, other.box)).toBe(false)));
    for (const { box } of placed) expect(wall.screens.some((screen) => inside(box, screen))).toBe(true);
  });

  it('that must stand do, whatever is there', () => {
    const placed = placeLabels(wall, [name('a', 500, 500), name('b', 505, 505, true)], [{ x: 0, y: 0, w: 9600, h: 3240 }]);
    expect(placed.map(({ id }) => id)).toEqual(['b']);
  });
});

describe('scenes', () => {
  const scene = (name: string, seconds: number): Scene => ({ name, seconds }) as Scene;
  const all = [scene('a', 60), scene('b', 30), scene('c', 45)];
  it('change by the clock alone, at the same moment everywhere', () => {
    const round = 135_000;
    expect([0, 59_999, 60_000, 89_999, 90_000, 134_999, 135_000].map((ms) => sceneAt(all, round * 9 + ms, null)?.name)).toEqual(['a', 'a', 'b', 'b', 'c', 'c', 'a']);
  });
  it('stay where they are held, and a scene that is gone holds nothing', () => {
    expect(sceneAt(all, 5, 'c')?.name).toBe('c');
    expect(sceneAt(all, 5, 'gone')?.name).toBe('a');
    expect(sceneAt([], 5, null)).toBeNull();
  });
  it('follow one another around', () => {
    expect([neighbour(all, 'c', 1)?.name, neighbour(all, 'a', -1)?.name]).toEqual(['a', 'c']);
  });
});
