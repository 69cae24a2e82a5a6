// The mock's ground: a style whose sources are our own outlines as GeoJSON.
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const data = fileURLToPath(new URL('../../../layers/data/', import.meta.url));
const read = async (name) => JSON.parse(await readFile(`${data}${name}.geojson`, 'utf8'));
const outlines = await read('unit-outlines');
const background = await read('background-outlines');
const rings = (geometry) => (geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.coordinates);

function middle(geometries) {
  const outer = geometries.flatMap(rings).map((each) => each[0]).sort((a, b) => b.length - a.length)[0];
  const mean = (i) => outer.reduce((sum, point) => sum + point[i], 0) / outer.length;
  return [mean(0), mean(1)];
}

function group(codeName, titleName, level, base) {
  const byCode = Map.groupBy ? Map.groupBy(outlines.features, (f) => f.properties[codeName])
    : outlines.features.reduce((all, f) => all.set(f.properties[codeName], [...(all.get(f.properties[codeName]) ?? []), f]), new Map());
  return [...byCode].map(([code, features], i) => ({
    key: base + i, code, name: features[0].properties[titleName], full_name: features[0].properties[titleName], type: null, level, valid_from: '2025-07-01', valid_to: null,
    parent: level === 'commune' ? features[0].properties.district_code : null, label: middle(features.map((f) => f.geometry)), shape: true,
    geometry: { type: 'MultiPolygon', coordinates: features.flatMap((f) => rings(f.geometry)) },
  }));
}

const all = [...group('commune_code', 'commune', 'commune', 1), ...group('district_code', 'district', 'former_district', 1001)];
export const readUnits = async () => all.map(({ geometry: _, ...unit }) => unit);

const ranges = { vietnamese: 'U+0102-0103,U+0110-0111,U+0128-0129,U+0168-0169,U+01A0-01A1,U+01AF-01B0,U+0300-0301,U+0303-0304,U+0308-0309,U+0323,U+0329,U+1EA0-1EF9,U+20AB', 'latin-ext': 'U+0100-0101,U+0104-010F', latin: 'U+0000-00FF,U+2000-206F' };
const faces = (weight) => Object.entries(ranges).map(([name, range]) => ({ url: `/static/fonts/noto-sans-${name}-${weight}.woff2`, 'unicode-range': range.split(',') }));

export function makeStyle(theme) {
  const dark = theme === 'dark';
  const sea = [['BIỂN ĐÔNG', 114, 13], ['Đặc khu Hoàng Sa', 112, 16.9], ['Đặc khu Trường Sa', 114, 9.2]];
  return {
    version: 8, 'font-faces': { 'Noto Sans Regular': faces(400), 'Noto Sans SemiBold': faces(600) },
    sources: {
      background: { type: 'geojson', data: background },
      units: { type: 'geojson', data: { type: 'FeatureCollection', features: all.map(({ geometry, key, code, name, level }) => ({ type: 'Feature', id: key, properties: { code, name, level }, geometry })) } },
      names: { type: 'geojson', data: { type: 'FeatureCollection', features: sea.map(([name, x, y]) => ({ type: 'Feature', properties: { name }, geometry: { type: 'Point', coordinates: [x, y] } })) } },
    },
    layers: [
      { id: 'sea', type: 'background', paint: { 'background-color': dark ? '#0b1c2c' : '#dfeaf3' } },
      { id: 'land', type: 'fill', source: 'background', paint: { 'fill-color': dark ? '#26384a' : '#eef1f3' } },
      { id: 'unit-fill', type: 'fill', source: 'units', paint: { 'fill-color': dark ? '#2d4257' : '#e4eaee' } },
      { id: 'unit-line', type: 'line', source: 'units', paint: { 'line-color': dark ? '#5b7188' : '#ffffff', 'line-width': 1 } },
      { id: 'unit-label', type: 'symbol', source: 'units', minzoom: 9, layout: { 'text-field': ['get', 'name'], 'text-font': ['Noto Sans SemiBold'], 'text-size': 11 } },
      { id: 'sea-label', type: 'symbol', source: 'names', layout: { 'text-field': ['get', 'name'], 'text-font': ['Noto Sans SemiBold'], 'text-size': 14 }, paint: { 'text-color': dark ? '#dce8f3' : '#385066' } },
    ],
  };
}
