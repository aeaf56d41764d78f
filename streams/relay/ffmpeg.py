"""ffmpeg's command lines, built by ffmpeg-python's `compile()`. Nothing here starts a process or reads a setting."""

from typing import Any

import ffmpeg

# A frame a part: latency is then a frame, not a GOP. delay_moov: the init segment knows the camera's parameter sets.
_PARTS: dict[str, Any] = {
    "format": "mp4",
    "c:v": "copy",
    "an": None,
    "movflags": "+empty_moov+delay_moov+default_base_moof+frag_every_frame",
    "flush_packets": 1,
}
# Without "nobuffer" and without guessing a frame rate: "nobuffer" throws away what was read while probing, the first
# keyframe with it, and the viewer waits for the next one (measured, GOP 2 s: 0.4 s to the first part, not 2.2 s).
_INPUT: dict[str, Any] = {
    "fflags": "+genpts+discardcorrupt",
    "fpsprobesize": 0,
    "flags": "low_delay",
}
GRAY_WIDTH, GRAY_HEIGHT = 64, 36
POSTER_WIDTH = 640


def _compiled(stream: Any, binary: str, loglevel: str) -> list[str]:
    return list(stream.compile(cmd=[binary, "-nostdin", "-hide_banner", "-loglevel", loglevel]))


def pull(binary: str, url: str, *, hevc: bool = False) -> list[str]:
    """Fetch RTSP from `url` (the handshake proxy's, on loopback) and write fMP4 parts to stdout, nothing re-encoded."""
    source = ffmpeg.input(
        url,
        protocol_whitelist="rtsp,rtp,tcp,udp",
        rtsp_transport="tcp",
        timeout=30_000_000,  # µs. The watchdog is ours: at each of its own timeouts ffmpeg lets out a held, old frame
        allowed_media_types="video",
        analyzeduration=5_000_000,  # µs, at most: for cameras whose parameter sets come with a late keyframe only
        probesize=2_000_000,  # bytes
        **_INPUT,
    )
    return _compiled(source["v:0"].output("pipe:1", **_parts(hevc)), binary, "warning")


def push(binary: str) -> list[str]:
    """Read MPEG-TS from stdin and write fMP4 parts to stdout, nothing re-encoded."""
    source = ffmpeg.input(
        "pipe:0",
        format="mpegts",
        protocol_whitelist="pipe",
        analyzeduration=1_000_000,  # µs: MPEG-TS is read for as long as that, whatever is known before
        probesize=500_000,  # bytes
        **_INPUT,
    )
    return _compiled(source["v:0"].output("pipe:1", **_PARTS), binary, "warning")


def _parts(hevc: bool) -> dict[str, Any]:
    return {**_PARTS, "tag:v": "hvc1"} if hevc else _PARTS  # Apple plays hvc1, not hev1


def look(binary: str, poster: str) -> list[str]:
    """Decode one keyframe (init + part on stdin): 64×36 luma bytes to stdout, a JPEG ≤ 640 px wide to `poster`."""
    source = ffmpeg.input("pipe:0", format="mp4", protocol_whitelist="pipe", threads=1)["v:0"]
    once: dict[str, Any] = {"an": None, "frames:v": 1, "threads": 1}
    gray = source.output(
        "pipe:1", format="rawvideo", vf=f"scale={GRAY_WIDTH}:{GRAY_HEIGHT}:flags=area,format=gray", **once
    )
    picture = source.output(
        poster,
        format="image2pipe",
        vcodec="mjpeg",
        vf=f"scale='min({POSTER_WIDTH},iw)':-2,format=yuvj420p",
        **{"q:v": 4},
        **once,
    )
    return _compiled(ffmpeg.merge_outputs(gray, picture), binary, "error")
