// The staff page: which pane shows what, the live stream, the line that one writes in.
import * as chats from './chat.js';
import { button, element, get, post, showPane, when } from './page.js';
import * as rooms from './room.js';
import * as tickets from './ticket.js';

const talk = document.getElementById('talk');
const text = document.getElementById('text');
const compose = document.getElementById('compose');
const title = document.getElementById('room-title');
const note = document.getElementById('room-note');
const actions = document.getElementById('room-actions');
const tray = document.getElementById('tray');
const roomButtons = [...document.querySelectorAll('.room')];
const TYPED = text.placeholder;
let view = ''; // room:<name>, chat:<lane> or tasks
let file = null;

function head(words, small = '', buttons = []) {
  title.textContent = words;
  note.textContent = small;
  actions.replaceChildren(...buttons);
}

function choose(name) {
  for (const each of roomButtons) {
    if (each.dataset.room === name) each.setAttribute('aria-current', 'true');
    else each.removeAttribute('aria-current');
  }
}

async function enterRoom(name) {
  chats.leave();
  view = `room:${name}`;
  choose(name);
  compose.hidden = false;
  text.placeholder = TYPED;
  head(roomButtons.find((each) => each.dataset.room === name).querySelector('.label').textContent);
  showPane('talk');
  await rooms.enter(name);
}

async function enterTasks() {
  chats.leave();
  rooms.leave();
  view = 'tasks';
  choose('tasks');
  compose.hidden = true;
  document.getElementById('hints').replaceChildren();
  head('待办', '机器人办不了、要请人做的事');
  showPane('talk');
  await tasks(false);
}

async function enterChat(lane, number) {
  if (number) { await tickets.open(number); return; }
  rooms.leave();
  view = `chat:${lane}`;
  choose('');
  showPane('talk');
  await drawChat(false);
}

async function drawChat(byItself) {
  const chat = await chats.enter(view.slice(5), byItself);
  if (!chat || view !== `chat:${chat.lane}`) return;
  head(chat.who, chat.mine ? '我在接待' : chat.holder ? `${chat.holder}接待中` : '管家在答复', chats.actions(chat));
  compose.hidden = !chat.mine;
  text.placeholder = '直接输入，住户会看到';
}

async function tasks(byItself) {
  const answer = await get('tasks', byItself);
  const halted = 'oversees' in document.body.dataset ? await get('stopped', byItself) : null;
  if (!answer || view !== 'tasks') return;
  talk.replaceChildren(...answer.tasks.map(taskCard));
  if (!answer.tasks.length) talk.append(element('p', 'empty', '没有待办，辛苦了。'));
  if (halted?.stopped.length) talk.append(element('h3', 'by', '没有送达、没有办成的'), ...halted.stopped.map(stoppedCard));
}

function stoppedCard(each) {
  const card = element('div', 'task');
  card.append(element('div', 'by', `${each.what} · ${when(each.at)} · ${each.why}`), element('div', 'words', each.words));
  const row = element('div', 'chips');
  if (each.again) row.append(button('chip', '再试一次', async () => { if (await post(`stopped/${each.queue}/${each.id}/again`, {})) tasks(true); }));
  card.append(row);
  return card;
}

function taskCard(task) {
  const card = element('div', `task${task.late ? ' late' : ''}`);
  const due = task.due ? ` · ${when(task.due)}前${task.late ? '（已过）' : ''}` : '';
  card.append(element('div', 'by', `${task.role} · ${when(task.at)}${due}`), element('div', 'words', task.title));
  const row = element('div', 'chips');
  if (task.lane && chats.available) row.append(button('primary small', '看会话', () => enterChat(task.lane)));
  if (task.ticket) row.append(button('chip', task.ticket, () => tickets.open(task.ticket)));
  row.append(button('chip', '已办好', async () => { if (await post(`tasks/${task.id}/close`, {})) { tasks(true); tickets.figures(); } }));
  card.append(row);
  return card;
}

// Whatever happened, the lists follow at most once in this while.
const REST_MS = 700;
let refreshing = 0;
let again = false;
async function refresh() {
  if (refreshing) { again = true; return; }
  refreshing = setTimeout(() => { refreshing = 0; if (again) { again = false; refresh(); } }, REST_MS);
  const work = [tickets.refreshList(), tickets.figures(), chats.refreshList()];
  if (view === 'tasks') work.push(tasks(true));
  if (view.startsWith('chat:')) work.push(drawChat(true));
  if (tickets.current()) work.push(tickets.open(tickets.current(), true));
  await Promise.all(work);
}

const offline = document.getElementById('offline');
let wait = 1500;
function listen() {
  const events = new EventSource('/api/v1/console/events');
  events.addEventListener('message', (event) => {
    const happened = JSON.parse(event.data);
    if (happened.message) rooms.happened(happened.room, happened.message);
    refresh();
  });
  events.addEventListener('open', () => {
    wait = 1500;
    offline.hidden = true;
    if (view.startsWith('room:')) rooms.enter(view.slice(5), true);
    refresh();
  });
  events.addEventListener('error', () => {
    offline.hidden = false;
    if (events.readyState !== EventSource.CLOSED) return;
    events.close();
    setTimeout(listen, wait);
    wait = Math.min(wait * 2, 30000);
    get('figures', true); // a log-in that has ended leads to its page
  });
}

function chosen(picked) {
  file = picked;
  tray.hidden = !picked;
  tray.replaceChildren();
  if (!picked) return;
  const image = element('img');
  image.src = URL.createObjectURL(picked);
  image.alt = '待发送的照片';
  tray.append(image, button('quiet', '不发', () => chosen(null)));
}

compose.addEventListener('submit', async (event) => {
  event.preventDefault();
  const words = text.value.trim();
  const picture = file;
  if (!words && !picture) return;
  text.value = '';
  chosen(null);
  const answered = await (view.startsWith('chat:') ? chats.send(words, picture) : rooms.send(words, picture));
  if (!answered) { text.value = words; chosen(picture); }
});
document.getElementById('picture').addEventListener('change', (event) => {
  const [picked] = event.target.files;
  event.target.value = '';
  if (picked) chosen(picked);
  text.focus();
});
document.addEventListener('paste', (event) => {
  const picked = [...(event.clipboardData?.files || [])].find((each) => each.type.startsWith('image/'));
  if (picked) { event.preventDefault(); chosen(picked); }
});

for (const each of roomButtons) {
  each.addEventListener('click', () => (each.dataset.room === 'tasks' ? enterTasks() : enterRoom(each.dataset.room)));
}
document.getElementById('tabs').addEventListener('click', (event) => {
  const tab = event.target.closest('button');
  if (!tab) return;
  if (tab.dataset.pane === 'tickets') tickets.close();
  showPane(tab.dataset.pane);
});
chats.setOpen(enterChat);

const play = document.getElementById('play');
if (play) play.addEventListener('change', async () => { if (await post('play', { number: play.value })) location.reload(); });

const start = roomButtons[0].dataset.room;
enterRoom(start).then(() => { if (matchMedia('(max-width: 760px)').matches) showPane('rooms'); });
refresh();
listen();
