"""The demo's year lies behind us: its deeds are done as of their moments, so that every row says so by itself."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime


@contextmanager
def as_of(moment: datetime) -> Iterator[None]:
    """Within, every clock of this process says `moment` and goes on from there. For one thread alone."""
    # Imported here: nothing but the demo's telling may ever turn the clock.
    import time_machine

    # As a number: of a datetime, time-machine would take the time zone too and set it for the whole process.
    with time_machine.travel(moment.timestamp(), tick=True):
        yield
