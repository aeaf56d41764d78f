"""The player's modules in real Chromium, with its clock in our hands."""

import base64
import json
from pathlib import Path

import pytest

from streams.relay import wire

STATIC = Path(__file__).parent.parent.parent / "static"
pytestmark = pytest.mark.real("chromium", "ffmpeg")

WORDS = dict.fromkeys(
    ["live", "liveDelay", "starting", "reconnecting", "idle", "notLive", "paused", "tap", "unknown"], "…"
)
WORDS |= {"pausedData": "to save data", "perMinute": "%(megabytes)s MB", "taken": "of %(time)s", "still": "stills"}
WORDS |= {"schedule": "Not shown now.", "doubts": {"covered": "Something is wrong."}}
WORDS |= {"since": "since %(time)s", "why": {}, "lang": "en", "zone": "Asia/Shanghai", "hls": "/hls.js"}
HLS = """export default class Hls {
    static isSupported() { return true; }
    static Events = {};
    on() {}
    loadSource() { globalThis.loads = (globalThis.loads || 0) + 1; }
    attachMedia(video) { Object.defineProperty(video, 'paused', { value: false, configurable: true }); }
    destroy() {}
}"""  # one that loads and never gets a picture
BOX = f"""<!doctype html><div class="live"><video muted data-ws="/ws/live/cam1/" data-hls="/live/cam1/t/index.m3u8"
data-ticket="t" data-refresh="/live.json"></video><p class="tag"></p><div class="down-words" hidden><b></b><p></p></div>
</div><script id="live-words" type="application/json">{json.dumps(WORDS)}</script>"""


@pytest.fixture
def kitchen(page):
    """A page of the kitchen's own that has the modules, and nothing else."""

    def serve(route):
        path = route.request.url.split("kitchen.test")[1]
        if path == "/hls.js":
            route.fulfill(body=HLS, content_type="text/javascript")
        elif path.startswith("/js/"):
            route.fulfill(path=STATIC / path[1:], content_type="text/javascript")
        elif path.endswith("/still.jpg"):
            headers = {"Last-Modified": "Thu, 01 Oct 2026 06:37:05 GMT"}
            route.fulfill(body=b"jpeg", content_type="image/jpeg", headers=headers)
        elif path == "/live.json":
            route.fulfill(json=page.news) if page.news else route.abort()
        else:
            route.fulfill(body=BOX, content_type="text/html")

    page.news = {"ticket": "t", "state": "live", "since": None, "why": ""}
    page.route("http://kitchen.test/**", serve)
    return page


def test_a_server_clock_that_was_set_is_followed_at_once(kitchen):
    kitchen.goto("http://kitchen.test/")
    error = kitchen.evaluate(
        """async () => {
            const time = (await import('/js/live-measure.js')).clock();
            time.take(0, 1_000_000, 10);
            time.take(1000, 1_001_005, 1030);
            time.take(2000, 1_002_005 + 3_600_000, 2040);
            return time.server(3000) - (1_003_000 + 3_600_000);
        }"""
    )
    assert abs(error) < 50, "an hour's error would call an old frame new"


def test_a_connection_that_the_network_lost_without_a_word_is_made_anew(kitchen):
    opened = []

    def silent(socket):
        socket.on_message(lambda text: None)
        opened.append(socket)

    kitchen.route_web_socket("ws://kitchen.test/ws", silent)
    kitchen.clock.install(time=0)
    kitchen.goto("http://kitchen.test/")
    kitchen.evaluate(
        """async () => {
            const { connect } = await import('/js/live-socket.js');
            const nothing = () => {};
            globalThis.lost = 0;
            connect('ws://kitchen.test/ws', {
                ticket: async () => 't', heard: nothing, got: nothing, lost: () => { lost += 1; }, failed: nothing,
            });
        }"""
    )
    kitchen.wait_for_function("performance.now() >= 0")
    opened[0].send(json.dumps({"type": "session"}))
    kitchen.clock.run_for(6_000)
    assert (len(opened), kitchen.evaluate("lost")) == (1, 0)
    kitchen.clock.run_for(9_000)
    assert len(opened) >= 2 and kitchen.evaluate("lost") >= 1


def test_who_saves_data_gets_no_picture_by_coming_back_to_the_page(kitchen):
    opened = []
    kitchen.route_web_socket("ws://kitchen.test/ws/**", lambda socket: opened.append(socket))
    kitchen.add_init_script("Object.defineProperty(navigator, 'connection', { value: { saveData: true } })")
    kitchen.goto("http://kitchen.test/")
    kitchen.evaluate("import('/js/player.js')")
    kitchen.wait_for_selector(".play")
    kitchen.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    kitchen.evaluate("new Promise((done) => requestAnimationFrame(done))")
    assert not opened
    kitchen.click(".play")
    kitchen.wait_for_function("!document.querySelector('.play')")
    assert len(opened) == 1


def test_a_picture_that_the_browser_paused_does_not_pile_up(kitchen, pieces):
    kitchen.goto("http://kitchen.test/")
    messages = [base64.b64encode(piece.data).decode() for piece in pieces]
    held = kitchen.evaluate(
        """async ([mime, init, parts]) => {
            const { feed } = await import('/js/live-mse.js');
            const video = document.querySelector('video'), fail = (error) => { throw error; };
            const bytes = (text) => Uint8Array.from(atob(text), (one) => one.charCodeAt(0));
            const source = feed(video, { blocked: fail, broken: fail });
            video.play = () => Promise.resolve();  // a browser that does not want to
            source.begin(mime, bytes(init));
            const buffer = () => video.buffered.length ? video.buffered.end(video.buffered.length - 1) - video.buffered.start(0) : 0;
            // The same six seconds, again and again, each time later: tfdt is the last box of traf before trun.
            const later = (data, ticks) => {
                const copy = data.slice(), view = new DataView(copy.buffer);
                for (let at = 0; at < copy.length - 4; at += 1) {
                    if (copy[at] === 0x74 && copy[at + 1] === 0x66 && copy[at + 2] === 0x64 && copy[at + 3] === 0x74) {
                        view.setBigUint64(at + 8, view.getBigUint64(at + 8) + BigInt(ticks));
                        break;
                    }
                }
                return copy;
            };
            let most = 0;
            for (let round = 0; round < 12; round += 1) {
                for (const part of parts) source.push({ captured: 1, body: later(bytes(part), round * 6 * 10240) });
                const until = 6 * (round + 1) - 1;
                for (let tries = 0; tries < 200 && (video.buffered.length ? video.buffered.end(video.buffered.length - 1) : 0) < until; tries += 1)
                    await new Promise((done) => setTimeout(done, 10));
                source.tick(performance.now());
                most = Math.max(most, buffer());
            }
            return [video.buffered.end(video.buffered.length - 1), most];
        }""",
        [pieces[0].mime, messages[0], messages[1:]],
    )
    assert held[0] > 60, "a minute and more came"
    assert held[1] < 40


def played(kitchen):
    """The whole player; the server's end of its socket."""
    opened = []
    kitchen.route_web_socket("ws://kitchen.test/ws/**", lambda socket: opened.append(socket))
    kitchen.goto("http://kitchen.test/")
    kitchen.evaluate("import('/js/player.js')")
    kitchen.wait_for_function("document.querySelector('.live').dataset.state")
    opened[0].send(json.dumps({"type": "session"}))
    return opened[0]


def say(socket, state, why="", since="2026-10-01T06:37:00Z"):
    socket.send(json.dumps({"type": "state", "state": state, "why": why, "since": since}))


def test_what_is_said_of_an_old_picture_stays_while_the_reasons_change(kitchen):
    kitchen.news |= {"state": "stalled", "why": "no_picture", "words": "No picture.", "aside": "Taken at 14:30."}
    socket = played(kitchen)
    say(socket, "stalled", "no_picture")
    kitchen.wait_for_selector(".down-words p:text('Taken at 14:30.')")
    say(socket, "backoff", "unreachable")
    kitchen.wait_for_selector(".live[data-state=backoff]")
    assert kitchen.locator(".down-words p").inner_text() == "Taken at 14:30."
    assert kitchen.locator(".down-words b").inner_text() == "since 2026-10-01 14:37", "by the kitchen's clock"


def test_a_page_that_lost_its_server_does_not_repeat_old_news(kitchen):
    kitchen.news |= {"state": "stalled", "why": "relay", "words": "No relay.", "aside": ""}
    socket = played(kitchen)
    say(socket, "stalled", "relay")
    kitchen.wait_for_selector(".down-words b:text('No relay.')")
    say(socket, "live")
    kitchen.wait_for_selector(".live[data-state=starting]")
    kitchen.news = None
    socket.close(code=1012)
    kitchen.wait_for_selector(".live[data-state=reconnecting]")


def test_hls_that_waits_for_ever_begins_anew(kitchen):
    kitchen.clock.install(time=0)
    kitchen.goto("http://kitchen.test/?player=hls")
    kitchen.evaluate("import('/js/player.js')")
    kitchen.wait_for_function("globalThis.loads === 1", polling=20)
    for _ in range(10):
        kitchen.clock.run_for(1_000)
    assert kitchen.evaluate("loads") == 1
    for _ in range(10):
        kitchen.clock.run_for(1_000)
    assert kitchen.evaluate("loads") == 2


def test_a_page_that_was_opened_before_the_first_still_shows_the_one_that_came_since(kitchen):
    """The words say "the picture below": so there is one."""
    kitchen.goto("http://kitchen.test/")
    shown = kitchen.evaluate(
        """async () => {
            const { box } = await import('/js/live-box.js');
            const root = document.querySelector('.live');
            const words = JSON.parse(document.getElementById('live-words').textContent);
            const news = { words: 'none', aside: 'the picture below', poster: '/still.jpg', taken: '15:22' };
            box(root, words).not({ state: 'stalled', since: '2026-11-22T07:00:00Z', why: 'no_picture' }, news, true);
            const still = root.querySelector('img.poster');
            return still && [still.getAttribute('src'), still.alt, still === root.firstElementChild];
        }"""
    )
    assert shown == ["/still.jpg", "15:22", True]


# ── which encoding, at whose cost ────────────────────────────────────────────────────────────────────────────────

CELLULAR = "Object.defineProperty(navigator, 'connection', { value: { type: 'cellular', saveData: false } })"
HEVC = 'video/mp4; codecs="hvc1.1.6.L93.B0"'
NEVER_HEVC = "MediaSource.isTypeSupported = (mime) => mime.includes('avc1')"


class Sockets:
    """Each WebSocket that the player opens, by what it asks for."""

    def __init__(self, kitchen):
        self.kitchen, self.opened, self.heard, self.closed = kitchen, [], [], []
        kitchen.route_web_socket("ws://kitchen.test/ws/**", self._open)

    def _open(self, socket):
        self.opened.append(socket)
        socket.on_message(lambda text: self.heard.append(json.loads(text)))
        socket.on_close(lambda code, reason: self.closed.append(socket))

    @property
    def asked(self):
        return [socket.url.partition("?as=")[2] for socket in self.opened]

    def until(self, true):
        for _ in range(1500):
            if true():
                return
            self.kitchen.wait_for_timeout(20)
        raise AssertionError((self.asked, self.heard[-3:]))

    def say(self, **said):
        self.opened[-1].send(json.dumps(said))

    def init(self, mime, data=b"init"):
        self.say(type="init", mime=mime, epoch=1)
        self.opened[-1].send(wire.header(wire.INIT, 0, 1, 0, 0) + data)


@pytest.fixture
def sockets(kitchen):
    return Sockets(kitchen)


def opened(kitchen, sockets, path=""):
    kitchen.goto(f"http://kitchen.test/{path}")
    kitchen.evaluate("import('/js/player.js')")
    sockets.until(lambda: sockets.opened)


def test_a_browser_that_cannot_decode_the_camera_asks_for_the_conversion_and_then_for_hls(kitchen, sockets):
    kitchen.add_init_script(NEVER_HEVC)
    opened(kitchen, sockets)
    sockets.say(**{"type": "session", "as": ""})
    sockets.init(HEVC)
    sockets.until(lambda: sockets.asked == ["", "h264"])
    sockets.say(**{"type": "session", "as": "h264"})
    kitchen.evaluate("void (MediaSource.isTypeSupported = (mime = '') => mime.includes('avc1.64'))")
    sockets.init('video/mp4; codecs="avc1.42e01e"')
    kitchen.wait_for_function("globalThis.loads >= 1 || document.querySelector('.live').dataset.state === 'still'")


def test_a_server_without_room_to_convert_means_still_pictures_that_say_when_they_were_taken(kitchen, sockets):
    kitchen.add_init_script(NEVER_HEVC + "; HTMLMediaElement.prototype.canPlayType = () => '';")
    opened(kitchen, sockets)
    sockets.say(**{"type": "session", "as": ""})
    sockets.init(HEVC)
    sockets.until(lambda: sockets.asked == ["", "h264"])
    sockets.say(**{"type": "session", "as": "h264"})
    sockets.say(type="state", state="stalled", since=None, why="budget")
    kitchen.wait_for_selector(".live[data-state=still]")
    assert kitchen.locator(".tag").inner_text() == "of 2026-10-01 14:37:05 · stills"
    assert kitchen.locator("img.poster").get_attribute("src").startswith("data:image/jpeg")


def test_on_mobile_data_the_smaller_picture_is_asked_for_first_and_the_large_one_where_there_is_none(kitchen, sockets):
    kitchen.add_init_script(CELLULAR)
    opened(kitchen, sockets)
    sockets.say(**{"type": "session", "as": "sub"})
    sockets.say(type="state", state="stalled", since=None, why="no_stream")
    sockets.until(lambda: sockets.asked == ["sub", ""])


def test_wechat_says_which_network_it_is(kitchen, sockets):
    kitchen.add_init_script(
        "globalThis.WeixinJSBridge = { invoke: (name, about, then) =>"
        " setTimeout(() => then({ err_msg: 'network_type:wwan' }), 50) }"
    )
    opened(kitchen, sockets)
    sockets.until(lambda: sockets.asked[-1] == "sub")


def test_on_mobile_data_a_picture_that_nobody_touches_pauses_and_one_tap_goes_on(kitchen, sockets):
    kitchen.add_init_script(CELLULAR)
    kitchen.clock.install(time=0)
    opened(kitchen, sockets)
    kitchen.clock.run_for(40_000)
    kitchen.mouse.move(5, 5)
    kitchen.clock.run_for(40_000)
    assert not kitchen.locator(".play").count(), "somebody looks"
    kitchen.clock.run_for(40_000)
    kitchen.wait_for_selector(".play")
    assert kitchen.locator(".tag").inner_text() == "to save data"
    before = len(sockets.opened)
    kitchen.clock.run_for(60_000)
    assert len(sockets.opened) == before, "nothing is fetched meanwhile"
    kitchen.click(".play")
    sockets.until(lambda: len(sockets.opened) == before + 1)


def test_elsewhere_nothing_pauses_that_is_looked_at(kitchen, sockets):
    kitchen.clock.install(time=0)
    opened(kitchen, sockets)
    kitchen.clock.run_for(200_000)
    assert not kitchen.locator(".play").count() and not kitchen.locator(".rate").count()


def test_what_a_picture_takes_is_measured(kitchen):
    kitchen.goto("http://kitchen.test/")
    rates = kitchen.evaluate(
        """async () => {
            const taken = (await import('/js/live-data.js')).meter();
            taken.take(500_000, 0);  // what lay ready
            const early = taken.perMinute(1000);
            for (let at = 40; at <= 30_000; at += 40) taken.take(7_500, at);
            return [early, taken.perMinute(30_000), taken.perMinute(60_000)];
        }"""
    )
    assert rates[0] is None and 10.5 < rates[1] < 11.6 and rates[2] is None


def test_the_measured_delay_reaches_the_server(kitchen, sockets):
    opened(kitchen, sockets)
    sockets.until(lambda: sockets.heard)
    assert sockets.heard[0]["type"] == "pong" and sockets.heard[0]["delay"] is None


def test_a_camera_outside_its_hours_is_no_interruption_and_a_covered_one_says_so_while_it_is_live(kitchen):
    kitchen.goto("http://kitchen.test/")
    shown = kitchen.evaluate(
        """async () => {
            const { box } = await import('/js/live-box.js');
            const root = document.querySelector('.live'), tag = root.querySelector('.tag');
            const one = box(root, JSON.parse(document.getElementById('live-words').textContent));
            one.not({ state: 'off', since: null, why: 'schedule' }, null, false);
            const calm = [tag.textContent, root.classList.contains('down')];
            one.live(0.2, false, 'covered');
            const doubt = root.querySelector('.doubt').textContent;
            one.live(0.2, false, '');
            return [...calm, doubt, root.querySelector('.doubt')];
        }"""
    )
    assert shown == ["Not shown now.", False, "Something is wrong.", None]


LEAD = """async (gaps) => {
    const ahead = (await import('/js/live-measure.js')).lead();
    let at = 0, captured = 1e12, least = 9, most = 0;
    for (const gap of gaps) {
        at += gap;
        captured += 40;
        while (captured + 40 < 1e12 + at - 5) captured += 40; // of what came together, the newest counts
        ahead.came(at, captured);
        ahead.tick(at);
        least = Math.min(least, ahead.seconds);
        most = Math.max(most, ahead.seconds);
    }
    return [ahead.seconds, least, most];
}"""


def test_a_steady_network_needs_little_lead_soon_and_a_jerky_one_gets_it_before_it_stalls(kitchen):
    kitchen.goto("http://kitchen.test/")
    steady = kitchen.evaluate(LEAD, [40] * 200)
    assert steady[0] == pytest.approx(0.08) and steady[2] == 0.2, "within eight seconds"
    jerky = kitchen.evaluate(LEAD, [40] * 200 + [300, 40, 40, 40])
    assert 0.2 < jerky[0] < 0.4
    again = kitchen.evaluate(LEAD, [40] * 200 + [300] + [40] * 700)
    assert again[0] == pytest.approx(0.08), "and gives it back"


def test_what_stalled_once_is_trusted_less(kitchen):
    kitchen.goto("http://kitchen.test/")
    after = kitchen.evaluate(
        """async () => {
            const ahead = (await import('/js/live-measure.js')).lead();
            const run = (from, seconds) => {
                for (let at = from; at < from + seconds * 1000; at += 40) { ahead.came(at, at); ahead.tick(at); }
                return ahead.seconds;
            };
            const before = run(0, 10);
            ahead.stalled(10_000);
            const grown = ahead.seconds;
            return [before, grown, run(10_040, 1)];
        }"""
    )
    assert after[0] == pytest.approx(0.08) and after[1] > 0.16 and after[2] == after[1]
