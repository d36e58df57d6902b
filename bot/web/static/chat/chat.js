// The resident's chat: history after a reload, live answers, sending, large letters. No framework, no inline code.
import * as pictures from './picture.js';
import { enqueue, kept, newId, retry, setAccepted } from './send.js';
import { setClock, show, showTyping, showWaiting, talk, toBottom } from './view.js';

const input = document.getElementById('text');
const sendButton = document.getElementById('send');
const state = document.getElementById('state');
const READY = state.textContent;
const title = document.title;
const awaited = new Set(); // server ids whose turn is under way
const AWAIT_MS = 20000;
const HIDE_MS = 350;
let typingTimer = 0;
let unread = 0;

function post(message) {
  const whole = { from: 'me', client_id: newId(), text: '', ...message };
  showWaiting(whole, tapped);
  enqueue(whole);
}

function tapped(key, label) {
  post({ tap: key, text: label });
  input.focus({ preventScroll: true });
}

// "Typing" is shown exactly while a turn is under way, and never for ever.
function await_(id) {
  awaited.add(id);
  clearTimeout(typingTimer);
  showTyping(true);
  typingTimer = setTimeout(() => { awaited.clear(); showTyping(false); }, AWAIT_MS);
}

function settled(id) {
  awaited.delete(id);
  if (awaited.size) return;
  clearTimeout(typingTimer);
  typingTimer = setTimeout(() => showTyping(awaited.size > 0), HIDE_MS);
}

setAccepted((message) => {
  show(message, { onTap: tapped });
  if (message.waiting) await_(message.id);
});

function happened(event) {
  const message = JSON.parse(event.data);
  if (message.settled) { settled(message.settled); return; }
  show(message, { onTap: tapped });
  if (message.from === 'me') { if (message.waiting) await_(message.id); return; }
  if (!awaited.size) showTyping(false);
  if (document.hidden) { unread += 1; document.title = `(${unread}) ${title}`; }
}

document.addEventListener('visibilitychange', () => {
  if (!document.hidden) { unread = 0; document.title = title; }
});

let first = true;
async function history() {
  let response;
  try { response = await fetch('/api/v1/chat/history'); } catch { return; }
  if (response.status === 401) { location.reload(); return; }
  if (!response.ok) return;
  const { messages, now } = await response.json();
  setClock(now);
  for (const message of messages) {
    show(message, { onTap: tapped, quiet: first });
    if (message.waiting && Date.parse(now) - Date.parse(message.at) < AWAIT_MS) await_(message.id);
  }
  if (first) {
    first = false;
    for (const message of kept()) {
      if (messages.some((each) => each.client_id === message.client_id)) continue;
      const whole = { from: 'me', ...message };
      showWaiting(whole, tapped);
      enqueue(whole);
    }
    toBottom();
  }
  retry();
}

let wait = 1500;
function listen() {
  const events = new EventSource('/api/v1/chat/events');
  events.addEventListener('message', happened);
  events.addEventListener('open', () => { wait = 1500; state.textContent = READY; history(); });
  events.addEventListener('error', () => {
    state.textContent = '网络不太好，正在重新连接…';
    if (events.readyState !== EventSource.CLOSED) return; // the browser tries again by itself
    events.close();
    setTimeout(listen, wait);
    wait = Math.min(wait * 2, 30000);
    history();
  });
}

function ready() {
  sendButton.disabled = !input.value.trim() && !pictures.count();
}
pictures.setChanged(() => { ready(); input.focus({ preventScroll: true }); });

function grow() {
  input.style.height = 'auto';
  input.style.height = `${Math.min(input.scrollHeight + 2, 160)}px`;
  ready();
}

function submit() {
  const text = input.value.trim();
  for (const { file, url } of pictures.takeAll()) post({ pictures: [url], file });
  if (text) post({ text });
  input.value = '';
  grow();
}

input.addEventListener('input', grow);
input.addEventListener('keydown', (event) => {
  if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    submit();
  }
});
sendButton.addEventListener('click', () => { submit(); input.focus({ preventScroll: true }); });
for (const id of ['examples', 'quick']) {
  document.getElementById(id).addEventListener('click', (event) => {
    const button = event.target.closest('button');
    if (button) post({ text: button.textContent });
  });
}

const larger = document.getElementById('larger');
function setLarge(on) {
  document.body.classList.toggle('large', on);
  larger.setAttribute('aria-pressed', String(on));
  try { localStorage.setItem('large', on ? '1' : ''); } catch { /* the choice lasts until the page is closed */ }
  grow();
  toBottom();
}
larger.addEventListener('click', () => setLarge(!document.body.classList.contains('large')));
let large = '';
try { large = localStorage.getItem('large') || ''; } catch { /* no store */ }
setLarge(Boolean(large));
new ResizeObserver(() => { if (talk.scrollHeight - talk.scrollTop - talk.clientHeight < 300) toBottom(); }).observe(talk);
listen();
