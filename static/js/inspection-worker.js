// The pages of a visit where there is no network. It keeps only what a page asks it to keep, for the officer who is
// signed in, and answers with that only when the network does not. Nothing is sent from here.

const KEPT = 'inspections-'; // and the officer's number: inspection-kept.js forgets them at sign-out
const PATIENCE = 15000; // ms: a network that says nothing is none
const DAY = 24 * 3600 * 1000;

self.addEventListener('install', () => self.skipWaiting());
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));

self.addEventListener('message', (event) => {
  const { user, keep, once } = event.data || {};
  if (user) event.waitUntil(kept(user, keep || [], once || []));
});

/** Fetch and keep the addresses of `keep`, and those of `once` that are not there or older than a day. */
async function kept(user, keep, once) {
  for (const name of await caches.keys()) if (name.startsWith(KEPT) && name !== KEPT + user) await caches.delete(name);
  const cache = await caches.open(KEPT + user);
  for (const address of keep) await take(cache, address);
  for (const address of once) {
    const there = await cache.match(address, { ignoreVary: true });
    const age = there ? Date.now() - Date.parse(there.headers.get('date') || 0) : DAY;
    if (!(age < DAY)) await take(cache, address);
  }
}

async function take(cache, address) {
  try {
    const answer = await fetch(address, { credentials: 'same-origin', redirect: 'error' });
    if (answer.ok) await cache.put(address, answer);
  } catch {
    // no network, or sent to sign in: what was kept stays
  }
}

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== 'GET' || origin !== self.location.origin) return;
  if (request.mode === 'navigate' || pathname.startsWith('/static/')) event.respondWith(fresh(request));
});

async function fresh(request) {
  const asked = fetch(request);
  const late = new Promise((_, fail) => setTimeout(fail, PATIENCE, new Error('no answer')));
  try {
    const answer = await Promise.race([asked, late]);
    if (answer.status < 500) return answer;
  } catch {
    // below
  }
  return (await caches.match(request.url, { ignoreVary: true })) || asked;
}
