// Draws messages: bubbles in the order of the server, time separators, buttons, safe links, pictures, the pill.
export const talk = document.getElementById('talk');
const typing = document.getElementById('typing');
const pill = document.getElementById('pill');
const viewer = document.getElementById('viewer');
const rows = []; // {key, at, node, message}, as shown; unsent ones stay at the end
const byId = new Map();
const waiting = new Map(); // client id -> entry of a message that is not confirmed yet
const SEPARATE_MS = 5 * 60 * 1000;
const UNSENT = '~';
let clockOffset = 0; // the server's clock may be another one (demos)
let unseen = 0;

const timeZone = document.querySelector('meta[name=zone]').content;
const hour = new Intl.DateTimeFormat('zh-CN', { timeZone, hour: '2-digit', minute: '2-digit', hour12: false });
const date = new Intl.DateTimeFormat('zh-CN', { timeZone, month: 'long', day: 'numeric', weekday: 'short' });

export function element(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined && text !== null) made.textContent = text;
  return made;
}

export function setClock(serverNow) {
  clockOffset = new Date(serverNow) - Date.now();
}

export function serverTime() {
  return new Date(Date.now() + clockOffset);
}

function separatorText(at) {
  const now = serverTime();
  if (date.format(at) === date.format(now)) return hour.format(at);
  if (date.format(at) === date.format(now - 86400000)) return `昨天 ${hour.format(at)}`;
  return `${date.format(at)} ${hour.format(at)}`;
}

// Text with links: web addresses and telephone numbers in our own messages only, never in what somebody typed.
const LINK = /https?:\/\/[^\s<>"'（），。；、！？]+|0\d{2,3}-\d{7,8}|1[3-9]\d{9}/g;
function withLinks(text) {
  const parts = document.createDocumentFragment();
  let from = 0;
  for (const found of text.matchAll(LINK)) {
    const [word] = found;
    const isWeb = word.startsWith('http');
    const around = `${text[found.index - 1] || ''}${text[found.index + word.length] || ''}`;
    if (!isWeb && /[\d*-]/.test(around)) continue;
    const link = element('a', '', word);
    link.href = isWeb ? word : `tel:${word}`;
    if (isWeb) { link.target = '_blank'; link.rel = 'noopener noreferrer nofollow'; }
    parts.append(text.slice(from, found.index), link);
    from = found.index + word.length;
  }
  parts.append(text.slice(from));
  return parts;
}

function picture(address) {
  const open = element('button', 'photo');
  open.type = 'button';
  open.setAttribute('aria-label', '查看照片');
  const image = element('img');
  image.alt = '照片';
  image.src = address;
  const stay = isAtBottom();
  image.addEventListener('load', () => { if (stay) toBottom(); });
  image.addEventListener('error', () => open.replaceChildren(element('span', 'gone', '照片已过期')));
  open.append(image);
  open.addEventListener('click', () => {
    document.getElementById('viewer-image').src = image.src;
    viewer.showModal();
  });
  return open;
}
viewer.addEventListener('click', () => viewer.close());

function bubble(message) {
  const box = element('div', 'bubble');
  const words = message.text;
  if (words) box.append(message.from === 'me' ? words : withLinks(words));
  const pictures = message.pictures || [];
  if (pictures.length) {
    const grid = element('div', pictures.length > 1 ? 'photos many' : 'photos');
    grid.append(...pictures.map(picture));
    box.append(grid);
    if (!words) box.classList.add('bare');
  }
  return box;
}

const NAMES = { me: ['我', '我'], person: ['客', '客服'], bot: ['管', '管家'] };

function draw(message, onTap) {
  const row = element('div', `row ${message.from === 'me' ? 'mine' : message.from}`);
  const [letter, name] = NAMES[message.from];
  const face = element('div', 'face', letter);
  face.setAttribute('aria-hidden', 'true');
  const box = element('div', 'box');
  box.append(element('span', 'hidden-label', `${name}：`), bubble(message));
  if (message.buttons && message.buttons.length) box.append(buttons(message, onTap));
  const meta = element('p', 'meta');
  box.append(meta);
  row.append(face, box);
  return row;
}

function buttons(message, onTap) {
  const chips = element('div', 'chips');
  for (const { key, label } of message.buttons) {
    const chip = element('button', 'chip', label);
    chip.type = 'button';
    chip.dataset.key = key;
    chip.addEventListener('click', () => onTap(key, label));
    chips.append(chip);
  }
  if (message.answered) settle(chips, message.answered);
  return chips;
}

function settle(chips, key) {
  chips.classList.add('settled');
  for (const chip of chips.children) {
    chip.disabled = true;
    if (chip.dataset.key === key) chip.classList.add('chosen');
  }
}

// A message of the resident settles every button above it.
function settleAbove(entry) {
  const at = rows.indexOf(entry);
  for (const { node } of rows.slice(0, at)) {
    const chips = node.querySelector('.chips:not(.settled)');
    if (chips) settle(chips, entry.message.tap || '');
  }
}

function isAtBottom() {
  return talk.scrollHeight - talk.scrollTop - talk.clientHeight < 120;
}

export function toBottom() {
  talk.scrollTop = talk.scrollHeight;
  unseen = 0;
  showPill();
}

function showPill() {
  pill.hidden = unseen === 0;
  pill.textContent = `${unseen} 条新消息 ↓`;
}
pill.addEventListener('click', toBottom);
talk.addEventListener('scroll', () => { if (unseen && isAtBottom()) { unseen = 0; showPill(); } }, { passive: true });

function place(entry) {
  let at = rows.length;
  while (at > 0 && rows[at - 1].key > entry.key) at -= 1;
  rows.splice(at, 0, entry);
  talk.insertBefore(entry.node, at + 1 < rows.length ? rows[at + 1].separator || rows[at + 1].node : typing);
  separate(at);
  separate(at + 1);
}

// A line with the time wherever more than five minutes lie between two messages.
function separate(at) {
  const entry = rows[at];
  if (!entry) return;
  const before = rows[at - 1];
  const wanted = !before || entry.at - before.at > SEPARATE_MS || date.format(entry.at) !== date.format(before.at);
  if (wanted && !entry.separator) {
    entry.separator = element('p', 'day', separatorText(entry.at));
    talk.insertBefore(entry.separator, entry.node);
  } else if (!wanted && entry.separator) {
    entry.separator.remove();
    entry.separator = null;
  }
}

// `quiet`: from the history, so nothing counts as new.
export function show(message, { onTap, quiet = false }) {
  if (byId.has(message.id)) return;
  const sent = message.client_id && waiting.get(message.client_id);
  if (sent) { confirm(sent, message); return; }
  const stay = isAtBottom();
  const key = `${message.at}${message.from === 'me' ? 0 : 1}${message.id.slice(1).padStart(12, '0')}`;
  const entry = { key, at: new Date(message.at), node: draw(message, onTap), message };
  byId.set(message.id, entry);
  place(entry);
  if (message.from === 'me') settleAbove(entry);
  if (quiet) return;
  if (stay || message.from === 'me') toBottom();
  else { unseen += 1; showPill(); }
}

export function showWaiting(message, onTap) {
  const entry = { key: UNSENT, at: serverTime(), node: draw(message, onTap), message };
  waiting.set(message.client_id, entry);
  place(entry);
  settleAbove(entry);
  mark(message.client_id, '发送中…');
  toBottom();
}

export function mark(clientId, words, onRetry) {
  const entry = waiting.get(clientId);
  if (!entry) return;
  const meta = entry.node.querySelector('.meta');
  meta.className = onRetry ? 'meta failed' : 'meta';
  if (!onRetry) { meta.replaceChildren(words); return; }
  const again = element('button', 'again', '点此重发');
  again.type = 'button';
  again.addEventListener('click', onRetry);
  meta.replaceChildren(`${words} `, again);
}

export function isWaiting(clientId) {
  return waiting.has(clientId);
}

function confirm(entry, message) {
  waiting.delete(entry.message.client_id);
  byId.set(message.id, entry);
  entry.node.querySelector('.meta').replaceChildren();
  rows.splice(rows.indexOf(entry), 1);
  if (entry.separator) { entry.separator.remove(); entry.separator = null; }
  Object.assign(entry, { key: `${message.at}0${message.id.slice(1).padStart(12, '0')}`, at: new Date(message.at), message: { ...entry.message, ...message } });
  const stay = isAtBottom();
  place(entry);
  if (stay) toBottom();
}

export function showTyping(on) {
  if (typing.hidden !== on) return;
  const stay = isAtBottom();
  typing.hidden = !on;
  if (stay) toBottom();
}
