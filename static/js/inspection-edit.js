// The form of a visit: every change is kept on the phone at once, and sent when the officer says so and a network is there.

import * as store from './inspection-store.js';
import { alone, Halt, send } from './inspection-send.js';
import { keep as keepPage, outdated } from './inspection-kept.js';
import { signing, smaller, thumb } from './inspection-picture.js';

const AGAIN = 20000; // ms until it is tried again by itself
const ITEM = /^(answer|note)-(.+)$/;
const NEVER = /^(photo|key)-|^(csrfmiddlewaretoken|signature_image|do)$/;
const RED = ['signin', 'other', 'refused'];

export const words = JSON.parse(document.getElementById('inspection-words').textContent);
export const fill = (text, values) => text.replace(/%\((\w+)\)s/g, (_, name) => values[name]);
export const clock = (at) => new Date(at).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit', hour12: false });

const make = (tag, text = '', kind = '') => {
  const node = document.createElement(tag);
  if (text) node.textContent = text;
  if (kind) node.className = kind;
  return node;
};

/** A new draft of this officer; `url` takes its form, or `begin` says how the visit begins. */
export const blank = ({ user, draft, name }, url, begin = null) => ({
  key: `${user}/${draft}`, user, id: draft, name, page: location.pathname + location.search, url, begin, fields: {},
  signature: null, rev: 0, savedAt: 0, wants: '', state: '', errors: {},
});

/** Let the form keep and send its draft. Where the browser keeps nothing it stays a plain form. */
export async function edit(form, draft = null) {
  const told = form.querySelector('.told'), saved = form.querySelector('[data-saved]');
  try {
    draft = draft || await store.draft(`${form.dataset.user}/${form.dataset.draft}`) || blank(form.dataset, location.pathname);
  } catch {
    saved.textContent = words.unable;
    return;
  }
  draft.page = location.pathname + location.search;
  let timer = null, pressed = 'save', sending = false;

  // ── what is said ──────────────────────────────────────────────────────────────────────────────────────────
  function say(state, text) {
    form.dataset.state = state;
    saved.textContent = text;
  }

  function trouble(text, link = '') {
    told.hidden = !text;
    told.textContent = text;
    if (link) told.append(' ', Object.assign(make('a', words.signinLink), { href: link }));
    if (text && RED.includes(form.dataset.state)) told.scrollIntoView({ block: 'center' });
  }

  /** Each error stands at its field; those without one are answered back. */
  function mark(errors) {
    for (const old of form.querySelectorAll('.wrong.here')) old.remove();
    const rest = [];
    for (const [name, said] of Object.entries(errors)) {
      const field = name && form.querySelector(`[name="${name}"]`);
      if (field) field.closest('fieldset > *').after(make('p', said.join(' '), 'wrong here'));
      else rest.push(...said);
    }
    return rest.join(' ');
  }

  function count() {
    const cards = [...form.querySelectorAll('fieldset[data-item]')].filter((card) => card.querySelector('[name^="answer-"]'));
    let done = 0;
    for (const card of cards) {
      const answer = card.querySelector('[name^="answer-"]:checked');
      card.dataset.answer = answer ? answer.value : '';
      if (answer) done += 1;
    }
    form.querySelector('[data-answered]').textContent = fill(words.answered, { count: done, all: cards.length });
  }

  // ── keeping ───────────────────────────────────────────────────────────────────────────────────────────────
  async function keep() {
    draft.rev += 1;
    draft.savedAt = Date.now();
    try {
      await store.keepDraft(draft);
      if (!sending) say('saved', fill(words.saved, { at: clock(draft.savedAt) }));
    } catch {
      say('unable', words.unable);
    }
  }

  const value = (name) => {
    const fields = form.elements[name];
    return fields ? fields.value : '';
  };

  /** An item's answer and note go together: a colleague's answers to other items are left alone. */
  function take(name) {
    if (NEVER.test(name)) return;
    const item = ITEM.exec(name);
    for (const one of item ? [`answer-${item[2]}`, `note-${item[2]}`] : [name]) draft.fields[one] = value(one);
    count();
    turn();
    keep();
  }

  function show() {
    for (const [name, kept] of Object.entries(draft.fields)) {
      const field = form.elements[name];
      if (field) field.value = kept; // of radio buttons too
    }
    count();
    turn();
  }

  // ── photos ────────────────────────────────────────────────────────────────────────────────────────────────
  async function hang(photo) {
    const list = form.querySelector(`[data-camera="${photo.item}"] .shots[hidden], [data-camera="${photo.item}"] .shots.mine`);
    if (!list) return;
    list.hidden = false;
    list.classList.add('mine');
    const row = make('li');
    row.dataset.key = photo.key;
    const image = Object.assign(make('img'), { alt: clock(photo.takenAt), width: 96, height: 96, src: await thumb(photo.file) });
    const away = Object.assign(make('button', words.remove, 'link'), { type: 'button' });
    away.addEventListener('click', async () => {
      await store.dropPhoto(photo.key);
      row.remove();
      keep();
    });
    row.append(image, make('span', photo.error || words.notSent, photo.error ? 'wrong' : 'muted'), away);
    list.append(row);
  }

  async function shoot(input) {
    const item = input.closest('[data-camera]').dataset.camera;
    for (const file of input.files) {
      const photo = { key: store.fresh(), draft: draft.key, item, takenAt: new Date().toISOString(), file: await smaller(file), error: '' };
      await store.keepPhoto(photo);
      await hang(photo);
    }
    input.value = '';
    keep();
  }

  function hung(photo) {
    const row = form.querySelector(`.shots [data-key="${photo.key}"]`);
    if (!row) return;
    row.querySelector('span').textContent = words.sent.replace('%(at)s', clock(Date.now()));
    row.querySelector('button').remove();
  }

  // ── the signature, the place ──────────────────────────────────────────────────────────────────────────────
  const sheet = form.querySelector('.sign');
  const sign = signing(sheet.querySelector('canvas'), (blob) => {
    draft.signature = blob;
    keep();
  });
  sheet.querySelector('[data-unsign]').addEventListener('click', () => sign.clear());
  const turn = () => { sheet.hidden = value('signature') !== 'signed'; };

  const where = form.querySelector('.where');
  where.hidden = !('geolocation' in navigator);
  form.querySelector('[data-locate]').addEventListener('click', () => {
    const said = form.querySelector('[data-located]');
    said.textContent = words.locating;
    navigator.geolocation.getCurrentPosition(({ coords }) => {
      for (const name of ['latitude', 'longitude', 'accuracy']) {
        form.elements[name].value = String(coords[name]);
        draft.fields[name] = String(coords[name]);
      }
      said.textContent = fill(words.located, { metres: Math.round(coords.accuracy) });
      keep();
    }, () => { said.textContent = words.unlocated; }, { enableHighAccuracy: true, timeout: 20000, maximumAge: 0 });
  });

  // ── sending ───────────────────────────────────────────────────────────────────────────────────────────────
  async function attempt() {
    clearTimeout(timer);
    if (!draft.wants || sending) return;
    sending = true;
    say('sending', words.sending);
    trouble('');
    mark({});
    try {
      const said = await alone(draft.key, () => send(draft, form.dataset.token, {
        told: (number, all) => say('sending', fill(words.photos, { count: number, all })),
        took: hung,
      }));
      if (!said) throw new Halt('waiting');
      say('sent', fill(words.sent, { at: clock(Date.now()) }));
      await outdated(said.url);
      if (said.state === 'closed' || location.pathname !== said.url) location.assign(said.url);
      else keepPage(form.dataset.worker, form.dataset.user);
    } catch (error) {
      stop(error instanceof Halt ? error : new Halt('waiting'));
    } finally {
      sending = false;
    }
  }

  function stop({ state, errors }) {
    draft.errors = errors;
    if (state === 'refused') draft.wants = ''; // it is the officer's turn
    draft.state = state;
    store.keepDraft(draft).catch(() => {});
    say(state, state === 'waiting' ? words.waiting : fill(words.saved, { at: clock(draft.savedAt || Date.now()) }));
    const back = `${location.pathname}${location.search}`;
    if (state === 'signin') trouble(words.signin, `${form.dataset.signin}?next=${encodeURIComponent(back)}`);
    if (state === 'other') trouble(words.other);
    if (state === 'refused') {
      trouble(mark(errors) || words.refused);
    }
    if (state === 'waiting') timer = setTimeout(attempt, AGAIN);
  }

  form.addEventListener('input', ({ target }) => target.type !== 'file' && take(target.name));
  form.addEventListener('change', ({ target }) => (target.type === 'file' ? shoot(target) : take(target.name)));
  form.addEventListener('click', ({ target }) => {
    const button = target.closest('button[name=do]');
    if (button) pressed = button.value;
  });
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    draft.wants = (event.submitter || { value: pressed }).value;
    await keep();
    attempt();
  });
  window.addEventListener('online', attempt);
  document.addEventListener('visibilitychange', () => document.hidden || attempt());

  show();
  if (draft.signature) sign.show(draft.signature);
  for (const photo of await store.photosOf(draft.key)) hang(photo);
  form.classList.add('keeps');
  form.querySelector('.kept-here').hidden = false;
  if (draft.savedAt) say('saved', fill(words.saved, { at: clock(draft.savedAt) }));
  form.dataset.ready = '1';
  attempt();
}
