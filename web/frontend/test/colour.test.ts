// Words can be read on every ground of the pages, and statuses told apart by eyes that see other colours.
import { describe, expect, it } from 'vitest';
import CSS from '../src/base.css?raw';
import { STATUSES, type Theme, type VesselStatus } from '../src/api';
import { SEA_LOOK } from '../src/lib/look';
import { inkOf, STATUS_LOOK } from '../src/lib/status';

type Rgb = [number, number, number];
const READABLE = 4.5;
const SEEN = 3; // symbols and edges
const GROUNDS = ['ground', 'panel', 'raised', 'past-ground'];
const INKS = ['ink', 'ink-soft', 'bad', 'past', 'silent-ink'];

function readTokens(theme: Theme): Record<string, string> {
  const block = theme === 'light' ? /^:root \{([^}]*)\}/m : /^:root\[data-theme='dark'\] \{([^}]*)\}/m;
  return Object.fromEntries([...block.exec(CSS)![1]!.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map(([, name, colour]) => [name!, colour!]));
}

const linear = (hex: string): Rgb => [1, 3, 5].map((at) => {
  const share = parseInt(hex.slice(at, at + 2), 16) / 255;
  return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
}) as Rgb;

function contrast(one: string, other: string): number {
  const [least, most] = [one, other].map((hex) => {
    const [r, g, b] = linear(hex);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  }).sort((a, b) => a - b);
  return (most! + 0.05) / (least! + 0.05);
}

/** Machado, Oliveira and Fernandes 2009, severity 1. */
const EYES: Record<string, [Rgb, Rgb, Rgb]> = {
  all: [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
  'without red': [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
  'without green': [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]],
  'without blue': [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.3039]],
};

function toLab([r, g, b]: Rgb): Rgb {
  const bend = (t: number): number => (t > 216 / 24389 ? Math.cbrt(t) : (24389 / 27 * t + 16) / 116);
  const x = bend((0.4124564 * r + 0.3575761 * g + 0.1804375 * b) / 0.95047);
  const y = bend(0.2126729 * r + 0.7151522 * g + 0.072175 * b);
  const z = bend((0.0193339 * r + 0.119192 * g + 0.9503041 * b) / 1.08883);
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

function apart(one: string, other: string, eyes: [Rgb, Rgb, Rgb]): number {
  const see = (hex: string): Rgb => toLab(eyes.map((row) => Math.min(1, Math.max(0, row.reduce((sum, share, i) => sum + share * linear(hex)[i]!, 0)))) as Rgb);
  return Math.hypot(...see(one).map((value, i) => value - see(other)[i]!));
}

describe.each<Theme>(['dark', 'light'])('the %s page', (theme) => {
  const tokens = readTokens(theme);
  const grounds = GROUNDS.map((name) => tokens[name]!);

  it.each(INKS)('can be read where it says %s', (ink) => {
    for (const ground of grounds) expect(contrast(tokens[ink]!, ground)).toBeGreaterThanOrEqual(READABLE);
  });

  it.each(STATUSES)('can be read where it names %s', (status) => {
    for (const ground of grounds) expect(contrast(inkOf(status, theme), ground)).toBeGreaterThanOrEqual(READABLE);
  });

  it('can be read on its buttons, and their edges and the focus seen', () => {
    expect(contrast(tokens['accent-ink']!, tokens['accent']!)).toBeGreaterThanOrEqual(READABLE);
    expect(contrast(tokens['past-ink']!, tokens['past']!)).toBeGreaterThanOrEqual(READABLE);
    expect(contrast(tokens['ink']!, tokens['bad-ground']!)).toBeGreaterThanOrEqual(READABLE);
    for (const ground of grounds) expect(contrast(tokens['focus']!, ground)).toBeGreaterThanOrEqual(SEEN);
  });

  it('has the sea of the map, on which a speed line, a track and a gap are seen', () => {
    const sea = tokens['sea']!; // the style's own: tests/test_style.py
    for (const status of STATUSES) expect([status, contrast(inkOf(status, theme), sea) >= SEEN]).toEqual([status, true]);
    for (const colour of [SEA_LOOK[theme].track, SEA_LOOK[theme].silent]) expect(contrast(colour, sea)).toBeGreaterThanOrEqual(SEEN);
  });

  it('shows figures on squares and names of gaps that can be read', () => {
    const look = SEA_LOOK[theme];
    for (const [, colour, figure] of look.squares) expect(contrast(figure, colour)).toBeGreaterThanOrEqual(READABLE);
    expect(contrast(look.silentName, look.ground)).toBeGreaterThanOrEqual(READABLE);
    const steps = look.squares.map(([, colour]) => contrast(colour, '#000000'));
    expect(steps).toEqual(steps.toSorted((a, b) => (theme === 'dark' ? a - b : b - a)));
  });
});

describe('the statuses', () => {
  const pairs = STATUSES.flatMap((one, i) => STATUSES.slice(i + 1).map((other): [VesselStatus, VesselStatus] => [one, other]));

  it.each(Object.entries(EYES))('are told apart by colour or at least by shape: eyes %s', (_, eyes) => {
    for (const [one, other] of pairs) {
      const [a, b] = [STATUS_LOOK[one], STATUS_LOOK[other]];
      expect(a.shape).not.toBe(b.shape);
      if (a.colour !== b.colour) expect([one, other, apart(a.colour, b.colour, eyes) > 10]).toEqual([one, other, true]);
    }
  });

  it('share a colour only where nobody has to act: in port and unknown', () => {
    const same = pairs.filter(([one, other]) => STATUS_LOOK[one].colour === STATUS_LOOK[other].colour);
    expect(same).toEqual([['in_port', 'unknown']]);
  });

  it('measures as the guidelines and the eye do', () => {
    expect(contrast('#777777', '#ffffff')).toBeCloseTo(4.478, 3);
    expect(apart('#ff0000', '#00a000', EYES['all']!)).toBeGreaterThan(100);
    expect(apart('#a05000', '#6a6a00', EYES['without green']!)).toBeLessThan(20);
  });
});
