// HLS where frames by WebSocket are impossible: hls.js, or what the browser plays by itself.

const LATE = 6; // seconds behind where it should be, after which it jumps

/** {stop, tick(), captured(): when the frame shown reached the relay, Unix ms or null}; `broken(error)` when it can play no more, `took(bytes)`. */
export async function playHls(video, address, { script, broken, blocked, took = () => {} }) {
  const { default: Hls } = await import(script);
  if (!Hls.isSupported()) throw new Error('no MediaSource');
  const hls = new Hls({
    enableWorker: false,
    lowLatencyMode: true, // parts; how far behind the newest to stay is said in the playlist
    maxLiveSyncPlaybackRate: 1.1,
    backBufferLength: 8,
    manifestLoadingTimeOut: 20000, // opening waits for the camera to start
  });
  hls.on(Hls.Events.ERROR, (_, data) => { if (data.fatal) broken(new Error(data.details)); });
  hls.on(Hls.Events.FRAG_LOADED, (_, data) => took(data.payload ? data.payload.byteLength : 0));
  hls.on(Hls.Events.MANIFEST_PARSED, () => play(video, blocked));
  hls.loadSource(address);
  hls.attachMedia(video);
  return {
    captured: () => (hls.playingDate ? hls.playingDate.getTime() : null),
    // Its own setting for this would take the place of what the playlist says about how far behind to stay.
    tick: () => { if (hls.liveSyncPosition && hls.latency > hls.targetLatency + LATE) video.currentTime = hls.liveSyncPosition; },
    stop: () => hls.destroy(),
  };
}

export function playNative(video, address, { broken, blocked }) {
  const error = () => broken(video.error || new Error('native HLS'));
  video.addEventListener('error', error);
  video.src = address;
  play(video, blocked);
  return {
    captured() {
      const start = video.getStartDate ? video.getStartDate().getTime() : NaN;
      return Number.isFinite(start) ? start + video.currentTime * 1000 : null;
    },
    stop() {
      video.removeEventListener('error', error);
      video.removeAttribute('src');
      video.load();
    },
  };
}

export const playsNatively = (video) => Boolean(video.canPlayType('application/vnd.apple.mpegurl'));

function play(video, blocked) {
  const promise = video.play();
  if (promise) promise.catch((error) => { if (error.name === 'NotAllowedError') blocked(); });
}
