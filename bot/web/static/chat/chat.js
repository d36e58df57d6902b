// The resident's chat: history after reload, live answers, pictures, buttons, large letters. No framework, no inline code.
const talk = document.getElementById('talk');
const hello = document.getElementById('hello');
const input = document.getElementById('text');
const send = document.getElementById('send');
const typing = document.getElementById('typing');
const state = document.getElementById('state');
const shown = new Map(); // server id -> element
const waiting = new Map(); // client id -> element of a message not yet confirmed
let lastDay = '';
let typingTimer = 0;

const clock = new Intl.DateTimeFormat('zh-CN', { hour: '2-digit', minute: '2-digit', hour12: false });
const day = new Intl.DateTimeFormat('zh-CN', { month: 'long', day: 'numeric', weekday: 'short' });

function element(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

function atBottom() {
  return talk.scrollHeight - talk.scrollTop - talk.clientHeight < 160;
}

function toBottom() {
  talk.scrollTop = talk.scrollHeight;
}

function showDay(at) {
  const text = day.format(at);
  if (text !== lastDay) talk.append(element('p', 'day', text));
  lastDay = text;
}

function bubble(message) {
  const box = element('div', 'bubble');
  if (message.text) box.append(document.createTextNode(message.text));
  for (const picture of message.pictures || []) {
    const image = element('img');
    image.src = picture;
    image.alt = '照片';
    image.addEventListener('load', toBottom);
    box.append(image);
  }
  return box;
}

function show(message) {
  if (shown.has(message.id)) return;
  const known = message.client_id && waiting.get(message.client_id);
  if (known) {
    waiting.delete(message.client_id);
    confirmSent(known, message);
    return;
  }
  const stay = atBottom();
  const at = new Date(message.at);
  showDay(at);
  const mine = message.from === 'me';
  const row = element('div', mine ? 'row mine' : 'row');
  row.append(element('div', 'face', mine ? '我' : message.from === 'person' ? '客' : '管'));
  const box = element('div', 'bubble-box');
  box.append(bubble(message));
  if (message.buttons && message.buttons.length) box.append(buttons(message));
  box.append(element('p', 'meta', clock.format(at)));
  row.append(box);
  talk.append(row);
  shown.set(message.id, row);
  if (!mine) typing.hidden = true;
  if (stay || mine) toBottom();
}

function buttons(message) {
  const chips = element('div', 'chips');
  for (const { key, label } of message.buttons) {
    const chip = element('button', 'chip', label);
    chip.type = 'button';
    chip.disabled = Boolean(message.answered);
    if (message.answered === key) chip.classList.add('chosen');
    chip.addEventListener('click', () => {
      for (const each of chips.children) each.disabled = true;
      chip.classList.add('chosen');
      post({ tap: key, text: label });
    });
    chips.append(chip);
  }
  return chips;
}

function showWaiting(message) {
  showDay(new Date());
  const row = element('div', 'row mine');
  row.append(element('div', 'face', '我'));
  const box = element('div', 'bubble-box');
  box.append(bubble(message));
  box.append(element('p', 'meta', '发送中…'));
  row.append(box);
  talk.append(row);
  waiting.set(message.client_id, row);
  toBottom();
  return row;
}

function confirmSent(row, message) {
  shown.set(message.id, row);
  const meta = row.querySelector('.meta');
  meta.className = 'meta';
  meta.textContent = clock.format(new Date(message.at));
}

async function post(body, form) {
  const clientId = crypto.randomUUID();
  const row = showWaiting({ ...body, client_id: clientId });
  const attempt = async () => {
    const meta = row.querySelector('.meta');
    meta.className = 'meta';
    meta.textContent = '发送中…';
    try {
      const response = form ? await sendForm(clientId, form) : await sendJson({ ...body, client_id: clientId });
      const answer = await response.json();
      if (!response.ok) throw new Error(answer.detail || '发送失败');
      if (waiting.delete(clientId)) confirmSent(row, answer);
      showTyping();
    } catch (error) {
      meta.className = 'meta failed';
      meta.textContent = `${error.message || '发送失败'}，点此重发`;
      meta.onclick = attempt;
    }
  };
  await attempt();
}

function sendJson(body) {
  return fetch('/api/v1/chat/messages', {
    method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body),
  });
}

function sendForm(clientId, file) {
  const form = new FormData();
  form.append('client_id', clientId);
  form.append('picture', file);
  return fetch('/api/v1/chat/pictures', { method: 'POST', body: form });
}

function showTyping() {
  clearTimeout(typingTimer);
  typing.hidden = false;
  toBottom();
  typingTimer = setTimeout(() => { typing.hidden = true; }, 8000);
}

function submit() {
  const text = input.value.trim();
  if (!text) return;
  input.value = '';
  grow();
  post({ text });
}

function grow() {
  input.style.height = 'auto';
  input.style.height = `${Math.min(input.scrollHeight, 160)}px`;
  send.disabled = !input.value.trim();
}

async function history() {
  const response = await fetch('/api/v1/chat/history');
  if (!response.ok) return;
  const { messages } = await response.json();
  hello.hidden = false;
  messages.forEach(show);
  toBottom();
}

function listen() {
  const events = new EventSource('/api/v1/chat/events');
  events.addEventListener('message', (event) => show(JSON.parse(event.data)));
  events.addEventListener('open', () => { state.textContent = '24小时为您服务'; history(); });
  events.addEventListener('error', () => { state.textContent = '网络不太好，正在重新连接…'; });
}

input.addEventListener('input', grow);
input.addEventListener('keydown', (event) => {
  if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    submit();
  }
});
send.addEventListener('click', submit);
document.getElementById('examples').addEventListener('click', (event) => {
  if (event.target.matches('.chip')) post({ text: event.target.textContent });
});
document.getElementById('picture').addEventListener('change', (event) => {
  const file = event.target.files[0];
  event.target.value = '';
  if (file) post({ pictures: [URL.createObjectURL(file)] }, file);
});

const larger = document.getElementById('larger');
function setLarge(on) {
  document.body.classList.toggle('large', on);
  larger.setAttribute('aria-pressed', String(on));
  localStorage.setItem('large', on ? '1' : '');
  grow();
  toBottom();
}
larger.addEventListener('click', () => setLarge(!document.body.classList.contains('large')));
setLarge(Boolean(localStorage.getItem('large')));
listen();
