"""Which encoding the player asks for, at whose cost; what it measures."""

import pytest

from tests.streams.page import Sockets, opened, served

pytestmark = pytest.mark.real("chromium", "ffmpeg")
CELLULAR = "Object.defineProperty(navigator, 'connection', { value: { type: 'cellular', saveData: false } })"
HEVC = 'video/mp4; codecs="hvc1.1.6.L93.B0"'
NEVER_HEVC = "MediaSource.isTypeSupported = (mime) => mime.includes('avc1')"


@pytest.fixture
def kitchen(page):
    return served(page)


@pytest.fixture
def sockets(kitchen):
    return Sockets(kitchen)


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
