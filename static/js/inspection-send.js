// A draft on its way: who is signed in, the visit if it is new, the photos one by one, the form. Each step may be lost
// and is then done again; the server knows a form and a photo by their ids and takes each once.

import { drop, dropPhoto, keepDraft, keepPhoto, photosOf } from './inspection-store.js';

const PATIENCE = 120000; // ms for one answer: photos take their time
const ITEM = /^(answer|note)-/;

/** Why it went no further: waiting (no network), signin, other (officer), refused. `errors`: {field or "": [words]}. */
export class Halt extends Error {
  constructor(state, errors = {}) {
    super(state);
    this.state = state;
    this.errors = errors;
  }
}

async function ask(url, options = {}) {
  const control = new AbortController();
  const timer = setTimeout(() => control.abort(), PATIENCE);
  let answer, said;
  try {
    answer = await fetch(url, { credentials: 'same-origin', redirect: 'manual', cache: 'no-store', signal: control.signal, ...options });
    if (answer.type === 'opaqueredirect' || answer.status === 401 || answer.status === 403) throw new Halt('signin');
    said = await answer.json().catch((error) => { if (answer.ok || error.name === 'AbortError') throw error; return {}; });
  } catch (error) {
    throw error instanceof Halt ? error : new Halt('waiting'); // also where a hotel's network answers in our place
  } finally {
    clearTimeout(timer);
  }
  if (answer.status >= 500 || answer.status === 429) throw new Halt('waiting');
  if (!answer.ok) throw new Halt('refused', said.errors || {});
  return said;
}

function form(values) {
  const body = new FormData();
  for (const [name, value] of Object.entries(values)) body.append(name, value);
  return body;
}

/**
 * Send all of the draft; what the server says: {state: "draft" or "closed", url}. Halt when it stopped on the way.
 * `told(number, all)` before each photo, `took(photo)` after. What was taken has left the phone.
 */
export async function send(draft, tokenAt, { told, took }) {
  const { user, token } = await ask(tokenAt);
  if (user !== draft.user) throw new Halt('other');
  const post = (url, body) => ask(url, { method: 'POST', body, headers: { 'X-CSRFToken': token, 'X-Draft': draft.id } });
  if (!draft.url) {
    draft.url = (await post(draft.page, form(draft.begin))).url;
    await keepDraft(draft);
  }
  const photos = await photosOf(draft.key);
  for (const [turn, photo] of photos.entries()) {
    told(turn + 1, photos.length);
    try {
      const item = photo.item === 'whole' ? '' : photo.item;
      await post(`${draft.url}photos/`, form({ key: photo.key, item, taken_at: photo.takenAt, photo: photo.file }));
    } catch (error) {
      if (error.state === 'refused') await keepPhoto({ ...photo, error: Object.values(error.errors).flat().join(' ') });
      throw error;
    }
    await dropPhoto(photo.key);
    took(photo);
  }
  const { rev, wants } = draft;
  const body = form(draft.fields);
  body.append('do', wants);
  if (draft.signature && wants === 'close') body.append('signature_image', draft.signature, 'signature.png');
  const said = await post(draft.url, body);
  if (said.state === 'closed') await drop(draft.key);
  else await settle(draft, rev);
  return said;
}

/** The answers are there; what is told only at closing stays, and so does all if more was written meanwhile. */
async function settle(draft, rev) {
  draft.wants = '';
  if (draft.rev === rev) for (const name of Object.keys(draft.fields)) if (ITEM.test(name)) delete draft.fields[name];
  const empty = !Object.keys(draft.fields).length && !draft.signature && !(await photosOf(draft.key)).length;
  await (empty ? drop(draft.key) : keepDraft(draft));
}

/** Do `work` unless another tab sends just now; the server would not mind, the officer's data plan might. */
export function alone(key, work) {
  return navigator.locks ? navigator.locks.request(`inspection ${key}`, { ifAvailable: true }, (lock) => lock && work()) : work();
}
