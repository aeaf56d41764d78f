// Frames into a <video> by MediaSource (or ManagedMediaSource): fed as they come, kept close to the newest.

import { captures, lead, pace } from './live-measure.js';

const KEEP = 8; // seconds behind the picture that stay in the buffer
const Source = globalThis.ManagedMediaSource || globalThis.MediaSource;
// Safari stutters at a changed rate: it jumps instead.
const jumpsOnly = /^((?!chrom(e|ium)|android).)*safari/i.test(navigator.userAgent);

export const supported = (mime = 'video/mp4; codecs="avc1.64001f"') => Boolean(Source) && Source.isTypeSupported(mime);

/** `broken(error)` is called when this source can play no more; `blocked()` when the browser wants a tap first. */
export function feed(video, { broken, blocked }) {
  const ahead = lead(), times = captures();
  let source = null, buffer = null, queue = [], marks = [], started = false, url = '', lastMoved = 0, lastTime = -1, stalls = 0, jumps = 0, jumpedAt = 0;

  function begin(mime, init) {
    close();
    source = new Source();
    started = false;
    video.disableRemotePlayback = true;
    const mine = source;
    source.addEventListener('sourceopen', () => {
      if (source !== mine || buffer) return;
      if (url) URL.revokeObjectURL(url);
      try {
        buffer = source.addSourceBuffer(mime);
      } catch (error) {
        broken(error);
        return;
      }
      buffer.addEventListener('updateend', updated);
      buffer.addEventListener('error', () => source === mine && broken(new Error('a frame could not be read')));
      pump();
    });
    source.addEventListener('startstreaming', pump);
    queue = [{ body: init }];
    url = URL.createObjectURL(source);
    video.src = url;
  }

  function push(message) {
    if (!source) return;
    if (message.captured) ahead.came(performance.now(), message.captured);
    queue.push(message);
    if (queue.length > 400) queue = queue.slice(0, 1); // nothing is taken any more: let the next keyframe begin anew
    pump();
  }

  function pump() {
    if (!buffer || buffer.updating || !queue.length || source.readyState !== 'open' || source.streaming === false) return;
    const batch = queue;
    queue = [];
    const data = batch.length === 1 ? batch[0].body : joined(batch.map((message) => message.body));
    try {
      buffer.appendBuffer(data);
      marks = batch.filter((message) => message.captured);
    } catch (error) {
      if (error.name !== 'QuotaExceededError' || !trim(2)) return broken(error);
      queue = batch.concat(queue);
    }
  }

  function updated() {
    const end = edge();
    if (marks.length && end !== null) times.mark(end, marks[marks.length - 1].captured);
    marks = [];
    if (!started && end !== null) {
      started = true;
      jump();
      play();
    }
    if (!trim(KEEP)) pump();
  }

  /** The end of the newest frame, in media time. */
  function edge() {
    try {
      return buffer && buffer.buffered.length ? buffer.buffered.end(buffer.buffered.length - 1) : null;
    } catch (error) {
      return null; // removed from its source meanwhile
    }
  }

  function jump() {
    const last = buffer.buffered.length - 1;
    video.currentTime = Math.max(buffer.buffered.start(last), buffer.buffered.end(last) - ahead.seconds);
    jumps += 1;
    jumpedAt = performance.now();
  }

  function play() {
    const promise = video.play();
    if (promise) promise.catch((error) => { if (error.name === 'NotAllowedError') blocked(); });
  }

  function trim(keep) {
    if (!buffer || buffer.updating || !buffer.buffered.length) return false;
    const until = video.currentTime - keep;
    if (until - buffer.buffered.start(0) < (keep === KEEP ? KEEP : 0.1)) return false;
    buffer.remove(0, until);
    return true;
  }

  /** Several times a second: hold the lead, leave holes and stalls behind. */
  function tick(now) {
    const end = edge();
    if (!started || end === null) return;
    if (video.paused) {
      if (end - video.currentTime > 2 * KEEP) jump(); // else what nobody looks at would pile up
      return;
    }
    if (video.currentTime !== lastTime) {
      lastTime = video.currentTime;
      lastMoved = now;
    } else if (now - lastMoved > 300 && !video.seeking && end - video.currentTime > ahead.seconds + 0.1) {
      jump(); // a hole in the buffer: frames were passed over
      lastMoved = now;
    }
    ahead.tick(now);
    const step = pace(end - video.currentTime, ahead.seconds, { jumpsOnly });
    if (step.jump) jump();
    if (Math.abs(video.playbackRate - step.rate) > 0.005) video.playbackRate = step.rate;
  }

  function waiting() {
    if (!started || video.seeking || performance.now() - jumpedAt < 500) return; // a jump waits too: no network to blame
    stalls += 1;
    ahead.stalled(performance.now());
  }
  video.addEventListener('waiting', waiting);

  function close() {
    if (!source) return;
    source = buffer = null;
    URL.revokeObjectURL(url);
    queue = [];
    times.clear();
    video.removeAttribute('src');
    video.load();
  }

  return {
    begin,
    push,
    tick,
    play,
    times,
    get behind() { const end = edge(); return end === null ? null : end - video.currentTime; },
    get numbers() { return { lead: ahead.seconds, stalls, jumps, queue: queue.length }; },
    get started() { return started; },
    stop() {
      video.removeEventListener('waiting', waiting);
      close();
    },
  };
}

function joined(parts) {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.byteLength, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.byteLength;
  }
  return all;
}
