"""What an employee may ask of the kitchen: a copy of what is kept of them, and its erasure (PIPL art. 45 to 47)."""

from datetime import date, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from sunkitchen.accounts.models import User
from sunkitchen.core import access, audit
from sunkitchen.core.access import Can
from sunkitchen.core.workflow import Refused, WrongState

from ..credentials import actions as credentials
from ..credentials.models import Credential
from . import mentions, scans
from .models import DataRequest, StaffMember

ERASED = StaffMember.ERASED


@transaction.atomic
def copied(member: StaffMember, *, by: User, asked_on: date) -> DataRequest:
    """They asked for a copy, and it is handed out now: `bundle.of` makes it."""
    row = _asked(member, by, asked_on)
    if row.erased_at:
        raise Refused(_("What was kept of this person is erased: there is nothing left to copy."))
    request = _ended(row, DataRequest.Kind.COPY, DataRequest.State.DONE, by, asked_on)
    audit.record(by, "staff.copied", row)
    return request


@transaction.atomic
def erase(member: StaffMember, *, by: User, asked_on: date, today: date | None = None) -> DataRequest:
    """Name, number, pictures and forms are gone; the post and the days stay, for figures that name nobody.

    Refused while they work here, and until STAFF_KEPT_DAYS have passed since. WrongState when it was done before.
    """
    row = _asked(member, by, asked_on)
    if row.erased_at:
        raise WrongState("erase")
    if words := why_not(row, today or timezone.localdate()):
        raise Refused(words)
    name, papers = row.name, list(row.certificates.all())
    for paper in papers:
        if paper.state == Credential.State.SUBMITTED:
            credentials.withdraw(paper, by=by)
    scans.remove_of(papers)
    scans.remove_forms(row.consents.select_related("form"))
    blank = row.certificates.all()
    blank.exclude(reason="").update(reason=ERASED)  # a revoked paper was revoked for a reason
    blank.update(holder=ERASED, number=ERASED, issuer="")
    mentions.forget(row, name)
    row.name, row.mobile, row.erased_at = ERASED, "", timezone.now()
    row.save(update_fields=["name", "mobile", "erased_at"])
    request = _ended(row, DataRequest.Kind.ERASURE, DataRequest.State.DONE, by, asked_on)
    audit.record(by, "staff.erased", row)
    member.refresh_from_db()
    return request


@transaction.atomic
def refuse(member: StaffMember, *, by: User, kind: str, asked_on: date, why: str) -> DataRequest:
    """Not done, with the reason in words that the person reads."""
    row = _asked(member, by, asked_on)
    why = " ".join(why.split())
    if not why:
        raise Refused(_("Please write the reason: the person reads it."))
    if len(why) > 300:
        raise Refused(_("A reason has at most %(most)s characters.") % {"most": 300})
    request = _ended(row, DataRequest.Kind(kind), DataRequest.State.REFUSED, by, asked_on, why)
    audit.record(by, "staff.request_refused", row, kind=str(kind))
    return request


def why_not(member: StaffMember, today: date) -> str:
    """Why their data cannot be erased on that day; "" when it can."""
    if member.left_on is None or member.left_on > today:
        return _(
            "Who works here is on the staff list as the law asks (Food Safety Law art. 45)."
            " Their data can be erased once they have left."
        )
    free = member.left_on + timedelta(days=settings.STAFF_KEPT_DAYS)
    if today < free:
        return _("Health records are kept until %(day)s; they can be erased from then on.") % {
            "day": date_format(free, "DATE_FORMAT")
        }
    return ""


def _asked(member: StaffMember, by: User, asked_on: date) -> StaffMember:
    access.require(by, Can.KEEP_STAFF, member)
    if not date(2020, 1, 1) <= asked_on <= timezone.localdate():
        raise Refused(_("Please look at the day again."))
    return StaffMember.objects.select_for_update().get(pk=member.pk)


def _ended(
    member: StaffMember, kind: DataRequest.Kind, state: DataRequest.State, by: User, asked_on: date, why: str = ""
) -> DataRequest:
    return DataRequest.objects.create(
        staff_member=member,
        kind=kind,
        state=state,
        asked_on=asked_on,
        recorded_by=by,
        ended_at=timezone.now(),
        why=why,
    )
