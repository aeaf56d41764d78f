"""The relay: rows say what is wanted, feeds make parts, the hub and the segments pass them on, truth looks at them."""

import asyncio
import contextlib
import gc
import logging
import os
import random
import signal
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime

from django.db import Error as DatabaseError

from . import probing, renditions
from .budget import Budget
from .camera_proxy import CameraProxy
from .config import AlreadyRunning, Config, alone
from .confirmed import References
from .costs import Costs, descriptors
from .evidence import Evidence
from .feeds import PullFeed, PushFeed
from .fmp4 import Init, Part
from .hub import HubServer
from .lease import RENEW_SECONDS
from .rows import Rows
from .shelves import Shelves, disk
from .side_channels import SideChannels, cameras
from .sights import Sights, seen_name
from .supervisor import DOWN, OFF, Report, Supervisor, Wish
from .wire import PushRefused, Sink

__all__ = ["AlreadyRunning", "Config", "Relay", "serve"]

log = logging.getLogger("sunkitchen.relay")

TICK_SECONDS = 0.5
READ_SECONDS = 1.0
BEAT_SECONDS = 5.0
ENDING_SECONDS = 3.0
SETTLE_SECONDS = 5.0  # before a push can be replaced by another
HINT_SECONDS = 20.0  # HLS viewers are no watchers on the hub: their web process hints every ten seconds


class Relay:
    """One per node. `run(until)` returns when the event is set and every child is gone."""

    def __init__(self, config: Config, rows: Rows) -> None:
        self._config = config
        self._rows = rows
        self._shelves = Shelves(config.live, config.keep_seconds)
        self._hub = HubServer(
            on_wanted=self._on_wanted,
            on_push=self._on_push,
            on_hls=self._shelves.asked,
            on_metrics=self._metrics,
            settle=SETTLE_SECONDS,
        )
        self._supervisor = Supervisor(
            self._spawn,
            self._on_report,
            monotonic=time.monotonic,
            now=_now,
            chance=random.random,
            start_seconds=config.start_seconds,
            warm_seconds=config.warm_seconds,
            is_leaving=lambda code: any(feed.code == code for feed in self._feeds),
        )
        self._sights = Sights(
            config.binary,
            config.posters,
            judged=self._supervisor.judged,
            poster=rows.note_poster,
            seconds=config.look_seconds,
            idle_seconds=config.look_idle_seconds,
            still_seconds=config.still_seconds,
            confirmed=References(rows.reference, monotonic=time.monotonic).of,
        )
        self._budget = Budget(config.transcodes)
        self._prober = probing.prober(
            config,
            rows,
            self._sights,
            self._budget,
            leased=self.leased,
            keep=self._keep,
            is_busy=lambda code: code in self._watched() or any(feed.code == code for feed in self._feeds),
        )
        self._side = SideChannels(
            self._hub,
            rows.sub_url,
            binary=config.binary,
            policy=config.policy,
            budget=self._budget,
            monotonic=time.monotonic,
            now=_now,
            chance=random.random,
            start_seconds=config.start_seconds,
        )
        self._feeds: set[PullFeed | PushFeed] = set()
        self._wishes: dict[str, Wish] = {}
        self._hint = asyncio.Event()
        self._hinted: dict[str, float] = {}
        self._ending = False
        self._started_at = _now()
        self._costs = Costs()

    async def run(self, until: asyncio.Event) -> None:
        self._shelves.sweep()
        for interrupted in await self._rows.set_right(_now()):
            self._supervisor.restore(interrupted.code, interrupted.why, interrupted.since)
            self._hub.publish_state(interrupted.code, "stalled", interrupted.since, interrupted.why)
        await self._hub.start(self._config.socket)
        log.info("relay started socket=%s", self._config.socket)
        for exception in self._config.policy.allow:
            log.warning("CAMERA_ALLOW lets cameras be at %s", exception)
        rhythms = [self._reading, self._ticking, self._renewing, self._beating]
        if self._config.probe_seconds:
            rhythms.append(self._prober.run)
        if self._config.clips:
            recorded = Evidence(
                self._config.clips,
                self._config.node,
                self._rows,
                cameras=self._shelves.cameras,
                shelf=self._shelves.shelf,
            )
            rhythms.append(recorded.run)
        jobs = [asyncio.create_task(job()) for job in rhythms]
        waiting = asyncio.create_task(until.wait())
        done, _ = await asyncio.wait([waiting, *jobs], return_when=asyncio.FIRST_COMPLETED)
        self._ending = True
        for job in (waiting, *jobs):
            job.cancel()
        await self._end()
        for job in done - {waiting}:
            job.result()  # a job never ends by itself: let its error be seen

    async def _end(self) -> None:
        """End every child first, then say so."""
        self._supervisor.end()
        self._side.end()
        with contextlib.suppress(TimeoutError):
            gone = asyncio.gather(*(feed.gone() for feed in self._feeds), self._side.gone(), self._sights.close())
            await asyncio.wait_for(gone, ENDING_SECONDS)
        await self._hub.close()
        self._shelves.stop()
        self._rows.give_back({feed.code for feed in self._feeds})  # but those whose child would not end
        await self._rows.close(_now())
        log.info("relay ended")

    # ── the four rhythms ───────────────────────────────────────────────────────────────────────────────────

    async def _reading(self) -> None:
        """Read the rows every second, and at once upon a hint."""
        while True:
            self._hint.clear()
            watched = self._watched()
            asked = self._supervisor.known() | watched
            try:
                wishes = await self._rows.wishes(_now(), asked, watched)
                pushed = {code: self._wishes[code] for code in self._supervisor.known() - asked if code in self._wishes}
                self._forget_unmasked(wishes)
                self._wishes = pushed | wishes  # a push may have come while the rows were read
                for left in self._rows.inherited():
                    self._supervisor.restore(left.code, left.why, left.since)
                    self._hub.publish_state(left.code, "stalled", left.since, left.why)
            except DatabaseError as error:
                log.warning("rows: not read, going on with the last: %s", type(error).__name__)
            self._tick()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._hint.wait(), READ_SECONDS)

    async def _ticking(self) -> None:
        while True:
            await asyncio.sleep(TICK_SECONDS)
            self._tick()

    def _watched(self) -> set[str]:
        """Cameras that somebody watches now, by whichever channel: over the hub, or as a fresh hint says."""
        now = time.monotonic()
        self._hinted = {code: at for code, at in self._hinted.items() if now - at < HINT_SECONDS}
        return cameras(self._hub.watched()) | self._hinted.keys()

    def _tick(self) -> None:
        if self._ending:
            return
        watched, standing = self._watched(), self._rows.leases.standing
        wishes = {
            code: replace(wish, watched=code in watched, lease=standing(code)) for code, wish in self._wishes.items()
        }
        self._prober.make_way({code for code, wish in wishes.items() if wish.wanted or wish.watched})
        self._supervisor.tick(wishes)
        self._side.tick(self._hub.watched(), wishes)
        now = time.monotonic()
        for code in self._shelves.stale(now):
            if self._supervisor.state(code)[0] in DOWN:
                self._shelves.drop(code)

    async def _renewing(self) -> None:
        """Keep the leases of what runs or is to run, give back the others. An answer that fails is asked for again soon."""
        while True:
            asked_at = time.monotonic()
            self._rows.give_back(self._needed())
            try:
                await self._rows.renew()
            except DatabaseError as error:
                log.warning("leases: not renewed: %s", type(error).__name__)
                await asyncio.sleep(1.0)
            else:
                await asyncio.sleep(max(0.0, asked_at + RENEW_SECONDS - time.monotonic()))

    def _needed(self) -> set[str]:
        """Cameras whose lease is not to be given back: their children live, or are due."""
        due = {code for code in self._supervisor.known() if self._supervisor.wants_child(code)}
        return due | {feed.code for feed in self._feeds} | self._side.cameras() | self._watched()

    @asynccontextmanager
    async def leased(self, code: str) -> AsyncIterator[bool]:
        """For work on a camera beside its feed: whether this relay has its lease, kept until the block ends."""
        self._rows.leases.pin(code)
        try:
            yield await self._rows.take(code)
        finally:
            self._rows.leases.unpin(code)

    async def _beating(self) -> None:
        """Vouch for the states. From the same loop that moves the pictures: if it hangs, nobody vouches."""
        while True:
            try:
                await self._rows.beat(_now())
            except DatabaseError as error:
                log.warning("rows: not vouched for: %s", type(error).__name__)
            self._hub.meters.sample()
            await asyncio.sleep(BEAT_SECONDS)

    # ── what the hub asks ───────────────────────────────────────────────────────────────────────────────────

    def _on_wanted(self, code: str) -> None:
        self._hinted |= dict.fromkeys(cameras([code]), time.monotonic())
        self._hint.set()

    async def _on_push(self, code: str) -> Sink:
        try:
            wish = (await self._rows.wishes(_now(), {code})).get(code)
        except DatabaseError:
            wish = self._wishes.get(code)
        if wish is None or not wish.push or self._ending:
            raise PushRefused("no_push")
        try:
            if not wish.off and not await self._rows.take(code, from_others=True):
                raise PushRefused("elsewhere")
        except DatabaseError:
            raise PushRefused("relay") from None
        self._wishes[code] = wish  # the last reading may be older than the switching on
        made: list[PushFeed] = []

        def feed(epoch: int) -> PushFeed:
            made.append(PushFeed(code, epoch, self, self._config.binary, self._budget, wish.masks))
            return made[0]

        if self._supervisor.connected(code, wish.seen_by_hub(code in self._watched()), feed) is None:
            raise PushRefused("disabled")
        self._keep(made[0])
        log.info("camera=%s push connected epoch=%d", code, made[0].epoch)
        return made[0].sink

    async def _metrics(self) -> dict[str, object]:
        """For the operator and /metrics: cameras by their codes, no addresses, nothing of who watches."""
        self._hub.meters.sample()
        pids = {feed.code: feed.pid for feed in (*self._feeds, *self._side.feeds()) if feed.pid}
        costs = await asyncio.to_thread(self._costs.of, {**pids, "": os.getpid()})
        channels: dict[str, dict[str, object]] = {}
        for code in self._supervisor.cameras():
            lease = {"lease": self._rows.leases.standing(code), "lease_epoch": self._rows.leases.epoch(code)}
            channels[code] = self._supervisor.told(code) | lease
        for channel in self._hub.meters.channels() - channels.keys():
            status = self._hub.ring(channel).status
            channels[channel] = {"state": status.state, "why": status.why, "since": status.since}
        for channel in [channel for channel in channels if any(map(self._is_private, cameras([channel])))]:
            del channels[channel]  # what a clerk looks at is counted nowhere
        for channel, said in channels.items():
            said |= self._hub.meters.told(channel) | {"child": costs.get(channel)}
        return {
            "node": self._config.node,
            "started_at": self._started_at.isoformat(timespec="seconds"),
            "seconds": round((_now() - self._started_at).total_seconds(), 1),
            "process": costs[""],
            "descriptors": descriptors(),
            "conversions": {"used": self._budget.used, "most": self._budget.most},
            "writes_waiting": self._rows.waiting,
            "channels": channels,
        }

    # ── feeds ───────────────────────────────────────────────────────────────────────────────────────────────

    def _spawn(self, code: str, epoch: int) -> PullFeed:
        proxy = CameraProxy(self._rows.url(code), self._config.policy)
        masks = self._wishes[code].masks
        feed = PullFeed(code, epoch, self, self._config.binary, proxy, self._budget, masks)
        self._keep(feed)
        return feed

    def _keep(self, feed: PullFeed | PushFeed) -> None:
        self._feeds.add(feed)
        feed.when_gone(self._on_gone)

    def _on_gone(self, feed: PullFeed | PushFeed) -> None:
        self._feeds.discard(feed)
        self._tick()  # another may be waiting for its end

    def on_init(self, code: str, epoch: int, init: Init) -> None:
        self._hub.publish_init(code, epoch, init)
        if self._may_keep(code):
            self._sights.begin(code, epoch, init)
            self._shelves.begin(code, epoch, init)

    def on_part(self, code: str, epoch: int, part: Part, captured_ms: int) -> None:
        self._supervisor.part(code, epoch, part.key)
        self._hub.publish_part(code, part, captured_ms)
        if not self._may_keep(code):
            return  # in the ring, and nowhere else
        if part.key:
            self._sights.keyframe(code, epoch, part, captured_ms, watched=self._supervisor.is_watched(code))
        self._shelves.add(code, part, captured_ms, time.monotonic())

    def _may_keep(self, code: str) -> bool:
        """Nothing of a check's picture lies on a disk; nor of one whose row is gone while its feed has not ended yet."""
        wish = self._wishes.get(code)
        return wish is not None and not wish.private

    def _is_private(self, code: str) -> bool:
        wish = self._wishes.get(code)
        return wish is not None and wish.private

    def on_end(self, code: str, epoch: int, why: str, lines: list[str]) -> None:
        log.info("camera=%s feed ended epoch=%d why=%s", code, epoch, why)
        self._rows.note_errors(code, lines)
        self._supervisor.ended(code, epoch, why)

    def _on_report(self, report: Report) -> None:
        log.info("camera=%s state=%s why=%s epoch=%d", report.code, report.state, report.why, report.epoch)
        self._hub.publish_state(report.code, report.state, report.since, report.why)
        self._side.main_changed(report.code)
        self._rows.note(report)
        if report.state == OFF:
            self._shelves.drop(report.code)

    def _forget_unmasked(self, wishes: Mapping[str, Wish]) -> None:
        """Other masks: what was kept under the old ones is shown to nobody any more."""
        for code, wish in wishes.items():
            if code in self._wishes and self._wishes[code].masks != wish.masks:
                self._shelves.drop(code)
                for rendition in renditions.ALL:
                    self._hub.ring(renditions.channel(code, rendition)).clear()
                with disk(code):
                    for name in (f"{code}.jpg", seen_name(code)):
                        (self._config.posters / name).unlink(missing_ok=True)


def _now() -> datetime:
    return datetime.now(UTC)


async def serve(config: Config) -> None:
    """Run until SIGTERM or SIGINT. AlreadyRunning when another relay has the socket."""
    with alone(config.socket):
        until = asyncio.Event()
        loop = asyncio.get_running_loop()
        # What a connection leaves behind in circles (asyncio's own among them) is looked for only once there is a
        # quarter as much of it as of all the rest, and the rest is a whole Django: put aside, it counts no more.
        gc.collect()
        gc.freeze()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, until.set)
        await Relay(config, Rows(config.node)).run(until)
