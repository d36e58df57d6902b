// The staff page: groups and private chat with buttons, tickets with their history, tasks. No framework, no inline code.
const csrf = document.querySelector('meta[name=csrf]').content;
const talk = document.getElementById('talk');
const text = document.getElementById('text');
const rooms = [...document.querySelectorAll('.room')];
const detail = document.getElementById('detail');
const filter = document.getElementById('filter');
const search = document.getElementById('search');
let room = '';
let openNumber = '';
const unread = new Map();
const shown = new Set();
const time = new Intl.DateTimeFormat('zh-CN', { month: 'numeric', day: 'numeric', hour: '2-digit', minute: '2-digit', hour12: false });

function element(tag, className, content) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (content !== undefined && content !== null) made.textContent = content;
  return made;
}

async function call(path, body) {
  const options = body === undefined ? {} : {
    method: 'POST', headers: { 'Content-Type': 'application/json', 'X-CSRF': csrf }, body: JSON.stringify(body),
  };
  const response = await fetch(`/api/v1/console/${path}`, options);
  if (response.status === 401) { location.assign('/console/login'); return null; }
  const answer = await response.json();
  if (!response.ok) { notice(answer.detail); return null; }
  return answer;
}

function notice(message) {
  talk.append(element('p', 'hint', message));
  talk.scrollTop = talk.scrollHeight;
}

function line(message) {
  if (shown.has(message.id)) return;
  shown.add(message.id);
  const box = element('div', `line ${message.kind}${message.urgent ? ' urgent' : ''}${message.mine ? ' me-line' : ''}`);
  box.append(element('div', 'by', `${message.by || '管家'} · ${time.format(new Date(message.at))}`));
  box.append(element('div', 'bubble', message.text));
  if (message.buttons && message.buttons.length) box.append(chips(message));
  talk.append(box);
  talk.scrollTop = talk.scrollHeight;
}

function chips(message) {
  const row = element('div', 'chips');
  for (const { key, label } of message.buttons) {
    const chip = element('button', 'chip', label);
    chip.type = 'button';
    chip.addEventListener('click', () => say({ tap: key, text: label }));
    row.append(chip);
  }
  return row;
}

function say(body) {
  return call(`rooms/${room}/messages`, { ...body, client_id: crypto.randomUUID() });
}

async function enter(name) {
  room = name;
  for (const each of rooms) each.classList.toggle('active', each.dataset.room === name);
  document.getElementById('room-title').textContent = rooms.find((each) => each.dataset.room === name).querySelector('.label').textContent;
  unread.delete(name);
  badges();
  talk.replaceChildren();
  shown.clear();
  document.getElementById('compose').hidden = name === 'tasks';
  if (name === 'tasks') { await tasks(); return; }
  const answer = await call(`rooms/${name}/messages`);
  if (!answer || room !== name) return;
  answer.messages.forEach(line);
  if (!answer.messages.length) talk.append(element('p', 'empty', '还没有消息。住户一报修，这里就会收到。'));
}

async function tasks() {
  const answer = await call('tasks');
  if (!answer) return;
  talk.replaceChildren();
  for (const task of answer.tasks) {
    const box = element('div', 'line');
    box.append(element('div', 'by', `${task.role} · ${time.format(new Date(task.at))}`));
    box.append(element('div', 'bubble', task.title));
    const row = element('div', 'chips');
    const done = element('button', 'chip', '已办好');
    done.type = 'button';
    done.addEventListener('click', async () => { await call(`tasks/${task.id}/close`, {}); tasks(); figures(); });
    row.append(done);
    box.append(row);
    talk.append(box);
  }
  if (!answer.tasks.length) talk.append(element('p', 'empty', '没有待办，辛苦了。'));
}

function badges() {
  for (const each of rooms) {
    const badge = each.querySelector('.badge');
    if (badge.id) continue;
    const count = unread.get(each.dataset.room) || 0;
    badge.hidden = !count;
    badge.textContent = count;
  }
}

async function tickets() {
  const query = new URLSearchParams({ filter: filter.value, q: search.value.trim() });
  const answer = await call(`tickets?${query}`);
  if (!answer) return;
  const list = document.getElementById('tickets');
  list.replaceChildren(...answer.tickets.map(ticketRow));
  if (!answer.tickets.length) list.append(element('p', 'empty', '没有符合条件的工单。'));
}

function ticketRow(ticket) {
  const row = element('button', `ticket${ticket.number === openNumber ? ' active' : ''}`);
  row.type = 'button';
  const first = element('div', 'first');
  first.append(element('span', 'number', ticket.number));
  first.append(element('span', `tag ${ticket.status}`, ticket.status_title));
  if (ticket.urgency !== 'normal') first.append(element('span', `tag ${ticket.urgency}`, ticket.urgency_title));
  if (ticket.late) first.append(element('span', 'tag late', '超时'));
  first.append(element('span', 'when', time.format(new Date(ticket.created_at))));
  row.append(first);
  row.append(element('div', 'what', [ticket.where, ticket.category_title, ticket.summary].filter(Boolean).join(' · ')));
  row.addEventListener('click', () => open(ticket.number));
  return row;
}

async function open(number) {
  const answer = await call(`tickets/${number}`);
  if (!answer) return;
  openNumber = number;
  detail.hidden = false;
  const close = element('button', 'quiet close', '收起');
  close.type = 'button';
  close.addEventListener('click', () => { detail.hidden = true; openNumber = ''; tickets(); });
  const facts = element('dl');
  for (const [name, value] of answer.facts) facts.append(element('dt', '', name), element('dd', '', value));
  const history = element('ol');
  for (const each of answer.history) history.append(element('li', '', `${time.format(new Date(each.at))} ${each.text}`));
  detail.replaceChildren(close, element('h3', '', `${number} ${answer.title}`), facts, element('strong', '', '办理经过'), history);
  tickets();
}

async function figures() {
  const answer = await call('figures');
  if (!answer) return;
  document.getElementById('figures').replaceChildren(...answer.figures.map(({ title, value, red }) => element('span', `figure${red ? ' red' : ''}`, `${title} ${value}`)));
  const badge = document.getElementById('task-count');
  badge.hidden = !answer.tasks;
  badge.textContent = answer.tasks;
}

let pending = 0;
function refreshSoon() {
  clearTimeout(pending);
  pending = setTimeout(() => { tickets(); figures(); if (room === 'tasks') tasks(); if (openNumber) open(openNumber); }, 250);
}

function listen() {
  const events = new EventSource('/api/v1/console/events');
  events.addEventListener('message', (event) => {
    const happened = JSON.parse(event.data);
    if (happened.message) {
      if (happened.room === room) line(happened.message);
      else { unread.set(happened.room, (unread.get(happened.room) || 0) + 1); badges(); }
    }
    refreshSoon();
  });
  events.addEventListener('open', () => { if (room) enter(room); refreshSoon(); });
}

document.getElementById('compose').addEventListener('submit', async (event) => {
  event.preventDefault();
  const words = text.value.trim();
  if (!words) return;
  text.value = '';
  await say({ text: words });
});
for (const each of rooms) each.addEventListener('click', () => enter(each.dataset.room));
filter.addEventListener('change', tickets);
search.addEventListener('input', refreshSoon);
const play = document.getElementById('play');
if (play) play.addEventListener('change', async () => { if (await call('play', { number: play.value })) location.reload(); });
enter('group:repair');
tickets();
figures();
listen();
