"""A complaint as its diner follows it: like a parcel. Nothing of what was said or of who they are, as a lost code may be found."""

from dataclasses import dataclass, field
from datetime import date, datetime

from ratings.complaints import clocks
from ratings.models import Complaint

S = Complaint.State
WAY = [S.RECEIVED, S.ACCEPTED, S.ASSIGNED, S.INVESTIGATING, S.RESOLVED, S.CLOSED]
ENDED_EARLY = [S.RECEIVED, S.REFUSED]


@dataclass
class Stop:
    state: str
    words: str
    at: datetime | None = None  # None: still to come
    notes: list[tuple[datetime, str]] = field(default_factory=list)
    tone: str = ""  # done, now, stopped, or to come


def of(complaint: Complaint) -> list[Stop]:
    """Every state of its way with its first moment, and what the office wrote in it. One query."""
    way = ENDED_EARLY if complaint.state == S.REFUSED else WAY
    stops = {state.value: Stop(state.value, str(state.label)) for state in way}
    for step in complaint.steps.order_by("at", "pk"):
        stop = stops.get(step.state)
        if stop is None:
            continue
        stop.at = stop.at or step.at
        if step.public_note:
            stop.notes.append((step.at, step.public_note))
    here = [state.value for state in way].index(complaint.state)
    found = list(stops.values())
    for place, stop in enumerate(found):
        if place < here:
            stop.tone = "done"
        elif place == here:
            stop.tone = "stopped" if complaint.state == S.REFUSED else "done" if complaint.state == S.CLOSED else "now"
    return found


def next_day(complaint: Complaint) -> tuple[str, date, bool] | None:
    """What the law wants next and by which day, in words of a diner; whether that day is provisional."""
    named = [clock for clock in clocks.running(complaint) if clock.name != "tell"]
    return (named[0].name, named[0].by.day, named[0].by.provisional) if named else None
