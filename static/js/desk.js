// A desk: the bell in its bar, and on a narrow screen the strip of pages turned to the one that is open.
import { bell } from './bell.js';

const here = document.querySelector('.desk > nav [aria-current]');
if (here) {
  const strip = here.closest('nav');
  strip.scrollLeft = here.offsetLeft - strip.offsetLeft - (strip.clientWidth - here.offsetWidth) / 2;
}

const link = document.querySelector('[data-bell]');
if (link) bell(link, document.querySelector('[data-bell-said]'));
