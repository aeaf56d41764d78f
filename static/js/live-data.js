// Data is money: whether this picture is paid for by the byte, how much it takes, whether anybody still looks.

export const UNTOUCHED = 60000; // ms without a touch after which, on mobile data, nobody seems to look
const SPAN = 10000, ENOUGH = 3000; // ms that a rate is of; ms after which it is known

const connection = navigator.connection || null;
let said = null; // WeChat's word: on iOS nobody else knows
let touched = performance.now();

for (const kind of ['pointerdown', 'pointermove', 'touchstart', 'keydown', 'scroll', 'wheel']) {
  addEventListener(kind, touch, { passive: true, capture: true });
}

export function touch() { touched = performance.now(); }

export const untouched = () => performance.now() - touched;

export const saves = () => Boolean(connection && connection.saveData);

/** Whether this page is on mobile data, or asked to save data. */
export const metered = () => said ?? Boolean(connection && (connection.type === 'cellular' || connection.saveData));

/** In WeChat: learn which network it is; `then()` runs where WeChat lets a video begin by itself. */
export function askWeChat(then) {
  const bridge = globalThis.WeixinJSBridge;
  if (!bridge || !bridge.invoke) return;
  bridge.invoke('getNetworkType', {}, (answer) => {
    const kind = /network_type:(\w+)/.exec((answer && answer.err_msg) || '');
    if (kind && kind[1] !== 'fail') said = kind[1] !== 'wifi';
    then();
  });
}

/** How much came lately. Times in ms. */
export function meter() {
  let marks = [];
  return {
    take(bytes, at) {
      const last = marks[marks.length - 1];
      if (last && at - last.at < 250) last.bytes += bytes;
      else marks.push({ at, bytes });
      if (at - marks[0].at > 2 * SPAN) marks = marks.filter((mark) => at - mark.at <= SPAN);
    },
    /** Megabytes a minute, of the last ten seconds; null before it can be known. */
    perMinute(at) {
      const lately = marks.filter((mark) => at - mark.at <= SPAN);
      const span = lately.length ? at - lately[0].at : 0;
      if (span < ENOUGH) return null;
      // The first is what lay ready for a joiner: it came at once and is no rate.
      return (lately.slice(1).reduce((sum, mark) => sum + mark.bytes, 0) / span) * 60000 / 1e6;
    },
    clear() { marks = []; },
  };
}
