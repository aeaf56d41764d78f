// Pure: headers of media messages, the server's clock as seen from here, the lead that the network needs.

export const FRAGMENT = 1, INIT = 2;
const KEY = 1, DISCONTINUITY = 2;
const STEP = 1000; // ms

/** {type, key, discontinuity, epoch, seq, captured (Unix ms), body} of a binary message; null when it is too short. */
export function message(buffer) {
  if (buffer.byteLength < 16) return null;
  const view = new DataView(buffer), flags = view.getUint8(1);
  return {
    type: view.getUint8(0),
    key: Boolean(flags & KEY),
    discontinuity: Boolean(flags & DISCONTINUITY),
    epoch: view.getUint16(2),
    seq: view.getUint32(4),
    captured: view.getUint32(8) * 4294967296 + view.getUint32(12),
    body: new Uint8Array(buffer, 16),
  };
}

/**
 * The server's clock. Each reading is {sent, now, received}: our clock when we asked, the server's Unix ms, our clock
 * when the answer came. The one with the shortest way of the last eight counts; it is wrong by half its way at most.
 */
export function clock() {
  const readings = [];
  return {
    take(sent, now, received) {
      if (![sent, now, received].every(Number.isFinite) || received < sent) return;
      const reading = { way: received - sent, offset: now - (sent + received) / 2 };
      // Further from the others than their ways explain: a clock was set, or ours stood while the machine slept.
      if (readings.some((one) => Math.abs(one.offset - reading.offset) > (one.way + reading.way) / 2 + STEP)) readings.length = 0;
      readings.push(reading);
      if (readings.length > 8) readings.shift();
    },
    get known() { return readings.length > 0; },
    get error() { return Math.min(...readings.map((reading) => reading.way)) / 2; },
    /** Unix ms of the server at our `local` ms. */
    server(local) {
      return local + readings.reduce((best, reading) => (reading.way < best.way ? reading : best)).offset;
    },
  };
}

/**
 * Seconds kept between the newest frame and the one shown: as much as the arrivals of the last ten seconds ask for,
 * at once; less only step by step, while nothing stalls, and the slower the more often something did. Times in ms.
 */
export function lead({ start = 0.2, least = 0.08, most = 1.5, calm = 700, spare = 0.05 } = {}) {
  let seconds = start, quiet = null, pause = calm, before = null, waits = [];

  /** The longest time that the newest frame grew old before the next one came, beyond how old it is on average. */
  function needed() {
    const span = waits.reduce((sum, wait) => sum + wait.gap, 0);
    if (!span) return start;
    const mean = waits.reduce((sum, wait) => sum + (wait.age - wait.gap / 2) * wait.gap, 0) / span;
    const longest = waits.reduce((age, wait) => Math.max(age, wait.age), -Infinity);
    return Math.min(most, Math.max(least, (longest - mean) / 1000 + spare));
  }

  return {
    get seconds() { return seconds; },
    /** A message came whose newest frame was `captured` (by another clock: only differences count). */
    came(at, captured) {
      const gap = before ? at - before.at : Infinity;
      if (gap < 2 * STEP) waits.push({ at, gap, age: at - before.captured }); // a longer one is leapt over, not waited for
      if (waits.length && at - waits[0].at > 10 * STEP) waits = waits.filter((wait) => at - wait.at < 8 * STEP);
      before = { at, captured };
    },
    stalled(at) {
      seconds = Math.min(most, seconds * 1.5 + 0.05);
      pause = Math.min(30 * STEP, pause * 2);
      quiet = at;
    },
    tick(at) {
      if (quiet === null) quiet = at;
      const need = needed();
      if (need > seconds) {
        seconds = need;
        quiet = at;
      } else if (at - quiet >= pause) {
        seconds = Math.max(need, seconds * 0.85);
        quiet = at;
      }
    },
  };
}

/** What to do when the picture is `behind` seconds behind the newest frame and should be `wanted`. */
export function pace(behind, wanted, { jumpsOnly = false } = {}) {
  if (behind > wanted + 2 || (jumpsOnly && behind > wanted + 0.8)) return { jump: true, rate: 1 };
  if (jumpsOnly) return { jump: false, rate: 1 };
  const late = behind - wanted;
  if (late > 0.04) return { jump: false, rate: Math.min(1.1, 1 + late / 2) };
  if (late < -0.06) return { jump: false, rate: 0.97 };
  return { jump: false, rate: 1 };
}

/** When the frame shown at media time `t` was captured: from the end of each message's frames and its time. */
export function captures() {
  const marks = [];
  return {
    mark(end, captured) {
      if (marks.length && marks[marks.length - 1].end >= end) marks.length = 0; // the timeline began anew
      marks.push({ end, captured });
      if (marks.length > 256) marks.shift();
    },
    of(t) {
      const mark = marks.find((one) => one.end >= t) || marks[marks.length - 1];
      return mark ? mark.captured - (mark.end - t) * 1000 : null;
    },
    get newest() { return marks.length ? marks[marks.length - 1].captured : null; },
    clear() { marks.length = 0; },
  };
}

/** Milliseconds before attempt `n` (0, 1, …): doubling up to 15 s, jittered by `random` in [0, 1). */
export function backoff(n, random) {
  return Math.min(15000, 500 * 2 ** n) * (0.5 + random / 2);
}

/** The number that `share` (0 to 1) of them lie below; null of none. */
export function quantile(numbers, share) {
  const sorted = numbers.slice().sort((a, b) => a - b);
  return sorted.length ? sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] : null;
}

export const median = (numbers) => quantile(numbers, 0.5);
