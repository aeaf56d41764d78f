"""Beside a camera's own picture: its second stream ("code~sub"), and H.264 made of its H.265 ("code~h264").

They run only while somebody watches them and shortly after, where the camera's own lease is, and are written to no
row: what people may know of a camera is said of its main channel. Where there is no such channel its state says
`no_stream`, and viewers go back to the main one; where the node has no room to convert, `budget`, and it is tried again.
"""

import hashlib
import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from . import renditions
from .budget import Budget
from .camera_proxy import CameraProxy
from .feeds import AgainFeed, PullFeed
from .fmp4 import Init, Part
from .hub import HubServer
from .policy import Policy
from .supervisor import BACKOFF, LIVE, OFF, STALLED, Report, Supervisor, Wish

log = logging.getLogger("sunkitchen.relay")

WARM_SECONDS = 10.0
_SEEN = ("still", "dark", "covered", "moved")  # of the room, whichever stream shows it
_AVC = 'video/mp4; codecs="avc'


def cameras(channels: Iterable[str]) -> set[str]:
    """Whose channels these are; what is no channel is left out."""
    found = set()
    for channel in channels:
        try:
            found.add(renditions.parse(channel)[0])
        except ValueError:
            log.warning("no channel: %.40r", channel)
    return found


class SideChannels:
    """`tick()` with the daemon's; hears its feeds and publishes them."""

    def __init__(
        self,
        hub: HubServer,
        sub_url: Callable[[str], str],
        *,
        binary: str,
        policy: Policy,
        budget: Budget,
        monotonic: Callable[[], float],
        now: Callable[[], datetime],
        chance: Callable[[], float],
        start_seconds: float = 10.0,
    ) -> None:
        self._hub = hub
        self._sub_url = sub_url
        self._binary = binary
        self._policy = policy
        self._budget = budget
        self._wishes: Mapping[str, Wish] = {}
        self._said: dict[str, Report] = {}
        self._feeds: set[PullFeed | AgainFeed] = set()
        self._supervisor = Supervisor(
            self._spawn,
            self._on_report,
            monotonic=monotonic,
            now=now,
            chance=chance,
            start_seconds=start_seconds,
            warm_seconds=WARM_SECONDS,
            is_leaving=lambda channel: any(feed.code == channel for feed in self._feeds),
        )

    def tick(self, watched: Iterable[str], wishes: Mapping[str, Wish]) -> None:
        """`watched`: channels, main ones too. `wishes`: of the cameras, and with what is true of their leases."""
        self._wishes = wishes
        asked = {channel for channel in watched if _side(channel)}
        channels = asked | self._supervisor.known()
        self._supervisor.tick({channel: self._wish(channel, channel in asked) for channel in channels})

    def cameras(self) -> set[str]:
        """Those whose side channels have a child."""
        return cameras(feed.code for feed in self._feeds)

    def feeds(self) -> list[PullFeed | AgainFeed]:
        return list(self._feeds)

    def main_changed(self, code: str) -> None:
        """The camera's own state is another: what is said of its side channels may follow."""
        for rendition in renditions.ALL:
            if report := self._said.get(renditions.channel(code, rendition)):
                self._tell(report)

    def end(self) -> None:
        self._supervisor.end()

    async def gone(self) -> None:
        """Returns once every child is ended and waited for."""
        for feed in list(self._feeds):
            await feed.gone()

    def _wish(self, channel: str, watched: bool) -> Wish:
        code, rendition = renditions.parse(channel)
        wish = self._wishes.get(code)
        if wish is None:
            return Wish(off="not_wanted")
        mark, off = wish.mark, wish.off
        if rendition == renditions.SUB:
            mark += hashlib.sha256(self._sub_url(code).encode()).hexdigest()[:16]
            off = off or ("" if self._sub_url(code) and not wish.push else "no_stream")
        else:
            off = off or self._why_not_converted(code)
        return replace(wish, push=False, off=off, wanted=False, watched=watched, mark=mark)

    def _why_not_converted(self, code: str) -> str:
        ring = self._hub.ring(code)
        if not ring.joining():
            return ring.status.why or ring.status.state
        return "no_stream" if ring.mime.startswith(_AVC) else ""

    def _spawn(self, channel: str, epoch: int) -> PullFeed | AgainFeed:
        code, rendition = renditions.parse(channel)
        feed: PullFeed | AgainFeed
        if rendition == renditions.SUB:
            proxy = CameraProxy(self._sub_url(code), self._policy)
            feed = PullFeed(channel, epoch, self, self._binary, proxy, self._budget, self._wishes[code].masks)
        else:
            feed = AgainFeed(channel, epoch, self, self._binary, self._hub.ring(code), self._budget)
        self._feeds.add(feed)
        feed.when_gone(self._feeds.discard)
        return feed

    # ── what feeds and the supervisor tell ──────────────────────────────────────────────────────────────────

    def on_init(self, code: str, epoch: int, init: Init) -> None:
        self._hub.publish_init(code, epoch, init)

    def on_part(self, code: str, epoch: int, part: Part, captured_ms: int) -> None:
        self._supervisor.part(code, epoch, part.key)
        self._hub.publish_part(code, part, captured_ms)

    def on_end(self, code: str, epoch: int, why: str, lines: list[str]) -> None:
        log.info("channel=%s feed ended epoch=%d why=%s", code, epoch, why)
        self._supervisor.ended(code, epoch, why)

    def _on_report(self, report: Report) -> None:
        log.info("channel=%s state=%s why=%s epoch=%d", report.code, report.state, report.why, report.epoch)
        self._said[report.code] = report
        self._tell(report)

    def _tell(self, report: Report) -> None:
        main = self._hub.ring(renditions.parse(report.code)[0]).status
        state, since, why = report.state, report.since, report.why
        follows = main.why in _SEEN if state == LIVE else state == OFF and main.state != LIVE
        if why in ("no_stream", "budget"):
            state = STALLED
        elif follows:
            state, why = main.state, main.why
            since = datetime.fromisoformat(main.since) if main.since else report.since
        if report.state in (OFF, BACKOFF):
            self._hub.ring(report.code).clear()  # nobody may join from it, whatever it is called
        self._hub.publish_state(report.code, state, since, why)


def _side(channel: str) -> bool:
    try:
        return bool(renditions.parse(channel)[1])
    except ValueError:
        return False
