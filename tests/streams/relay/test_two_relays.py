"""Two relays on one database, as processes: one camera has one child, and who was late does not write."""

import asyncio
import signal
from pathlib import Path

import pytest

from tests.real import abuse, servers

pytestmark = [pytest.mark.real("ffmpeg", "rtsp")]

SMALL = ("--size", "320x180", "--fps", "10", "--gop", "10")


def row(node):
    url = node.env.get("DATABASE_URL")
    with servers.hand(url.rpartition("/")[2] if url else node.var / "sunkitchen.sqlite3") as hand:
        (found,) = hand.execute(
            "SELECT lease.node, lease.epoch, camera.state, camera.epoch FROM streams_camera camera"
            " JOIN streams_lease lease ON lease.camera_id = camera.id"
        ).fetchall()
    return found


async def test_a_relay_that_stood_still_finds_its_camera_elsewhere_and_writes_nothing(tmp_path, rtsp_camera):
    async with abuse.node(tmp_path, {"c": rtsp_camera(*SMALL)}, "secret") as one:
        two = one.beside("two")
        try:
            await one.is_live("c")
            await two.start()
            await two.until(lambda said: said["channels"].get("c", {}).get("why") == "elsewhere")
            assert two.children() == {}
            (first,) = one.children()
            node, epoch, _, feed = row(one)

            one.process.send_signal(signal.SIGSTOP)
            await two.is_live("c")
            taken = row(two)
            assert (taken[0], taken[1] > epoch, taken[3] > feed) == ("two", True, True) != (node, True, True)

            one.process.send_signal(signal.SIGCONT)
            await one.until(lambda said: said["channels"]["c"]["why"] == "elsewhere")
            async with asyncio.timeout(30):
                while Path(f"/proc/{first}").exists():
                    await asyncio.sleep(0.05)
            said = await two.is_live("c")
            assert said["channels"]["c"]["restarts"] == 0
            assert row(two)[:3] == ("two", taken[1], "live"), "what the late one had to say is not in the records"

            two.process.terminate()
            assert await asyncio.to_thread(two.process.wait, 30) == 0
            await one.is_live("c")
            assert row(one)[0] == node and row(one)[1] > taken[1], "given back at a clean end, taken at once"
        finally:
            await two.end()
