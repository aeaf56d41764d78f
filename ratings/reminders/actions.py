"""Every write to reminders 责令改正 and to what binds a kitchen 承诺书: recorded with number and proof, ended with a reason."""

import unicodedata
from datetime import date, datetime

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ratings.inspections.models import Inspection
from sunkitchen.accounts.models import User
from sunkitchen.core import access, audit, files
from sunkitchen.core.access import Can
from sunkitchen.core.workflow import Refused, WrongState
from sunkitchen.registry.models import Establishment, HandOver

from . import letters
from .models import About, Commitment, Reminder


@transaction.atomic
def remind(
    establishment: Establishment,
    *,
    by: User,
    about: str,
    document_number: str,
    says: str,
    served_on: date,
    method: str,
    service_note: str,
    mend_by: date,
    inspection: Inspection | None = None,
    at: datetime | None = None,
) -> Reminder:
    """Record a served 责令改正通知书: what has to be mended, until when, and how the operator got to know."""
    at = at or timezone.now()
    _must_be_able(by, establishment)
    document_number, says, service_note = _plain(document_number), _plain(says), _plain(service_note)
    if about not in About.values or method not in Reminder.Method.values:
        raise Refused(_("What is it about, and how was it served?"))
    if not document_number:
        raise Refused(_("A reminder has a document number."))
    if not says:
        raise Refused(_("What has to be mended?"))
    if not service_note:
        raise Refused(_("Service needs proof: write down who received it, and where."))
    if served_on > timezone.localtime(at).date():
        raise Refused(_("Service lies in the future."))
    if mend_by < served_on:
        raise Refused(_("The time to mend ends before it begins."))
    if inspection is not None:
        if inspection.establishment_id != establishment.pk:
            raise Refused(_("That visit was to another kitchen."))
        if served_on < timezone.localtime(inspection.visited_at).date():
            raise Refused(_("It was served before the visit that found it."))
    _hold(establishment)
    same = Reminder.objects.filter(establishment=establishment, about=about, document_number=document_number)
    if same.standing().exists():
        raise Refused(_("This document is recorded already."))
    reminder = Reminder.objects.create(
        establishment=establishment,
        about=about,
        document_number=document_number,
        says=says,
        served_on=served_on,
        method=method,
        service_note=service_note,
        mend_by=mend_by,
        inspection=inspection,
        recorded_by=by,
        recorded_at=at,
    )
    audit.record(
        by,
        "reminder.served",
        reminder,
        about=about,
        document_number=document_number,
        mend_by=mend_by.isoformat(),
    )
    letters.reminded(reminder)
    return reminder


@transaction.atomic
def end(reminder: Reminder, *, by: User, outcome: str, why: str, at: datetime | None = None) -> None:
    """It is mended, as somebody saw, or taken back; `why` says what was seen or what was wrong."""
    at = at or timezone.now()
    _must_be_able(by, reminder.establishment)
    why = _plain(why)[:500]
    if outcome not in Reminder.Outcome.values:
        raise Refused(_("Was it mended, or is it taken back?"))
    if not why:
        raise Refused(_("What was seen, or why is it taken back?"))
    _end(reminder, ended_at=at, ended_by=by, ended_why=why, outcome=outcome)
    audit.record(by, "reminder.ended", reminder, outcome=outcome, why=why)
    letters.ended(reminder)


@transaction.atomic
def bind(
    establishment: Establishment,
    *,
    by: User,
    binding: str,
    document_number: str,
    signed_on: date,
    about: str = About.CAMERA,
    file: files.Admitted | None = None,
    at: datetime | None = None,
) -> Commitment:
    """Record what binds the kitchen: an article of law, or the commitment that its operator signed."""
    at = at or timezone.now()
    _must_be_able(by, establishment)
    document_number = _plain(document_number)
    if about not in About.values or binding not in Commitment.Binding.values:
        raise Refused(_("What is the kitchen bound to, and by what?"))
    if not document_number:
        raise Refused(_("By which document or article?"))
    if signed_on > timezone.localtime(at).date():
        raise Refused(_("That lies in the future."))
    _hold(establishment)
    if Commitment.objects.filter(establishment=establishment, about=about).standing().exists():
        raise Refused(_("The kitchen is bound to this already."))
    commitment = Commitment.objects.create(
        establishment=establishment,
        about=about,
        binding=binding,
        document_number=document_number,
        signed_on=signed_on,
        file=files.keep(file, by=by, owner_scope=f"establishment:{establishment.pk}") if file else None,
        recorded_by=by,
        recorded_at=at,
    )
    audit.record(by, "commitment.bound", commitment, about=about, binding=binding, document_number=document_number)
    letters.bound(commitment)
    return commitment


@transaction.atomic
def release(commitment: Commitment, *, by: User, why: str, at: datetime | None = None) -> None:
    """It binds no longer, for a reason."""
    at = at or timezone.now()
    _must_be_able(by, commitment.establishment)
    why = _plain(why)[:500]
    if not why:
        raise Refused(_("Why does it bind no longer?"))
    _end(commitment, ended_at=at, ended_by=by, ended_why=why)
    audit.record(by, "commitment.released", commitment, why=why)
    letters.released(commitment)


def end_with_operator(handover: HandOver, *, by: User, at: datetime) -> None:
    """What the former operator signed binds nobody who did not. Inside a transaction; that operator is told it left."""
    rows = Commitment.objects.standing().filter(establishment=handover.establishment_id)
    with translation.override(settings.LANGUAGE_CODE):  # it is stored: the installation's language
        why = gettext("The kitchen was handed over to %(operator)s.") % {"operator": handover.operator_name}
    for commitment in rows.filter(binding=Commitment.Binding.COMMITMENT):
        _end(commitment, ended_at=at, ended_by=by, ended_why=why)
        audit.record(by, "commitment.released", commitment, why=why)


def may(by: User, establishment: Establishment) -> bool:
    """Whether these steps are open to the officer for this kitchen."""
    return access.can(by, Can.SERVE_NOTICE, establishment) and establishment.pk not in access.own(by)


def _must_be_able(by: User, establishment: Establishment) -> None:
    if establishment.pk in access.own(by):
        raise Refused(_("You act for this kitchen yourself: a colleague takes this step."))
    if not may(by, establishment):
        raise Refused(_("This step belongs to another post."))


def _hold(establishment: Establishment) -> None:
    """Two who record the same paper at once come one after the other."""
    Establishment.objects.select_for_update().get(pk=establishment.pk)


def _end(row: Reminder | Commitment, **fields: object) -> None:
    standing = type(row)._base_manager.filter(pk=row.pk, ended_at=None)
    if standing.update(**fields) != 1:
        raise WrongState("end")
    row.refresh_from_db()


def _plain(text: str) -> str:
    return unicodedata.normalize("NFC", text.strip())
