"""A page with the player on it, its server in a test's hands: plain answers, and sockets that say what they are told."""

import json
from pathlib import Path

from streams.relay import wire

STATIC = Path(__file__).parent.parent.parent / "static"

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


def served(page):
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


def opened(kitchen, sockets, path=""):
    kitchen.goto(f"http://kitchen.test/{path}")
    kitchen.evaluate("import('/js/player.js')")
    sockets.until(lambda: sockets.opened)
