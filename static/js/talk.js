// An open talk: messages arrive by themselves, and what is written goes out by the socket, or by the form where there
// is none. Each message has a name of its own, so that sent again after a lost connection it is written once.
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
  const box = form.elements.text, files = form.elements.files, canned = form.elements.canned;
  const line = form.querySelector('[data-line]'), wrong = form.querySelector('[data-wrong]');
  const chosen = form.querySelector('[data-chosen]'), log = list.closest('[data-talk-log]');
  const typing = document.querySelector('[data-typing]'), state = document.querySelector('[data-state]');
  const closed = document.querySelector('[data-closed]'), button = form.querySelector('button[type=submit]');
  const kept = `talk ${location.pathname}`; // what waits to be sent outlives a reload
  let last = Number(form.dataset.last), tries = 0, timer = null, socket = null, over = false, heard = null, told = 0;
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
    said.append(text);
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
  function flush() {
    if (isOpen()) for (const one of waiting) socket.send(JSON.stringify(one));
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
    if (one && !box.value.trim()) box.value = one.say; // nothing that was typed is lost
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
  async function sendFiles(named, text) {
    const body = new FormData(form);
    body.set('form', named);
    body.set('text', text);
    button.disabled = true;
    try {
      const answer = await fetch(location.pathname, { method: 'POST', body, headers: { Accept: 'application/json' } });
      const said = await answer.json();
      if (said.refused) return complain(said.refused);
      box.value = '';
      files.value = '';
      count();
      named = null;
      if (!isOpen()) location.reload();
    } catch (error) {
      complain(form.dataset.lost);
    } finally {
      button.disabled = false;
    }
    return named;
  }
  let filesNamed = null; // a message with files that did not get through keeps its name
  form.addEventListener('submit', (event) => {
    if (over) return; // the plain form tells why
    event.preventDefault();
    complain('');
    const text = box.value.trim();
    if (files.files.length > 5) return complain(form.dataset.most);
    if (files.files.length) {
      filesNamed = filesNamed || name();
      sendFiles(filesNamed, text).then((left) => { filesNamed = left || null; });
      return;
    }
    if (!text) return box.focus();
    const one = { say: text, form: name() };
    if (canned && canned.value) one.canned = canned.value.split(' ').map(Number);
    waiting.push(one);
    keep();
    showPending(one);
    toEnd();
    box.value = '';
    if (canned) canned.value = '';
    if (isOpen()) socket.send(JSON.stringify(one));
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
  const count = () => {
    const many = files.files.length;
    chosen.textContent = many ? chosen.dataset.many.replace('{n}', many) : chosen.dataset.none;
  };
  files.addEventListener('change', count);
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
