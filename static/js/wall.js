// A wall of kitchens. A tile plays while it is looked at and there is room for it; the others show a still picture
// that says of when it is. What nobody sees is not fetched: its camera may rest.

import { player } from './player.js';

const wall = document.querySelector('.wall');
const onScreen = document.body.classList.contains('screen');
const small = matchMedia('(max-width: 47.99rem)');
const PHONE = 4; // pictures at once on a phone; on anything larger what the wall says
const NEWS = 15000; // ms between two questions for the states of tiles that do not play
const TURN = 30000, AGAIN = 600000; // ms until a screen shows its next page; its only page anew
const UNTOUCHED = { phone: 60000, desk: 600000 }; // ms after which nobody seems to look: data is money

const tiles = wall ? [...wall.querySelectorAll('.tile')].map(tile) : [];
const saves = Boolean(navigator.connection && navigator.connection.saveData);
let resting = false, touched = performance.now(), turn = 0;

function tile(root) {
  const box = root.querySelector('.live'), tag = box.querySelector('.tag'), button = box.querySelector('.play');
  const name = root.querySelector('.taken');
  const one = { root, box, seen: false, asked: 0, can: 'can' in box.dataset, playing: null, said: tag.textContent };
  button.addEventListener('click', () => { touched = performance.now(); one.asked = ++turn; settle(); });
  one.play = () => {
    button.hidden = true;
    root.classList.add('plays');
    one.playing = player(box);
  };
  one.end = () => {
    one.playing.end();
    one.playing = null;
    root.classList.remove('plays');
    box.dataset.state = 'waiting';
    box.classList.remove('down');
    const down = box.querySelector('.down-words');
    if (down) down.hidden = true;
    tag.textContent = one.said;
  };
  /** What the site says of it now. */
  one.hears = (news) => {
    one.said = news.words;
    one.can = !news.down;
    if (one.playing) return; // the player knows better
    tag.textContent = news.words;
    box.classList.toggle('down', news.down);
    if (name) name.textContent = news.taken;
    let poster = box.querySelector('.poster');
    if (!news.poster || (poster && poster.getAttribute('src') === news.poster)) return;
    if (!poster) {
      poster = document.createElement('img');
      poster.className = 'poster';
      box.prepend(poster);
    }
    poster.src = news.poster;
    poster.alt = news.taken;
  };
  one.offer = (is) => { button.hidden = !is; };
  return one;
}

/** Who plays: what was tapped last, then from the top, as many as there is room for. */
function settle() {
  const most = small.matches && !onScreen ? PHONE : Number(wall.dataset.most);
  const able = document.hidden || resting ? [] : tiles.filter((one) => one.seen && one.can && (one.asked || !saves));
  const chosen = new Set(able.sort((a, b) => b.asked - a.asked).slice(0, most));
  for (const one of tiles) {
    if (one.playing && !chosen.has(one)) one.end();
  }
  for (const one of tiles) {
    if (!one.playing && chosen.has(one)) one.play();
    one.offer(!one.playing && one.can && one.seen && !resting);
  }
}

async function hear() {
  if (document.hidden) return;
  try {
    const answer = await fetch(wall.dataset.now, { credentials: 'same-origin', cache: 'no-store' });
    if (!answer.ok) return;
    const { tiles: news } = await answer.json();
    for (const one of tiles) {
      const mine = news[one.root.dataset.code];
      if (mine && mine.camera === one.box.dataset.camera) one.hears(mine);
    }
    settle();
  } catch (error) {
    // the next time
  }
}

/** Only where it answers: a screen whose server is away keeps what it has instead of an error for ever. */
async function go(address) {
  try {
    const answer = await fetch(address, { credentials: 'same-origin' });
    if (answer.ok) location.replace(address);
  } catch (error) {
    // the next time
  }
}

function rest(is) {
  resting = is;
  const note = document.querySelector('.paused');
  if (note) note.hidden = !is;
  settle();
}

function clock() {
  const node = document.querySelector('[data-clock]');
  if (!node) return;
  const words = JSON.parse(document.getElementById('live-words').textContent);
  const show = () => {
    node.textContent = new Date().toLocaleTimeString(words.lang, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZone: words.zone });
  };
  show();
  setInterval(show, 5000);
}

if (wall) {
  const eye = new IntersectionObserver((entries) => {
    for (const entry of entries) tiles.find((one) => one.box === entry.target).seen = entry.intersectionRatio >= 0.5;
    settle();
  }, { threshold: [0, 0.5] });
  for (const one of tiles) eye.observe(one.box);
  document.addEventListener('visibilitychange', settle);
  small.addEventListener('change', settle);
  setInterval(hear, NEWS);
  if (onScreen) {
    const alone = new URL(wall.dataset.next, location.href).href === location.href || wall.dataset.next === location.search;
    setInterval(() => go(wall.dataset.next), alone ? AGAIN : TURN);
  } else {
    const touch = () => { touched = performance.now(); if (resting) rest(false); };
    for (const kind of ['pointerdown', 'keydown', 'scroll', 'pointermove']) addEventListener(kind, touch, { passive: true });
    setInterval(() => {
      if (!resting && performance.now() - touched > (small.matches ? UNTOUCHED.phone : UNTOUCHED.desk)) rest(true);
    }, 1000);
  }
} else if (onScreen) {
  setInterval(() => go(location.href), 60000); // until somebody shows a camera
}
if (onScreen) clock();
