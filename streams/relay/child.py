"""A child process that cannot outlive us: a group of its own, little it may use, its words scrubbed, always waited for."""

import asyncio
import contextlib
import ctypes
import os
import re
import resource
import signal
import socket
import sys
from collections import deque
from collections.abc import Callable, Iterable

from .through import Through, received

LINES = 100
LINE_LENGTH = 300
PIPE_BYTES = 1 << 20
PATIENCE = 2.0  # seconds between TERM and KILL

_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://\S+")
_UNPRINTABLE = re.compile(r"[^\x20-\x7e\u00a0-\uffff]+")


def scrub(line: str, secrets: Iterable[str] = ()) -> str:
    """`line` without addresses, without any of `secrets`, without control characters, at most LINE_LENGTH long."""
    line = _URL.sub("<address>", _UNPRINTABLE.sub(" ", line))
    for secret in sorted(secrets, key=len, reverse=True):
        if secret:
            line = line.replace(secret, "<secret>")
    return line.strip()[:LINE_LENGTH]


def _born_of(parent: int, cpu_seconds: int | None, niceness: int) -> Callable[[], None]:
    """What the child does between fork and exec: a few system calls, looked up beforehand, nothing that takes a lock."""
    limits = [
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),  # it writes to pipes, to no file
        (resource.RLIMIT_NOFILE, 64),
        (resource.RLIMIT_AS, 2 << 30),
        *([(resource.RLIMIT_CPU, cpu_seconds)] if cpu_seconds else []),
    ]

    def born() -> None:
        if _libc is not None:
            _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
            if os.getppid() != parent:
                os._exit(1)  # the parent died before the wish was heard
        if niceness:
            os.nice(niceness)
        for kind, most in limits:
            hard = resource.getrlimit(kind)[1]
            most = most if hard == resource.RLIM_INFINITY else min(most, hard)
            resource.setrlimit(kind, (most, most))

    return born


def _environment() -> dict[str, str]:
    """Nothing of ours: the relay's environment holds keys, and /proc shows a child's."""
    kept = ("PATH", "LD_LIBRARY_PATH", "TMPDIR")
    return {"LC_ALL": "C", **{name: os.environ[name] for name in kept if name in os.environ}}


class Child:
    """One ffmpeg. `start()`, read `stdout`, at last `stop()`. Start it from the main thread: the kernel's promise to
    kill it with its parent is about the thread that made it."""

    def __init__(
        self, argv: list[str], *, secrets: Iterable[str] = (), cpu_seconds: int | None = None, niceness: int = 0
    ) -> None:
        self.argv = argv
        self.lines: deque[str] = deque(maxlen=LINES)
        self._secrets = list(secrets)
        self._cpu_seconds = cpu_seconds
        self._niceness = niceness
        self._process: asyncio.subprocess.Process | None = None
        self._drain: asyncio.Task[None] | None = None
        self._stdout: Through | None = None
        self._output: asyncio.StreamWriter | None = None

    async def start(self, *, stdin: bool = False, pass_fds: tuple[int, ...] = ()) -> None:
        """OSError when the program cannot be started."""
        ours, theirs = socket.socketpair()
        try:
            self._process = await asyncio.create_subprocess_exec(
                *self.argv,
                stdin=asyncio.subprocess.PIPE if stdin else asyncio.subprocess.DEVNULL,
                stdout=theirs.fileno(),
                stderr=asyncio.subprocess.PIPE,
                limit=PIPE_BYTES,
                start_new_session=True,
                pass_fds=pass_fds,
                env=_environment(),
                cwd="/",
                preexec_fn=_born_of(os.getpid(), self._cpu_seconds, self._niceness),
            )
        except BaseException:
            ours.close()
            raise
        finally:
            theirs.close()
        self._stdout, self._output = await received(ours, limit=PIPE_BYTES)
        self._drain = asyncio.create_task(self._listen())

    @property
    def is_started(self) -> bool:
        return self._process is not None

    @property
    def process(self) -> asyncio.subprocess.Process:
        assert self._process, "not started"
        return self._process

    @property
    def pid(self) -> int:
        return self.process.pid

    @property
    def stdout(self) -> Through:
        assert self._stdout, "not started"
        return self._stdout

    @property
    def stdin(self) -> asyncio.StreamWriter:
        assert self.process.stdin
        return self.process.stdin

    async def _listen(self) -> None:
        """Drain stderr for as long as there is one: a full pipe would stop the child."""
        assert self.process.stderr
        rest = ""
        while chunk := await self.process.stderr.read(8192):
            *lines, rest = re.split(r"[\r\n]+", rest + chunk.decode("utf-8", "replace"))
            self._note(lines)
            rest = rest[-4096:]
        self._note([rest])

    def _note(self, lines: Iterable[str]) -> None:
        for line in lines:
            if words := scrub(line, self._secrets):
                self.lines.append(words)

    async def stop(self, patience: float = PATIENCE) -> int:
        """TERM, `patience` seconds, KILL, for the whole group; its return code once it is gone and waited for."""
        if self._process is None:
            return 0
        if self._process.returncode is None:
            if self._process.stdin:
                self._process.stdin.close()  # in the middle of reading it, ffmpeg hears no signal
            self._signal(signal.SIGTERM)
            try:
                await asyncio.wait_for(self._process.wait(), patience)
            except TimeoutError:
                self._signal(signal.SIGKILL)
        code = await self._process.wait()
        self._signal(signal.SIGKILL)  # whoever it left behind in its group
        if self._drain:
            with contextlib.suppress(TimeoutError, asyncio.CancelledError):
                await asyncio.wait_for(self._drain, 1)
        if self._output:
            self._output.close()
        return code

    def _signal(self, number: int) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, number)
