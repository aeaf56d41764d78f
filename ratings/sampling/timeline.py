"""A sample's way, as people read it: what happened, and what is due next."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sunkitchen.core import workdays

from .models import LabReport, Sample

_State = Sample.State


@dataclass(frozen=True)
class Stop:
    """`when` is a day or a moment; `tone` is done, now or stopped."""

    when: date | datetime
    words: str
    note: str = ""
    tone: str = "done"
    report: LabReport | None = None

    @property
    def is_moment(self) -> bool:
        return isinstance(self.when, datetime)


def stops(sample: Sample) -> list[Stop]:
    """From the kitchen to the end, in the order of events. Three queries."""
    found = [
        Stop(
            sample.taken_at,
            _("Taken by %(lead)s and %(second)s") % {"lead": sample.lead, "second": sample.second},
            _("Seal %(seal)s") % {"seal": sample.seal},
        )
    ]
    for link in sample.custody.order_by("pk"):
        seal = _("The seal is intact.") if link.seal_intact else _("The seal is broken.")
        found.append(
            Stop(
                link.at,
                f"{link.giver} → {link.taker}",
                f"{seal} {link.note}".strip(),
                "done" if link.seal_intact else "stopped",
            )
        )
    reports = {row.kind: row for row in sample.reports.select_related("file")}
    if first := reports.get(LabReport.Kind.FIRST):
        found.append(_of_report(first))
    if sample.served_on:
        window = sample.window
        until = _("A retest may be asked for until the end of %(day)s.") % {"day": window.day} if window else ""
        served = _("Served on the operator: %(method)s") % {"method": sample.get_service_display()}
        found.append(Stop(sample.served_on, served, f"{sample.service_note} {until}".strip()))
    if sample.contested_at:
        found.append(Stop(sample.contested_at, _("A retest was asked for"), sample.contested_why))
    if second := reports.get(LabReport.Kind.RETEST):
        found.append(_of_report(second))
    if sample.final_on:
        tone = "stopped" if sample.state == _State.CONFIRMED else "done"
        found.append(Stop(sample.final_on, _("Final: %(result)s") % {"result": sample.get_state_display()}, "", tone))
    return found


def _of_report(row: LabReport) -> Stop:
    outcome = _("conforms") if row.conforms else _("does not conform")
    words = f"{row.get_kind_display()}: {outcome}"
    note = " · ".join(filter(None, [row.findings, row.laboratory, row.number]))
    return Stop(row.issued_on, words, note, "done" if row.conforms else "stopped", row)


def days_left(until: date, today: date) -> int:
    """Working days after today until `until`, which is one."""
    left = 0
    while today < until:
        today = workdays.add(today, 1).day
        left += 1
    return left


def due(sample: Sample, at: datetime) -> str:
    """What somebody has to do now; "" when nothing."""
    if sample.state == _State.SERVED:
        return window_words(sample, at)
    words: dict[str, Any] = {
        _State.TAKEN: _("Hand it over, or bring it to the laboratory"),
        _State.SENT: _("Record that the laboratory has it"),
        _State.RECEIVED: _("Record the laboratory's result"),
        _State.FAILED: _("Serve the result on the operator"),
        _State.CONTESTED: _("Record the result of the retest"),
    }
    return words.get(sample.state, "")


def window_words(sample: Sample, at: datetime) -> str:
    """Of a served sample: until when a retest may be asked for."""
    window, today = sample.window, timezone.localtime(at).date()
    if window is None:
        return ""
    if today > window.day:
        return _("The window ended on %(day)s: it becomes final now") % {"day": window.day}
    if today == window.day:
        return _("A retest may be asked for until the end of today")
    left = days_left(window.day, today)
    words = ngettext(
        "A retest may be asked for until the end of %(day)s: %(count)s more working day",
        "A retest may be asked for until the end of %(day)s: %(count)s more working days",
        left,
    )
    return words % {"day": window.day, "count": left}
