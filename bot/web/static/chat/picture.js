// Pictures before they are sent: chosen, pasted or dropped, made smaller, shown in a tray, taken out again.
import { element } from './view.js';

const MOST = 9;
const LONGEST = 2560;
const SMALL_BYTES = 1500000;
const tray = document.getElementById('tray');
const chosen = []; // {file, url, node}
let onChange = () => {};

export function setChanged(listener) {
  onChange = listener;
}

export function count() {
  return chosen.length;
}

// Everything chosen, in order; the tray is empty afterwards.
export function takeAll() {
  const taken = chosen.splice(0).map(({ file, url }) => ({ file, url }));
  tray.replaceChildren();
  tray.hidden = true;
  onChange();
  return taken;
}

// Large photos of phones become quick to send, and lose the place where they were taken.
async function smaller(file) {
  if (file.size <= SMALL_BYTES || file.type === 'image/gif') return file;
  try {
    const image = await createImageBitmap(file);
    const scale = Math.min(1, LONGEST / Math.max(image.width, image.height));
    const canvas = document.createElement('canvas');
    canvas.width = Math.round(image.width * scale);
    canvas.height = Math.round(image.height * scale);
    canvas.getContext('2d').drawImage(image, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise((resolve) => { canvas.toBlob(resolve, 'image/jpeg', 0.86); });
    return blob && blob.size < file.size ? new File([blob], 'photo.jpg', { type: 'image/jpeg' }) : file;
  } catch { return file; } // the server says what is wrong with it
}

async function add(files) {
  for (const each of files) {
    if (chosen.length >= MOST) break;
    const file = await smaller(each);
    const entry = { file, url: URL.createObjectURL(file) };
    const image = element('img');
    image.src = entry.url;
    image.alt = '待发送的照片';
    const remove = element('button', 'remove', '✕');
    remove.type = 'button';
    remove.setAttribute('aria-label', '不发这张');
    remove.addEventListener('click', () => {
      chosen.splice(chosen.indexOf(entry), 1);
      entry.node.remove();
      tray.hidden = !chosen.length;
      onChange();
    });
    entry.node = element('div', 'thumb');
    entry.node.append(image, remove);
    chosen.push(entry);
    tray.append(entry.node);
  }
  tray.hidden = !chosen.length;
  onChange();
}

function picturesOf(files) {
  return [...files].filter((file) => file.type.startsWith('image/'));
}

document.getElementById('picture').addEventListener('change', (event) => {
  const files = picturesOf(event.target.files);
  event.target.value = '';
  add(files);
});
document.addEventListener('paste', (event) => {
  const files = picturesOf(event.clipboardData?.files || []);
  if (files.length) { event.preventDefault(); add(files); }
});
document.addEventListener('dragover', (event) => event.preventDefault());
document.addEventListener('drop', (event) => {
  event.preventDefault();
  add(picturesOf(event.dataTransfer?.files || []));
});
