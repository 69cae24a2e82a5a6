// The pictures of the statuses: shape and outline differ, not only colour.
// Rows: the symbol; the same for a boat that told no course; its plain colour; the ring of the chosen one.
import { STATUSES, type Theme } from '../api';
import { inkOf, STATUS_LOOK, type StatusShape } from '../lib/status';

export const CELL = 64;
export const ROWS = 4;
const DARK = '#06121d';

type Draw = (c: CanvasRenderingContext2D, colour: string) => void;

function tracePath(c: CanvasRenderingContext2D, points: [number, number][]): void {
  c.beginPath();
  for (const [x, y] of points) c.lineTo(x, y);
  c.closePath();
}

const ARROW: [number, number][] = [[0, -22], [14, 18], [0, 9], [-14, 18]];
const SMALL_ARROW: [number, number][] = ARROW.map(([x, y]) => [x * 0.72, y * 0.72]);

function fillOutlined(c: CanvasRenderingContext2D, colour: string): void {
  c.lineWidth = 5;
  c.strokeStyle = DARK;
  c.stroke();
  c.fillStyle = colour;
  c.fill();
}

function strokeHollow(c: CanvasRenderingContext2D, colour: string): void {
  c.lineWidth = 10;
  c.strokeStyle = DARK;
  c.stroke();
  c.fillStyle = DARK;
  c.fill();
  c.lineWidth = 5;
  c.strokeStyle = colour;
  c.stroke();
}

function strokeRing(c: CanvasRenderingContext2D, colour: string, radius: number): void {
  c.beginPath();
  c.arc(0, 0, radius, 0, 2 * Math.PI);
  c.lineWidth = 7;
  c.strokeStyle = DARK;
  c.stroke();
  c.lineWidth = 4;
  c.strokeStyle = colour;
  c.stroke();
}

function drawQuestion(c: CanvasRenderingContext2D, colour: string): void {
  c.beginPath();
  c.arc(0, 0, 24, 0, 2 * Math.PI);
  c.fillStyle = DARK;
  c.fill();
  strokeRing(c, colour, 24);
  c.fillStyle = colour;
  c.font = '700 34px "Be Vietnam Pro", sans-serif';
  c.textAlign = 'center';
  c.textBaseline = 'middle';
  c.fillText('?', 0, 2);
}

const SHAPES: Record<StatusShape, Draw> = {
  arrow: (c, colour) => (tracePath(c, ARROW), fillOutlined(c, colour)),
  'arrow-hollow': (c, colour) => (tracePath(c, ARROW), strokeHollow(c, colour)),
  'arrow-ringed': (c, colour) => (strokeRing(c, colour, 26), tracePath(c, SMALL_ARROW), fillOutlined(c, colour)),
  question: drawQuestion,
  square: (c, colour) => (tracePath(c, [[-11, -11], [11, -11], [11, 11], [-11, 11]]), fillOutlined(c, colour)),
  dot: (c, colour) => (c.beginPath(), c.arc(0, 0, 11, 0, 2 * Math.PI), strokeHollow(c, colour)),
  diamond: (c, colour) => (tracePath(c, [[0, -25], [25, 0], [0, 25], [-25, 0]]), fillOutlined(c, colour)),
  triangle: (c, colour) => (tracePath(c, [[0, -24], [23, 18], [-23, 18]]), fillOutlined(c, colour)),
};

/** An arrow would claim a course: without one a boat is a disc with the same fill and rings. */
const WITHOUT_COURSE: Partial<Record<StatusShape, Draw>> = {
  arrow: (c, colour) => (c.beginPath(), c.arc(0, 0, 13, 0, 2 * Math.PI), fillOutlined(c, colour)),
  'arrow-hollow': (c, colour) => (c.beginPath(), c.arc(0, 0, 13, 0, 2 * Math.PI), strokeHollow(c, colour)),
  'arrow-ringed': (c, colour) => (strokeRing(c, colour, 26), c.beginPath(), c.arc(0, 0, 10, 0, 2 * Math.PI), fillOutlined(c, colour)),
};

function drawChosen(c: CanvasRenderingContext2D, theme: Theme): void {
  for (let quarter = 0; quarter < 4; quarter += 1) {
    c.beginPath();
    c.arc(0, 0, 27, quarter * (Math.PI / 2) + 0.35, (quarter + 1) * (Math.PI / 2) - 0.35);
    c.lineWidth = 6;
    c.strokeStyle = theme === 'dark' ? DARK : '#ffffff';
    c.stroke();
    c.lineWidth = 3;
    c.strokeStyle = theme === 'dark' ? '#ffffff' : DARK;
    c.stroke();
  }
}

export function drawShape(canvas: HTMLCanvasElement, shape: StatusShape, colour: string): void {
  const c = canvas.getContext('2d');
  if (!c) return;
  c.setTransform(canvas.width / CELL, 0, 0, canvas.height / CELL, canvas.width / 2, canvas.height / 2);
  c.lineJoin = 'round';
  SHAPES[shape](c, colour);
}

export function drawAtlas(theme: Theme): HTMLCanvasElement {
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [CELL * STATUSES.length, CELL * ROWS];
  const c = canvas.getContext('2d');
  if (!c) return canvas;
  c.lineJoin = 'round';
  const moveTo = (column: number, row: number): void => c.setTransform(1, 0, 0, 1, (column + 0.5) * CELL, (row + 0.5) * CELL);
  STATUSES.forEach((status, i) => {
    const { shape, colour } = STATUS_LOOK[status];
    moveTo(i, 0);
    SHAPES[shape](c, colour);
    moveTo(i, 1);
    (WITHOUT_COURSE[shape] ?? SHAPES[shape])(c, colour);
    moveTo(i, 2);
    c.fillStyle = inkOf(status, theme);
    c.fillRect(-CELL / 4, -CELL / 4, CELL / 2, CELL / 2); // clear of its neighbours, so nothing bleeds into them
  });
  moveTo(0, 3);
  drawChosen(c, theme);
  return canvas;
}
