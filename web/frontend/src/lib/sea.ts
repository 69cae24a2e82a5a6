// The sea this map is of: Biển Đông, 6–22°N 105–118°E. What lies outside is counted and said, never drawn away.
export const SEA = { west: 105, south: 6, east: 118, north: 22 } as const;
export const SEA_BOUNDS: [number, number, number, number] = [SEA.west, SEA.south, SEA.east, SEA.north];

export const isInSea = (lon: number, lat: number): boolean => lon >= SEA.west && lon < SEA.east && lat >= SEA.south && lat < SEA.north;
