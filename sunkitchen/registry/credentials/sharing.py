"""A paper that nobody brings: taken from another bureau's register by its kitchen, or found by the bureau itself."""

from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from sunkitchen.accounts.models import User
from sunkitchen.core import audit
from sunkitchen.core.workflow import Refused, WrongState

from ..establishments import actions as establishments
from ..establishments.models import Establishment
from . import actions, four_eyes, guards, letters
from .actions import State
from .models import Credential

OF_OPERATOR = (Credential.Kind.BUSINESS_LICENCE, *Credential.PERMITS)  # kinds that say who runs the kitchen


@transaction.atomic
def take(establishment: Establishment, *, by: User, kind: str, at_once: bool, **facts: Any) -> Credential:
    """Its own people take it from a register: it waits for a clerk's key press, without any picture.

    `at_once`: in force without one, where the register is trusted to; never for a kind that four eyes approve, nor
    when another kitchen brought the same paper, nor as the first that names its operator: name and code were only
    typed by then, and whose a paper is, a clerk decides.
    """
    if not guards.acts_for(by, establishment):
        raise Refused(_("Only the kitchen's own people hand in its papers."))
    now = timezone.now()
    row = actions.fresh(establishment, by, kind, None, facts)
    row.source, row.state = Credential.Source.REGISTER, State.SUBMITTED
    row.submitted_by, row.submitted_at = by, now
    row.renews = row.older()
    if row.valid_through and row.valid_through < timezone.localdate(now):
        raise Refused(_("The register has a paper that has expired. Please hand in the new one."))
    others = Credential.objects.filter(kind=kind, number=row.number).exclude(establishment=establishment)
    is_elsewhere = others.exclude(state=State.DRAFT).exists()
    known = Credential.objects.filter(establishment=establishment, kind__in=OF_OPERATOR, state=State.IN_FORCE)
    in_force = at_once and known.exists() and not is_elsewhere and not four_eyes.wanted(row)
    if in_force:
        actions.succeed(row, by, timezone.localdate(now))
        row.state = State.IN_FORCE
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        raise WrongState("take") from None
    audit.record(by, "credential.taken", row, at_once=in_force)
    if in_force:
        letters.approved(row, opens=_open(row, by))
    return row


@transaction.atomic
def find(establishment: Establishment, *, by: User, kind: str, **facts: Any) -> Credential:
    """An officer found it in the bureau's own files: in force, and its kitchen opens at its first permit. Where four eyes
    approve, it waits for a colleague."""
    row = actions.share(establishment, by=by, kind=kind, **facts)
    if row.state == State.IN_FORCE:
        _open(row, by)
    return row


def _open(row: Credential, by: User) -> bool:
    place = row.establishment
    opens = row.kind in Credential.PERMITS and establishments.awaits_permit(place)
    if opens:
        establishments.open(place, by=by)
    return opens
