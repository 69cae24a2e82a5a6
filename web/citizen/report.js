// Beside the form, never instead of it: my position, smaller photos before they travel, what is near, errors in place.
'use strict';
const form = document.getElementById('report');
const near = document.getElementById('near');
const problem = document.getElementById('problem');
const en = document.documentElement.lang === 'en';
const say = (vi, english) => (en ? english : vi);
const SIDE = 1600;
let asked = false;

const element = (name, text, ...children) => {
  const made = document.createElement(name);
  if (text) made.textContent = text;
  made.append(...children);
  return made;
};

// Which commune the point is in, said back, so that a wrong position is seen at once.
async function name(place) {
  const asked = new URLSearchParams({ lon: form.lon.value, lat: form.lat.value });
  const answer = await fetch(`/api/units/locate?${asked}`).catch(() => null);
  const { units } = answer?.ok ? await answer.json() : { units: [] };
  const commune = units.find((unit) => unit.level === 'commune');
  if (commune) form.unit.value = commune.code;
  place.append(commune ? ` · ${commune.full_name}` : say(' · ngoài tỉnh', ' · outside the province'));
}

const here = document.getElementById('here');
if (navigator.geolocation && window.isSecureContext) {
  here.hidden = false;
  here.addEventListener('click', () => {
    const place = document.getElementById('place');
    place.textContent = say('Đang tìm vị trí…', 'Looking for your position…');
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        form.lon.value = coords.longitude.toFixed(6);
        form.lat.value = coords.latitude.toFixed(6);
        place.textContent = `${form.lat.value}, ${form.lon.value} (± ${Math.round(coords.accuracy)} m)`;
        void name(place);
      },
      () => { place.textContent = say('Không lấy được vị trí: hãy chọn xã, phường.', 'No position: choose the commune.'); },
      { enableHighAccuracy: true, timeout: 15000 },
    );
  });
}

// A photo of a phone has 4 MB; at 1600 pixels it has 300 kB. What cannot be drawn here goes as it is: the server judges.
async function smaller(file) {
  try {
    const picture = await createImageBitmap(file);
    const scale = Math.min(1, SIDE / Math.max(picture.width, picture.height));
    const canvas = document.createElement('canvas');
    canvas.width = Math.round(picture.width * scale);
    canvas.height = Math.round(picture.height * scale);
    canvas.getContext('2d').drawImage(picture, 0, 0, canvas.width, canvas.height);
    const made = await new Promise((done) => { canvas.toBlob(done, 'image/jpeg', 0.8); });
    return made && made.size < file.size ? made : file;
  } catch {
    return file;
  }
}

async function message() {
  const body = new FormData(form);
  body.delete('photo');
  for (const file of form.photo.files) body.append('photo', await smaller(file), 'photo.jpg');
  return body;
}

function show(title, field) {
  const box = element('section', '', element('p', title));
  box.className = 'wrong';
  box.dataset.testid = 'problem';
  if (field === 'sure') {
    const tick = element('input');
    Object.assign(tick, { type: 'checkbox', name: 'sure', value: 'true' });
    tick.setAttribute('form', 'report');
    const line = element('label', '', tick, say('Không phải: gửi như phản ánh', 'It is neither: send it as a report'));
    line.className = 'line';
    box.append(line);
  }
  problem.replaceChildren(box);
  problem.scrollIntoView({ block: 'center' });
}

async function offer() {
  const { lon, lat, category } = form;
  if (asked || !lon.value || !category.value) return false;
  asked = true;
  const answer = await fetch(`/api/reports/near?${new URLSearchParams({ lon: lon.value, lat: lat.value, category: category.value })}`);
  const found = answer.ok ? await answer.json() : [];
  if (!found.length) return false;
  const cards = found.map((one) => {
    const words = one.text || say('(nội dung chưa được duyệt để hiện)', '(not yet released)');
    const join = element('button', say('Cùng việc này', 'The same'));
    join.type = 'button';
    join.addEventListener('click', () => { void send(one.number); });
    const card = element('div', '', element('p', `${words} · ${one.metres} m · ${new Date(one.received_at).toLocaleDateString(en ? 'en-GB' : 'vi-VN')}`));
    card.className = 'near';
    if (one.photo) card.append(Object.assign(element('img'), { src: one.photo, alt: '' }));
    card.append(join);
    return card;
  });
  const title = element('h2', say('Có phải cùng việc này không?', 'Is it one of these?'));
  const other = element('p', say('Nếu là việc khác, bấm Gửi phản ánh lần nữa.', 'If it is something else, press Send again.'));
  const box = element('section', '', title, ...cards, other);
  box.dataset.testid = 'near';
  near.replaceChildren(box);
  near.scrollIntoView({ block: 'start' });
  return true;
}

async function send(sameAs) {
  const button = form.querySelector('button.main');
  const label = button.textContent;
  button.disabled = true;
  button.textContent = say('Đang gửi…', 'Sending…');
  try {
    const body = await message();
    if (sameAs) body.set('same_as', sameAs);
    const answer = await fetch('/api/reports', { method: 'POST', body });
    const told = await answer.json();
    if (!answer.ok) return show(told.title, told.field);
    const lang = en ? 'en' : 'vi';
    location.href = told.code ? `/report/${told.code}?new=1&lang=${lang}` : `/report/joined?number=${told.number}&lang=${lang}`;
  } catch {
    show(say('Mất mạng: phản ánh vẫn còn ở đây, hãy gửi lại.', 'No connection: nothing is lost, send it again.'));
  } finally {
    button.disabled = false;
    button.textContent = label;
  }
}

form.addEventListener('submit', async (event) => {
  event.preventDefault();
  if (!(await offer().catch(() => false))) await send();
});
form.category.addEventListener('change', () => { asked = false; });
