"""Loops for the demo cameras: drawn once, encoded once, then pushed without a re-encode."""

import errno
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
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


@contextmanager
def drawing(binary: str, wanted: Iterable[str], folder: Path) -> Iterator[None]:
    """Draw the loops of these scenes that are missing, in a process of their own while the caller does other things.

    On the way out they are all there. OSError on a full disk, RuntimeError with the process's last words.
    """
    missing = [scene for scene in wanted if not (folder / f"{scene}.ts").exists()]
    if not missing:
        yield
        return
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    process = subprocess.Popen(
        [sys.executable, "-m", __name__, binary, str(folder), *missing], stderr=subprocess.PIPE, text=True
    )
    with process:
        try:
            yield
        except BaseException:
            process.terminate()
            raise
        assert process.stderr
        said = process.stderr.read()
    if process.returncode == errno.ENOSPC:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(folder))
    if process.returncode:
        raise RuntimeError(f"The demo's loops could not be drawn: {said.strip()[-500:]}")


def pushing(binary: str, path: Path, url: str) -> list[str]:
    """The command of a kitchen's box: the loop, in real time, for ever, as MPEG-TS over HTTP POST."""
    film = ffmpeg.input(str(path), re=None, stream_loop=-1)
    sent = film.output(url, format="mpegts", method="POST", **{"c:v": "copy", "an": None, "flush_packets": 1})
    # Its end is said by whoever runs it; ffmpeg's own words about a closed connection are noise at every Ctrl-C.
    return list(sent.compile(cmd=[binary, "-nostdin", "-hide_banner", "-loglevel", "fatal"]))


def main(words: list[str]) -> int:
    """`python -m sunkitchen.demo.film FFMPEG FOLDER SCENE …`"""
    binary, folder, *wanted = words
    try:
        for scene in wanted:
            encode(binary, scenes.frames(scene), Path(folder) / f"{scene}.ts")
    except OSError as error:
        print(error, file=sys.stderr)
        return error.errno or 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
