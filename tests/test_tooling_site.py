"""The product as its operator runs it: one command starts everything, the end of it ends everything."""

import http.client
import os
import signal

import pytest

from tests.real.components import some_free_port
from tests.real.site import Site, until

pytestmark = pytest.mark.real("ffmpeg")


@pytest.fixture(scope="module")
def site_words():
    return ["--demo-kitchens", "3"]


@pytest.fixture(scope="module")
def site_fresh():
    return True


def get(site, path):
    connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=20)
    connection.request("GET", path, headers={"Host": f"localhost:{site.port}"})
    answer = connection.getresponse()
    return answer.status, answer.read().decode()


def code_of(site):
    return site.shell(
        "from sunkitchen.registry.models import Establishment as E;"
        "print(E.objects.get(signboard='海上明月海鲜楼').code)"
    )


def demo_states(site):
    return site.shell(
        "from streams.models import Camera; print(*Camera.objects.values_list('state', flat=True))"
    ).split()


def test_one_command_shows_a_kitchen_live(site):
    assert "█" in site.words and "password of all: kitchen-" in site.words
    code = code_of(site)
    assert f"{site.url}/k/{code}/" in site.words
    status, page = get(site, f"/k/{code}/")
    assert status == 200
    assert "海上明月海鲜楼" in page
    assert until(lambda: demo_states(site) == ["live"] * 3), site.words


def test_running_it_again_changes_nothing(site):
    by_itself = {
        "CameraEvent",
        "CameraDay",
        "Lease",
        "Probe",
        "RelayRun",
        "Alarm",
        "Sweep",
    }  # what a running site writes
    count = (
        "from django.apps import apps;"
        f"print({{m._meta.label: m._base_manager.count() for m in apps.get_models() if m.__name__ not in {by_itself!r}}})"
    )
    before = site.shell(count)
    files = {path: path.read_bytes() for path in (site.var / "demo").iterdir()}
    assert "password of all" in site.manage("demo")
    assert site.shell(count) == before
    assert {path: path.read_bytes() for path in (site.var / "demo").iterdir()} == files
    assert all(path.stat().st_mode & 0o077 == 0 for path in files if path.suffix != ".ts")


def test_the_demo_names_its_edition_and_its_queue(site):
    assert get(site, "/lists/")[0] == 200
    said = site.shell(
        "from sunkitchen.registry.models import Credential; from ratings.editions.models import Listing;"
        "print(Credential.objects.waiting().count(), *sorted(Listing.objects.published().values_list('colour', flat=True)))"
    )
    assert said == "1 black red red"


@pytest.mark.real("chromium")
def test_a_browser_sees_the_demo_move(site, page):
    page.goto(f"{site.url}/k/{code_of(site)}/")
    # Not wait_for_function: it evaluates in the page, which our content security policy forbids.
    assert until(lambda: page.evaluate("document.querySelector('video').currentTime") > 0)
    start = page.evaluate("document.querySelector('video').currentTime")
    assert until(lambda: page.evaluate("document.querySelector('video').currentTime") > start + 1)
    assert page.evaluate("document.querySelector('video').getVideoPlaybackQuality().totalVideoFrames") >= 20
    assert page.complaints == []


async def test_an_event_loop_starts_beside_the_browsers():
    """Playwright's own loop must not be left running where the next asynchronous test begins."""


def test_a_process_that_dies_is_started_again_and_said_so(site):
    relay = next(pid for pid, command in site.processes.items() if "sunkitchen relay" in command)
    os.kill(relay, signal.SIGKILL)
    assert until(lambda: "relay ended (signal SIGKILL); starting it again in 1 s." in site.words)
    assert until(lambda: any("sunkitchen relay" in c and p != relay for p, c in site.processes.items()))
    assert until(lambda: demo_states(site) == ["live"] * 3), site.words


def test_the_end_of_serve_is_the_end_of_all(tmp_path):
    """By SIGTERM here; every site in these tests is ended by SIGINT, as Ctrl-C does, and asserts the same."""
    site = Site(tmp_path, some_free_port(), {}).start("--no-demo")
    assert len(site.processes) >= 4
    assert site.end(signal.SIGTERM) == {}
    assert site.process.returncode == 0


def test_even_a_killed_serve_leaves_no_process(tmp_path):
    site = Site(tmp_path, some_free_port(), {}).start("--no-demo")
    try:
        site.process.kill()
        site.process.wait()
        assert until(lambda: not site.processes), site.processes
    finally:
        site.end()


def test_a_second_serve_on_the_same_installation_is_refused(site):
    second = Site(site.var.parent, some_free_port(), {})
    try:
        with pytest.raises(AssertionError, match="already running on "):
            second.start("--no-demo")
    finally:
        assert second.end() == {}
