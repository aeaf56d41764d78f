"""The reading child, seen from the worker: started when there is a page, given one path at a time, replaced when it dies."""

import fcntl
import json
import os
import select
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from django.conf import settings

from . import child
from .layout import Line, Page

PATIENCE_SECONDS = 90.0  # wall clock for a page and the start before it; its CPU time has a limit of its own
LARGEST_ANSWER = 2_000_000  # bytes: a page full of letters has a tenth of it
# An empty environment: the child that reads hostile pictures has no secret to tell.
ENVIRONMENT = {"LANG": "C.UTF-8", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", **child.SILENT}

_here = threading.Lock()


class Broken(Exception):
    """The child died over this page, or took too long. The word says how; never what stood there."""


class _Left(Exception):
    """The child had gone of its own accord, before it saw the page."""


@cache
def available() -> bool:
    """Whether this machine has the extra `ocr`."""
    return find_spec("rapidocr") is not None and find_spec("onnxruntime") is not None


@contextmanager
def turn() -> Iterator[bool]:
    """Whether it is this caller's turn: one reads on a machine, whichever of its threads and processes that is."""
    if not _here.acquire(blocking=False):
        yield False
        return
    try:
        with open(settings.VAR / "reading.lock", "a") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                yield False
                return
            yield True
    finally:
        _here.release()


@cache
def shared() -> "Engine":
    """This process's one; only who has the turn uses it."""
    return Engine()


class Engine:
    """Reads pages by a child that is started when one comes. Not for two threads at once."""

    def __init__(self, command: list[str] | None = None, patience: float = PATIENCE_SECONDS):
        self.command = command or [sys.executable, "-I", child.__file__]
        self.patience = patience
        self.peak = 0  # bytes that the child held at most, so far
        self.cpu = 0.0  # seconds that its last page took
        self.process: subprocess.Popen[bytes] | None = None

    def read(self, path: Path) -> Page:
        """What stands on the page. Broken when the child dies over it; FileNotFoundError when there is no such file."""
        for _try in range(2):
            process = self._child()
            try:
                answer = self._ask(process, path)
            except _Left:
                self.end()
                continue
            except Broken:
                self.end()
                raise
            if answer.get("last"):
                self.end()
            if answer.get("bad") == "gone":
                raise FileNotFoundError(str(path))
            if "bad" in answer:
                raise Broken(answer["bad"])
            self.peak, self.cpu = max(self.peak, answer["peak"]), answer["cpu"]
            lines = tuple(
                Line(text, confidence, tuple((x, y) for x, y in box)) for text, confidence, box in answer["lines"]
            )
            return Page(lines, answer["ratio"], answer["turned"])
        raise Broken("it does not start")

    def end(self) -> None:
        """Let the child go, whatever it does."""
        process, self.process = self.process, None
        if process is not None:
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                assert pipe
                pipe.close()

    def _child(self) -> "subprocess.Popen[bytes]":
        if self.process is None or self.process.poll() is not None:
            self.end()
            self.process = subprocess.Popen(
                self.command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,  # a package's warnings may hold what it read
                env=ENVIRONMENT,
                bufsize=0,
                start_new_session=True,  # a Ctrl-C in the terminal is the worker's affair
            )
        return self.process

    def _ask(self, process: "subprocess.Popen[bytes]", path: Path) -> dict[str, Any]:
        assert process.stdin and process.stdout
        try:
            process.stdin.write(json.dumps(str(path)).encode() + b"\n")
        except BrokenPipeError:
            raise _Left from None
        descriptor, answer = process.stdout.fileno(), b""
        poll = select.poll()
        poll.register(descriptor, select.POLLIN)
        while not answer.endswith(b"\n"):
            if not poll.poll(self.patience * 1000):
                raise Broken("slow")
            piece = os.read(descriptor, 65536)
            answer += piece
            if not piece:
                if process.wait() == 0 and not answer:
                    raise _Left
                raise Broken(f"died ({process.returncode})")
            if len(answer) > LARGEST_ANSWER:
                raise Broken("long")
        found: dict[str, Any] = json.loads(answer)
        return found
