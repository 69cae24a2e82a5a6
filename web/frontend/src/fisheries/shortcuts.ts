// Single keys that move the time control and find a boat; they can be turned off, for whoever dictates or types by switch.
import { HOUR_MS, MINUTE_MS } from '../lib/moment';
import type { TimeControl } from '../live/time.svelte';

const KEPT = 'opsmap.shortcuts';
const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || target.matches('textarea, select, input:not([type="checkbox"], [type="range"])'));

export const readShortcuts = (): boolean => localStorage.getItem(KEPT) !== 'off';
export const keepShortcuts = (on: boolean): void => localStorage.setItem(KEPT, on ? 'on' : 'off');

export type Actions = { time: TimeControl; findBoat(typed: string): void; typeTime(): void; showKeys(): void; tools(event: KeyboardEvent): boolean };

/** Do what a key is for; false when it is for nothing. */
export function pressKey(event: KeyboardEvent, { time, findBoat, typeTime, showKeys, tools }: Actions): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return false;
  if (tools(event)) return true;
  const deeds: Record<string, () => void> = {
    k: () => time.toggle(), n: () => time.goLive(), t: typeTime, '/': () => findBoat(''), '?': showKeys,
    j: () => time.step(-10 * MINUTE_MS), l: () => time.step(10 * MINUTE_MS),
    J: () => time.step(-HOUR_MS), L: () => time.step(HOUR_MS),
    ',': () => time.step(-MINUTE_MS), '.': () => time.step(MINUTE_MS),
  };
  const deed = /^\d$/.test(event.key) ? () => findBoat(event.key) : deeds[event.key];
  deed?.();
  return deed !== undefined;
}
