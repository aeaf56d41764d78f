// Visits that this phone keeps and that were not sent: named, opened again, and sent from here where that was wanted.

import * as store from './inspection-store.js';
import { alone, send } from './inspection-send.js';
import { clock, fill, words } from './inspection-edit.js';
import { keep, outdated } from './inspection-kept.js';

const box = document.querySelector('.drafts');
const { user, token, worker } = box.dataset;

function row(draft) {
  const item = document.createElement('li'), about = document.createElement('div'), deeds = document.createElement('p');
  const name = document.createElement('b'), when = document.createElement('p');
  name.textContent = draft.name;
  when.className = 'muted';
  when.textContent = draft.wants ? words.waiting : fill(words.saved, { at: clock(draft.savedAt) });
  const open = Object.assign(document.createElement('a'), { className: 'btn small', href: draft.url || draft.page, textContent: words.open });
  const away = Object.assign(document.createElement('button'), { className: 'link', type: 'button', textContent: words.discard });
  away.addEventListener('click', async () => {
    if (!window.confirm(words.sure)) return;
    await store.drop(draft.key);
    look();
  });
  about.append(name, when);
  deeds.append(open, ' ', away);
  item.append(about, deeds);
  return item;
}

async function look() {
  const drafts = await store.draftsOf(user);
  box.querySelector('ul').replaceChildren(...drafts.map(row));
  box.hidden = !drafts.length;
  return drafts;
}

async function flush() {
  for (const draft of await look()) {
    if (!draft.wants) continue;
    try {
      const said = await alone(draft.key, () => send(draft, token, { told() {}, took() {} }));
      if (!said) continue; // another tab does
      await outdated(said.url);
    } catch {
      continue; // its own page says why
    }
    box.querySelector('.told').textContent = fill(words.sent, { at: clock(Date.now()) });
    await look();
  }
}

flush().catch(() => {});
window.addEventListener('online', () => flush().catch(() => {}));
const begin = [...document.querySelectorAll('.tasks a[href*="/inspections/new/"]')].slice(0, 10).map((link) => link.href);
keep(worker, user, begin);
