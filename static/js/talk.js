// An open talk: messages arrive by themselves, and what is written goes out by the socket, or by the form where a network
// lets none through. Each message has a name of its own, so that sent again after a lost connection it is written once.
// Its files were brought before (upload.js, which hears the form first, holds it until they are there).
import { prepared } from './talk-answers.js';

const NOBODY = 4401, BAD_ORIGIN = 4403, NOT_YOURS = 4404;
const FIRST = 1000, LONGEST = 30000; // ms before the next try
const TYPING_SHOWN = 4000, TYPING_TOLD = 2500; // ms

/** A random UUID: crypto.randomUUID wants a newer browser, and a secure page. */
function name() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

export function talk(form, list) {
  const box = form.elements.text, canned = form.elements.canned;
  const line = form.querySelector('[data-line]'), wrong = form.querySelector('[data-wrong]');
  const log = list.closest('[data-talk-log]');
  const typing = document.querySelector('[data-typing]'), state = document.querySelector('[data-state]');
  const closed = document.querySelector('[data-closed]'), button = form.querySelector('.send > button[type=submit]');
  // What waits to be sent outlives a reload, and is its writer's: whoever signs in here next sends none of it.
  const kept = `talk ${form.dataset.person} ${location.pathname}`;
  let last = Number(form.dataset.last), tries = 0, timer = null, socket = null, over = false, heard = null, told = 0;
  let brought = []; // what upload.js says of the files that have arrived
  let waiting = JSON.parse(sessionStorage.getItem(kept) || '[]');

  // ── what is shown ──
  let sticks = false; // pictures that load later do not push the newest message away
  const isAtEnd = () => (log.scrollHeight > log.clientHeight + 1
    ? log.scrollHeight - log.scrollTop - log.clientHeight < 120
    : document.documentElement.scrollHeight - scrollY - innerHeight < 240);
  function toEnd() {
    sticks = true;
    log.scrollTop = log.scrollHeight;
    if (log.scrollHeight <= log.clientHeight + 1 && form.offsetHeight) scrollTo(0, document.documentElement.scrollHeight);
  }
  const scrolled = () => { sticks = isAtEnd(); };
  log.addEventListener('wheel', scrolled, { passive: true });
  log.addEventListener('touchmove', scrolled, { passive: true });
  list.addEventListener('load', () => sticks && toEnd(), true);
  function show(row) {
    if (list.querySelector(`[data-id="${row.id}"]`)) return;
    const pending = list.querySelector(`.pending[data-form="${row.form}"], .refused[data-form="${row.form}"]`);
    if (pending) pending.remove();
    const later = list.querySelector('.pending, .refused');
    if (later) later.insertAdjacentHTML('beforebegin', row.html);
    else list.insertAdjacentHTML('beforeend', row.html);
  }
  function showPending(one) {
    const item = document.createElement('li');
    item.className = 'msg mine pending';
    item.dataset.form = one.form;
    const by = document.createElement('p'), said = document.createElement('div'), text = document.createElement('p');
    by.className = 'by';
    by.textContent = form.dataset.sending;
    said.className = 'said';
    text.className = 'text';
    text.textContent = one.say;
    if (one.say) said.append(text);
    if (one.files) {
      const files = document.createElement('p');
      files.className = 'muted';
      files.textContent = form.dataset.attached.replace('%(n)s', one.files.length);
      said.append(files);
    }
    item.append(by, said);
    list.append(item);
  }
  function complain(words) {
    wrong.textContent = words;
    wrong.hidden = !words;
  }
  const say = (words) => { if (line.textContent !== words) line.textContent = words; };

  // ── what is sent ──
  function keep() {
    if (waiting.length) sessionStorage.setItem(kept, JSON.stringify(waiting));
    else sessionStorage.removeItem(kept);
  }
  const isOpen = () => socket && socket.readyState === WebSocket.OPEN;
  function sendOff({ files, ...one }) {
    socket.send(JSON.stringify(files ? { ...one, held: files.map((file) => file.key) } : one));
  }
  function flush() {
    if (isOpen()) waiting.forEach(sendOff);
  }
  async function byForm() {
    const one = waiting[0], body = new FormData();
    body.set('csrfmiddlewaretoken', form.elements.csrfmiddlewaretoken.value);
    body.set('form', one.form);
    body.set('text', one.say);
    if (one.canned) body.set('canned', one.canned.join(' '));
    for (const file of one.files || []) body.append('held', file.key);
    try {
      const answer = await fetch(location.pathname, { method: 'POST', body, headers: { Accept: 'application/json' } });
      const said = await answer.json();
      if (said.refused) return refused(one.form, said.refused);
      done(one.form);
      if (!isOpen() && !box.value) location.reload();
    } catch (error) { /* no network at all: the socket tries on */ }
  }
  function done(named) {
    waiting = waiting.filter((one) => one.form !== named);
    keep();
  }
  function refused(named, why) {
    const one = waiting.find((row) => row.form === named);
    done(named);
    const item = list.querySelector(`.pending[data-form="${named}"]`);
    if (item) item.remove();
    if (one && !box.value.trim()) box.value = one.say; // nothing that was typed or brought is lost
    if (one && one.files) form.dispatchEvent(new CustomEvent('uploads-back', { detail: one.files }));
    complain(why);
  }
  function hear(said) {
    if (said.rows) {
      const wasAtEnd = isAtEnd();
      for (const row of said.rows) {
        show(row);
        done(row.form);
        last = Math.max(last, row.id);
      }
      if (said.state && state) state.textContent = said.state;
      if (closed) closed.hidden = !said.closed;
      if (said.rows.length) {
        typing.hidden = true;
        if (wasAtEnd) toEnd();
        read();
      }
    } else if (said.taken) done(said.taken);
    else if ('refused' in said) {
      if (said.again) setTimeout(flush, 2000);
      else refused(said.refused, said.why);
    } else if (said.typing) {
      typing.hidden = false;
      clearTimeout(heard);
      heard = setTimeout(() => { typing.hidden = true; }, TYPING_SHOWN);
    }
  }
  function read() {
    if (isOpen() && !document.hidden && last) socket.send(JSON.stringify({ read: last }));
  }
  form.addEventListener('uploads', (event) => { brought = event.detail; });
  form.addEventListener('submit', (event) => {
    if (over || event.defaultPrevented) return; // the plain form tells why; or files are still on their way
    event.preventDefault();
    complain('');
    const text = box.value.trim();
    if (!text && !brought.length) return box.focus();
    const one = { say: text, form: name() };
    if (canned && canned.value) one.canned = canned.value.split(' ').map(Number);
    if (brought.length) one.files = brought.map(({ key, url, name: called }) => ({ key, url, name: called }));
    waiting.push(one);
    keep();
    showPending(one);
    toEnd();
    box.value = '';
    if (canned) canned.value = '';
    form.dispatchEvent(new Event('uploads-sent'));
    if (isOpen()) sendOff(one);
    box.focus();
  });

  // ── the connection ──
  function open() {
    timer = null;
    socket = new WebSocket(`${location.origin.replace(/^http/, 'ws')}${form.dataset.talk}&after=${last}`);
    socket.onopen = () => {
      say(form.dataset.connected);
      flush();
    };
    socket.onmessage = (event) => {
      tries = 0;
      hear(JSON.parse(event.data));
    };
    socket.onclose = (event) => {
      socket = null;
      if (event.code === NOBODY || event.code === BAD_ORIGIN || event.code === NOT_YOURS) {
        over = true;
        say(form.dataset.ended);
        return;
      }
      say(form.dataset.lost);
      timer = setTimeout(open, Math.min(LONGEST, FIRST * 2 ** tries) * (0.5 + Math.random() / 2));
      tries += 1;
      if (tries > 2 && waiting.length) byForm();
    };
  }
  function hurry() {
    read();
    if (!timer || document.hidden) return;
    clearTimeout(timer);
    open();
  }
  document.addEventListener('visibilitychange', hurry);
  addEventListener('online', hurry);
  addEventListener('pagehide', () => {
    clearTimeout(timer);
    timer = null;
    if (socket) {
      socket.onclose = null;
      socket.close();
      socket = null;
    }
  });
  addEventListener('pageshow', (event) => {
    if (event.persisted && !socket && !timer && !over) open();
  });

  // ── the box ──
  box.addEventListener('input', () => {
    if (isOpen() && Date.now() - told > TYPING_TOLD && box.value) {
      told = Date.now();
      socket.send(JSON.stringify({ typing: true }));
    }
  });
  if (matchMedia('(pointer: fine)').matches) {
    form.querySelector('[data-keys]').hidden = false;
    box.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter' || event.shiftKey || event.isComposing || event.keyCode === 229) return;
      event.preventDefault();
      if (form.requestSubmit) form.requestSubmit();
      else button.click();
    });
  }
  for (const one of waiting) showPending(one);
  if (!location.hash) toEnd();
  open();
}

const form = document.querySelector('form[data-talk]'), list = document.querySelector('[data-msgs]');
if (form && list) talk(form, list);
const answers = document.querySelector('[data-canned-list]'), say = document.getElementById('say');
if (answers && say) prepared(answers, say.elements.text, say.elements.canned);
