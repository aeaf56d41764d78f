// The bell: how many notices are unread, in the bar and in the title, as soon as the server knows. Without it, or
// without a connection, the number of the last page load stands.

const NOBODY = 4401, BAD_ORIGIN = 4403;
const FIRST = 1000, LONGEST = 60000; // ms before the next try

/** `link` names the socket in data-bell and the words in data-one, data-many, data-none; `said` is a live region. */
export function bell(link, said) {
  const count = link.querySelector('[data-bell-count]');
  const title = document.title.replace(/^\(\d+\) /, '');
  let known = Number(count.textContent), tries = 0, timer = null, socket = null;

  function show(unread) {
    count.textContent = unread;
    count.hidden = !unread;
    link.classList.toggle('rings', unread > 0);
    document.title = (unread ? `(${unread}) ` : '') + title;
    if (unread > known) said.textContent = unread === 1 ? link.dataset.one : link.dataset.many.replace('{n}', unread);
    else if (unread < known && unread === 0) said.textContent = link.dataset.none;
    known = unread;
  }

  function open() {
    timer = null;
    socket = new WebSocket(location.origin.replace(/^http/, 'ws') + link.dataset.bell);
    socket.onmessage = (event) => {
      tries = 0;
      const { unread } = JSON.parse(event.data);
      if (Number.isInteger(unread)) show(unread);
    };
    socket.onclose = (event) => {
      socket = null;
      if (event.code === NOBODY || event.code === BAD_ORIGIN) return; // no use in asking again
      const pause = Math.min(LONGEST, FIRST * 2 ** tries) * (0.5 + Math.random() / 2);
      tries += 1;
      timer = setTimeout(open, pause);
    };
  }

  function hurry() {
    if (!timer || document.hidden) return;
    clearTimeout(timer);
    open();
  }

  document.addEventListener('visibilitychange', hurry);
  addEventListener('online', hurry);
  // A page kept by the back button has a dead socket, and perhaps an old number.
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
    if (event.persisted && !socket && !timer) open();
  });
  open();
}
