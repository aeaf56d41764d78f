// A phone's pictures on their way: a recorder's chunks over a WebSocket that comes back by itself. A container begins
// with its header, so each new connection has a new recorder.

import { backoff } from './live-measure.js';

const BITS = 1500000, LEAST_BITS = 300000; // a second
const SLICE = 100, KEYFRAMES = 2000; // ms
const MOST_BYTES = 32768; // of a message: the server takes no large ones, and a keyframe may be large
const SILENT = 10000; // ms without a word from the server, which speaks every two seconds
const BEHIND = 4; // seconds of picture that may wait here before the network counts as too slow
const HEALTHY = 20000; // ms: a connection that lived so long was no failure
// streams/delivery/ws_ingest.py says these numbers.
const OUT_OF_HOURS = 4423, WAITING = 30000; // ms until it is asked again
const OVER = { 4401: 'over', 4403: 'refused', 4404: 'refused', 4409: 'elsewhere', 4410: 'kitchen' };
// H.264 first: the server passes it on as it is, and must convert VP8.
const FORMATS = ['video/webm;codecs=h264', 'video/webm;codecs=avc1', 'video/webm;codecs=vp8', 'video/mp4;codecs=avc1.42E01F', 'video/mp4'];

/** What this browser's recorder can write, the best first; [] when it cannot film. */
export function formats() {
  return typeof MediaRecorder === 'undefined' ? [] : FORMATS.filter((format) => MediaRecorder.isTypeSupported(format));
}

/**
 * `state(word)`: connecting, sending, reconnecting, waiting for the camera's hours; `sent(bytes)` that arrived in all; `slower()` once the network makes
 * the picture smaller; `over(why)` when the server says that this phone films no more.
 */
export function send(url, session, stream, { state, sent, slower, over }) {
  const able = formats();
  let socket = null, recorder = null, timer = null, stopped = false;
  let attempts = 0, format = 0, bits = BITS, opened = 0, heard = 0, before = 0, here = 0, gave = false, failures = 0;

  function open() {
    timer = null;
    const mine = socket = new WebSocket(url, ['sunkitchen.film', session]);
    heard = opened = performance.now();
    here = 0;
    gave = false;
    mine.onmessage = (event) => {
      if (socket !== mine) return;
      heard = performance.now();
      const said = JSON.parse(event.data);
      if (said.type === 'ready') record(mine);
      if (said.type === 'got') {
        here = said.bytes;
        sent(before + here);
        if (here) {
          attempts = 0;
          state('sending');
        }
      }
    };
    mine.onclose = (event) => lost(mine, event.code);
  }

  function record(mine) {
    try {
      const begun = recorder = new MediaRecorder(stream, { mimeType: able[format], videoBitsPerSecond: bits, videoKeyFrameIntervalDuration: KEYFRAMES });
      begun.ondataavailable = (event) => {
        if (socket !== mine || recorder !== begun || !event.data.size || mine.readyState !== 1) return;
        for (let from = 0; from < event.data.size; from += MOST_BYTES) mine.send(event.data.slice(from, from + MOST_BYTES));
        gave = true;
        if (mine.bufferedAmount > bits / 8 * BEHIND) tooSlow(mine);
      };
      begun.onerror = () => lost(mine, 0);
      begun.start(SLICE);
    } catch (error) {
      lost(mine, 0); // the stream ended meanwhile, or the encoder is taken
    }
  }

  function tooSlow(mine) {
    if (bits > LEAST_BITS) slower();
    bits = Math.max(LEAST_BITS, bits / 2);
    lost(mine, 0);
  }

  function quiet() {
    const ending = recorder;
    recorder = null;
    if (ending && ending.state !== 'inactive') ending.stop();
  }

  function lost(mine, code) {
    if (socket !== mine) return;
    socket = null;
    quiet();
    mine.close();
    before += here;
    if (OVER[code]) {
      stop();
      over(OVER[code]);
      return;
    }
    state(code === OUT_OF_HOURS ? 'waiting' : 'reconnecting');
    const lived = performance.now() - opened;
    if (lived > HEALTHY) {
      failures = 0;
      bits = Math.min(BITS, bits * 2);
    } else if (gave && (failures += 1) >= 3) {
      failures = 0; // it takes us and then nothing of ours: perhaps not this format
      format = (format + 1) % able.length;
    }
    if (!stopped) timer = setTimeout(open, code === OUT_OF_HOURS ? WAITING : backoff(attempts, Math.random()));
    attempts += 1;
  }

  function stop() {
    stopped = true;
    clearTimeout(timer);
    clearInterval(watch);
    quiet();
    const ending = socket;
    socket = null;
    if (ending) ending.close(1000);
  }

  const watch = setInterval(() => {
    if (socket && performance.now() - heard > SILENT) lost(socket, 0); // the network lost it and told nobody
  }, 1000);
  state('connecting');
  open();
  return {
    stop,
    /** Try at once: the network or the page is back. */
    hurry() {
      if (!timer) return;
      clearTimeout(timer);
      open();
    },
    /** Another eye, or the same one turned: a new recorder on a new connection. */
    look(other) {
      stream = other;
      const mine = socket;
      attempts = 0;
      if (mine) lost(mine, 0);
    },
  };
}
