// The mock's fleet: some 600 boats going in circles off the coast, in the live stream's own bytes.
const NAMES = ['on_time', 'late', 'lost_6h', 'lost_10d', 'in_port', 'unknown', 'foreign', 'wrong_belt'];
const SHARES = [[300, 0], [340, 1], [370, 2], [376, 3], [580, 4], [600, 5]];
const started = Date.now() / 1000;
const EPOCH = Math.floor(started);
const random = (i, k) => Math.abs(Math.sin(i * 127.1 + k * 311.7) * 43758.5453) % 1;
const AGES = [300, 10000, 40000, 1300000, 900, 3000];

const boats = Array.from({ length: 600 }, (_, i) => {
  const status = SHARES.find(([end]) => i < end)[1];
  const cluster = random(i, 5);
  const [x, y, r] = cluster < 0.7 ? [109.9, 14.9, 1.2] : cluster < 0.85 ? [112, 16.4, 1.4] : [113.5, 10.5, 2.5];
  return { i, status, x: status === 4 ? 108.93 + random(i, 1) * 0.02 : Math.max(109.3, x + (random(i, 1) - 0.4) * r), y: status === 4 ? 15.2 + random(i, 2) * 0.02 : y + (random(i, 2) - 0.5) * r, age: AGES[status] * (0.3 + random(i, 3)) };
});

function fix(boat, now) {
  const frozen = boat.status !== 0;
  const t = frozen ? started - boat.age : now - (now % 20) - (boat.i % 20);
  const angle = (t / 900 + boat.i) % 6.283;
  return { lon: boat.x + 0.01 * Math.cos(angle), lat: boat.y + 0.01 * Math.sin(angle), t, sog: boat.status === 4 ? 0 : 3 + random(boat.i, 4) * 6, cog: (720 - (angle * 180) / Math.PI) % 360 };
}

const label = (boat) => `QNg-MP ${String(boat.i + 1).padStart(4, '0')}`;

function summary(boat) {
  const now = Date.now() / 1000;
  const at = fix(boat, now);
  return { id: `v${boat.i}`, label: label(boat), name: 'Biển Xanh', length_m: 18.6, status: NAMES[boat.status], t: new Date(at.t * 1000).toISOString(), age_s: now - at.t, lon: at.lon, lat: at.lat, sog_kn: at.sog, cog_deg: at.cog, kind: 'vms', origin: 'simulated' };
}

function counts() {
  const all = Object.fromEntries(NAMES.map((name) => [name, 0]));
  for (const boat of boats) all[NAMES[boat.status]] += 1;
  return all;
}

export function answerVessels(query) {
  const found = boats.filter((boat) => label(boat).toLowerCase().includes((query.get('q') ?? '').toLowerCase()));
  return { total: found.length, denominator: boats.length, counts: counts(), vessels: found.slice(0, Number(query.get('limit') ?? 20)).map(summary) };
}

export function answerVessel(id) {
  const boat = boats.find((each) => `v${each.i}` === id);
  if (!boat) return null;
  const base = summary(boat);
  const when = Date.parse(base.t) / 1000;
  const recent = Array.from({ length: 24 }, (_, k) => ({ t: new Date((when - k * 3600) * 1000).toISOString(), lon: boat.x - k * 0.02, lat: boat.y + Math.sin(k / 4) * 0.05, sog_kn: 6.4, source: 'vms' }));
  return {
    ...base, gear: 'lưới rê', home_port: 'Sa Kỳ', commune: { code: '21064', name: 'Xã Tịnh Khê' }, heard_at: base.t, stored_at: base.t, source: { code: 'vms', title: { vi: 'Thiết bị giám sát hành trình', en: 'VMS' } }, recent,
    transmitters: [{ key: 'vms:A:0001', kind: 'vms', provider: 'A', valid_from: '2024-01-01T00:00:00+00:00', valid_to: null, t: base.t, counted: true }, { key: 'mmsi:999000001', kind: 'ais', provider: null, valid_from: null, valid_to: null, t: base.t, counted: false }],
    law: { text: { vi: 'Thiết bị hỏng trên biển: báo vị trí mỗi 6 giờ, đưa tàu về cảng trong 10 ngày.', en: 'A broken device at sea: report every 6 hours, return to port within 10 days.' }, decree: 'NĐ 41/2026/NĐ-CP', article: null, verified: false, source: 'ghi chú' },
  };
}

function frame(kind, seq, list, now) {
  const bytes = Buffer.alloc(40 + 24 * list.length);
  bytes.writeUInt32LE(0x3150534f, 0);
  bytes.writeUInt8(1, 4);
  bytes.writeUInt8(kind, 5);
  bytes.writeUInt32LE(EPOCH, 8);
  bytes.writeUInt32LE(seq, 12);
  bytes.writeDoubleLE(now * 1000, 16);
  bytes.writeDoubleLE(kind === 0 ? 0 : now * 1000 - 700, 24);
  bytes.writeUInt32LE(list.length, 32);
  list.forEach((boat, i) => writeRecord(bytes, 40 + 24 * i, boat, fix(boat, now)));
  return bytes;
}

function writeRecord(bytes, at, boat, { lon, lat, t, sog, cog }) {
  bytes.writeUInt32LE(boat.i + 1, at);
  bytes.writeInt32LE(Math.round(lon * 1e7), at + 4);
  bytes.writeInt32LE(Math.round(lat * 1e7), at + 8);
  bytes.writeUInt32LE(Math.round(t), at + 12);
  bytes.writeUInt16LE(Math.round(sog * 10), at + 16);
  bytes.writeUInt16LE(Math.round(cog * 10), at + 18);
  bytes.writeUInt8(boat.status, at + 20);
  bytes.writeUInt8(5, at + 21);
}

function squares() {
  const cells = new Map();
  for (const boat of boats) {
    const key = `${Math.floor(boat.x * 4) / 4},${Math.floor(boat.y * 4) / 4}`;
    cells.set(key, (cells.get(key) ?? 0) + 1);
  }
  return [...cells].map(([key, count]) => [...key.split(',').map(Number), count]);
}

export function serveLive(socket, role) {
  const say = (message) => socket.send(JSON.stringify(message));
  const silent = process.env.FAIL === 'silent';
  const beat = () => say({ type: 'ingest', state: silent ? 'silent' : 'live', last_beat_ms: Date.now() - (silent ? 95000 : 900) });
  const guest = role === 'guest';
  say({ type: 'hello', epoch: EPOCH, role, server_ms: Date.now(), mode: guest ? 'density' : 'exact' });
  beat();
  say({ type: 'counts', denominator: boats.length, counts: counts() });
  if (guest) say({ type: 'density', cells: squares(), size_deg: 0.25 });
  else {
    say({ type: 'who', epoch: EPOCH, vessels: boats.map((boat) => [boat.i + 1, `v${boat.i}`, label(boat), 'Biển Xanh']) });
    socket.send(frame(0, 1, boats, Date.now() / 1000));
  }
  let seq = 1;
  const timers = [setInterval(beat, 5000), setInterval(() => {
    const now = Date.now() / 1000;
    const due = boats.filter((boat) => boat.status === 0 && Math.floor(now) % 20 === boat.i % 20);
    if (!guest && !silent) socket.send(frame(1, (seq += 1), due, now));
  }, 1000)];
  socket.on('message', (text) => {
    const message = JSON.parse(text);
    if (message.type === 'ping') say({ type: 'pong', t: message.t, server_ms: Date.now() });
  });
  socket.on('close', () => timers.forEach(clearInterval));
}
