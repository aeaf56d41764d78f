"""部门核查: the kitchen asks the bureau to look a paper up itself; a clerk finds it, or does not, and says so."""

from datetime import date
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from sunkitchen.accounts.models import User
from sunkitchen.core import audit, workdays
from sunkitchen.core.workflow import Refused, Step, WrongState, move

from ..checked import checked
from ..credentials import sharing
from ..credentials.guards import acts_for
from ..credentials.models import Credential
from ..establishments import actions as establishments
from ..establishments.models import Establishment
from . import letters, rules
from .actions import offered, title_of
from .models import OwnCheck

State = OwnCheck.State
CONFIRM = Step("confirm", {State.OPEN}, State.CONFIRMED)
NOT_FOUND = Step("not_found", {State.OPEN}, State.NOT_FOUND)
DROP = Step("drop", {State.OPEN}, State.DROPPED)
MOST_SAID = 500


def due(today: date) -> date:
    """By when the bureau has looked, if it is asked today."""
    return workdays.add(today, settings.OWN_CHECK_WORKDAYS).day


def ask(place: Establishment, code: str, *, by: User, hint: str = "", today: date | None = None) -> OwnCheck:
    """The bureau looks it up within OWN_CHECK_WORKDAYS. WrongState when it was asked already; Refused where it isn't offered."""
    today = today or timezone.localdate()
    if not acts_for(by, place):
        raise Refused(_("Only the kitchen's own people ask for it."))
    if place.state == Establishment.State.CLOSED and not establishments.changes_hands(place):
        raise Refused(_("This kitchen has closed."))
    with transaction.atomic():
        Establishment.objects.select_for_update().get(pk=place.pk)
        rule, _standing, _ruleset = offered(place, code, rules.OWN_CHECK, today)
        by_then = due(today)
        row = OwnCheck(establishment=place, requirement=rule.code, asked_by=by, hint=hint.strip(), due_on=by_then)
        checked(row, exclude={"done_by", "done_at", "credential"}, alone=True)
        try:
            with transaction.atomic():
                row.save()
        except IntegrityError:
            raise WrongState("ask") from None
        audit.record(by, "own_check.asked", row, requirement=rule.code, due=by_then.isoformat())
    return row


@transaction.atomic
def drop(row: OwnCheck, *, by: User) -> None:
    """The kitchen does not need it any more: it found the paper, or hands in another."""
    if not acts_for(by, row.establishment):
        raise Refused(_("Only the kitchen's own people take it back."))
    move(row, DROP, done_by=by, done_at=timezone.now())
    audit.record(by, "own_check.dropped", row)


@transaction.atomic
def confirm(row: OwnCheck, *, by: User, kind: str, said: str = "", **facts: Any) -> Credential:
    """The bureau found it: the paper with these facts is in force, without a picture of it; or waits for a second
    officer, where four eyes approve."""
    said = _said(row, by, said)
    if kind not in _papers(row):
        raise Refused(_("That is not the paper that was asked for."))
    move(row, CONFIRM, done_by=by, done_at=timezone.now(), said=said)
    paper = sharing.find(row.establishment, by=by, kind=kind, **facts)
    OwnCheck.objects.filter(pk=row.pk).update(credential=paper)
    row.refresh_from_db()
    audit.record(by, "own_check.confirmed", row, paper=paper.pk)
    letters.confirmed(row, title_of(row))
    return paper


@transaction.atomic
def not_found(row: OwnCheck, *, by: User, said: str) -> None:
    """The bureau looked and did not find it: the kitchen is told where it looked, and hands it in."""
    said = _said(row, by, said)
    if not said:
        raise Refused(_("Please write where you looked and what to do: the owner reads it."))
    move(row, NOT_FOUND, done_by=by, done_at=timezone.now(), said=said)
    audit.record(by, "own_check.not_found", row, said=said)
    letters.not_found(row, title_of(row))


def _said(row: OwnCheck, by: User, said: str) -> str:
    if acts_for(by, row.establishment) or by.pk == row.asked_by_id:
        raise Refused(_("Nobody decides about their own kitchen. Please ask a colleague."))
    said = " ".join(said.split())
    if len(said) > MOST_SAID:
        raise Refused(_("What was found has at most %(most)s characters.") % {"most": MOST_SAID})
    return said


def _papers(row: OwnCheck) -> tuple[str, ...]:
    """Kinds of paper that answer it."""
    place = row.establishment
    for rule in rules.of(place.division, timezone.localdate()).of(place.category):
        if rule.code == row.requirement:
            return rule.papers
    return ()


def papers(row: OwnCheck) -> list[tuple[str, str]]:
    """The same, with their labels, for a form."""
    return [(kind, str(Credential.Kind(kind).label)) for kind in _papers(row)]
