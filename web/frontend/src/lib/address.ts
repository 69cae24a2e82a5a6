// The page's state in its address, so a view can be sent, kept and come back to.
export function readAddress<K extends string>(names: readonly K[]): Partial<Record<K, string>> {
  const params = new URLSearchParams(location.search);
  const found: Partial<Record<K, string>> = {};
  for (const key of names) {
    const value = params.get(key);
    if (value !== null && value !== '') found[key] = value;
  }
  return found;
}

/** Replace the given parameters (null removes one) and leave all others as they are. */
export function writeAddress(changes: Record<string, string | null>): void {
  const params = new URLSearchParams(location.search);
  for (const [key, value] of Object.entries(changes)) {
    if (value === null) params.delete(key);
    else params.set(key, value);
  }
  const query = params.size > 0 ? `?${params}` : '';
  history.replaceState(null, '', `${location.pathname}${query}${location.hash}`);
}
