"""The processes that `serve` starts: each is started again when it dies, later and later, and none outlives it."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

LEASH = Path(__file__).with_name("leash.py")
HEALTHY_AFTER = 60.0  # seconds: who lived that long starts afresh at the shortest wait
LONGEST_WAIT = 30.0


class Running(Protocol):
    pid: int

    def poll(self) -> int | None: ...

    def wait(self, timeout: float | None = None) -> int: ...


Spawn = Callable[[Sequence[str]], Running]


def spawn(command: Sequence[str]) -> Running:
    """Start it on a leash and in a group of its own, so that a Ctrl-C in the terminal reaches `serve` alone."""
    leash = [sys.executable, "-IS", str(LEASH), str(os.getpid())]
    return subprocess.Popen([*leash, *command], start_new_session=True, stdin=subprocess.DEVNULL)


@dataclass
class Child:
    name: str
    command: Sequence[str]
    process: Running | None = None
    started: float = 0.0
    due: float = 0.0
    deaths: int = 0  # in a row, each within HEALTHY_AFTER


class Children:
    """Times are seconds of one monotonic clock, given by the caller."""

    def __init__(self, say: Callable[[str], None], spawn: Spawn = spawn):
        self.say = say
        self.spawn = spawn
        self.all: list[Child] = []

    def add(self, name: str, command: Sequence[str]) -> Child:
        child = Child(name, command)
        self.all.append(child)
        return child

    def tick(self, now: float) -> None:
        """Start who is due, notice who died."""
        for child in self.all:
            if child.process is None:
                if now >= child.due:
                    child.process, child.started = self.spawn(child.command), now
            elif (code := child.process.poll()) is not None:
                _signal_group(child.process.pid, signal.SIGKILL)  # what it left behind
                child.deaths = 1 if now - child.started >= HEALTHY_AFTER else child.deaths + 1
                wait = min(LONGEST_WAIT, 2.0 ** (child.deaths - 1))
                child.process, child.due = None, now + wait
                self.say(f"{child.name} ended ({how(code)}); starting it again in {wait:.0f} s.")

    def stop(self, patience: float = 6.0, clock: Callable[[], float] = time.monotonic) -> None:
        """Ask every child to end, wait `patience` seconds in all, then end its whole group."""
        alive = [child.process for child in self.all if child.process]
        self.all = []
        for process in alive:
            _signal_group(process.pid, signal.SIGTERM)
        until = clock() + patience
        for process in alive:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(max(0.0, until - clock()))
            _signal_group(process.pid, signal.SIGKILL)
        for process in alive:
            process.wait()


def how(code: int) -> str:
    return f"signal {signal.Signals(-code).name}" if code < 0 else f"exit {code}"


def _signal_group(pid: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, number)
