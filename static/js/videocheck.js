// A video check on the clerk's page: waits for the kitchen to begin, and keeps pictures without leaving the live one.

const page = document.querySelector('[data-check]');
const form = page.querySelector('.keep-still');
const stills = page.querySelector('[data-stills]');
const EVERY = 4000; // ms between two looks whether the kitchen films, or a colleague has ended it

/** The page again when what it shows is no longer so. */
async function look() {
  setTimeout(look, EVERY);
  if (document.hidden) return;
  try {
    const answer = await fetch(page.dataset.live, { credentials: 'same-origin', cache: 'no-store' });
    if (!answer.ok) return;
    const news = await answer.json();
    const same = news.check === page.dataset.state && String(Number(news.shows)) === page.dataset.shows;
    const writes = [...page.querySelectorAll('textarea, input[type=text]')].some((field) => field.value);
    if (!same && !writes) location.reload();
  } catch (error) {
    // the next time
  }
}
setTimeout(look, EVERY);

if (form) {
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const button = form.querySelector('button');
    if (button.getAttribute('aria-busy') === 'true') return;
    button.setAttribute('aria-busy', 'true');
    try {
      const answer = await fetch(form.action, { method: 'POST', body: new FormData(form), headers: { 'X-Part': 'stills' }, credentials: 'same-origin' });
      const part = await answer.text();
      if (!part || (answer.headers.get('Content-Type') || '').indexOf('text/html') !== 0 || part.includes('<html')) throw new Error(String(answer.status));
      stills.innerHTML = part;
      if (answer.ok) form.reset();
    } catch (error) {
      form.submit(); // as without a script
    } finally {
      button.removeAttribute('aria-busy');
    }
  });
}
