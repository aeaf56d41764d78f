"""A camera's session description (RFC 4566), rebuilt from what we understand of it: one video section. Pure.

Nothing is copied through: each value is matched first, so no camera can talk to ffmpeg in its parser's own words.
"""

import re
from dataclasses import dataclass

CODECS = ("H264", "H265", "JPEG")  # the first of these is taken; JPEG has no parameters (RFC 2435)
_STATIC = {26: ("JPEG", 90_000)}  # payload types that need no rtpmap (RFC 3551)
CONTROL = "v0"  # the only track's name towards ffmpeg

_RTPMAP = re.compile(r"rtpmap:(\d{1,3}) ([A-Za-z0-9-]+)/(\d{3,6})")
_FMTP = re.compile(r"fmtp:(\d{1,3}) (.+)")
_PARAMETERS = {
    "packetization-mode",
    "profile-level-id",
    "sprop-parameter-sets",
    "sprop-vps",
    "sprop-sps",
    "sprop-pps",
    "sprop-max-don-diff",
    "profile-id",
    "profile-space",
    "tier-flag",
    "level-id",
}
_VALUE = re.compile(r"[A-Za-z0-9+/=,]{1,4000}")
_CONTROL = re.compile(r"[!-~]{1,1000}")


class NoVideo(Exception):
    """The description offers no video at all."""


class UnknownCodec(Exception):
    """There is video, but none we let through."""


@dataclass(frozen=True)
class Video:
    """The section we take: its codec, the real control attributes, and the description ffmpeg gets instead."""

    codec: str
    control: str
    session_control: str
    sdp: bytes


def video(description: bytes) -> Video:
    """The first H.264 or H.265 section of `description`, else the first MJPEG. NoVideo, UnknownCodec."""
    session, *sections = _sections(description.decode("utf-8", "replace"))
    session_control = _attribute(session, "control")
    found_video = False
    found: list[Video] = []
    for section in sections:
        media = section[0].split()
        if len(media) < 4 or media[0] != "m=video":
            continue
        found_video = True
        if media[2].upper() not in ("RTP/AVP", "RTP/AVPF", "RTP/AVP/TCP") or not media[3].isdigit():
            continue
        payload = int(media[3])
        codec, rate = _codec(section, payload)
        if codec in CODECS and payload < 128:
            rebuilt = _rebuilt(payload, codec, rate, _parameters(section, payload))
            found.append(Video(codec, _attribute(section, "control"), session_control, rebuilt))
    if found:
        return min(found, key=lambda video: video.codec == "JPEG")  # the first of the best
    if found_video:
        raise UnknownCodec
    raise NoVideo


def _sections(text: str) -> list[list[str]]:
    sections: list[list[str]] = [[]]
    for line in re.split(r"\r\n|\n|\r", text):
        if line.startswith("m="):
            sections.append([])
        sections[-1].append(line.strip())
    return sections


def _attribute(section: list[str], name: str) -> str:
    for line in section:
        if line.startswith(f"a={name}:"):
            value = line.partition(":")[2].strip()
            return value if _CONTROL.fullmatch(value) else ""
    return ""


def _codec(section: list[str], payload: int) -> tuple[str, int]:
    for line in section:
        found = _RTPMAP.match(line.removeprefix("a="))
        if found and int(found[1]) == payload:
            codec = found[2].upper()
            return ("H265" if codec == "HEVC" else codec), int(found[3])
    return _STATIC.get(payload, ("", 0))


def _parameters(section: list[str], payload: int) -> str:
    for line in section:
        found = _FMTP.match(line.removeprefix("a="))
        if found and int(found[1]) == payload:
            pairs = (part.strip().partition("=") for part in found[2].split(";"))
            kept = [(name, value) for name, _, value in pairs if name in _PARAMETERS and _VALUE.fullmatch(value)]
            return ";".join(f"{name}={value}" for name, value in kept)
    return ""


def _rebuilt(payload: int, codec: str, rate: int, parameters: str) -> bytes:
    lines = [
        "v=0",
        "o=- 0 0 IN IP4 127.0.0.1",
        "s=camera",
        "c=IN IP4 0.0.0.0",
        "t=0 0",
        "a=control:*",
        f"m=video 0 RTP/AVP {payload}",
        f"a=rtpmap:{payload} {codec}/{rate}",
        *([f"a=fmtp:{payload} {parameters}"] if parameters else []),
        f"a=control:{CONTROL}",
    ]
    return "\r\n".join([*lines, ""]).encode()
