// A stand-in for the server while drawing pages: our outlines, invented figures, a small moving fleet.
// node mock/server.mjs [port]; ROLE=guest|officer, FAIL=silent to see the banner.
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { WebSocketServer } from 'ws';
import { makeStyle, readUnits } from './ground.mjs';
import { answerVessel, answerVessels, serveLive } from './boats.mjs';

const port = Number(process.argv[2] ?? 8012);
const role = process.env.ROLE ?? 'officer';
const root = fileURLToPath(new URL('../../static/', import.meta.url));
const CSP = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; worker-src 'self' blob:; connect-src 'self'";
const TYPES = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml', '.woff2': 'font/woff2', '.mjs': 'text/javascript' };
const PAGES = { '/': 'leaders.html', '/fisheries': 'fisheries.html', '/login': 'login.html' };
const units = await readUnits();
const beds = { vi: 'giường', en: 'beds' };
const health = { vi: 'Cơ sở y tế', en: 'Health facilities' };

const valueOf = (unit, i) => (i % 17 === 3 ? null : Math.round(((unit.key * 7919) % 1000) ** 1.2 / 7));
const source = { code: 'health', title: { vi: 'Sở Y tế (mô phỏng)', en: 'Department of Health (simulated)' } };

function values(query) {
  const level = query.get('level') ?? 'commune';
  const rows = units.filter((u) => u.level === level).map((u, i) => ({ key: u.key, code: u.code, value: valueOf(u, i), status: 'official' }));
  const known = rows.flatMap((r) => (r.value === null ? [] : [r.value])).sort((a, b) => a - b);
  return {
    measure: { layer: 'health_facility', name: 'beds', title: { vi: 'Giường bệnh', en: 'Hospital beds' }, unit: beds, digits: 0 }, level, values: rows, total: 12345,
    breaks: [0.2, 0.4, 0.6, 0.8].map((q) => known[Math.floor(q * known.length)]),
    time: '2026-11-22T17:00:00+00:00', age_s: 26000, origin: 'simulated', source, stale: 'fresh',
  };
}

function card(code) {
  const unit = units.find((u) => u.code === code);
  if (!unit) return null;
  const row = (name, title, value, stale, age) => ({ layer: 'health_facility', layer_title: health, name, title, value, unit: beds, time: '2026-11-22T17:00:00+00:00', age_s: age, source, origin: 'simulated', digits: 1, coverage: null, status: value === null ? 'none' : name === 'staff' ? 'estimate' : 'official', stale });
  return {
    unit: { ...unit, note: null }, vintage: { vi: 'Đơn vị hiện hành, từ 01/07/2025', en: 'In force since 2025-07-01' }, parts: units.filter((u) => u.parent === code).map(({ code, name }) => ({ code, name })),
    measures: [row('beds', { vi: 'Giường bệnh', en: 'Beds' }, valueOf(unit, 0), 'fresh', 26000), row('count', { vi: 'Số cơ sở', en: 'Facilities' }, 7, 'late', 3 * 86400), row('staff', { vi: 'Nhân lực', en: 'Staff' }, 1204.5, 'stale', 90 * 86400), row('his', { vi: 'Có HIS', en: 'With HIS' }, null, 'fresh', null)],
  };
}

const API = {
  '/api/me': () => ({ role, name: role === 'guest' ? null : 'Cán bộ trực', can: { boats: role !== 'guest' } }),
  '/api/status': () => ({ now: new Date().toISOString(), origin_mark: 'simulated', ingest: { state: 'live', last_beat: new Date().toISOString() }, version: '0.1.0', build: 'mock' }),
  '/api/layers': () => ({ layers: [{ name: 'health_facility', title: health, source: 'health', origin: 'simulated', version: 1, changed_at: null, fields: [], measures: [{ name: 'beds', title: { vi: 'Giường bệnh', en: 'Beds' }, unit: beds }, { name: 'count', title: { vi: 'Số cơ sở', en: 'Facilities' }, unit: null }], tiles: null, geometry: 'point', mode: 'exact' }] }),
  '/api/units': (query) => ({ at: '2026-11-23', level: query.get('level'), units: units.filter((u) => u.level === query.get('level')) }),
  '/api/units/values': values,
  '/api/vessels': (query) => answerVessels(query),
};

function findAnswer(url) {
  if (API[url.pathname]) return API[url.pathname](url.searchParams);
  const [, , room, id] = url.pathname.split('/');
  if (room === 'units') return card(id);
  if (room === 'vessels') return answerVessel(id);
  if (url.pathname.startsWith('/style/')) return makeStyle(url.pathname.includes('dark') ? 'dark' : 'light', url.searchParams.get('base'));
  return null;
}

async function serve(request, response) {
  const url = new URL(request.url, 'http://localhost');
  response.setHeader('content-security-policy', CSP);
  if (/^\/(api|style)\//.test(url.pathname)) {
    const answer = findAnswer(url);
    response.writeHead(answer ? 200 : 404, { 'content-type': 'application/json' });
    return response.end(JSON.stringify(answer ?? { title: 'Không tìm thấy', detail: 'unknown' }));
  }
  const path = PAGES[url.pathname] ?? normalize(url.pathname.replace(/^\/static\//, ''));
  try {
    const body = await readFile(join(root, path));
    response.writeHead(200, { 'content-type': TYPES[extname(path)] ?? 'application/octet-stream' });
    response.end(body);
  } catch {
    response.writeHead(404).end();
  }
}

const server = createServer((request, response) => void serve(request, response));
const sockets = new WebSocketServer({ server, path: '/live' });
sockets.on('connection', (socket) => serveLive(socket, role));
server.listen(port, '127.0.0.1', () => console.log(`mock on ${port} as ${role}`));
