// Pages of visits that this phone keeps for a dead network: asked for here, forgotten when the officer signs out.

const KEPT = 'inspections-';

/** Every page that was kept is gone: whoever opens this phone next sees none. */
export async function forget() {
  if (!('caches' in window)) return;
  for (const name of await caches.keys()) if (name.startsWith(KEPT)) await caches.delete(name);
}

/** What was kept of this page is older than what the server has now: it must not be shown in its place. */
export async function outdated(address) {
  if (!('caches' in window)) return;
  for (const name of await caches.keys()) {
    if (name.startsWith(KEPT)) await (await caches.open(name)).delete(address, { ignoreVary: true });
  }
}

/** Keep this page, with all it is made of, and the pages `once` if they are not there. Without a worker: nothing. */
export async function keep(script, user, once = []) {
  if (!('serviceWorker' in navigator)) return;
  try {
    await navigator.serviceWorker.register(script);
    const worker = (await navigator.serviceWorker.ready).active;
    const parts = performance.getEntriesByType('resource').map((entry) => entry.name.split('#')[0]);
    const named = [...document.querySelectorAll('link[rel=stylesheet], link[rel=icon]')].map((link) => link.href);
    const made = [...parts, ...named].filter((address) => address.startsWith(`${location.origin}/static/`));
    // The page last: once it is there, so is all it is made of.
    worker.postMessage({ user, keep: [...new Set(made), location.href.split('#')[0]], once });
  } catch {
    // a browser that refuses workers: the draft is kept all the same, only the page needs a network
  }
}
