// A visit begins, with a network or without. Without one the whole checklist is on this page already.

import * as store from './inspection-store.js';
import { blank, edit } from './inspection-edit.js';
import { keep } from './inspection-kept.js';

const form = document.querySelector('form.beginning');
const { user } = form.dataset;
const ids = form.elements.form;

/** The time of day where the authority is, whatever zone the phone is set to. */
const now = () => new Date(Date.now() + form.dataset.offset * 60000).toISOString().slice(0, 16);

/** The checklist takes the place of the form that began it. */
function open(draft) {
  const sheet = document.importNode(document.querySelector('template[data-checklist]').content, true);
  form.replaceWith(sheet);
  return edit(document.querySelector('form.checklist'), draft);
}

async function begun() {
  try {
    return (await store.draftsOf(user)).find((one) => one.begin && !one.url && one.page === location.pathname + location.search);
  } catch {
    return null;
  }
}

/** Whether the site answers at all: a radio that is on says nothing about that. */
async function reached() {
  if (!navigator.onLine) return false;
  const control = new AbortController();
  const timer = setTimeout(() => control.abort(), 8000);
  try {
    await fetch(form.dataset.token, { credentials: 'same-origin', redirect: 'manual', cache: 'no-store', signal: control.signal });
    return true;
  } catch {
    return false;
  } finally {
    clearTimeout(timer);
  }
}

begun().then((draft) => {
  if (draft) return open(draft);
  // The page may be an old one that this phone kept: a new visit has a new id, and begins now.
  if (!form.querySelector('.errorlist')) {
    ids.value = store.fresh();
    form.elements.visited_at.value = now();
  }
  form.querySelector('[data-offline]').hidden = false;
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    if (await reached()) return form.submit();
    const begin = Object.fromEntries([...new FormData(form)].filter(([name]) => name !== 'csrfmiddlewaretoken'));
    const fresh = blank({ user, draft: ids.value, name: form.dataset.name }, '', begin);
    await store.keepDraft({ ...fresh, savedAt: Date.now() });
    open(await store.draft(fresh.key));
  });
  form.dataset.ready = '1';
});
keep(form.dataset.worker, user);
