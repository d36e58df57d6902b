// Residents' conversations: the list, one conversation, taking over and giving back.
import { button, element, get, newId, otherWords, photos, post, upload, when } from './page.js';

const list = document.getElementById('chats');
const talk = document.getElementById('talk');
let lane = '';
let drawn = '';
let open = () => {};

export const available = Boolean(list);

export function current() {
  return lane;
}

export function setOpen(listener) {
  open = listener;
}

export async function refreshList() {
  if (!available) return;
  const answer = await get('chats', true);
  if (!answer) return;
  list.replaceChildren(...answer.chats.map(row));
  if (!answer.chats.length) list.append(element('p', 'empty small', '还没有住户来聊。'));
}

function row(chat) {
  const made = button(`chat-row${chat.lane === lane ? ' active' : ''}`, '', () => open(chat.lane));
  made.dataset.lane = chat.lane;
  const first = element('span', 'first');
  first.append(element('span', 'who', chat.who), element('span', 'at', chat.at ? when(chat.at) : ''));
  made.append(first);
  const second = element('span', 'last');
  if (chat.holder) second.append(element('span', chat.mine ? 'tag mine' : 'tag held', chat.mine ? '我在接待' : `${chat.holder}接待中`));
  else if (chat.since) second.append(element('span', 'tag urgent', '等待人工'));
  second.append(chat.last || otherWords(chat.kind));
  made.append(second);
  return made;
}

export function leave() {
  lane = '';
  drawn = '';
}

export async function enter(name, byItself = false) {
  const fresh = lane !== name;
  if (fresh) { leave(); lane = name; talk.replaceChildren(); document.getElementById('hints').replaceChildren(); }
  const chat = await get(`chats/${encodeURIComponent(name)}`, byItself);
  if (!chat || lane !== name) return null;
  const state = JSON.stringify([chat.holder, chat.messages.map((each) => each.id)]);
  if (state === drawn) return chat;
  drawn = state;
  const stay = fresh || talk.scrollHeight - talk.scrollTop - talk.clientHeight < 160;
  talk.replaceChildren(...chat.messages.map((message) => said(message)));
  if (!chat.mine) talk.prepend(element('p', 'note', '为保护住户信息，接管之前姓名、房号、电话和照片都已隐去。'));
  if (stay) talk.scrollTop = talk.scrollHeight;
  for (const each of list.children) each.classList.toggle('active', each.dataset.lane === lane);
  return chat;
}

function said(message) {
  const side = message.from === 'me' ? 'resident' : message.from;
  const box = element('div', `line ${side}${side === 'resident' ? '' : ' mine'}`);
  box.append(element('div', 'by', `${{ resident: '住户', person: '客服', bot: '管家' }[side]} · ${when(message.at)}`));
  const bubble = element('div', 'bubble');
  const words = [message.text, otherWords(message.other, message.place)].filter(Boolean).join('\n');
  if (words) bubble.append(words);
  if (message.pictures.length) bubble.append(photos(message.pictures));
  if (message.hidden_pictures) bubble.append(element('span', 'veiled', `照片 ${message.hidden_pictures} 张`));
  box.append(bubble);
  return box;
}

// The buttons above a conversation say the same sentences that may be typed.
export function actions(chat) {
  const found = chat.tickets.map((number) => button('quiet small', number, () => open('', number)));
  const path = `chats/${encodeURIComponent(chat.lane)}`;
  if (chat.mine) found.push(button('quiet', '交还机器人', () => post(`${path}/release`, { client_id: newId() })));
  else if (!chat.holder) found.push(button('primary', '接管', () => post(`${path}/take`, { client_id: newId() })));
  return found;
}

// While one holds a conversation, what is said in private goes to the resident.
export function send(text, file) {
  if (file) return upload('rooms/private/pictures', file, text);
  return post('rooms/private/messages', { text: `回复业主：${text}`, client_id: newId() });
}
