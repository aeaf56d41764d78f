"""Bad cameras beside a good one, end to end: a real relay, real ffmpeg, cameras that break or lie."""

import asyncio
from pathlib import Path

import pytest

from tests.real import abuse
from tests.real.lying_camera import MODES, LyingCamera

pytestmark = [pytest.mark.real("ffmpeg", "rtsp")]

CANARY = "canary-4Wk2"
SMALL = ("--password", CANARY, "--size", "320x180", "--fps", "10", "--gop", "10")
WHY = {
    "hang": {"no_picture"},
    "silent": {"no_picture"},
    "audio": {"no_picture"},
    "garbage": {"no_picture", "codec", "no_stream"},
    "redirect": {"redirected"},
    "av1": {"codec"},
    "locked": {"unauthorized"},
}


async def test_bad_cameras_harm_nobody_but_themselves(tmp_path, rtsp_camera):
    good = rtsp_camera(*SMALL)
    flap, jump = (rtsp_camera(*SMALL, "--mode", mode, "--every", "2") for mode in ("flap", "jump"))
    liars = {mode: await LyingCamera(mode).start() for mode in MODES}
    cameras = {"good": good, "flap": flap, "jump": jump, **liars}
    async with abuse.node(tmp_path, cameras, CANARY) as node:
        await node.is_live("good")
        said = await node.until(
            lambda said: all(said["channels"].get(mode, {}).get("why") in WHY[mode] for mode in MODES)
        )
        before = await node.flapped("flap", 1)
        for _ in range(3):
            after = await node.flapped("flap", 1)
            assert len(node.children()) <= len(cameras)
        assert after["channels"]["good"]["restarts"] == 0, "its neighbours' trouble is none of its own"
        assert after["channels"]["good"]["epoch"] == said["channels"]["good"]["epoch"]
        assert after["channels"]["good"]["parts"] > before["channels"]["good"]["parts"]

        assert liars["locked"].connections == 1, "vendors lock an account after a few wrong passwords"
        assert {mode: liar.most for mode, liar in liars.items() if liar.most > 1} == {}, "one child a camera at a time"
        assert "rtsp://127.0.0.1:9" not in node.log.read_text()

        assert node.zombies() == []
        assert after["descriptors"] <= before["descriptors"] + 40
        assert after["process"]["memory"] <= before["process"]["memory"] + 40_000_000
        assert await node.leaks(CANARY) == []

        children = node.children()
        node.process.terminate()
        assert await asyncio.to_thread(node.process.wait, 30) == 0
        assert not [pid for pid in children if Path(f"/proc/{pid}").exists()]
        assert not list((tmp_path / "live").glob("*/*.m3u8"))
    for liar in liars.values():
        await liar.stop()
