// Counts that somebody read this edition for five seconds, and offers to pass it on. Sends no name, keeps no cookie.
const place = document.querySelector('[data-reach]');
const READ = 5000;
let seen = 0;
let since = document.visibilityState === 'visible' ? performance.now() : null;

function told(what) {
  navigator.sendBeacon?.(place.dataset[what]);
}

function waited() {
  if (since === null) return;
  seen += performance.now() - since;
  since = performance.now();
  if (seen >= READ) {
    clearInterval(watch);
    since = null;
    told('reach');
  }
}

document.addEventListener('visibilitychange', () => {
  if (document.visibilityState === 'visible') {
    if (seen < READ) since = performance.now();
  } else {
    waited();
    since = null;
  }
});
const watch = setInterval(waited, 500);

const said = Object.assign(document.createElement('span'), { className: 'muted' });
said.setAttribute('role', 'status');
const button = Object.assign(document.createElement('button'), { type: 'button', className: 'btn primary', textContent: place.dataset.word });
button.addEventListener('click', async () => {
  const page = { title: document.title, url: location.origin + location.pathname };
  try {
    if (navigator.share) await navigator.share(page);
    else {
      await navigator.clipboard.writeText(page.url);
      said.textContent = ` ${place.dataset.copied}`;
    }
  } catch {
    return; // changed their mind, or the browser keeps its clipboard to itself
  }
  told('share');
});
place.prepend(button, ' ');
place.append(said);
