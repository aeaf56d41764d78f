// The box around the picture: its tag, the words when there is no picture, the old picture beneath them.

const fill = (text, values) => text.replace(/%\((\w+)\)s/g, (all, name) => (name in values ? values[name] : all));

const CALM = ['', 'not_wanted', 'schedule']; // why a camera that is off is no interruption

/** Shows one state at a time. `words` comes from the page, in its language. */
export function box(root, words) {
  const tag = root.querySelector('.tag'), down = root.querySelector('.down-words');
  const whole = down && down.querySelector('b'), aside = down && down.querySelector('p');
  let poster = root.querySelector('.poster'); // none on a page that was opened before there was a picture
  let button = null, said = '';
  if (tag) tag.removeAttribute('role'); // the delay changes every second: nobody wants it read aloud
  const loud = document.createElement('span');
  loud.className = 'hidden';
  loud.setAttribute('role', 'status');
  root.append(loud);

  function doubt(words) {
    let node = root.querySelector('.doubt');
    if (!words) {
      if (node) node.remove();
      return;
    }
    if (!node) {
      node = document.createElement('p');
      node.className = 'doubt';
      node.setAttribute('role', 'status');
      root.append(node);
    }
    text(node, words);
  }

  const text = (node, value) => { if (node && node.textContent !== value) node.textContent = value; };

  function picture(shown) {
    if (!shown || !shown.poster || (poster && poster.getAttribute('src') === shown.poster)) return;
    if (!poster) {
      poster = document.createElement('img');
      poster.className = 'poster';
      root.prepend(poster);
    }
    poster.src = shown.poster;
    poster.alt = shown.taken || '';
  }

  function sentence({ state, since, why }) {
    if (state === 'paused') return (why === 'data' && words.pausedData) || words.paused;
    if (state === 'starting') return words.starting;
    if (state === 'reconnecting') return words.reconnecting;
    if (state === 'off' && (!why || why === 'not_wanted')) return words.idle;
    if (why === 'disabled' || why === 'gone' || why === 'schedule') return words[why];
    if (why === 'still' && since) return fill(words.frozen, { time: moment(since, words) });
    const values = { why: words.why[why] || words.unknown, time: since ? moment(since, words) : '' };
    return fill(since ? words.since : words.noSince, values);
  }

  return {
    /**
     * `delay`: seconds, or null where it could not be measured. `coarse`: known to a second only. `why`: what the
     * server doubts about the picture though it is live.
     */
    live(delay, coarse, why) {
      root.dataset.state = 'live';
      doubt((words.doubts && words.doubts[why]) || '');
      root.classList.remove('down');
      if (down) down.hidden = true;
      const seconds = delay === null ? '' : coarse ? String(Math.round(delay)) : delay.toFixed(1);
      text(tag, delay === null ? words.live : fill(words.liveDelay, { seconds }));
      if (said !== 'live') text(loud, words.live);
      said = 'live';
    },
    /**
     * No live picture: `status` as the server says it; `shown`, what its page said last (words, aside, poster),
     * `fits`, that its words are about this very status.
     */
    not(status, shown, fits) {
      root.dataset.state = status.state;
      doubt('');
      const isDown = !['starting', 'reconnecting', 'paused'].includes(status.state) && !(status.state === 'off' && CALM.includes(status.why || ''));
      root.classList.toggle('down', isDown);
      const line = (fits && shown.words) || sentence(status);
      if (down) {
        down.hidden = !isDown;
        text(whole, line);
        text(aside, (shown && shown.aside) || '');
      }
      picture(shown);
      const quiet = status.why === 'schedule' ? line : sentence(status);
      // A picture from before stands beneath: its time says so.
      text(tag, isDown ? words.notLive : poster && poster.alt && said !== 'live' ? `${poster.alt} · ${quiet}` : quiet);
      if (said !== line) text(loud, line);
      said = line;
    },
    /** Where no video plays: the newest still picture, which says what it is and when it was taken. */
    still(address, taken) {
      root.dataset.state = 'still';
      root.classList.remove('down');
      if (down) down.hidden = true;
      picture({ poster: address, taken: fill(words.taken, { time: moment(taken, words, true) }) });
      text(tag, [poster.alt, words.still].join(' · '));
    },
    /** What the picture takes of the reader's data, megabytes a minute; null: not said. */
    rate(megabytes) {
      let node = root.querySelector('.rate');
      if (!node && megabytes === null) return;
      if (!node) {
        node = document.createElement('span');
        node.className = 'rate';
        root.append(node);
      }
      const shown = megabytes === null ? '' : megabytes < 10 ? megabytes.toFixed(1) : String(Math.round(megabytes));
      text(node, shown && fill(words.perMinute, { megabytes: shown }));
      node.hidden = !shown;
    },
    askForTap(tapped) {
      if (button) return;
      button = document.createElement('button');
      button.type = 'button';
      button.className = 'play';
      button.textContent = '▶';
      button.setAttribute('aria-label', words.tap);
      button.addEventListener('click', () => { button.remove(); button = null; tapped(); });
      root.append(button);
    },
    end() {
      loud.remove();
      doubt('');
      const rate = root.querySelector('.rate');
      if (rate) rate.remove();
      if (button) button.remove();
    },
    numbers(lines) {
      let node = root.querySelector('.numbers');
      if (!node) {
        node = document.createElement('pre');
        node.className = 'numbers';
        root.append(node);
      }
      text(node, lines.join('\n'));
    },
  };
}

/** A time as the page writes it: by the kitchen's clock, wherever the reader is. */
function moment(iso, { lang, zone }, seconds = false) {
  const at = new Date(iso), day = (date) => date.toLocaleDateString('sv', { timeZone: zone });
  if (Number.isNaN(at.getTime())) return '';
  const time = at.toLocaleTimeString(lang, { hour: '2-digit', minute: '2-digit', second: seconds ? '2-digit' : undefined, hourCycle: 'h23', timeZone: zone });
  return day(at) === day(new Date()) ? time : `${day(at)} ${time}`;
}
