"""Clocks of kitchens: complaints, samples, reminders, findings, visits and draws, incidents."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Case, Count, DateTimeField, ExpressionWrapper, F, Min, Q, When
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ratings.complaints import clocks
from ratings.models import Assignment, Complaint, Finding, Inspection, Reminder, Sample
from ratings.plan import schedule
from streams.incidents.models import Incident
from sunkitchen.core import workdays
from sunkitchen.core.access import Can

from ..links import link
from .due import AHEAD, MOST, Due, Reader, most, others
from .figures import kept

PUBLISH_WORKDAYS = 20  # from a visit to its public result
CALENDAR = 7 / 5  # days of the calendar to a working day, about: enough to know which rows to look at closely


def complaints(reader: Reader) -> Iterator[Due]:
    """By the law's clocks; for those alone who may read what diners said."""
    if Can.HANDLE_COMPLAINT not in reader.able:
        return
    untold = Q(case_opened_at__isnull=False, told_at=None)
    rows = Complaint.objects.within(reader.user, Can.HANDLE_COMPLAINT).filter(~Q(state__in=Complaint.ENDED) | untold)
    rows = rows.exclude(establishment__in=reader.own)
    near = rows.annotate(about_due=_about_due()).filter(about_due__lt=reader.at + 2 * AHEAD)
    looked = near.select_related("establishment", "complainant", "assigned_to").order_by("about_due", "pk")
    found = [(row, clock) for row in looked[: 4 * MOST] for clock in clocks.running(row)[:1]]
    found = sorted(
        (pair for pair in found if pair[1].by.day <= reader.horizon), key=lambda pair: (pair[1].by.day, pair[0].pk)
    )
    for row, clock in found[:MOST]:
        yield reader.due(
            _("Complaint: %(what)s") % {"what": clock.words},
            row.establishment,
            link("office_complaint", row.pk),
            day=clock.by.day,
            is_mine=row.assigned_to_id in (None, reader.user.pk),
            note=str(row.assigned_to) if row.assigned_to and row.assigned_to_id != reader.user.pk else "",
        )
    if len(found) > MOST:
        more = others(reader, _("Complaints with a clock"), link("office_complaints"))
        yield more(near.count() - MOST, reader.due("", "", "", day=found[MOST][1].by.day, is_mine=True))


def _about_due() -> Any:
    """Roughly when the next clock ends, in the database: the exact working days are counted for the few that come first."""

    def after(moment: str, days: float) -> Any:
        return ExpressionWrapper(F(moment) + timedelta(days=days * CALENDAR), output_field=DateTimeField())

    lead = Q(kind=Complaint.Kind.LEAD)
    return Case(
        When(
            Q(case_opened_at__isnull=False, told_at=None),
            then=after("case_opened_at", settings.COMPLAINT_TELL_WORKDAYS),
        ),
        When(state=Complaint.State.RECEIVED, then=after("received_at", settings.COMPLAINT_ACCEPT_WORKDAYS)),
        When(lead & Q(extended_at=None), then=after("received_at", settings.COMPLAINT_VERIFY_WORKDAYS)),
        When(lead, then=after("received_at", 2 * settings.COMPLAINT_VERIFY_WORKDAYS)),
        default=after("accepted_at", settings.COMPLAINT_MEDIATION_WORKDAYS),
        output_field=DateTimeField(),
    )


def samples(reader: Reader) -> Iterator[Due]:
    """A failed result waits for its service, its window for its end, a retest for its result."""
    States = Sample.State
    rows = (
        Sample.objects.filter(
            establishment__in=reader.kitchens, state__in=[States.FAILED, States.SERVED, States.CONTESTED]
        )
        .select_related("establishment")
        .order_by(F("served_on").asc(nulls_first=True), "pk")
    )
    words = {
        States.FAILED: _("Serve the failed result"),
        States.SERVED: _("The operator may ask for a retest until then"),
        States.CONTESTED: _("Retest under way"),
    }

    def made(row: Sample) -> Due:
        window = row.window if row.state == States.SERVED else None
        return reader.due(
            words[States(row.state)],
            f"{row.establishment} · {row.product}",
            link("office_sample", row.code),
            day=window.day if window else None,
            since=row.contested_at or row.taken_at,
            is_mine=row.state != States.SERVED and reader.may(Can.INSPECT, row.establishment_id),
        )

    yield from most(rows, made, others(reader, _("Samples"), link("office_samples")))


def reminders(reader: Reader) -> Iterator[Due]:
    rows = (
        Reminder.objects.filter(establishment__in=reader.kitchens, mend_by__lte=reader.horizon)
        .standing()
        .select_related("establishment")
        .order_by("mend_by", "pk")
    )

    def made(row: Reminder) -> Due:
        return reader.due(
            _("Reminder: see whether it is mended"),
            row.establishment,
            link("office_kitchen_reminders", row.establishment.code),
            day=row.mend_by,
            is_mine=reader.may(Can.INSPECT, row.establishment_id),
            note=row.get_about_display(),
        )

    yield from most(rows, made, others(reader, _("Reminder: see whether it is mended"), link("office_reminders")))


def findings(reader: Reader) -> Iterator[Due]:
    """What a visit found and no visit has seen mended, one row a visit."""
    rows = (
        Finding.objects.filter(
            fixed_on=None, mend_by__lte=reader.horizon, inspection__establishment__in=reader.kitchens
        )
        .values("inspection", "inspection__establishment", "inspection__establishment__signboard")
        .annotate(by=Min("mend_by"), count=Count("pk"))
        .order_by("by", "inspection")
    )

    def made(row: dict[str, Any]) -> Due:
        count = row["count"]
        return reader.due(
            _("Re-inspection: see whether it is mended"),
            row["inspection__establishment__signboard"],
            link("office_inspection", row["inspection"]),
            day=row["by"],
            is_mine=reader.may(Can.INSPECT, row["inspection__establishment"]),
            note=ngettext("%(n)d finding", "%(n)d findings", count) % {"n": count},
        )

    yield from most(
        rows, made, others(reader, _("Re-inspection: see whether it is mended"), link("office_inspections"))
    )


def visits(reader: Reader) -> Iterator[Due]:
    """Under way: the result is public within twenty working days."""
    rows = (
        Inspection.objects.filter(establishment__in=reader.kitchens, state=Inspection.State.DRAFT)
        .select_related("establishment", "lead")
        .defer("answers")
        .order_by("visited_at", "pk")
    )

    def made(row: Inspection) -> Due:
        return reader.due(
            _("Close the visit: its result is public by then"),
            row.establishment,
            link("office_inspection", row.pk),
            day=workdays.add(timezone.localtime(row.visited_at).date(), PUBLISH_WORKDAYS).day,
            is_mine=reader.user.pk in (row.lead_id, row.second_id),
            note=str(row.lead),
        )

    yield from most(rows, made, others(reader, _("Visits under way"), link("office_inspections")))


def drawn(reader: Reader) -> Iterator[Due]:
    """Visits that a draw gave to two inspectors."""
    rows = (
        Assignment.objects.filter(
            establishment__in=reader.kitchens,
            inspection=None,
            due_on__lte=reader.horizon,
        )
        .select_related("establishment", "lead")
        .order_by("due_on", "pk")
    )

    def made(row: Assignment) -> Due:
        mine = reader.user.pk in (row.lead_id, row.second_id)
        return reader.due(
            _("Visit drawn by lot"),
            row.establishment,
            link("office_draw", row.draw_id),
            day=row.due_on,
            is_mine=mine,
            note=str(row.lead),
        )

    yield from most(rows, made, others(reader, _("Visit drawn by lot"), link("office_draws")))


def unplanned(reader: Reader) -> Iterator[Due]:
    """Kitchens whose visit by their risk class is late: one row, counted at most once a minute."""

    def counted() -> tuple[int, datetime | None]:
        late = schedule.late(schedule.with_due(reader.kitchens), reader.at)
        found = late.order_by().aggregate(n=Count("pk"), first=Min("due_at"))
        return found["n"], found["first"]

    count, first = kept("late", reader.user, counted)
    if count:
        said = ngettext("%(n)d kitchen", "%(n)d kitchens", count) % {"n": count}
        may = reader.may(Can.INSPECT) or reader.may(Can.DRAW_VISITS)
        day = timezone.localtime(first).date() if first else None
        yield reader.due(_("Visits late by risk class"), said, link("office_plan"), day=day, is_mine=may)


def incidents(reader: Reader) -> Iterator[Due]:
    found = (
        Incident.objects.filter(camera__establishment__in=reader.kitchens)
        .open()
        .aggregate(n=Count("pk"), first=Min("opened_at"))
    )
    if found["n"]:
        said = ngettext("%(n)d camera incident open", "%(n)d camera incidents open", found["n"]) % {"n": found["n"]}
        may = reader.may(Can.KEEP_CLIPS)
        yield reader.due(_("Look at the cameras"), said, link("office_incidents"), since=found["first"], is_mine=may)


SOURCES = [complaints, samples, reminders, findings, visits, drawn, unplanned, incidents]
