"""The player's modules in real Chromium, with its clock in our hands."""

import base64
import json

import pytest

from tests.streams.page import played, say, served

pytestmark = pytest.mark.real("chromium", "ffmpeg")


@pytest.fixture
def kitchen(page):
    return served(page)


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
