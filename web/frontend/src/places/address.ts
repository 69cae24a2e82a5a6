// /places, /places/{layer}, /places/{layer}/{id}: what the path names.
export type PlacePath = { layer: string | null; id: string | null };

export function readPath(path: string): PlacePath {
  const [, layer = '', id = ''] = path.replace(/^\//, '').split('/').map(decodeURIComponent);
  return { layer: layer || null, id: id || null };
}

export const placePath = (layer: string, id?: string): string =>
  ['/places', layer, ...(id === undefined ? [] : [id])].map((part, i) => (i === 0 ? part : encodeURIComponent(part))).join('/');
