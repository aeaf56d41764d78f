// The screen in a dining room stays on for weeks: its facts are read anew each minute, the page itself twice a day,
// and never where the server does not answer, so that no error page stays on the wall.

const MINUTE = 60000, HALF_DAY = 12 * 3600000;
const begun = performance.now();

async function again() {
  try {
    const answer = await fetch(location.href, { credentials: 'same-origin', cache: 'no-cache' });
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    const facts = page.querySelector('[data-again]'), shown = document.querySelector('[data-again]');
    const camera = (root) => (root.querySelector('.live') || {}).dataset?.camera;
    // Another camera, or none any more: the picture's own box changed too.
    if (!facts || camera(page) !== camera(document) || performance.now() - begun > HALF_DAY) location.reload();
    else if (facts.innerHTML !== shown.innerHTML) shown.replaceWith(document.importNode(facts, true));
  } catch (error) {
    // the next minute
  }
}

setInterval(again, MINUTE);
