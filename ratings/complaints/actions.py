"""What officers, and the business, do with a complaint. Whatever follows another goes along with it.

No number of complaints does anything by itself: each step is a person's.
"""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sunkitchen.accounts.models import User
from sunkitchen.core import access, audit, locks, secrets
from sunkitchen.core.access import Can, can
from sunkitchen.core.workflow import Refused, Step, WrongState, move

from . import clocks, telling
from .models import Complainant, Complaint, ComplaintStep
from .receiving import Diner

S = Complaint.State
ACCEPT = Step("accept", {S.RECEIVED}, S.ACCEPTED)
REFUSE = Step("refuse", {S.RECEIVED}, S.REFUSED)
ASSIGN = Step("assign", {S.ACCEPTED, S.ASSIGNED}, S.ASSIGNED)
HAND_ON = Step("assign", {S.INVESTIGATING}, S.INVESTIGATING)
INVESTIGATE = Step("investigate", {S.ASSIGNED}, S.INVESTIGATING)
RESOLVE = Step("resolve", {S.ASSIGNED, S.INVESTIGATING}, S.RESOLVED)
CLOSE = Step("close", {S.RESOLVED}, S.CLOSED)
OPEN = frozenset({S.ACCEPTED, S.ASSIGNED, S.INVESTIGATING})
ORDER = [S.RECEIVED, S.ACCEPTED, S.ASSIGNED, S.INVESTIGATING]
LONGEST_NOTE = 1000


# ── the way ─────────────────────────────────────────────────────────────────────────────────────────────────
@transaction.atomic
def accept(complaint: Complaint, *, by: Any, note: str = "", at: datetime | None = None) -> None:
    """It is taken up. Of a dispute the business is told that there is one, and no more."""
    at = _begin(complaint, by, at)
    _take(complaint, ACCEPT, by=by, at=at, public_note=_said(note), accepted_at=at)
    if complaint.kind == Complaint.Kind.DISPUTE:
        telling.business(complaint)


@transaction.atomic
def refuse(complaint: Complaint, *, by: Any, reason: str, at: datetime | None = None) -> None:
    """It is not taken up; the diner reads why."""
    at = _begin(complaint, by, at)
    _take(complaint, REFUSE, by=by, at=at, public_note=_wanted(reason), closed_at=at)


@transaction.atomic
def assign(complaint: Complaint, *, by: Any, to: User, at: datetime | None = None) -> None:
    """To an officer who handles complaints there, or from one to another."""
    at = _begin(complaint, by, at)
    if to not in telling.officers(complaint.establishment):
        raise Refused(_("This officer does not handle complaints of this area, or acts for the kitchen."))
    step = HAND_ON if complaint.state == S.INVESTIGATING else ASSIGN
    _take(complaint, step, by=by, at=at, told=False, assigned_to=to)


@transaction.atomic
def investigate(complaint: Complaint, *, by: Any, note: str = "", at: datetime | None = None) -> None:
    at = _begin(complaint, by, at)
    _take(complaint, INVESTIGATE, by=by, at=at, told=False, public_note=_said(note))


@transaction.atomic
def resolve(
    complaint: Complaint, *, by: Any, upheld: bool, serious: bool, reply: str, at: datetime | None = None
) -> None:
    """What was found, and the reply to every diner who told of it."""
    at = _begin(complaint, by, at)
    reply = _wanted(reply)
    if serious and not upheld:
        raise Refused(_("What was not found true is not serious."))
    _take(
        complaint,
        RESOLVE,
        by=by,
        at=at,
        note_to_diner=reply,
        upheld=upheld,
        serious=serious,
        reply=reply,
        resolved_at=at,
    )


@transaction.atomic
def close(complaint: Complaint, *, by: Any, note: str = "", at: datetime | None = None) -> None:
    """By an officer, or by the sweep (`by` is None) a month after the reply."""
    at = at or timezone.now()
    if by is not None:
        _begin(complaint, by, at)
    _take(complaint, CLOSE, by=by, at=at, public_note=_said(note), closed_at=at)


# ── beside the way ──────────────────────────────────────────────────────────────────────────────────────────
@transaction.atomic
def open_case(complaint: Complaint, *, by: Any, note: str = "", at: datetime | None = None) -> None:
    """立案: a named reporter is told at once, where they left a number or an address."""
    at = _begin(complaint, by, at)
    if complaint.kind != Complaint.Kind.LEAD:
        raise Refused(_("A case is opened on a report, not on a dispute."))
    _mark(complaint, "open_case", {S.ASSIGNED, S.INVESTIGATING}, by, at, public_note=_said(note), case_opened_at=at)


@transaction.atomic
def told(complaint: Complaint, *, by: Any, note: str, at: datetime | None = None) -> None:
    """The reporter was told of the case otherwise: by telephone, by letter."""
    at = _begin(complaint, by, at, alone=False)
    if complaint.case_opened_at is None:
        raise Refused(_("No case was opened."))
    rows = Complaint.objects.filter(pk=complaint.pk, told_at=None)
    if rows.update(told_at=at) != 1:
        raise WrongState("told", complaint.state)
    complaint.refresh_from_db()
    _write_step(complaint, by, at, office_note=_wanted(note))
    audit.record(by, "complaint.told", complaint)


@transaction.atomic
def extend(complaint: Complaint, *, by: Any, reason: str, at: datetime | None = None) -> None:
    """A report's time once more, once; the diner reads why."""
    at = _begin(complaint, by, at)
    if complaint.kind != Complaint.Kind.LEAD:
        raise Refused(_("Only a report's time can be extended."))
    _mark(complaint, "extend", OPEN, by, at, public_note=_wanted(reason), extended_at=at)


@transaction.atomic
def group(complaint: Complaint, *, under: Complaint, by: Any, at: datetime | None = None) -> None:
    """Let it follow `under`, which tells the same: from now on what is done there is done here, and each diner is told."""
    at = _begin(complaint, by, at)
    under.refresh_from_db()
    if under.pk == complaint.pk or under.establishment_id != complaint.establishment_id:
        raise Refused(_("Both must be about the same kitchen."))
    if under.kind != complaint.kind:
        raise Refused(_("A dispute and a report are never mixed."))
    if under.same_as_id is not None or complaint.duplicates.exists():
        raise Refused(_("One follows the other: what leads others follows none."))
    if complaint.state not in ORDER or under.state not in ORDER:
        raise WrongState("group", complaint.state)
    if ORDER.index(S(complaint.state)) > ORDER.index(S(under.state)):
        raise Refused(_("The one that is further on leads."))
    accepted_at = complaint.accepted_at or (at if under.accepted_at else None)
    rows = Complaint.objects.filter(pk=complaint.pk, state=complaint.state, same_as=None)
    if not rows.update(
        same_as=under,
        state=under.state,
        accepted_at=accepted_at,
        assigned_to=under.assigned_to,
        extended_at=under.extended_at,
        case_opened_at=under.case_opened_at,
    ):
        raise WrongState("group", complaint.state)
    complaint.refresh_from_db()
    _write_step(complaint, by, at)
    telling.diner(complaint, "group")
    if under.case_opened_at:
        _tell_of_case(complaint, at)
    audit.record(by, "complaint.grouped", complaint, under=under.pk)


@transaction.atomic
def note(complaint: Complaint, *, by: Any, public: str = "", office: str = "", at: datetime | None = None) -> None:
    """A word on the timeline, or for colleagues alone."""
    at = _begin(complaint, by, at, alone=False)
    public, office = _said(public), _said(office)
    if not (public or office):
        raise Refused(_("Write a note first."))
    _write_step(complaint, by, at, public_note=public, office_note=office)
    audit.record(by, "complaint.noted", complaint, public=bool(public))


@transaction.atomic
def set_12315(complaint: Complaint, *, by: Any, number: str, at: datetime | None = None) -> None:
    """The number that the national channel gave it."""
    _begin(complaint, by, at, alone=False)
    number = number.strip()
    if not number or len(number) > 40:
        raise Refused(_("A number has 1 to 40 characters."))
    rows = Complaint.objects.filter(pk=complaint.pk, satisfied_at=None)
    if not rows.update(number_12315=number):
        raise WrongState("12315", complaint.state)
    complaint.refresh_from_db()
    audit.record(by, "complaint.numbered", complaint)


@transaction.atomic
def look(complaint: Complaint, *, by: Any, at: datetime | None = None) -> Diner | None:
    """Who complained. That somebody looked is written down each time; None for the anonymous and the erased."""
    _begin(complaint, by, at, alone=False)
    who = Complainant.objects.filter(complaint=complaint, erased_at=None).first()
    if who is None:
        return None
    audit.record(by, "complaint.identity_seen", complaint)
    return Diner(
        name=secrets.unseal(who.sealed_name),
        mobile=secrets.unseal(who.sealed_mobile),
        email=secrets.unseal(who.sealed_email),
        language=who.language,
        may_be_named=who.may_be_named,
    )


# ── others ──────────────────────────────────────────────────────────────────────────────────────────────────
@transaction.atomic
def answer(complaint: Complaint, *, by: Any, statement: str, at: datetime | None = None) -> None:
    """What the business has to say about a dispute; the office reads it."""
    at = at or timezone.now()
    statement = _wanted(statement)
    if not can(by, Can.OBJECT, complaint):
        raise Refused(_("Only the kitchen's owner may answer."))
    complaint.refresh_from_db()
    if complaint.kind != Complaint.Kind.DISPUTE or complaint.state not in OPEN:
        raise WrongState("answer", complaint.state)
    _write_step(complaint, by, at, office_note=statement)
    audit.record(by, "complaint.answered", complaint)


@transaction.atomic
def satisfied(complaint: Complaint, *, marks: int, at: datetime | None = None) -> None:
    """How satisfied the diner is with what was done, 1 to 5; once, after closing."""
    if not 1 <= marks <= 5:
        raise Refused(_("Please choose one of the five faces."))
    rows = Complaint.objects.filter(pk=complaint.pk, state=S.CLOSED, satisfied_at=None)
    if rows.update(satisfaction=marks, satisfied_at=at or timezone.now()) != 1:
        raise WrongState("satisfied", complaint.state)
    complaint.refresh_from_db()


# ── how ─────────────────────────────────────────────────────────────────────────────────────────────────────
def _begin(complaint: Complaint, by: Any, at: datetime | None, *, alone: bool = True) -> datetime:
    """The guard of every officer's deed; `alone` ones are not done to what follows another."""
    locks.hold(f"complaints of kitchen {complaint.establishment_id}")
    complaint.refresh_from_db()
    if complaint.establishment_id in access.own(by):
        raise Refused(_("Nobody handles a complaint about a kitchen that they act for."))
    if not can(by, Can.HANDLE_COMPLAINT, complaint):
        raise Refused(_("Only officers who handle complaints may do this."))
    if alone and complaint.same_as_id is not None:
        raise Refused(_("It is handled together with another: open that one."))
    return at or timezone.now()


def _take(
    complaint: Complaint,
    step: Step,
    *,
    by: Any,
    at: datetime,
    public_note: str = "",
    note_to_diner: str = "",
    told: bool = True,
    **fields: Any,
) -> None:
    """The step for it and for all that follow it; every diner is told by their own address."""
    for row in [complaint, *complaint.duplicates.order_by("pk")]:
        move(row, step, **fields)
        _write_step(row, by, at, public_note=public_note)
        if told:
            telling.diner(row, step.name, note_to_diner or public_note)
    verb = f"complaint.{step.name}"
    audit.record(by, verb, complaint, followers=complaint.duplicates.count())


def _mark(
    complaint: Complaint, name: str, sources: Any, by: Any, at: datetime, *, public_note: str, **mark: datetime
) -> None:
    """Set a moment once, for it and all that follow it; the state stays."""
    (field,) = mark
    for row in [complaint, *complaint.duplicates.order_by("pk")]:
        rows = Complaint.objects.filter(pk=row.pk, state__in=sources, **{field: None})
        if rows.update(**mark) != 1:
            raise WrongState(name, complaint.state)
        row.refresh_from_db()
        _write_step(row, by, at, public_note=public_note)
        if name == "open_case":
            _tell_of_case(row, at, public_note)
        else:
            telling.diner(row, name, public_note)
    verb = f"complaint.{name}"
    audit.record(by, verb, complaint)


def _tell_of_case(complaint: Complaint, at: datetime, public_note: str = "") -> None:
    if telling.diner(complaint, "open_case", public_note) and clocks.is_named(complaint):
        Complaint.objects.filter(pk=complaint.pk).update(told_at=at)
        complaint.refresh_from_db()


def _write_step(
    complaint: Complaint, by: Any, at: datetime, *, public_note: str = "", office_note: str = ""
) -> ComplaintStep:
    return ComplaintStep.objects.create(
        complaint=complaint, at=at, state=complaint.state, public_note=public_note, office_note=office_note, by=by
    )


def _said(text: str) -> str:
    text = text.strip()
    if len(text) > LONGEST_NOTE:
        raise Refused(_("Say it in at most %(most)s characters.") % {"most": LONGEST_NOTE})
    return text


def _wanted(text: str) -> str:
    text = _said(text)
    if not text:
        raise Refused(_("The diner reads the reason: please write it."))
    return text
