"""Walls, the dining room's screen and the map, in a real browser, with a real box that sends and real tiles."""

import http.server
import itertools
import subprocess
import threading
from io import BytesIO

import pytest
from PIL import Image

from tests.e2e.people import PHONE, Diner
from tests.real.components import lasting, some_free_port
from tests.real.site import Site, until

SCREEN = {"viewport": {"width": 1920, "height": 1080}}
BEGINS = itertools.count(0, 7)  # seconds
KITCHENS = 6  # beside each other on one street, each with a box of its own
ROWS = """
from django.utils import timezone
from streams.cameras import actions as cameras
from sunkitchen.accounts.models import User
from tests import builders
owner = User.objects.create_user(name="王海", email="wang@example.com")
builders.authority()
now = timezone.now()
for number in range({kitchens}):
    place = builders.establishment(owner=owner, signboard=f"店 {{number}}", address=f"海澜市听涛镇南兴东路 {{number}} 号",
        latitude=28.13 + number / 1000, longitude=121.23, coordinates="gcj02")
    camera = cameras.add_camera(place, by=owner, zone="cooking", source="push")
    type(camera).objects.filter(pk=camera.pk).update(last_live_at=now)
    key = cameras.rotate_push_key(camera, by=owner)
    print(place.code, camera.code, key)
"""
WANTED = """
from streams.models import Camera
print(" ".join(Camera.objects.exclude(wanted_until=None).values_list("code", flat=True)))
"""


class Tiles(http.server.BaseHTTPRequestHandler):
    """A tile server: one grey square for all."""

    def do_GET(self):
        self.server.asked.append(self.path)
        picture = BytesIO()
        Image.new("RGB", (256, 256), "#ddd").save(picture, "PNG")
        self.send_response(200)
        self.send_header("Content-Type", "image/png")
        self.end_headers()
        self.wfile.write(picture.getvalue())

    def log_message(self, *words):
        pass


@pytest.fixture(scope="module")
def tile_server():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Tiles)
    server.asked = []
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def site(tile_server, tmp_path_factory):
    env = {
        "MAP_TILES_URL": f"http://127.0.0.1:{tile_server.server_port}/{{z}}/{{x}}/{{y}}.png",
        "MAP_TILES_NUMBER": "GS(2026)0001号",
        "MAP_TILES_SYSTEM": "gcj02",
    }
    with lasting(Site(tmp_path_factory.mktemp("walls"), some_free_port(), env), "--no-demo") as running:
        yield running


@pytest.fixture(scope="module")
def kitchens(site):
    """[code, camera, key] of each."""
    return [line.split() for line in site.shell(ROWS.format(kitchens=KITCHENS)).splitlines()]


@pytest.fixture
def box(site, kitchens):
    """The kitchens' boxes, as one process: each sends a moving picture, and again when it was refused."""
    import imageio_ffmpeg

    sending = "-map 0:v -c:v libx264 -preset ultrafast -tune zerolatency -g 20 -pix_fmt yuv420p"
    # A box whose last connection has not been given up here yet is refused once: like any box, it tries again.
    sending += " -f fifo -fifo_format mpegts -format_opts method=POST -drop_pkts_on_overflow 1 -restart_with_keyframe 1"
    sending += " -attempt_recovery 1 -recover_any_error 1 -recovery_wait_time 1"
    command = [imageio_ffmpeg.get_ffmpeg_exe(), *"-nostdin -loglevel fatal -re -f lavfi".split()]
    # Each begins elsewhere in the film: who is looked at only when a box comes would show the same picture each time,
    # and a camera that shows the same picture for so long is not called live.
    film = f"testsrc2=size=320x180:rate=10,trim=start={next(BEGINS)},setpts=PTS-STARTPTS"
    command += ["-i", film]
    for _code, camera, key in kitchens:
        command += [*sending.split(), f"http://127.0.0.1:{site.port}/ingest/{camera}/{key}"]
    process = subprocess.Popen(command)
    yield process
    process.kill()
    process.wait()


@pytest.fixture
def diner(browser, site, box):
    diner = Diner(browser, site, PHONE)
    yield diner
    diner.context.close()


def tile(kitchen):
    return f".tile[data-code='{kitchen[0]}']"


@pytest.mark.real("ffmpeg", "chromium")
def test_a_phone_plays_four_tiles_that_it_sees_and_wants_no_other_camera(diner, site, kitchens):
    site.shell("from streams.models import Camera; Camera.objects.update(wanted_until=None)")
    diner.goes_to("/wall/")
    first = diner.page.locator(".tile").first
    first.locator(".live[data-state=live]").wait_for()
    assert "直播" in first.locator(".tag").inner_text()
    assert diner.page.locator(".tile").count() == KITCHENS
    assert until(lambda: diner.page.locator(".tile.plays").count() == 4)
    # A web process writes what it wants at most once in ten seconds, so that the first row may take as long.
    assert until(lambda: site.shell(WANTED).split())
    assert len(site.shell(WANTED).split()) <= 4, "a tile that does not play wants nothing"

    waiting = diner.page.locator(".tile:not(.plays) .play:visible").first
    asked = waiting.locator("xpath=ancestor::li").get_attribute("data-code")
    waiting.click()
    assert until(lambda: diner.page.locator(f".tile.plays[data-code='{asked}']").count() == 1)
    assert diner.page.locator(".tile.plays").count() == 4, "what was tapped plays in place of another"

    diner.page.set_viewport_size({"width": 390, "height": 420})
    diner.page.evaluate("scrollTo(0, document.body.scrollHeight)")
    assert until(lambda: not first.evaluate("node => node.classList.contains('plays')"))
    assert first.locator(".live").get_attribute("data-state") == "waiting"
    assert not diner.complaints


@pytest.mark.real("ffmpeg", "chromium")
def test_a_lobbys_screen_fills_itself_with_pictures_and_nothing_else(browser, site, kitchens, box):
    screen = Diner(browser, site, SCREEN)
    screen.goes_to("/wall/?screen=1")
    screen.page.locator(f"{tile(kitchens[0])} .live[data-state=live]").wait_for()
    assert until(lambda: screen.page.locator(".tile.plays").count() == KITCHENS), [
        "a screen has room for nine, and waits for",
        screen.page.locator(".tile:not(.plays)").all_inner_texts(),
    ]
    size = "() => [document.documentElement.scrollWidth, document.documentElement.scrollHeight]"
    assert screen.page.evaluate(size) == [1920, 1080]
    assert not screen.complaints
    screen.context.close()


@pytest.mark.real("ffmpeg", "chromium")
def test_the_dining_rooms_screen_is_live_and_reads_its_facts_anew(browser, site, kitchens, box):
    screen = Diner(browser, site, SCREEN)
    screen.page.clock.install()
    screen.goes_to(f"/k/{kitchens[0][0]}/kiosk/")
    screen.page.clock.resume()
    screen.page.locator(".live[data-state=live]").wait_for()
    moving = "node => node.currentTime"
    before = screen.page.locator("video").evaluate(moving)
    site.shell(
        f"from sunkitchen.registry.models import Establishment as E; E.objects.filter(code='{kitchens[0][0]}').update(signboard='换了招牌')"
    )

    def renamed():
        screen.page.clock.fast_forward(61_000)
        return "换了招牌" in screen.page.locator("h1").inner_text()

    assert until(renamed), "its facts are read each minute"
    assert until(lambda: screen.page.locator("video").evaluate(moving) > before), "and its picture was not touched"
    assert not screen.complaints
    screen.context.close()


@pytest.mark.real("chromium")
def test_the_map_shows_kitchens_on_its_tiles_and_works_by_keyboard(diner, tile_server, kitchens):
    diner.page.on("console", lambda said: said.type == "error" and diner.complaints.append(said.text))
    diner.goes_to("/map/")
    assert until(lambda: diner.page.locator(".spot, .spots").count())
    assert until(lambda: tile_server.asked), "tiles are fetched"
    diner.sees("GS(2026)0001号")
    diner.sees("GCJ-02")
    diner.goes_to(f"/map/?k={kitchens[3][0]}")
    spot = diner.page.locator(".spot[title^='店 3']")
    spot.wait_for()
    spot.focus()
    diner.page.keyboard.press("Enter")
    link = diner.page.locator(".leaflet-popup a[href]").first
    link.wait_for()
    assert link.get_attribute("href") == f"/k/{kitchens[3][0]}/"
    assert not diner.complaints, "no policy of ours was in the way"


@pytest.mark.real("ffmpeg", "chromium")
def test_a_box_that_is_pulled_out_is_not_called_live_any_more(diner, box):
    diner.goes_to("/wall/")
    live = diner.page.locator(".tile .live").first
    diner.page.locator(".tile .live[data-state=live]").first.wait_for()
    box.kill()
    assert until(lambda: live.get_attribute("data-state") != "live", 30)
    assert "延迟" not in live.locator(".tag").inner_text()
