// Groups and the private chat: lines, buttons, speaking, pictures; unread counts.
import { button, element, get, newId, notice, photos, post, upload, when } from './page.js';

const talk = document.getElementById('talk');
const shown = new Map();
const unread = new Map();
let room = '';
let answerUntil = 0; // a reply that comes soon after a button of a ticket is also shown as a notice
const HINTS = {
  private: ['今天还有哪些', '接单', '到了', '修好了', '帮助'],
  group: ['接单', '我来', '到了', '修好了'],
};

export function current() {
  return room;
}

export function line(message) {
  const box = element('div', `line ${message.kind}${message.urgent ? ' urgent' : ''}${message.mine ? ' mine' : ''}${message.resident ? ' resident' : ''}`);
  box.append(element('div', 'by', `${message.by || (message.resident ? '住户' : '管家')} · ${when(message.at)}`));
  const bubble = element('div', 'bubble');
  if (message.text) bubble.append(message.text);
  if (message.pictures?.length) bubble.append(photos(message.pictures));
  box.append(bubble);
  if (message.buttons?.length) {
    const row = element('div', 'chips');
    for (const { key, label } of message.buttons) row.append(button('chip', label, () => say({ tap: key, text: label })));
    box.append(row);
  }
  return box;
}

function add(message) {
  if (shown.has(message.id)) return;
  const stay = talk.scrollHeight - talk.scrollTop - talk.clientHeight < 160;
  if (!shown.size) talk.replaceChildren();
  const node = line(message);
  shown.set(message.id, node);
  talk.append(node);
  if (stay || message.mine) talk.scrollTop = talk.scrollHeight;
}

// Says something in this room; the answer comes over the live stream.
export function say(body) {
  return post(`rooms/${room}/messages`, { ...body, client_id: newId() });
}

// A sentence from elsewhere on the page goes to the private chat, and its answer is shown wherever one is.
export async function sayPrivately(text) {
  answerUntil = Date.now() + 15000;
  return post('rooms/private/messages', { text, client_id: newId() });
}

export function send(text, file) {
  return file ? upload(`rooms/${room}/pictures`, file, text) : say({ text });
}

export function leave() {
  room = '';
  shown.clear();
  talk.replaceChildren();
}

export async function enter(name, byItself = false) {
  if (room !== name) { leave(); room = name; }
  unread.delete(name);
  badges();
  hints(name);
  const answer = await get(`rooms/${name}/messages`, byItself);
  if (!answer || room !== name) return;
  answer.messages.forEach(add);
  if (!answer.messages.length) talk.replaceChildren(element('p', 'empty', name === 'private' ? '在这里和管家说话：接单、到了、修好了，或问“今天还有哪些”。' : '还没有消息。住户一报修，这里就会收到。'));
  if (!byItself) talk.scrollTop = talk.scrollHeight;
}

function hints(name) {
  const words = HINTS[name === 'private' ? 'private' : 'group'];
  document.getElementById('hints').replaceChildren(...words.map((each) => button('hint', each, () => say({ text: each }))));
}

export function happened(where, message) {
  if (where === room) add(message);
  else if (!message.mine) { unread.set(where, (unread.get(where) || 0) + 1); badges(); }
  if (where === 'private' && message.kind === 'reply' && Date.now() < answerUntil && (room !== 'private' || document.body.dataset.pane !== 'talk')) notice(message.text);
}

function badges() {
  let sum = 0;
  for (const each of document.querySelectorAll('.room')) {
    const badge = each.querySelector('.badge');
    if (badge.id) continue;
    const count = unread.get(each.dataset.room) || 0;
    sum += count;
    badge.hidden = !count;
    badge.textContent = count > 99 ? '99+' : count;
  }
  const tab = document.getElementById('tab-rooms');
  tab.hidden = !sum;
  tab.textContent = sum > 99 ? '99+' : sum;
}
