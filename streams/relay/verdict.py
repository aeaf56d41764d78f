"""What a look at a camera means, in words that an owner understands. Pure, but for the reader's language."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from statistics import median

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from .check import Found

SPARSE_KEYFRAMES = 4.0  # seconds: a guest waits that long for the first picture
HEAVY = 4.0  # Mbit/s: 30 MB a minute
SLUGGISH = 8.0  # frames a second
LARGE = 1280  # pixels wide: where a smaller stream is worth a word


class Mark(StrEnum):
    GOOD = "✓"
    ADVICE = "→"
    BAD = "✗"
    FACT = "·"


@dataclass(frozen=True)
class Line:
    mark: Mark
    text: str

    def __str__(self) -> str:
        return f"{self.mark} {self.text}"


@dataclass(frozen=True)
class Pace:
    """How the pictures came. `keyframes`: seconds between two, None when fewer than two came in `seconds`."""

    seconds: float
    rate: float
    megabits: float
    keyframes: float | None

    @property
    def megabytes_a_minute(self) -> float:
        return self.megabits * 60 / 8


def is_good(found: Found) -> bool:
    """A picture came, and went on coming."""
    return not found.why and pace(found) is not None


def pace(found: Found) -> Pace | None:
    """None for fewer than three frames: nothing can be said of them."""
    times = [frame.at for frame in found.frames]
    if len(times) < 3 or times[-1] <= times[0]:
        return None
    span = times[-1] - times[0]
    keys = [frame.at for frame in found.frames if frame.key]
    between = [later - earlier for earlier, later in pairwise(keys)]
    size = sum(frame.size for frame in found.frames[:-1])
    return Pace(span, (len(times) - 1) / span, size * 8 / span / 1e6, median(between) if between else None)


def lines(found: Found) -> list[Line]:
    """Everything that is worth saying, in the order of a call; what went wrong or well stands last."""
    return [*_address(found), *_login(found), *_offers(found), *_pictures(found), *_end(found)]


def _address(found: Found) -> Iterator[Line]:
    if not found.shown:
        return
    yield Line(Mark.FACT, _("Address: %(address)s") % {"address": found.shown})
    if found.ips:
        yield Line(Mark.FACT, _("It leads to %(ips)s.") % {"ips": ", ".join(found.ips)})
    if found.connected_ms is not None:
        yield Line(Mark.GOOD, _("Connected in %(ms)d ms.") % {"ms": max(1, round(found.connected_ms))})


def _login(found: Found) -> Iterator[Line]:
    if found.connected_ms is None or found.why in ("unreachable", "unauthorized"):
        return
    if not found.asked_login:
        if found.offers:
            yield Line(Mark.ADVICE, _("It asks for no password: anybody in its network can watch it. Set one."))
        return
    kind = {"digest": _("unreadable for others (digest)"), "basic": _("in the clear (basic)")}.get(
        found.asked_login, "?"
    )
    if found.offers:
        yield Line(Mark.GOOD, _("User name and password are accepted, sent %(kind)s.") % {"kind": kind})
        if found.asked_login == "basic" and not found.secure:
            yield Line(Mark.ADVICE, _("Choose “digest” in the camera's settings: its password travels readable now."))


def _offers(found: Found) -> Iterator[Line]:
    names = [_("video %(codec)s") % {"codec": offer.codec} for offer in found.offers if offer.kind == "video"]
    if names:
        yield Line(Mark.GOOD, _("It offers %(streams)s.") % {"streams": ", ".join(names)})
    if sound := [offer.codec for offer in found.offers if offer.kind == "audio"]:
        yield Line(Mark.FACT, _("It offers sound (%(codec)s) too; it is never fetched.") % {"codec": ", ".join(sound)})


def _pictures(found: Found) -> Iterator[Line]:
    seen = pace(found)
    if found.first_seconds is None or seen is None:
        return
    yield Line(Mark.GOOD, _("First picture after %(seconds).1f s.") % {"seconds": found.first_seconds})
    if found.size:
        yield Line(
            Mark.FACT, _("Size: %(width)d × %(height)d.") % dict(zip(("width", "height"), found.size, strict=True))
        )
    facts = {"rate": seen.rate, "megabits": seen.megabits, "megabytes": seen.megabytes_a_minute}
    yield Line(
        Mark.FACT,
        _("%(rate).1f pictures a second, %(megabits).2f Mbit/s: %(megabytes).0f MB a minute for each viewer.") % facts,
    )
    yield from _keyframes(seen)
    yield from _advice(found, seen)


def _keyframes(seen: Pace) -> Iterator[Line]:
    if seen.keyframes is not None and seen.keyframes <= SPARSE_KEYFRAMES:
        yield Line(Mark.GOOD, _("A keyframe every %(seconds).1f s.") % {"seconds": seen.keyframes})
        return
    if seen.keyframes is None:
        said = _("No second keyframe came within %(seconds).0f s.") % {"seconds": seen.seconds}
        if seen.seconds < SPARSE_KEYFRAMES:
            yield Line(Mark.FACT, said)
            return
    else:
        said = _("A keyframe only every %(seconds).1f s.") % {"seconds": seen.keyframes}
    frames = max(1, round(seen.rate * 2))
    asked = ngettext(
        "Set the keyframe interval (I-frame interval, GOP) to 2 s, which is %(frames)d frame: guests wait for one.",
        "Set the keyframe interval (I-frame interval, GOP) to 2 s, which is %(frames)d frames: guests wait for one.",
        frames,
    )
    yield Line(Mark.ADVICE, f"{said} {asked % {'frames': frames}}")


def _advice(found: Found, seen: Pace) -> Iterator[Line]:
    codec = next((offer.codec for offer in found.offers if offer.kind == "video"), "")
    heavy = seen.megabits > HEAVY
    if "hvc1" in found.mime:
        yield Line(
            Mark.ADVICE,
            _("H.265: many phones cannot show it, and our server must convert it for them. Choose H.264 if you can."),
        )
    elif codec == "JPEG":
        yield Line(
            Mark.ADVICE, _("MJPEG must always be converted by our server. Choose H.264 in the camera's settings.")
        )
    if heavy:
        yield Line(Mark.ADVICE, _("That is much for mobile data. Set the bit rate to 1 to 2 Mbit/s."))
    if seen.rate < SLUGGISH:
        yield Line(Mark.ADVICE, _("So few pictures look like a slide show. Set 15 or more a second."))
    if found.sub_stream and (heavy or "hvc1" in found.mime or (found.size and found.size[0] >= LARGE)):
        before, after = found.sub_stream
        words = {"before": before, "after": after}
        yield Line(
            Mark.ADVICE,
            _(
                "For phones, give the smaller stream too: the same address with %(after)s in place of %(before)s. Set it to H.264."
            )
            % words,
        )


def _end(found: Found) -> Iterator[Line]:
    if not found.why:
        yield Line(Mark.GOOD, _("This camera can be shown."))
        return
    yield Line(Mark.BAD, _failure(found))
    for line in found.lines[-3:]:
        yield Line(Mark.FACT, line)


def _failure(found: Found) -> str:
    match found.why:
        case "refused_address" if not found.shown:
            return _("This cannot be read as a camera's address. It looks like rtsp://203.0.113.7:554/stream1.")
        case "refused_address":
            return _(
                "This address leads to a machine or network that is not open to cameras. Whoever runs the server can "
                "open a network (CAMERA_ALLOW_NETS) or one address (CAMERA_ALLOW)."
            )
        case "unreachable" if not found.ips:
            return _("The camera's name is not known. Check how it is written, or use its IP address.")
        case "unreachable":
            return _(
                "Nothing answers there. Is the camera on, is the port right, and does the router let this server reach "
                "it? A camera behind a home router cannot be fetched: let a box in the kitchen send."
            )
        case "unauthorized" if not found.named:
            return _("The camera asks for a user name and a password, and none was given.")
        case "unauthorized":
            return _(
                "The camera refuses the user name or the password. Wait five minutes before you try again: many "
                "cameras lock an account after a few wrong attempts."
            )
        case "redirected":
            return _("The camera points to another address, which is not followed. Enter that address itself.")
        case "no_stream":
            return _("The camera answers, but has no such stream over TCP. Check the path at the end of the address.")
        case "codec":
            return _("The camera sends a format that cannot be shown. Choose H.264 in its settings.")
        case "ended":
            return _("The camera ended the connection. Many allow only a few viewers at once: close other apps.")
        case _:
            return _("The camera answers, but sends no picture. Start it anew, and look at it in its own app.")
