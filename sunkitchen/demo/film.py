"""Loops for the demo cameras: drawn once, encoded once, then pushed without a re-encode."""

import errno
import os
import subprocess
from collections.abc import Iterable
from pathlib import Path

import ffmpeg
from PIL import Image

from . import scenes

GOP = 50  # frames: a keyframe every two seconds, as kitchen cameras are set


def encode(binary: str, frames: Iterable[Image.Image], path: Path) -> None:
    """Write the frames as H.264 in MPEG-TS. OSError with ENOSPC on a full disk, RuntimeError with ffmpeg's last words."""
    fresh = path.with_suffix(".new")
    raw = {"format": "rawvideo", "pix_fmt": "rgb24", "s": f"{scenes.WIDTH}x{scenes.HEIGHT}", "r": scenes.FPS}
    coded = {
        "format": "mpegts",
        "c:v": "libx264",
        "preset": "veryfast",
        "profile:v": "main",
        "pix_fmt": "yuv420p",
        "crf": 24,
        "g": GOP,
        "keyint_min": GOP,
        "sc_threshold": 0,
        "bf": 0,
        "flush_packets": 1,
    }
    command = ffmpeg.input("pipe:0", **raw).output(str(fresh), **coded).overwrite_output()
    words = command.compile(cmd=[binary, "-hide_banner", "-loglevel", "error"])
    with subprocess.Popen(words, stdin=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdin and process.stderr
        try:
            for frame in frames:
                process.stdin.write(frame.tobytes())
            process.stdin.close()
        except BrokenPipeError:
            pass  # it ended before the film did: it says why
        said = process.stderr.read().decode(errors="replace").strip()
    if process.returncode or said:
        fresh.unlink(missing_ok=True)
        if os.strerror(errno.ENOSPC) in said:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))
        raise RuntimeError(f"ffmpeg could not write {path.name}: {said}")
    fresh.replace(path)


def loop(binary: str, scene: str, path: Path) -> None:
    """The scene's loop at `path`; drawn only when it isn't there yet."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        encode(binary, scenes.frames(scene), path)


def pushing(binary: str, path: Path, url: str) -> list[str]:
    """The command of a kitchen's box: the loop, in real time, for ever, as MPEG-TS over HTTP POST."""
    film = ffmpeg.input(str(path), re=None, stream_loop=-1)
    sent = film.output(url, format="mpegts", method="POST", **{"c:v": "copy", "an": None, "flush_packets": 1})
    # Its end is said by whoever runs it; ffmpeg's own words about a closed connection are noise at every Ctrl-C.
    return list(sent.compile(cmd=[binary, "-nostdin", "-hide_banner", "-loglevel", "fatal"]))
