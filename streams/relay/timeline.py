"""A camera's clock that jumps (set by NTP, or gone mad), made a timeline that goes on. Pure.

ffmpeg passes a jump forward on as it is. A jump backwards it turns into decode times that rise by one tick a frame until
the old time comes again, hours later. Both are seen here, in the parts, where putting them right costs nothing while
nothing is wrong.
"""

JUMP_SECONDS = 5.0
MOST_JUMPS = 3  # in a row; then a new epoch
CALM_SECONDS = 10.0  # of the picture between two that are not in a row
TINY_SECONDS = 0.001  # no camera makes a thousand pictures a second
TINY_RUN = 3  # from so many such steps on times stand still; fewer are a picture that came in pieces
BACK_RUN = 25  # so many are a jump backwards; fewer, a camera that had no time to look at its clock
FIRST_FRAME = 0.04


class ClockJumps(Exception):
    """The camera's times are of no use."""


class Timeline:
    """`place()` each part in turn. Times in ticks; `at`: when it came, seconds by a steady clock, None where untold."""

    def __init__(self, timescale: int) -> None:
        self._timescale = timescale
        self._jump = round(JUMP_SECONDS * timescale)
        self._tiny = round(TINY_SECONDS * timescale)
        self._last: int | None = None  # as it came
        self._shift = 0  # from what came to what goes out
        self._frame = 0.0  # what a frame usually takes; 0 until known
        self._known = 0  # from so many of them
        self._tinies = 0
        self._jumps = 0
        self._jumped_at = 0  # out
        self._pace: tuple[float, int] | None = None  # since when, and where on our timeline, times stand still
        self._before = 0  # the shift before they did

    def place(self, ticks: int, duration: int, at: float | None = None) -> tuple[int, int]:
        """Where the part stands on our timeline, and how long it lasts there. ClockJumps after too many jumps."""
        last, self._last = self._last, ticks
        if last is not None:
            step = ticks - last
            if self._tiny < step <= self._jump:
                if self._pace:
                    self._go_on(last + self._shift, ticks)
                if not self._tinies:
                    self._known = min(self._known + 1, 16)
                    self._frame += (step - self._frame) / self._known
                self._tinies = 0
                if self._jumps and ticks + self._shift - self._jumped_at > CALM_SECONDS * self._timescale:
                    self._jumps = 0
            elif step > self._jump or step < 0:
                self._count(last + self._shift)
                self._shift = last + self._shift + self._usual - ticks
                self._tinies, self._pace = 0, None
            elif self._frame:
                self._tinies += 1
                if self._tinies >= TINY_RUN:
                    self._keep_pace(last + self._shift, ticks, at)
                if self._tinies == BACK_RUN:
                    self._count(last + self._shift)
        if duration > self._jump or self._pace:
            duration = self._usual
        elif self._frame and self._tinies == TINY_RUN - 1 and duration <= self._tiny:
            duration = TINY_RUN * self._usual  # it lasts until where the next one will be put: a hole stops players
        return ticks + self._shift, duration

    @property
    def _usual(self) -> int:
        return round(self._frame or FIRST_FRAME * self._timescale)

    def _count(self, out: int) -> None:
        self._jumps += 1
        self._jumped_at = out
        if self._jumps >= MOST_JUMPS:
            raise ClockJumps("The camera's clock jumps again and again.")

    def _keep_pace(self, last_out: int, ticks: int, at: float | None) -> None:
        """Times stand still: a frame takes what it usually took, drawn towards the pace in which they come."""
        step = float(self._usual)
        if self._tinies == TINY_RUN:
            self._before = self._shift
            step *= TINY_RUN  # those that passed before we knew
        elif self._pace and at is not None:
            came, stood = self._pace
            behind = (at - came) * self._timescale - (last_out + step - stood)
            step = min(max(step + behind / 16, step / 2), step * 1.5)  # never a hole of a frame
        out = last_out + round(step)
        if self._pace is None:
            self._pace = (at or 0.0, out)
        self._shift = out - ticks

    def _go_on(self, last_out: int, ticks: int) -> None:
        """Times move again: back to where they would have been, unless that is past already."""
        self._shift = max(self._before, last_out + self._tiny - ticks)
        self._pace = None
