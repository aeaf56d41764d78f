"""`python -m sunkitchen relay`: the daemon that fetches cameras, takes pushes, and says what is true of them."""

import asyncio
import logging
import os
import sys
from collections.abc import Coroutine
from typing import Any

import imageio_ffmpeg
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from streams.relay import checking
from streams.relay.daemon import AlreadyRunning, Config, serve
from streams.relay.policy import Policy


def config() -> Config:
    """The daemon's configuration from the settings. CommandError when there is no ffmpeg."""
    try:
        binary = settings.FFMPEG_BINARY or imageio_ffmpeg.get_ffmpeg_exe()
    except RuntimeError:
        raise CommandError("No ffmpeg: install imageio-ffmpeg's wheel, or set FFMPEG_BINARY.") from None
    return Config(
        binary=binary,
        socket=settings.RELAY_SOCKET,
        live=settings.RELAY_LIVE,
        posters=settings.POSTERS_ROOT,
        node=settings.RELAY_NODE[:80],
        policy=Policy(allow=settings.CAMERA_ALLOW, nets=settings.CAMERA_ALLOW_NETS),
        keep_seconds=settings.CAMERA_KEEP_SECONDS,
        clips=settings.CLIPS_ROOT,
        transcodes=settings.RELAY_TRANSCODES,
        start_seconds=settings.CAMERA_START_SECONDS,
        warm_seconds=settings.CAMERA_WARM_SECONDS,
        probe_seconds=settings.CAMERA_PROBE_SECONDS,
        look_seconds=settings.CAMERA_LOOK_SECONDS,
        still_seconds=settings.CAMERA_STILL_SECONDS,
    )


def run(work: Coroutine[object, object, None]) -> None:
    """Like asyncio.run, on uvloop where it is installed: a quarter less CPU, and no thread for each child (0017)."""
    try:
        import uvloop
    except ImportError:
        asyncio.run(work)
    else:
        uvloop.run(work)


class Command(BaseCommand):
    help = "Runs the relay daemon of this node until SIGTERM. With --check: looks at one camera and says what is wrong."

    def add_arguments(self, parser: CommandParser) -> None:
        checking.add_arguments(parser)

    def run_from_argv(self, argv: list[str]) -> None:
        """As any command, but gone at once: when all is closed, taking a whole Django apart takes seconds on a busy
        machine, in which nobody runs the cameras."""
        super().run_from_argv(argv)
        logging.shutdown()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(0)

    def handle(self, *args: object, **options: Any) -> None:
        if options["check"]:
            checking.check(config(), options, self.stdout.write)
            return
        quiet = options["verbosity"] == 0  # under `serve`, whose terminal is for people
        logging.getLogger("sunkitchen.relay").setLevel(logging.WARNING if quiet else logging.INFO)
        try:
            run(serve(config()))
        except AlreadyRunning as error:
            raise CommandError(str(error)) from None
