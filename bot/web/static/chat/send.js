// Sends messages in order, one after the other, and keeps at it: the same client id goes out again until it is confirmed.
import { isWaiting, mark } from './view.js';

const KEPT = 'unsent';
const PATIENCE_MS = 25000;
const queue = []; // {client_id, text, tap, file}
let sending = false;
let pause = 1000;
let timer = 0;
let onAccepted = () => {};

export function newId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

// Words that were not confirmed survive a reload; pictures do not.
function keep() {
  const words = queue.filter((each) => !each.file).map(({ client_id, text, tap }) => ({ client_id, text, tap }));
  try { sessionStorage.setItem(KEPT, JSON.stringify(words)); } catch { /* a full or closed store keeps nothing */ }
}

export function kept() {
  try { return JSON.parse(sessionStorage.getItem(KEPT) || '[]'); } catch { return []; }
}

export function setAccepted(listener) {
  onAccepted = listener;
}

export function enqueue(message) {
  queue.push(message);
  keep();
  drain();
}

export function retry() {
  pause = 1000;
  drain();
}

function post(message) {
  const signal = AbortSignal.timeout(message.file ? PATIENCE_MS * 4 : PATIENCE_MS);
  if (message.file) {
    const form = new FormData();
    form.append('client_id', message.client_id);
    form.append('text', message.text || '');
    form.append('picture', message.file);
    return fetch('/api/v1/chat/pictures', { method: 'POST', body: form, signal });
  }
  const { client_id, text, tap } = message;
  const body = JSON.stringify({ client_id, text, ...(tap ? { tap } : {}) });
  return fetch('/api/v1/chat/messages', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body, signal });
}

async function drain() {
  clearTimeout(timer);
  if (sending) return;
  sending = true;
  while (queue.length) {
    const message = queue[0];
    if (!isWaiting(message.client_id)) { queue.shift(); continue; } // the live stream confirmed it meanwhile
    if (!await attempt(message)) break;
    queue.shift();
    keep();
  }
  keep();
  sending = false;
}

// True when this message is settled: accepted, or refused for good.
async function attempt(message) {
  mark(message.client_id, '发送中…');
  let response;
  let answer = {};
  try {
    response = await post(message);
    answer = await response.json();
  } catch { response = null; }
  if (response && response.ok) {
    pause = 1000;
    onAccepted({ ...answer, client_id: message.client_id });
    return true;
  }
  if (response && response.status === 401) { location.reload(); return false; }
  if (response && response.status < 500 && response.status !== 429 && response.status !== 408) {
    mark(message.client_id, answer.detail || '没有发出去。', () => enqueue(message));
    return true;
  }
  const words = navigator.onLine === false ? '网络断开，恢复后自动发送。' : answer.detail || '还没有发出去，正在重试。';
  mark(message.client_id, words, retry);
  timer = setTimeout(drain, pause);
  pause = Math.min(pause * 2, 30000);
  return false;
}

window.addEventListener('online', retry);
