"""Desired state: `tick()` compares the cameras people want with the feeds that run, and says what is true of each.

Two clocks are passed in: `monotonic` (seconds) measures, `now` (aware datetime) is told to people. Chance is passed
in too. A feed is whatever `spawn` starts; it reports through `part`, `ended` and `judged` with the epoch it was given,
and whatever an older epoch says is not heard.

`since` is what people read: the moment the camera became live, or stopped being so. Retries do not move it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from .lease import ELSEWHERE, HELD, PENDING

OFF, STARTING, LIVE, STALLED, BACKOFF = "off", "starting", "live", "stalled", "backoff"
DOWN = (STALLED, BACKOFF)

BACKOFF_FIRST = 1.0  # seconds
BACKOFF_MOST = 60.0
BACKOFF_MOST_WATCHED = 5.0  # back within 15 s: this, a connection, the first keyframe
BACKOFF_LEAST = 0.2
ROOM_SECONDS = 3.0  # until there may be room to convert
UNAUTHORIZED_SECONDS = 300.0  # vendors lock an account after a few wrong passwords
HEALTHY_SECONDS = 60.0
STALL_LEAST = 5.0
STALL_MOST_WATCHED = 12.0
STALL_MOST = 30.0


@dataclass(frozen=True)
class Wish:
    """What the rows and the hub say about one camera at a tick."""

    push: bool = False  # its box connects to us; there is nothing to start
    off: str = ""  # why nobody may see it now, a Camera.Why; "" when people may
    wanted: bool = False  # by its row
    watched: bool = False  # by a web process, now
    epoch: int = 0  # the row's: another relay may have been further
    mark: str = ""  # changes with address, credentials and masks
    start_seconds: int | None = None  # until the first part; None: as the node's setting says
    masks: tuple[tuple[tuple[int, int], ...], ...] = ()  # polygons to burn in, per mille
    lease: str = HELD  # as lease.py says: without one there is no child
    private: bool = False  # shown to one person: no picture of it is kept, none is judged

    def seen_by_hub(self, watched: bool) -> "Wish":
        return replace(self, watched=watched)


@dataclass(frozen=True)
class Report:
    """A change worth telling: to the viewers, the row, the record."""

    code: str
    state: str
    why: str
    since: datetime
    at: datetime
    epoch: int


class Feed(Protocol):
    """Something running that makes parts for one epoch. `stop()` returns at once and never calls back."""

    def stop(self) -> None: ...


Spawn = Callable[[str, int], Feed]


@dataclass
class _Camera:
    state: str
    since: datetime
    why: str = "not_wanted"
    push: bool = False
    off: str = ""
    watched: bool = False
    mark: str = ""
    start_seconds: float = 10.0
    epoch: int = 0
    feed: Feed | None = None
    warm_until: float = float("-inf")
    started_at: float = 0.0
    part_at: float | None = None  # None until this epoch's first part
    key_at: float | None = None
    gop: float = 0.0
    flowing_since: float = 0.0
    attempts: int = 0
    starts: int = 0  # of feeds, since it was last off
    next_try: float = float("-inf")
    locked_out: bool = False  # by a 401: only time or another mark helps
    still_since: datetime | None = None
    seems: str = ""  # dark, covered, moved
    was_flowing: bool = False  # in this relay's time or, restored, before


class Supervisor:
    """Keeps every wanted camera's feed running, and one report per change of what may be said about it."""

    def __init__(
        self,
        spawn: Spawn,
        report: Callable[[Report], None],
        *,
        monotonic: Callable[[], float],
        now: Callable[[], datetime],
        chance: Callable[[], float],
        start_seconds: float = 10.0,
        warm_seconds: float = 45.0,
        is_leaving: Callable[[str], bool] = lambda code: False,
    ) -> None:
        self._spawn = spawn
        self._is_leaving = is_leaving
        self._report = report
        self._monotonic = monotonic
        self._now = now
        self._chance = chance
        self._start_seconds = start_seconds
        self._warm_seconds = warm_seconds
        self._cameras: dict[str, _Camera] = {}

    def restore(self, code: str, why: str, since: datetime) -> None:
        """Before it is started here: this camera was not live already when a former relay ended or fell silent."""
        self._cameras[code] = _Camera(STALLED, since, why, was_flowing=True)

    # ── what others ask ─────────────────────────────────────────────────────────────────────────────────────

    def running(self) -> set[str]:
        return {code for code, camera in self._cameras.items() if camera.feed}

    def known(self) -> set[str]:
        """Cameras the next tick needs a Wish for: those without one are switched off."""
        return {code for code, camera in self._cameras.items() if camera.state != OFF or camera.feed}

    def state(self, code: str) -> tuple[str, str]:
        """State and why."""
        camera = self._cameras.get(code)
        return (camera.state, camera.why) if camera else (OFF, "not_wanted")

    def wants_child(self, code: str) -> bool:
        """Its child runs, or is to be fetched as soon as it may."""
        camera = self._cameras.get(code)
        return camera is not None and (camera.feed is not None or (camera.state != OFF and not camera.push))

    def told(self, code: str) -> dict[str, object]:
        """For the operator: state, why, since (ISO 8601), epoch, and how often it was begun again since it was off."""
        camera = self._cameras[code]
        return {
            "state": camera.state,
            "why": camera.why,
            "since": camera.since.isoformat(timespec="seconds"),
            "epoch": camera.epoch,
            "restarts": max(0, camera.starts - 1),
            "watched": camera.watched,
        }

    def cameras(self) -> list[str]:
        """All it ever heard of."""
        return list(self._cameras)

    def is_watched(self, code: str) -> bool:
        camera = self._cameras.get(code)
        return camera is not None and camera.watched

    # ── the tick ────────────────────────────────────────────────────────────────────────────────────────────

    def tick(self, wishes: Mapping[str, Wish]) -> None:
        """Stop what nobody wants, end what stands still, start what is due."""
        for code in self._cameras.keys() - wishes.keys():
            camera = self._cameras[code]
            camera.watched, camera.warm_until = False, float("-inf")
            if camera.state != OFF:
                self._off(code, camera, "not_wanted")  # but remembered: a 401's wait outlives its viewers
        for code, wish in wishes.items():
            self._reconcile(code, self._take(code, wish), wish)

    def _take(self, code: str, wish: Wish) -> _Camera:
        camera = self._cameras.setdefault(code, _Camera(OFF, self._now()))
        camera.push, camera.off, camera.watched = wish.push, wish.off, wish.watched
        camera.start_seconds = wish.start_seconds or self._start_seconds
        camera.epoch = max(camera.epoch, wish.epoch)
        if wish.watched:
            camera.warm_until = self._monotonic() + self._warm_seconds
        if camera.mark != wish.mark:
            if camera.mark and camera.feed:
                self._end_feed(camera)  # it shows what the old address shows
            camera.mark = wish.mark
            camera.attempts, camera.next_try, camera.locked_out = 0, float("-inf"), False
        return camera

    def _reconcile(self, code: str, camera: _Camera, wish: Wish) -> None:
        at = self._monotonic()
        wanted = wish.wanted or wish.watched or camera.warm_until > at
        if wish.off:
            camera.warm_until = float("-inf")
            self._off(code, camera, wish.off)
        elif wish.lease != HELD and (camera.feed or (wanted and not camera.push)):
            self._without_lease(code, camera, wish.lease)
        elif camera.feed:
            if not wanted and not camera.push:
                self._off(code, camera, "not_wanted")
            else:
                self._watch_over(code, camera, at)
        elif camera.push:
            if wanted and camera.state == OFF:
                self._say(code, camera, STALLED, "no_push")
            elif not wanted and not camera.was_flowing:
                self._off(code, camera, "not_wanted")
        elif not wanted:
            self._off(code, camera, "not_wanted")
        elif not self._is_leaving(code):  # its last child is being ended still: no second one beside it
            self._start_if_due(code, camera, at)

    def _without_lease(self, code: str, camera: _Camera, lease: str) -> None:
        """Another relay has the camera, or nobody could confirm that we have it: our child ends, whatever it shows."""
        if camera.feed or lease != PENDING:
            self._end_feed(camera)
            self._say(code, camera, STALLED, "elsewhere" if lease == ELSEWHERE else "relay")

    def _start_if_due(self, code: str, camera: _Camera, at: float) -> None:
        if camera.watched and not camera.locked_out:
            camera.next_try = min(camera.next_try, at + BACKOFF_MOST_WATCHED)
        if at < camera.next_try:
            self._say(code, camera, BACKOFF, "unauthorized" if camera.locked_out else camera.why)
            return
        camera.locked_out = False
        self._begin(camera)
        if camera.state not in DOWN:
            self._say(code, camera, STARTING, "")
        camera.feed = self._spawn(code, camera.epoch)

    def _begin(self, camera: _Camera) -> None:
        camera.epoch += 1
        camera.starts += 1
        camera.started_at = self._monotonic()
        camera.part_at = camera.key_at = None
        camera.gop = 0.0

    def _watch_over(self, code: str, camera: _Camera, at: float) -> None:
        """Judged by parts arriving, never by a pid."""
        if camera.part_at is None:
            if at - camera.started_at >= camera.start_seconds:
                self._lost(code, camera, "no_picture")
        elif at - camera.part_at >= self._stall_limit(camera):
            self._lost(code, camera, "no_picture")
        elif at - camera.flowing_since >= HEALTHY_SECONDS:
            camera.attempts = 0

    @staticmethod
    def _stall_limit(camera: _Camera) -> float:
        most = STALL_MOST_WATCHED if camera.watched else STALL_MOST
        return min(max(STALL_LEAST, 2 * camera.gop), most)

    # ── what feeds report ───────────────────────────────────────────────────────────────────────────────────

    def connected(self, code: str, wish: Wish, feed: Callable[[int], Feed]) -> Feed | None:
        """A kitchen's box connects: its feed for a new epoch, in place of one that may be left. None: not now."""
        camera = self._take(code, wish)
        if not camera.push or camera.off:
            return None
        if camera.feed:
            self._end_feed(camera)
        self._begin(camera)
        if camera.state not in DOWN:
            self._say(code, camera, STARTING, "")
        camera.feed = feed(camera.epoch)
        return camera.feed

    def part(self, code: str, epoch: int, key: bool) -> None:
        """A part arrived; `key` if it starts with a keyframe."""
        camera = self._heard(code, epoch)
        if camera is None:
            return
        at = self._monotonic()
        if camera.part_at is None:
            camera.flowing_since = at
            camera.was_flowing = True
        camera.part_at = at
        if key:
            if camera.key_at is not None:
                camera.gop = max(at - camera.key_at, camera.gop * 0.9)
            camera.key_at = at
        self._say_what_is_seen(code, camera)

    def judged(
        self,
        code: str,
        epoch: int,
        *,
        still_since: datetime | None,
        dark: bool,
        covered: bool = False,
        moved: bool = False,
    ) -> None:
        """What the truth check saw: the picture has not changed since `still_since`; it is dark; beside its reference
        it looks covered, or as if the camera were moved. All of them hints."""
        camera = self._heard(code, epoch)
        if camera is None or camera.part_at is None:
            return
        camera.still_since = still_since
        camera.seems = "dark" if dark else "covered" if covered else "moved" if moved else ""
        self._say_what_is_seen(code, camera)

    def _say_what_is_seen(self, code: str, camera: _Camera) -> None:
        """Parts flow. What stood still before this feed began stands still until it was seen to move."""
        if camera.still_since is None:
            self._say(code, camera, LIVE, camera.seems)
        else:
            self._say(code, camera, STALLED, "dark" if camera.seems == "dark" else "still", since=camera.still_since)

    def ended(self, code: str, epoch: int, why: str) -> None:
        """The feed is over by itself; `why` is a Camera.Why value."""
        if camera := self._heard(code, epoch):
            self._lost(code, camera, why)

    def _heard(self, code: str, epoch: int) -> _Camera | None:
        camera = self._cameras.get(code)
        return camera if camera and camera.feed and camera.epoch == epoch else None

    # ── steps ───────────────────────────────────────────────────────────────────────────────────────────────

    def _lost(self, code: str, camera: _Camera, why: str) -> None:
        at = self._monotonic()
        was_flowing = camera.part_at is not None
        self._end_feed(camera)
        if camera.push:
            self._say(code, camera, STALLED, "no_push" if why == "ended" else why)
            return
        if was_flowing and at - camera.flowing_since >= HEALTHY_SECONDS:
            camera.attempts = 0
        camera.locked_out = why == "unauthorized"
        if why == "budget":  # our own want of room: no failure of the camera's
            camera.next_try = at + ROOM_SECONDS
        else:
            camera.next_try = at + (UNAUTHORIZED_SECONDS if camera.locked_out else self._delay(camera))
            camera.attempts += 1
        self._say(code, camera, STALLED if was_flowing else BACKOFF, why)

    def _delay(self, camera: _Camera) -> float:
        """Full jitter (Brooker, "Exponential Backoff and Jitter", 2015), kept short while somebody watches."""
        most = BACKOFF_MOST_WATCHED if camera.watched else BACKOFF_MOST
        ceiling = min(most, BACKOFF_FIRST * float(2 ** min(camera.attempts, 10)))
        return max(BACKOFF_LEAST, self._chance() * ceiling)

    def _off(self, code: str, camera: _Camera, why: str) -> None:
        self._end_feed(camera)
        camera.attempts = camera.starts = 0
        if not camera.locked_out:
            camera.next_try = float("-inf")
        self._say(code, camera, OFF, why)

    def _end_feed(self, camera: _Camera) -> None:
        if camera.feed:
            feed, camera.feed = camera.feed, None
            feed.stop()
        camera.part_at = None

    def _say(self, code: str, camera: _Camera, state: str, why: str, since: datetime | None = None) -> None:
        if (camera.state, camera.why) == (state, why):
            return
        now = self._now()
        if camera.state != state and not (camera.state in DOWN and state in DOWN):
            camera.since = since or now
        camera.state, camera.why = state, why
        self._report(Report(code, state, why, camera.since, now, camera.epoch))

    def end(self) -> None:
        """Stop every feed and say nothing: who no longer vouches for the rows is not to call them off."""
        for camera in self._cameras.values():
            self._end_feed(camera)
