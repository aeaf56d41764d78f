"""The label 有明厨亮灶, pure: whether it holds, since when, and why not. A camera on the wall alone counts for nothing."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

FRESH = timedelta(minutes=35)  # a proof older than one probe and its queue is none

OFF, WITHHELD, NEVER, TROUBLED, STALE = REASONS = ("off", "withheld", "never", "troubled", "stale")


@dataclass(frozen=True)
class Facts:
    """Of one camera. `proofs`: last seen live and true, last passed probe. `hours_ended`: when its last declared hours
    ended, None while they run or where none are declared."""

    enabled: bool
    public: bool
    proofs: tuple[datetime | None, ...] = ()
    live: bool = False
    troubled_since: datetime | None = None  # of the oldest open incident
    hours_ended: datetime | None = None


@dataclass(frozen=True)
class Label:
    """`since`: the last proof where it holds, the begin of the trouble where it does not; None where nobody knows."""

    holds: bool
    since: datetime | None = None
    why: str = ""  # one of REASONS where it does not hold


def label(facts: Facts, at: datetime) -> Label:
    """Within declared hours as of now, outside of them as of their last end."""
    if not facts.enabled:
        return Label(False, None, OFF)
    if not facts.public:
        return Label(False, None, WITHHELD)
    if facts.troubled_since:
        return Label(False, facts.troubled_since, TROUBLED)
    proof = at if facts.live else max((moment for moment in facts.proofs if moment), default=None)
    if proof is None:
        return Label(False, None, NEVER)
    if proof < (facts.hours_ended or at) - FRESH:
        return Label(False, proof, STALE)
    return Label(True, proof)


def best(labels: Iterable[Label]) -> Label:
    """Of a kitchen's cameras the one that speaks for it: one that holds, else the one whose reason is the newest."""
    found = sorted(labels, key=lambda one: (one.holds, one.since.timestamp() if one.since else 0.0), reverse=True)
    return found[0] if found else Label(False, None, OFF)
