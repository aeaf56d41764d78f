"""`python leash.py PARENT COMMAND…`: runs the command, and ends it when the parent process is gone, however it went.

On Linux the kernel does it, and the command takes this process's place. Elsewhere this process stays and watches.
Standard library alone: it starts in a few milliseconds.
"""

import ctypes
import os
import signal
import subprocess
import sys

PR_SET_PDEATHSIG = 1


def leave_it_to_the_kernel() -> bool:
    if not sys.platform.startswith("linux"):
        return False
    return bool(ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0) == 0)


def watch(parent: int, command: list[str]) -> int:
    child = subprocess.Popen(command)
    signal.signal(signal.SIGTERM, lambda *_: child.terminate())
    while True:
        try:
            return child.wait(timeout=1)
        except subprocess.TimeoutExpired:
            if os.getppid() != parent:
                child.terminate()


def main(parent: int, command: list[str]) -> int:
    if not leave_it_to_the_kernel():
        return watch(parent, command)
    if os.getppid() != parent:  # it went before the kernel was asked to tell
        return 1
    os.execvp(command[0], command)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), sys.argv[2:]))
