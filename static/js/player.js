// The live picture. Frames by WebSocket into MediaSource; else hls.js; else native HLS; else a still picture every 2 s.
//
// "Live" is shown only while all of this holds: the server says so, the newest frame is younger than 5 s, and the
// picture moves on. The delay shown is measured: from the moment the frame on the screen reached the relay (the
// server stamps each message) to now, by the server's clock as estimated from question and answer. What passes
// inside the camera and on its way to the relay is not in it. By HLS it is known to a second only.

import { box } from './live-box.js';
import { askWeChat, metered, meter, saves, touch, untouched, UNTOUCHED } from './live-data.js';
import { clock, INIT, median, quantile } from './live-measure.js';
import { feed, supported } from './live-mse.js';
import { connect } from './live-socket.js';

const FRESH = 5000, FRESH_HLS = 20000; // ms: a frame older than this is no live picture
const GONE = { state: 'off', since: null, why: 'gone' };
const STUCK = 2000; // ms without movement
const HLS_STUCK = 8000, HLS_START = 15000; // ms without movement after which HLS begins anew; for its first picture
const HIDDEN = 60000; // ms a hidden page stays connected: data is money
const STILLS = 2000, OLD_STILL = 20000; // ms between two still pictures; after which one is no news
const NO_SUB = ['no_stream', 'unreachable', 'unauthorized', 'refused_address', 'redirected', 'codec', 'no_picture'];
const ROOM = 60000; // ms until a server that had no room to convert is asked again

const words = JSON.parse(document.getElementById('live-words').textContent);
const asked = new URLSearchParams(location.search);
const now = () => performance.now();

/** A picture as an address of its own: pages here may show data:, not blob:. */
const asAddress = (blob) => new Promise((done, failed) => {
  const reader = new FileReader();
  reader.onload = () => done(reader.result);
  reader.onerror = failed;
  reader.readAsDataURL(blob);
});

/** Plays the picture in a `.live` box until `end()`, which leaves the box as quiet as it was. */
export function player(root) {
  const video = root.querySelector('video'), shown = box(root, words), time = clock(), taken = meter(), delays = [];
  let status = { state: 'starting', since: null, why: '' }, page = null, ticket = video.dataset.ticket;
  let mode = null, link = null, source = null, tries = 0, breaks = 0, skipped = 0, bytes = 0, init = null, epoch = null;
  let rendition = metered() ? 'sub' : '', given = ''; // asked for, and what the server gives
  let moved = -Infinity, at = -1, newest = null, asking = null, askedAt = -Infinity, toldAt = -Infinity, begunAt = 0, stillAt = -Infinity, away = null, paused = false, missing = false, over = false;

  /** The page's own news: a ticket, the state, the words for it. At most every 2 s. */
  function refresh() {
    if (asking) return asking;
    if (now() - askedAt < 2000) return Promise.resolve(page);
    const sent = now();
    askedAt = sent;
    const signal = AbortSignal.timeout ? AbortSignal.timeout(8000) : undefined; // else a dead connection keeps all waiting
    asking = fetch(video.dataset.refresh, { credentials: 'same-origin', cache: 'no-store', signal })
      .then((answer) => {
        missing = answer.status === 404;
        if (answer.ok && mode !== 'socket') {
          const date = Date.parse(answer.headers.get('Date') || '');
          if (date) time.take(sent, date + 500, now());
        }
        return answer.ok ? answer.json() : Promise.reject(new Error(String(answer.status)));
      })
      .then((news) => {
        page = news;
        toldAt = now();
        ticket = news.ticket || ticket;
        if (mode !== 'socket') status = news;
        return news;
      })
      .finally(() => { asking = null; });
    return asking;
  }

  const address = (name) => video.dataset.hls.replace(/\/[^/]+\/index\.m3u8/, `/${ticket}/${name}`);
  const blocked = () => shown.askForTap(() => {
    paused = false;
    if (!mode) start(); // it was let go meanwhile
    else (source && source.play ? source : video).play();
  });

  const reopen = (as) => {
    rendition = as;
    stop();
    bySocket();
  };

  /** A frame that cannot be read may be one bad frame: begin anew twice before asking for something else. */
  function broken() {
    breaks += 1;
    if (breaks > 2) undecodable();
    else reopen(rendition);
  }

  /** This browser cannot show the camera's format (H.265, most often): the relay converts it; else HLS. */
  function undecodable() {
    breaks = 0;
    if (given === 'h264' || (init && init.mime.includes('avc1'))) byHls();
    else reopen('h264');
  }

  // ── frames by WebSocket ──────────────────────────────────────────────────────────────────────────────────
  function bySocket() {
    mode = 'socket';
    source = feed(video, { blocked, broken });
    const scheme = location.protocol === 'https:' ? 'wss:' : 'ws:';
    given = rendition;
    link = connect(`${scheme}//${location.host}${video.dataset.ws}${rendition && `?as=${rendition}`}`, {
      ticket: (fresh) => (fresh ? refresh().then(() => ticket) : Promise.resolve(ticket)),
      delay: () => (delays.length ? Math.round(median(delays) * 1000) : null),
      heard(said) {
        if (said.type === 'session') {
          given = said.as || '';
        } else if (said.type === 'state') {
          status = said;
          if (given === 'sub' && said.state !== 'live' && NO_SUB.includes(said.why)) return reopen('');
          if (given === 'h264' && said.why === 'no_stream') return reopen(''); // the camera sends H.264 by now
          if (given === 'h264' && said.state !== 'live' && said.why === 'budget') return noRoom();
          if (said.state !== 'live') refresh().catch(() => {});
        } else if (said.type === 'init') {
          init = said;
        } else if (said.type === 'time') {
          time.take(said.sent, said.now, now());
        } else if (said.type === 'skip') {
          skipped += said.frames;
        }
        return undefined;
      },
      got(media) {
        took(media.body.byteLength);
        if (media.type === INIT) {
          if (!init || !supported(init.mime)) return undecodable();
          epoch = media.epoch;
          source.begin(init.mime, media.body);
        } else if (media.epoch === epoch) {
          newest = media.captured;
          source.push(media);
        }
        return undefined;
      },
      lost() {
        epoch = null;
        status = { state: 'reconnecting', since: null, why: '' };
        const since = now();
        refresh().then((news) => { if (status.state === 'reconnecting' && toldAt >= since && news.state !== 'live') status = news; }, () => {});
      },
      failed: byHls,
    });
  }

  function took(size) {
    bytes += size;
    taken.take(size, now());
  }

  /** The server converts for others already: still pictures until it has room. */
  function noRoom() {
    byHls();
    setTimeout(() => { if (mode === 'poster' && !over && !paused) reopen('h264'); }, ROOM);
  }

  // ── HLS ──────────────────────────────────────────────────────────────────────────────────────────────────
  function stop() {
    if (link) link.stop();
    if (source) source.stop();
    link = source = null;
  }

  async function byHls() {
    stop();
    mode = 'hls';
    begunAt = now();
    const mine = mode;
    const { playHls, playNative, playsNatively } = await import('./live-hls.js');
    try {
      const wantsNative = asked.get('player') === 'native' || !words.hls || !supported() || Boolean(init && !supported(init.mime));
      if (over) return undefined;
      if (wantsNative && !playsNatively(video)) return byPoster();
      const options = { script: words.hls, blocked, broken: hlsAgain, took }, index = address('index.m3u8');
      const begun = wantsNative ? playNative(video, index, options) : await playHls(video, index, options);
      if (over) begun.stop();
      else source = begun;
    } catch (error) {
      if (mode === mine) hlsAgain();
    }
    return undefined;
  }

  function hlsAgain() {
    if (mode !== 'hls') return;
    if (source) source.stop();
    source = null;
    tries += 1;
    if (tries > 2 && init && !supported(init.mime)) { // it says that it plays HLS, but not this format
      byPoster();
      return;
    }
    setTimeout(() => { if (mode === 'hls' && !source) refresh().catch(() => {}).then(byHls); }, Math.min(10000, 1000 * tries));
  }

  function byPoster() {
    mode = 'poster';
    still();
  }

  /** The newest still picture, and when it was taken: the relay looks again every few seconds while somebody asks. */
  async function still() {
    if (mode !== 'poster' || over) return;
    setTimeout(still, STILLS);
    if (document.hidden) return;
    try {
      const answer = await fetch(address('still.jpg'), { credentials: 'same-origin', cache: 'no-store' });
      if (answer.status === 403) refresh().catch(() => {});
      if (!answer.ok) return;
      const picture = await answer.blob();
      if (mode !== 'poster' || over) return;
      took(picture.size);
      stillAt = now();
      shown.still(await asAddress(picture), answer.headers.get('Last-Modified'));
    } catch (error) {
      // the next time
    }
  }

  /** Nobody seems to look, and the picture costs: one tap goes on. */
  function pause(why) {
    stop();
    mode = null;
    paused = why;
    taken.clear();
    shown.askForTap(() => {
      paused = false;
      touch();
      start();
    });
  }

  // ── once in a while ──────────────────────────────────────────────────────────────────────────────────────
  function measured(mediaTime, when) {
    const captured = mode === 'socket' ? source && source.times.of(mediaTime) : source && source.captured && source.captured();
    if (!captured || !time.known) return;
    delays.push((time.server(when) - captured) / 1000);
    if (delays.length > 250) delays.shift();
  }

  function age() {
    const captured = mode === 'socket' ? newest : source && source.captured && source.captured();
    return captured && time.known ? time.server(now()) - captured : null;
  }

  function isLive() {
    const old = age();
    if (status.state !== 'live' || video.paused || now() - moved > STUCK) return false;
    // Native HLS may keep its times to itself: then the moving picture and the server's word must do.
    return mode === 'socket' ? old !== null && old < FRESH : old === null || old < FRESH_HLS;
  }

  function tick() {
    if (source && source.tick) source.tick(now());
    if (mode && metered() && untouched() > UNTOUCHED) pause('data');
    if (video.currentTime !== at) {
      at = video.currentTime;
      if (!video.seeking && video.readyState >= 2) moved = now();
    }
    if (!video.requestVideoFrameCallback || mode !== 'socket') measured(video.currentTime, now());
  }

  function show() {
    if (paused) {
      shown.not({ state: 'paused', since: null, why: paused }, page, false);
    } else if (mode === 'poster' && now() - stillAt < OLD_STILL) {
      // it says itself what it is
    } else if (isLive()) {
      shown.live(delays.length ? Math.max(0, median(delays.slice(-25))) : null, mode !== 'socket', status.why);
      tries = 0;
    } else {
      // The server's word counts where it says no; where it says live and no picture moves, we are the ones who wait.
      const says = status.state === 'live' ? { state: 'starting', since: null, why: '' } : missing ? GONE : status;
      const fits = page && page.state === status.state && page.why === status.why;
      shown.not(says, page, fits && says === status);
      delays.length = 0;
      const patience = fits || document.hidden || status.state === 'reconnecting' ? 10000 : 2500;
      if (now() - askedAt > patience) refresh().catch(() => {});
    }
    shown.rate(mode && !paused && metered() ? taken.perMinute(now()) : null);
    // A relay that began anew counts anew too: a player may wait for ever for what comes after the old count.
    const waits = mode === 'hls' && source && status.state === 'live' && !video.paused && !document.hidden;
    if (waits && now() - moved > HLS_STUCK && now() - begunAt > HLS_START) hlsAgain();
    if (mode && mode !== 'socket' && !document.hidden && now() - askedAt > 5000) refresh().catch(() => {});
    if (asked.get('debug')) {
      const { lead = 0, stalls = 0, jumps = 0 } = (source && source.numbers) || {};
      shown.numbers([
        `${mode}${given && `~${given}`} ${status.state} ${video.videoWidth}×${video.videoHeight}`,
        `delay p50 ${delays.length ? median(delays).toFixed(3) : '?'} p95 ${delays.length ? quantile(delays, 0.95).toFixed(3) : '?'} s  behind ${source && source.behind != null ? source.behind.toFixed(3) : '?'} s`,
        `lead ${lead.toFixed(3)} s  rate ${video.playbackRate.toFixed(2)}  clock ±${time.known ? time.error.toFixed(1) : '?'} ms`,
        `stalls ${stalls}  jumps ${jumps}  skipped ${skipped}  ${(bytes / 1e6).toFixed(2)} MB`,
      ]);
    }
  }

  function frame(when, about) {
    if (over) return;
    moved = now();
    if (mode === 'socket') measured(about.mediaTime, about.expectedDisplayTime || when);
    video.requestVideoFrameCallback(frame);
  }

  function visibility() {
    if (document.hidden) {
      if (link) link.visible(false);
      video.pause();
      away = setTimeout(() => { stop(); mode = null; }, HIDDEN);
      return undefined;
    }
    clearTimeout(away);
    delays.length = 0;
    touch();
    if (!mode) return paused ? undefined : metered() && begunAt ? pause('data') : start(); // who pays by the byte asks for it
    if (link) {
      link.visible(true);
      link.hurry();
    }
    if (!paused) video.play().catch(() => {});
    return undefined;
  }

  function start() {
    if (over) return;
    begunAt = now();
    const forced = asked.get('player');
    if (forced === 'poster') byPoster();
    else if (forced === 'hls' || forced === 'native' || !supported() || !globalThis.WebSocket) byHls();
    else bySocket();
  }

  video.muted = true;
  if (video.requestVideoFrameCallback) video.requestVideoFrameCallback(frame);
  // WeChat starts a video only from within an answer of its own, and it alone knows the network on an iPhone.
  const inWeChat = () => askWeChat(() => {
    if (mode === 'socket' && !rendition && metered()) reopen('sub');
    if (mode) (source && source.play ? source : video).play();
  }), online = () => link && link.hurry();
  document.addEventListener('visibilitychange', visibility);
  document.addEventListener('WeixinJSBridgeReady', inWeChat);
  globalThis.addEventListener('online', online);
  const timers = [setInterval(tick, 100), setInterval(show, 250)];
  inWeChat();
  if (saves()) {
    pause('data'); // whoever saves data decides for themselves
  } else if (!document.hidden) {
    start(); // a tab in the background starts when it is looked at
  }

  return {
    end() {
      over = true;
      timers.forEach(clearInterval);
      clearTimeout(away);
      document.removeEventListener('visibilitychange', visibility);
      document.removeEventListener('WeixinJSBridgeReady', inWeChat);
      globalThis.removeEventListener('online', online);
      stop();
      mode = null;
      shown.end();
    },
  };
}

for (const root of document.querySelectorAll('.live:not([data-later])')) {
  if (root.querySelector('video[data-ws]')) player(root);
}
