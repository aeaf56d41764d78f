"""Peers that bring the same camera to the same browser: nginx-rtmp by HLS, node-media-server by HTTP-FLV.

Each gets the camera from a bare ffmpeg by RTMP, as their documentation says. Their pages are as plain as can be and
play with the player their users take (hls.js, mpegts.js), set to stay near the live edge. What a machine lacks is said
on stderr and passed over: nothing is invented.
"""

import json
import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from bench._fanout import answers, ended, say
from tests.real import servers
from tests.real.components import some_free_port
from tests.real.site import ROOT, until

RTMP_MODULE = Path("/usr/lib/nginx/modules/ngx_rtmp_module.so")
NODE_PACKAGES = ("node-media-server@4.4.3", "mpegts.js@1.8.2")
RTMP = """
load_module {module}; {user} daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log stderr error;
events {{ worker_connections 64; }}
rtmp {{ server {{ listen 127.0.0.1:{port}; application live {{
  live on; hls on; hls_path {www}; hls_fragment 1s; hls_playlist_length 4s; }} }} }}
"""
PAGE = """<!doctype html><meta charset=utf-8><div class=live><video muted autoplay playsinline></video></div>
<script src={script}></script><script>{code}</script>"""
BY_HLS = """
const hls = new Hls({{ lowLatencyMode: true, liveSyncDurationCount: 1, maxLiveSyncPlaybackRate: 1.1 }});
hls.loadSource('{url}'); hls.attachMedia(document.querySelector('video'));"""
BY_FLV = """
const player = mpegts.createPlayer({{ type: 'flv', isLive: true, hasAudio: false, url: '{url}' }},
  {{ enableStashBuffer: false, liveBufferLatencyChasing: true, liveBufferLatencyMaxLatency: 1, liveBufferLatencyMinRemain: 0.2 }});
player.attachMediaElement(document.querySelector('video')); player.load(); player.play();"""


@contextmanager
def peers(folder: Path, camera: str, binary: str) -> Iterator[dict[str, str]]:
    """{name: address of a page that plays `camera`}, for those that can be had here."""
    www = folder / "www"
    www.mkdir(parents=True)
    pages: dict[str, str] = {}
    with ExitStack() as stack:
        origin = stack.enter_context(files(www))
        for name, start in (("nginx-rtmp, HLS", nginx_rtmp), ("node-media-server, HTTP-FLV", node_media_server)):
            found = stack.enter_context(start(folder, www))
            if found is None:
                continue
            rtmp, page = found
            stack.enter_context(feeding(binary, camera, rtmp))
            (www / f"{len(pages)}.html").write_text(page)
            pages[name] = f"{origin}/{len(pages)}.html"
        if not os.environ.get("MEDIAMTX_BINARY"):
            say("MediaMTX not measured: MEDIAMTX_BINARY names none")
        elif found := stack.enter_context(mediamtx(folder, camera)):
            pages["MediaMTX, LL-HLS"] = found
        yield pages


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *words: object) -> None:
        pass

    def end_headers(self) -> None:
        self.send_header("Cache-Control", "no-cache")
        super().end_headers()


@contextmanager
def files(www: Path) -> Iterator[str]:
    shutil.copy(ROOT / "node_modules/hls.js/dist/hls.min.js", www)
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(www)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()


@contextmanager
def feeding(binary: str, camera: str, rtmp: str) -> Iterator[None]:
    words = ["-nostdin", "-loglevel", "fatal", "-rtsp_transport", "tcp", "-i", camera, "-c", "copy", "-an", "-f", "flv"]
    with ended(subprocess.Popen([binary, *words, rtmp], text=True)):
        yield


@contextmanager
def nginx_rtmp(folder: Path, www: Path) -> Iterator[tuple[str, str] | None]:
    nginx = servers.program("nginx")
    if not (nginx and RTMP_MODULE.exists()):
        say("nginx-rtmp not measured: Debian's libnginx-mod-rtmp is missing")
        yield None
        return
    port = some_free_port()
    user = "user root;" if os.geteuid() == 0 else ""  # the folder is ours alone
    (folder / "rtmp.conf").write_text(RTMP.format(module=RTMP_MODULE, user=user, folder=folder, port=port, www=www))
    with ended(subprocess.Popen([nginx, "-p", str(folder), "-c", str(folder / "rtmp.conf")], text=True)):
        assert until(lambda: answers(port), 20), "nginx-rtmp did not start"
        yield f"rtmp://127.0.0.1:{port}/live/cam", PAGE.format(script="hls.min.js", code=BY_HLS.format(url="cam.m3u8"))


@contextmanager
def node_media_server(folder: Path, www: Path) -> Iterator[tuple[str, str] | None]:
    npm, node = shutil.which("npm"), shutil.which("node")
    home = folder / "node"
    home.mkdir()
    words = ["install", "--silent", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", str(home)]
    if (
        not (npm and node)
        or subprocess.run([npm, *words, *NODE_PACKAGES], check=False, stdin=subprocess.DEVNULL).returncode
    ):
        say("node-media-server not measured: npm could not install it")
        yield None
        return
    rtmp, http = some_free_port(), some_free_port()
    bind = {"bind": "127.0.0.1", "auth": {"play": False, "publish": False}}
    (home / "start.cjs").write_text(
        f"const Server = require('node-media-server');\n"
        f"new Server({json.dumps({**bind, 'rtmp': {'port': rtmp}, 'http': {'port': http}})}).run();\n"
    )
    shutil.copy(home / "node_modules/mpegts.js/dist/mpegts.js", www)
    process = subprocess.Popen([node, "start.cjs"], cwd=home, text=True, stdout=subprocess.DEVNULL)
    with ended(process):
        if not until(lambda: answers(rtmp) and answers(http), 20):
            say("node-media-server not measured: it did not start")
            yield None
            return
        url = f"http://127.0.0.1:{http}/live/cam.flv"
        yield f"rtmp://127.0.0.1:{rtmp}/live/cam", PAGE.format(script="mpegts.js", code=BY_FLV.format(url=url))


@contextmanager
def mediamtx(folder: Path, camera: str) -> Iterator[str | None]:
    """Pulls the camera itself; plays by its own page."""
    port = some_free_port()
    off = dict.fromkeys(("rtmp", "webrtc", "srt", "api", "metrics", "pprof", "playback", "rtsp"), False)
    settings = {
        **off,
        "hls": True,
        "hlsAddress": f"127.0.0.1:{port}",
        "hlsAlwaysRemux": True,
        "hlsVariant": "lowLatency",
    }
    (folder / "mediamtx.yml").write_text(json.dumps({**settings, "paths": {"cam": {"source": camera}}}))
    words = [os.environ["MEDIAMTX_BINARY"], str(folder / "mediamtx.yml")]
    with ended(subprocess.Popen(words, text=True, stdout=subprocess.DEVNULL)):
        if until(lambda: answers(port), 20):
            yield f"http://127.0.0.1:{port}/cam/"
        else:
            say("MediaMTX not measured: it did not start")
            yield None
