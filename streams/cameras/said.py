"""What ffmpeg and the camera's connection said, in sentences that an owner can act on. The raw lines stay beside them."""

import re
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

MOST = 3

# The first that fits a line speaks for it; what is more certain stands first.
_KNOWN = [
    (
        r"refuses user name or password|no longer accepts|forbids this user|401 unauthorized|403 forbidden",
        gettext_noop(
            "The camera refuses the user name or password. Check them in the camera's own page and save them here again."
        ),
    ),
    (
        r"address is (refused|not one)",
        gettext_noop("This address may not be used for a camera. Ask the operator of the platform."),
    ),
    (
        r"points to another address",
        gettext_noop("The camera sends us on to another address. Enter the final address itself."),
    ),
    (
        r"name has no address",
        gettext_noop("The camera's name is not known on the internet. Check how the address is written."),
    ),
    (
        r"certificate or TLS",
        gettext_noop(
            "The camera's encryption is not accepted. Renew its certificate, or let a box in the kitchen send."
        ),
    ),
    (
        r"does not answer\.|connection refused|no route to host|network is unreachable|connection timed out",
        gettext_noop("The camera cannot be reached. Is it switched on and connected, and is its port open?"),
    ),
    (
        r"404 not found|454 session|answers (404|400|405|453|503)|has no video|names its stream in a way",
        gettext_noop(
            "The camera has no stream at this address. Compare the end of the address with the camera's manual."
        ),
    ),
    (
        r"\(RTP over TCP\)|461 unsupported transport|gives no session",
        gettext_noop("The camera does not send over TCP. Allow RTSP over TCP in its settings."),
    ),
    (
        r"neither H\.264|could not find codec parameters|unsupported codec|unknown (video )?codec|is no MPEG-TS"
        r"|neither MPEG-TS|decoder not found|not currently supported in container",
        gettext_noop("The camera sends a format that cannot be shown. Set its video to H.264."),
    ),
    (
        r"no room to convert",
        gettext_noop(
            "Our server had no room to convert this picture. Set the camera to H.264, then nothing is converted."
        ),
    ),
    (
        r"non.monoton|invalid dts|timestamps are unset|jumps|pts has no value",
        gettext_noop("The camera's clock jumps. Let it take the time from the network (NTP)."),
    ),
    (
        r"packets? (loss|lost)|missed \d+ packets|max delay reached|corrupt|error while decoding|concealing|invalid nal"
        r"|non-existing [ps]ps|broken",
        gettext_noop("Parts of the picture are lost on the way. A network cable or a lower bitrate helps."),
    ),
    (
        r"does not answer [A-Z]+|timed out",
        gettext_noop("The camera was connected, but then said nothing more. Restart it if this happens again."),
    ),
    (
        r"ended the connection|connection reset|broken pipe|end of file|does not speak RTSP",
        gettext_noop(
            "The camera ended the connection. Many cameras serve few viewers at once: end other recordings of it."
        ),
    ),
    (
        r"could not be started|cannot allocate memory|too many open files",
        gettext_noop("Our own server could not start the connection. We have to look at it."),
    ),
]
_PATTERNS = [(re.compile(pattern, re.IGNORECASE), words) for pattern, words in _KNOWN]


def plain(lines: str) -> list[Any]:
    """Sentences in the reader's language for the known ones among `lines`, the newest first, each once, at most MOST."""
    found: list[str] = []
    for line in reversed(lines.splitlines()):
        words = next((words for pattern, words in _PATTERNS if pattern.search(line)), None)
        if words and words not in found:
            found.append(words)
    return [_(words) for words in found[:MOST]]
