// Where a map looks, as an address keeps it: zoom/latitude/longitude.
export type View = { zoom: number; lat: number; lon: number };

export function parseView(text: string | undefined): View | null {
  const parts = (text ?? '').split('/').map(Number);
  const [zoom, lat, lon] = parts;
  if (parts.length !== 3 || parts.some((each) => !Number.isFinite(each))) return null;
  return Math.abs(lat!) <= 85 && Math.abs(lon!) <= 180 && zoom! >= 0 && zoom! <= 24 ? { zoom: zoom!, lat: lat!, lon: lon! } : null;
}

export const writeView = ({ zoom, lat, lon }: View): string => `${zoom.toFixed(2)}/${lat.toFixed(4)}/${lon.toFixed(4)}`;
