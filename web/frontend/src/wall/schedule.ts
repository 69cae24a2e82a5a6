// Which scene is due: a function of the server's time alone, so that all screens change in the same second.
import type { Scene } from '../api.wall';

/** The scene at `nowMs` (the server's clock): the held one, else that whose turn it is. */
export function sceneAt(scenes: Scene[], nowMs: number, held: string | null): Scene | null {
  const holding = held === null ? undefined : scenes.find((each) => each.name === held);
  if (holding) return holding;
  const round = scenes.reduce((sum, each) => sum + each.seconds * 1000, 0);
  if (round === 0) return null;
  let left = nowMs % round;
  for (const scene of scenes) {
    if (left < scene.seconds * 1000) return scene;
    left -= scene.seconds * 1000;
  }
  return scenes[0] ?? null;
}

/** The scene after or before one, for the arrow keys. */
export function neighbour(scenes: Scene[], name: string | null, step: 1 | -1): Scene | null {
  const at = scenes.findIndex((each) => each.name === name);
  return scenes[(at + step + scenes.length) % scenes.length] ?? null;
}
