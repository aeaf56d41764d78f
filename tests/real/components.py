"""Real components for tests: `@pytest.mark.real("ffmpeg", "chromium")`, and the fixtures that start and end them.

A missing component fails under CI=true; elsewhere the test is skipped and the run's last line says so, loudly.
"""

import contextlib
import functools
import os
import shutil
import socket
import subprocess
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.real import servers
from tests.real.deployed import Deployed
from tests.real.site import Site

CHROMIUM = "/usr/bin/chromium"
CHROMIUM_FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --autoplay-policy=no-user-gesture-required --lang=zh-CN "
    "--ignore-certificate-errors"  # a context's own word for that does not reach a service worker's script
).split()
SYSTEM_PYTHON = "/usr/bin/python3"
CAMERA = Path(__file__).with_name("rtsp_camera.py")
GSTREAMER = """
import gi
gi.require_version("Gst", "1.0"); gi.require_version("GstRtspServer", "1.0")
from gi.repository import Gst, GstRtspServer
Gst.init(None)
assert all(Gst.ElementFactory.find(name) for name in ("x264enc", "h264parse", "rtph264pay"))
"""
MISSING = "real component missing: "


def _ffmpeg():
    import imageio_ffmpeg

    with contextlib.suppress(RuntimeError):
        return bool(shutil.which(os.environ.get("FFMPEG_BINARY") or imageio_ffmpeg.get_ffmpeg_exe()))
    return False


def _rtsp():
    if not os.path.exists(SYSTEM_PYTHON):
        return False
    return not subprocess.run([SYSTEM_PYTHON, "-c", GSTREAMER], stderr=subprocess.DEVNULL).returncode


CHECKS = {
    "ffmpeg": _ffmpeg,
    "chromium": lambda: os.path.exists(CHROMIUM),
    "rtsp": _rtsp,
    "redis": lambda: bool(servers.program("redis-server")),
    "nginx": lambda: bool(servers.program("nginx")),
    "postgres": lambda: bool(servers.postgres("postgres")),
    "ocr": lambda: bool(find_spec("rapidocr") and find_spec("onnxruntime")),
}


@functools.cache
def present(name):
    return CHECKS[name]()


def pytest_runtest_setup(item):
    wanted = [name for marker in item.iter_markers("real") for name in marker.args]
    lacking = [name for name in wanted if not present(name)]
    if not lacking:
        return
    say = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
    say(MISSING + ", ".join(lacking))


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config):
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    if reporter is None or hasattr(config, "workerinput"):
        return
    reasons = [
        str(report.longrepr[2]) for report in reporter.stats.get("skipped", []) if MISSING in str(report.longrepr)
    ]
    if reasons:
        names = sorted({name for reason in reasons for name in reason.split(MISSING)[1].split(", ")})
        reporter.write_line(
            f"!!! NOT TESTED: {len(reasons)} tests skipped for want of {', '.join(names)}. As root, `make test` installs them.",
            red=True,
            bold=True,
        )


# ── ports, cameras ──────────────────────────────────────────────────────────────────────────────────────────
def some_free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def free_port():
    return some_free_port()


class RtspCamera:
    """A camera that can be pulled out and put back: same port, same password."""

    def __init__(self, port, words):
        self.port = port
        self.words = words
        self.process = None

    @property
    def address(self):
        return f"127.0.0.1:{self.port}"

    def start(self):
        command = [SYSTEM_PYTHON, str(CAMERA), "--port", str(self.port), *self.words]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        said = self.process.stdout.readline()
        assert said.startswith("ready "), f"the camera did not start: {said}"
        return self

    def stop(self):
        if self.process:
            self.process.kill()
            self.process.wait()
            self.process.stdout.close()
            self.process = None

    def url(self, user="admin", password="secret"):
        return f"rtsp://{user}:{password}@{self.address}/live"


@pytest.fixture
def rtsp_camera():
    """`rtsp_camera("--auth", "basic")`: a running camera with those options; ended with the test."""
    cameras = []

    def plug_in(*words, port=None):
        cameras.append(RtspCamera(port or some_free_port(), words))
        return cameras[-1].start()

    yield plug_in
    for camera in cameras:
        camera.stop()


# ── the product itself ──────────────────────────────────────────────────────────────────────────────────────
@pytest.fixture(scope="module")
def site_env():
    """What a module's site is started with beyond the defaults: override it there."""
    return {}


@pytest.fixture(scope="module")
def site_words():
    """Words for `serve`: override with [] for the demo too."""
    return ["--no-demo"]


@pytest.fixture(scope="module")
def site_fresh():
    """Whether it starts from nothing: override with True where that is what is looked at."""
    return False


@contextlib.contextmanager
def lasting(running, *words):
    """The processes while the block lasts. None may be left afterwards."""
    try:
        yield running.start(*words)
    finally:
        left = running.end()
    assert not left, f"left behind: {left}"


@pytest.fixture(scope="module")
def site(site_env, site_words, site_fresh, tmp_path_factory):
    """The real processes on a free port with an installation of their own, by `serve`."""
    one = Site(tmp_path_factory.mktemp("site"), some_free_port(), site_env, fresh=site_fresh)
    with lasting(one, *site_words) as running:
        yield running


@pytest.fixture(scope="module")
def deployed(site_env, tmp_path_factory):
    """The same as deploy/ runs it: nginx, WSGI, ASGI, relay, worker, beat, on PostgreSQL and Redis."""
    if not servers.WANTED:
        pytest.skip("deploy/ stands on servers: that pass runs it")
    if not present("nginx"):
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(MISSING + "nginx")
    with lasting(Deployed(tmp_path_factory.mktemp("deployed"), site_env, fresh=True)) as running:
        yield running


# ── browser ─────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.fixture
def browser():
    """Real Chromium. One per test: Playwright's event loop must be gone before the next async test starts its own."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser):
    """A phone's page in Chinese; what its console complains about is in `page.complaints`."""
    context = browser.new_context(
        locale="zh-CN", viewport={"width": 390, "height": 844}, device_scale_factor=2, ignore_https_errors=True
    )
    context.set_default_timeout(15_000)
    page = context.new_page()
    page.complaints = []
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    page.on("console", lambda message: message.type == "error" and page.complaints.append(message.text))
    yield page
    context.close()
