// What every part of the staff page uses: elements, calls to the server, notices, times, pictures.
const csrf = document.querySelector('meta[name=csrf]').content;
const toast = document.getElementById('toast');
const viewer = document.getElementById('viewer');
const BASE = '/api/v1/console/';
const PATIENCE_MS = 30000;
let toastTimer = 0;

const timeZone = document.querySelector('meta[name=zone]').content;
const hour = new Intl.DateTimeFormat('zh-CN', { timeZone, hour: '2-digit', minute: '2-digit', hour12: false });
const day = new Intl.DateTimeFormat('zh-CN', { timeZone, month: 'numeric', day: 'numeric' });
let clockOffset = 0; // the server's clock may be another one (demos)

export function element(tag, className, content) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (content !== undefined && content !== null) made.textContent = content;
  return made;
}

export function button(className, words, onClick) {
  const made = element('button', className, words);
  made.type = 'button';
  made.addEventListener('click', onClick);
  return made;
}

export function newId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

// The time alone for today, else with its day.
export function when(at) {
  const moment = new Date(at);
  const today = day.format(moment) === day.format(new Date(Date.now() + clockOffset));
  return today ? hour.format(moment) : `${day.format(moment)} ${hour.format(moment)}`;
}

export function setClock(serverNow) {
  clockOffset = new Date(serverNow) - Date.now();
}

// What came besides words, in words.
const OTHER = { place: '位置', voice: '语音', video: '视频', file: '文件', picture: '照片' };
export function otherWords(kind, place = '') {
  return kind ? `[${OTHER[kind]}]${place ? ` ${place}` : ''}` : '';
}

export function notice(words) {
  clearTimeout(toastTimer);
  toast.textContent = words;
  toast.hidden = false;
  toastTimer = setTimeout(() => { toast.hidden = true; }, Math.min(9000, 2500 + words.length * 90));
}
toast.addEventListener('click', () => { toast.hidden = true; });

async function sent(path, options) {
  let response;
  let answer = {};
  try {
    response = await fetch(BASE + path, { ...options, signal: AbortSignal.timeout(PATIENCE_MS) });
    answer = await response.json();
  } catch {
    if (!options.quiet) notice('网络不太好，没有成功，请再试一次。');
    return null;
  }
  if (response.status === 401) { location.assign('/console/login'); return null; }
  if (!response.ok) {
    if (!options.quiet || response.status !== 404) notice(answer.detail || '没有成功，请再试一次。');
    return null;
  }
  return answer;
}

// `byItself`: nobody asked for it, so it neither prolongs the log-in nor complains.
export function get(path, byItself = false) {
  return sent(path, { headers: byItself ? { 'X-By-Itself': '1' } : {}, quiet: byItself });
}

export function post(path, body) {
  return sent(path, {
    method: 'POST', headers: { 'Content-Type': 'application/json', 'X-CSRF': csrf }, body: JSON.stringify(body),
  });
}

export function upload(path, file, text) {
  const form = new FormData();
  form.append('client_id', newId());
  form.append('text', text);
  form.append('picture', file);
  return sent(path, { method: 'POST', headers: { 'X-CSRF': csrf }, body: form });
}

export function photos(addresses) {
  const row = element('div', 'photos');
  for (const address of addresses) {
    const open = button('photo', '', () => {
      document.getElementById('viewer-image').src = address;
      viewer.showModal();
    });
    open.setAttribute('aria-label', '查看照片');
    const image = element('img');
    image.alt = '照片';
    image.loading = 'lazy';
    image.src = address;
    image.addEventListener('error', () => open.replaceChildren('照片已过期'));
    open.append(image);
    row.append(open);
  }
  return row;
}
viewer.addEventListener('click', () => viewer.close());

export function showPane(name) {
  document.body.dataset.pane = name;
  for (const tab of document.querySelectorAll('#tabs button')) {
    if (tab.dataset.pane === name) tab.setAttribute('aria-current', 'page');
    else tab.removeAttribute('aria-current');
  }
}

// One question before a sentence is said: words, or somebody from a list. Resolves to null when nothing was said.
export function ask(title, hint, people) {
  const dialog = document.getElementById('ask');
  const text = document.getElementById('ask-text');
  const who = document.getElementById('ask-who');
  document.getElementById('ask-title').textContent = title;
  document.getElementById('ask-hint').textContent = hint;
  text.hidden = people.length > 0;
  text.required = !people.length;
  who.hidden = !people.length;
  text.value = '';
  who.replaceChildren(...people.map(({ name, post: job }) => {
    const option = element('option', '', `${name} · ${job}`);
    option.value = name;
    return option;
  }));
  dialog.returnValue = '';
  dialog.showModal();
  (people.length ? who : text).focus();
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => {
      resolve(dialog.returnValue === 'yes' ? (people.length ? who.value : text.value.trim()) || null : null);
    }, { once: true });
  });
}
document.getElementById('ask-no').addEventListener('click', () => document.getElementById('ask').close('no'));
