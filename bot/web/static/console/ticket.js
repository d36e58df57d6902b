// Tickets: the list, one ticket with its photos, history and buttons; the figures at the top.
import { ask, button, element, get, photos, post, setClock, showPane, when } from './page.js';
import { sayPrivately } from './room.js';

const list = document.getElementById('tickets');
const detail = document.getElementById('detail');
const filter = document.getElementById('filter');
const search = document.getElementById('search');
let openNumber = '';
let drawn = '';
const PRIMARY = new Set(['accept', 'arrive', 'finish', 'resume', 'receive', 'contact']);

export function current() {
  return openNumber;
}

export async function refreshList(byItself = true) {
  const query = new URLSearchParams({ filter: filter.value, q: search.value.trim() });
  const answer = await get(`tickets?${query}`, byItself);
  if (!answer) return;
  list.replaceChildren(...answer.tickets.map(row));
  if (!answer.tickets.length) list.append(element('p', 'empty', '没有符合条件的工单。'));
}

function tags(ticket) {
  const found = [element('span', `tag ${ticket.status}`, ticket.status_title)];
  if (ticket.urgency !== 'normal') found.push(element('span', `tag ${ticket.urgency}`, ticket.urgency_title));
  if (ticket.late) found.push(element('span', 'tag late', '超时'));
  return found;
}

function row(ticket) {
  const made = button(`ticket${ticket.number === openNumber ? ' active' : ''}`, '', () => open(ticket.number));
  made.dataset.number = ticket.number;
  const first = element('span', 'first');
  first.append(element('span', 'number', ticket.number), ...tags(ticket), element('span', 'at', when(ticket.created_at)));
  const place = [ticket.where, ticket.category_title].filter(Boolean).join(' · ');
  const second = element('span', 'where', place);
  if (ticket.assignee) second.append(element('span', 'assignee', ticket.assignee));
  made.append(first, second, element('span', 'what', `${ticket.summary}${ticket.photos ? `　照片 ${ticket.photos}` : ''}`));
  return made;
}

export async function open(number, byItself = false) {
  const ticket = await get(`tickets/${encodeURIComponent(number)}`, byItself);
  if (!ticket) return;
  if (byItself && number !== openNumber) return;
  if (!byItself) { showPane('tickets'); drawn = ''; }
  openNumber = number;
  draw(ticket);
  if (!byItself) detail.focus({ preventScroll: true });
}

export function close() {
  openNumber = '';
  drawn = '';
  detail.hidden = true;
  for (const each of list.children) each.classList.remove('active');
}

function draw(ticket) {
  const state = JSON.stringify(ticket);
  if (state === drawn) return;
  drawn = state;
  const head = element('div', 'detail-head');
  const title = element('h3', '', `${ticket.number} ${ticket.title}`);
  head.append(title, ...tags(ticket), button('quiet close', '收起', close));
  const facts = element('dl');
  for (const [name, value] of ticket.facts) facts.append(element('dt', '', name), element('dd', '', value));
  const parts = [head, buttons(ticket), facts];
  if (ticket.may_unmask) parts.push(unmasking(ticket));
  if (ticket.pictures.length) parts.push(photos(ticket.pictures));
  if (ticket.hidden_pictures && !ticket.may_unmask) parts.push(element('p', 'veiled', `照片 ${ticket.hidden_pictures} 张，负责人可看`));
  const history = element('ol', 'history');
  for (const each of ticket.history) {
    const item = element('li');
    item.append(element('time', '', when(each.at)), element('span', '', each.text));
    history.append(item);
  }
  detail.replaceChildren(...parts, element('h4', '', '办理经过'), history);
  detail.hidden = false;
  for (const each of list.children) each.classList.toggle('active', each.dataset.number === openNumber);
}

function buttons(ticket) {
  const box = element('div', 'actions');
  ticket.actions.forEach((action, at) => {
    const first = PRIMARY.has(action.name) && at === 0;
    box.append(button(first ? 'primary' : 'quiet', action.label, () => act(ticket, action)));
  });
  return box;
}

async function act(ticket, action) {
  let words = '';
  if (action.asks) {
    words = await ask(`${ticket.number} ${action.label.replace('…', '')}`, action.asks, action.people);
    if (words === null) return;
  }
  await sayPrivately(`${action.says}${words}`);
}

function unmasking(ticket) {
  const box = element('p', 'unmask');
  const pictures = ticket.hidden_pictures ? `和 ${ticket.hidden_pictures} 张照片` : '';
  box.append(button('quiet', '显示住户信息', async () => {
    const shown = await post(`tickets/${encodeURIComponent(ticket.number)}/unmask`, {});
    if (shown && openNumber === ticket.number) draw(shown);
  }), element('span', 'small', `完整的房号、姓名、电话${pictures}；查看会留下记录`));
  return box;
}

export async function figures() {
  const answer = await get('figures', true);
  if (!answer) return;
  setClock(answer.now);
  document.getElementById('figures').replaceChildren(...answer.figures.map(({ title, value, red }) => {
    const box = element('span', `figure${red ? ' red' : ''}`, title);
    box.append(element('b', '', value));
    return box;
  }));
  const badge = document.getElementById('task-count');
  badge.hidden = !answer.tasks;
  badge.textContent = answer.tasks;
}

filter.addEventListener('change', () => refreshList(false));
let searching = 0;
search.addEventListener('input', () => { clearTimeout(searching); searching = setTimeout(() => refreshList(false), 300); });
