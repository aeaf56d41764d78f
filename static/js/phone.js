// The page that films: start, stop, flip, and the truth about what arrives.

import { formats, send } from './phone-send.js';

const page = document.querySelector('.filming');
const words = JSON.parse(document.getElementById('phone-words').textContent);
const at = (name) => page.querySelector(`.${name}`);
const stage = at('stage'), eye = at('eye'), tag = at('tag'), numbers = at('numbers'), told = at('told');
const start = at('start'), flip = at('flip'), stop = at('stop');
const address = `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}${page.dataset.ws}`;
const WRONG = { NotAllowedError: 'denied', SecurityError: 'denied', NotFoundError: 'noCamera', OverconstrainedError: 'noCamera', NotReadableError: 'inUse', AbortError: 'inUse' };

let stream = null, sender = null, facing = 'environment', lock = null, began = 0, meter = [];

function show(state, said = '') {
  page.dataset.state = state;
  const on = ['asking', 'connecting', 'sending', 'reconnecting', 'waiting', 'hidden'].includes(state);
  document.body.classList.toggle('filming-now', on);
  stage.hidden = !on;
  at('what').hidden = on;
  start.hidden = on;
  flip.hidden = stop.hidden = !on || state === 'asking';
  tag.textContent = on ? words[state] : '';
  told.hidden = !said;
  told.textContent = said;
  told.classList.toggle('error', !on && state !== 'stopped');
}

const fill = (text, values) => text.replace(/%\((\w+)\)s/g, (_, name) => values[name]);

function arrived(bytes) {
  const now = performance.now();
  meter.push([now, bytes]);
  if (meter.length > 15) meter.shift(); // half a minute
  const [then, before] = meter[0];
  const rate = now - then > 3000 ? (bytes - before) / (now - then) * 3600 / 1000 : 0;
  const small = (bytes / 1e6).toFixed(bytes < 1e8 ? 1 : 0);
  numbers.textContent = fill(words.sent, { mb: small, rate: rate ? Math.round(rate / 10) * 10 : '–' });
}

async function look() {
  const wanted = { facingMode: { ideal: facing }, width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 20, max: 25 } };
  const found = await navigator.mediaDevices.getUserMedia({ video: wanted, audio: false });
  close();
  stream = found;
  eye.srcObject = found;
  eye.classList.toggle('mirror', facing === 'user');
  eye.play().catch(() => {});
  // The system takes the eye away: a call, another app, a page behind.
  for (const track of found.getVideoTracks()) track.onended = () => stream === found && again();
  return found;
}

function close() {
  if (stream) for (const track of stream.getTracks()) track.stop();
  stream = null;
}

let looking = null;
/** Open the eye anew and go on. One at a time; while the page is behind, none. */
function again() {
  if (!sender || looking) return;
  if (document.hidden) {
    show('hidden');
    return;
  }
  looking = look().then((found) => sender && sender.look(found), fail).finally(() => { looking = null; });
}

function fail(error) {
  end('failed', words[WRONG[error.name]] || words.noCamera);
}

function end(state, said) {
  if (sender) sender.stop();
  sender = null;
  close();
  eye.srcObject = null;
  if (lock) lock.release().catch(() => {});
  lock = null;
  show(state, said);
}

async function stayAwake() {
  if (!('wakeLock' in navigator) || document.hidden || !sender) return;
  lock = await navigator.wakeLock.request('screen').catch(() => null);
}

async function begin() {
  if (!window.isSecureContext || !navigator.mediaDevices) return show('failed', words.insecure);
  if (!formats().length) return show('failed', words.old);
  show('asking');
  meter = [];
  numbers.textContent = '';
  try {
    await look();
  } catch (error) {
    return fail(error);
  }
  sender = send(address, page.dataset.session, stream, {
    state: (word) => show(document.hidden && word !== 'sending' ? 'hidden' : word, told.textContent),
    sent: arrived,
    slower: () => show(page.dataset.state, words.slower),
    over: (why) => end(why, words[why]),
  });
  stayAwake();
}

start.addEventListener('click', begin);
stop.addEventListener('click', () => end('stopped', words.stopped));
flip.addEventListener('click', () => {
  facing = facing === 'user' ? 'environment' : 'user';
  again();
});
document.addEventListener('visibilitychange', () => {
  if (!sender || document.hidden) return;
  stayAwake();
  if (!stream || stream.getVideoTracks().some((track) => track.readyState === 'ended' || track.muted)) again();
  else sender.hurry();
});
window.addEventListener('beforeunload', (event) => sender && event.preventDefault()); // a slip of the finger
window.addEventListener('online', () => sender && sender.hurry());
// A recorder keeps the shape that it began with.
const turned = window.matchMedia('(orientation: portrait)');
const onTurn = () => sender && sender.look(stream);
if (turned.addEventListener) turned.addEventListener('change', onTurn);
else turned.addListener(onTurn); // Safari 13
show('idle');
