// Short words that several panels say in the same way.
import type { Origin } from '../api';
import type { WallState } from './state.svelte';

export function sayOrigin(page: WallState, origin: Origin): string {
  const { words } = page;
  return origin === 'real' ? words.originReal : origin === 'replayed' ? words.originReplayed : words.originSimulated;
}
