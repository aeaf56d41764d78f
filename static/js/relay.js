// The operator's page fetches its own figures anew while it is looked at. Without it, a reload does the same.

const box = document.querySelector('[data-fresh]');
const pause = Number(box.dataset.fresh) * 1000;
let timer = null;

async function refresh() {
  timer = null;
  if (!document.hidden) {
    try {
      const answer = await fetch(location.href, { headers: { 'X-Requested-With': 'fetch' }, cache: 'no-store' });
      if (answer.redirected || !answer.ok) return; // signed out: the page stays as it was
      const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
      replace(page.querySelector('[data-fresh]'));
    } catch {
      // No connection: the time that is shown stands still, the next try comes.
    }
  }
  timer = setTimeout(refresh, pause);
}

function replace(fresh) {
  if (!fresh) return;
  const selected = getSelection();
  if (selected && !selected.isCollapsed && box.contains(selected.anchorNode)) return; // somebody is copying a line
  const held = box.contains(document.activeElement) ? document.activeElement.getAttribute('href') : null;
  const scrolled = box.querySelector('.scroll')?.scrollLeft ?? 0;
  box.replaceChildren(...fresh.childNodes);
  const scroll = box.querySelector('.scroll');
  if (scroll) scroll.scrollLeft = scrolled;
  if (held) [...box.querySelectorAll('a')].find((link) => link.getAttribute('href') === held)?.focus({ preventScroll: true });
}

document.addEventListener('visibilitychange', () => {
  if (document.hidden || timer === null) return;
  clearTimeout(timer);
  refresh();
});
timer = setTimeout(refresh, pause);
