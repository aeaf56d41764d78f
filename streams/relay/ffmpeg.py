"""ffmpeg's command lines, built by ffmpeg-python's `compile()`. Nothing here starts a process or reads a setting."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import ffmpeg

from .masks import Polygon, drawn

# A frame a part: latency is then a frame, not a GOP. delay_moov: the init segment knows the camera's parameter sets.
_PARTS: dict[str, Any] = {
    "format": "mp4",
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
    "codec_whitelist": "h264,hevc,mjpeg,vp8,vp9",  # of some two hundred decoders, no other opens what a stranger sent
}
# What a push may come in, and how ffmpeg calls it. The demuxer is pinned: none guesses at a stranger's bytes.
CONTAINERS = {"mpegts": "mpegts", "flv": "flv", "matroska": "matroska", "mp4": "mp4"}
KEY_SECONDS = 2  # between keyframes of what we encode
MOST_PIXELS = 16_000_000
MOST_WIDTH = 1280  # a camera of 4K would take more than a core to encode, and no phone shows it
GRAY_WIDTH, GRAY_HEIGHT = 64, 36
POSTER_WIDTH = 640
_ONCE: dict[str, Any] = {"an": None, "frames:v": 1, "threads": 1}


def _compiled(stream: Any, binary: str, loglevel: str) -> list[str]:
    return list(stream.compile(cmd=[binary, "-nostdin", "-hide_banner", "-loglevel", loglevel]))


@dataclass(frozen=True)
class Conversion:
    """Decode, black out `masks`, encode H.264 as a live viewer wants it: nothing held back, no B-frames."""

    masks: Sequence[Polygon] = ()


def pull(binary: str, url: str, *, hevc: bool = False, convert: Conversion | None = None) -> list[str]:
    """Fetch RTSP from `url` (the handshake proxy's, on loopback) and write fMP4 parts to stdout, copied unless told."""
    source = ffmpeg.input(
        url,
        protocol_whitelist="rtsp,rtp,tcp,udp",
        rtsp_transport="tcp",
        timeout=30_000_000,  # µs. The watchdog is ours: at each of its own timeouts ffmpeg lets out a held, old frame
        allowed_media_types="video",
        analyzeduration=5_000_000,  # µs, at most: for cameras whose parameter sets come with a late keyframe only
        probesize=2_000_000,  # bytes
        **_INPUT,
        **_decoding(convert),
    )
    return _compiled(source["v:0"].output("pipe:1", **_parts(convert, hevc)), binary, "warning")


def push(binary: str, container: str = "mpegts", *, convert: Conversion | None = None) -> list[str]:
    """Read one of CONTAINERS from stdin and write fMP4 parts to stdout, copied unless told otherwise."""
    source = ffmpeg.input(
        "pipe:0",
        format=CONTAINERS[container],
        protocol_whitelist="pipe",
        analyzeduration=1_000_000,  # µs: MPEG-TS is read for as long as that, whatever is known before
        probesize=500_000,  # bytes
        **_INPUT,
        **_decoding(convert),
    )
    return _compiled(source["v:0"].output("pipe:1", **_parts(convert)), binary, "warning")


def again(binary: str, convert: Conversion) -> list[str]:
    """Read our own init segment and parts from stdin and write converted ones to stdout."""
    source = ffmpeg.input(
        "pipe:0",
        format="mp4",
        protocol_whitelist="pipe",
        analyzeduration=0,  # the init segment says it all
        probesize=32,  # bytes, the least
        **_INPUT,
        **_decoding(convert),
    )
    return _compiled(source["v:0"].output("pipe:1", **_parts(convert)), binary, "warning")


def _decoding(convert: Conversion | None) -> dict[str, Any]:
    # Threads of frames would each hold one back. A stranger's H.264 may claim 16384 × 16384: no kitchen has that.
    return {"threads": 1, "max_pixels": MOST_PIXELS} if convert else {}


def _parts(convert: Conversion | None, hevc: bool = False) -> dict[str, Any]:
    if convert:
        return {**_PARTS, **_encoded(convert)}
    # Apple plays hvc1, not hev1
    return {**_PARTS, "c:v": "copy", **({"tag:v": "hvc1"} if hevc else {})}


# A camera's clock that jumps: a step of more than 5 s or backwards counts as a frame's. vsync would drop all until
# the old time comes again.
_STEADY = (
    "setpts='if(isnan(PREV_INPTS),PTS,PREV_OUTPTS+if(between((PTS-PREV_INPTS)*TB,0.001,5),PTS-PREV_INPTS,0.04/TB))'"
)


def _encoded(convert: Conversion) -> dict[str, Any]:
    size = f"scale=w='trunc(min({MOST_WIDTH},iw)/2)*2':h=-2"
    return {
        "vf": ",".join([_STEADY, size, "format=yuv420p", *drawn(convert.masks)]),
        "c:v": "libx264",
        "preset": "superfast",
        "tune": "zerolatency",
        "crf": 26,
        "maxrate": "2500k",
        "bufsize": "2500k",
        "bf": 0,
        "threads": 1,
        "force_key_frames": f"expr:gte(t,n_forced*{KEY_SECONDS})",
        "fps_mode": "passthrough",
        "enc_time_base": "demux",
        "video_track_timescale": 90_000,
    }


def still(binary: str) -> list[str]:
    """Decode one keyframe (init + part on stdin) to a JPEG of its own size on stdout: evidence, not a poster."""
    source = ffmpeg.input("pipe:0", format="mp4", protocol_whitelist="pipe", threads=1, nofind_stream_info=None)["v:0"]
    picture: dict[str, Any] = {"format": "image2pipe", "vcodec": "mjpeg", "vf": "format=yuvj420p", "q:v": 2}
    return _compiled(source.output("pipe:1", **picture, **_ONCE), binary, "error")


def look(binary: str, poster: str) -> list[str]:
    """Decode one keyframe (init + part on stdin): 64×36 luma bytes to stdout, a JPEG ≤ 640 px wide to `poster`."""
    # The init segment says all there is to know: without looking for more, the keyframe is decoded once, not twice.
    source = ffmpeg.input("pipe:0", format="mp4", protocol_whitelist="pipe", threads=1, nofind_stream_info=None)["v:0"]
    gray = source.output(
        "pipe:1", format="rawvideo", vf=f"scale={GRAY_WIDTH}:{GRAY_HEIGHT}:flags=area,format=gray", **_ONCE
    )
    picture = source.output(
        poster,
        format="image2pipe",
        vcodec="mjpeg",
        vf=f"scale='min({POSTER_WIDTH},iw)':-2,format=yuvj420p",
        **{"q:v": 4},
        **_ONCE,
    )
    return _compiled(ffmpeg.merge_outputs(gray, picture), binary, "error")
