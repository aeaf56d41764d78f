"""How often a camera's state goes into the records: one that comes and goes all day must not fill them.

A camera has BURST reports at once, then one each SECONDS. The last one left is kept for bad news: so the records say
"interrupted" while it flaps, and "live" again once it stayed. Viewers are told everything at once, by the hub.
"""

from collections.abc import Callable
from dataclasses import dataclass

from .supervisor import LIVE, STARTING, Report

BURST = 12.0
SECONDS = 15.0


@dataclass
class _Account:
    left: float
    counted_at: float
    written: tuple[str, str] = ("", "")
    waiting: Report | None = None


class Pace:
    """`clock` in seconds."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._accounts: dict[str, _Account] = {}

    def take(self, report: Report) -> list[Report]:
        """What is to be written now: this report, or nothing yet."""
        account = self._accounts.setdefault(report.code, _Account(BURST, self._clock()))
        account.waiting = report
        return self._due(account)

    def forget(self, code: str) -> None:
        """Another relay writes of it now: what the records say is not known here."""
        if account := self._accounts.get(code):
            account.written, account.waiting = ("", ""), None

    def due(self) -> list[Report]:
        """Those that had to wait and may be written now."""
        return [report for account in self._accounts.values() for report in self._due(account)]

    def _due(self, account: _Account) -> list[Report]:
        now, report = self._clock(), account.waiting
        account.left = min(BURST, account.left + (now - account.counted_at) / SECONDS)
        account.counted_at = now
        if report is None:
            return []
        if (report.state, report.why) == account.written:
            account.waiting = None  # it came back to what the records say
            return []
        if account.left < (2 if report.state in (LIVE, STARTING) else 1):
            return []
        account.left -= 1
        account.written, account.waiting = (report.state, report.why), None
        return [report]
