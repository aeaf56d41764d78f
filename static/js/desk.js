// A desk: the bell in its bar, and on a narrow screen the strip of pages turned to the one that is open.
import { bell } from './bell.js';
import { forget } from './inspection-kept.js';

const here = document.querySelector('.desk > nav [aria-current]');
if (here) {
  const strip = here.closest('nav');
  strip.scrollLeft = here.offsetLeft - strip.offsetLeft - (strip.clientWidth - here.offsetWidth) / 2;
}

const link = document.querySelector('[data-bell]');
if (link) bell(link, document.querySelector('[data-bell-said]'));

// Pages that an officer's phone keeps for visits without a network go with the session.
const out = document.querySelector('.bar form[action$="/sign-out/"]');
if (out) out.addEventListener('submit', forget);
