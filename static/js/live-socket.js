// The WebSocket to the camera: comes back by itself, with a fresh ticket where the old one no longer opens.

import { backoff, message } from './live-measure.js';

const GONE = 4404, BAD_ORIGIN = 4403;
const PONG = 4000; // ms between two questions to the server's clock
const SILENT = 7500; // ms without a word after one: the network lost this connection and told nobody

/**
 * `ticket()` promises the ticket to open with, `ticket(true)` a fresh one. `heard(said)` gets text messages, `got(m)`
 * media, `lost(code)` each end; `failed()` when sockets seem to be impossible here. `delay()` is the measured one, in ms.
 */
export function connect(url, { ticket, heard, got, lost, failed, delay = () => null }) {
  let socket = null, attempts = 0, opened = false, timer = null, pong = null, stopped = false, stale = false, waits = null;

  async function open() {
    timer = null;
    let word = '';
    try {
      word = await ticket(stale);
    } catch (error) {
      if (!stopped) again(0);
      return;
    }
    if (stopped) return;
    const mine = new WebSocket(url, ['sunkitchen.live', word]);
    socket = mine;
    mine.binaryType = 'arraybuffer';
    mine.onopen = () => {
      opened = true;
      measure();
      setTimeout(measure, 300);
      setTimeout(measure, 900);
    };
    waits = performance.now();
    clearInterval(pong);
    pong = setInterval(() => {
      if (waits !== null && performance.now() - waits > SILENT) ended(mine, 0);
      else measure();
    }, PONG);
    mine.onmessage = (event) => {
      if (socket !== mine) return;
      waits = null;
      if (typeof event.data !== 'string') {
        const media = message(event.data);
        if (media) got(media);
        return;
      }
      const said = JSON.parse(event.data);
      if (said.type === 'session') attempts = 0;
      heard(said);
    };
    mine.onclose = (event) => ended(mine, event.code);
  }

  function ended(mine, code) {
    if (socket !== mine) return;
    clearInterval(pong);
    socket = null;
    mine.close();
    stale = code >= 4400;
    lost(code);
    if (code === BAD_ORIGIN || (!opened && attempts >= 2)) failed();
    else again(code);
  }

  function again(code) {
    if (stopped) return;
    const pause = code === GONE ? 15000 : backoff(attempts, Math.random());
    attempts += 1;
    timer = setTimeout(open, pause);
  }

  function say(what) {
    if (!socket || socket.readyState !== 1) return;
    if (waits === null) waits = performance.now();
    socket.send(JSON.stringify(what));
  }

  function measure() {
    say({ type: 'pong', sent: performance.now(), delay: delay() });
  }

  open();
  return {
    visible(is) {
      say({ type: 'visible', visible: is });
    },
    /** Try at once: the page is looked at again, the network is back. */
    hurry() {
      if (!timer) return;
      clearTimeout(timer);
      open();
    },
    stop() {
      stopped = true;
      clearTimeout(timer);
      clearInterval(pong);
      if (socket) socket.close(1000);
      socket = null;
    },
  };
}
