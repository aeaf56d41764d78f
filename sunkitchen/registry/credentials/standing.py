"""A paper's standing changed from outside its review: a permit goes on while its renewal waits; a paper is revoked."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from sunkitchen.accounts.models import User
from sunkitchen.core import audit
from sunkitchen.core.workflow import Refused, Step, WrongState, move

from ..establishments import actions as establishments
from ..establishments.models import Establishment
from . import guards, letters
from .models import Credential

State = Credential.State
REVOKE = Step("revoke", {State.IN_FORCE}, State.REVOKED)


@transaction.atomic
def accept(credential: Credential, *, by: User, seen: datetime | None = None) -> None:
    """受理: a permit's renewal that was handed in while the old one ran. That one goes on until this is decided.

    Refused for what renews no permit in force, or came after its last day. Source: Administrative Licensing Law art. 50.
    """
    guards.reviewable(credential, by, seen)
    old = credential.renews
    if credential.kind not in Credential.PERMITS or old is None or old.state != State.IN_FORCE:
        raise Refused(_("Only the renewal of a permit that is in force is accepted."))
    old = Credential.objects.select_for_update().get(pk=old.pk)
    handed_in = credential.submitted_at
    if handed_in is None or (old.valid_through and timezone.localdate(handed_in) > old.valid_through):
        raise Refused(_("It was handed in after the old permit had ended. Please decide about it, or return it."))
    waiting = Credential.objects.filter(pk=credential.pk, state=State.SUBMITTED, accepted_at=None)
    if not waiting.update(accepted_by=by, accepted_at=timezone.now()):
        raise WrongState("accept")
    if not Credential.objects.filter(pk=old.pk, state=State.IN_FORCE).update(continued_by=credential):
        raise WrongState("accept")
    credential.refresh_from_db()
    audit.record(by, "credential.accepted", credential, renews=old.pk)
    letters.accepted(credential, old)


@transaction.atomic
def revoke(credential: Credential, *, by: User, reason: str) -> None:
    """It is in force no more, from this moment: withdrawn, cancelled 注销 or revoked 吊销, as the reason says.

    A kitchen without another permit closes with it. Refused to whoever acts for the kitchen.
    """
    reason = reason.strip()
    if not reason:
        raise Refused(_("Please write why, with the document it rests on: the owner reads it."))
    if len(reason) > 200:
        raise Refused(_("A reason has at most 200 characters."))
    if guards.acts_for(by, credential.establishment):
        raise Refused(_("Nobody decides about their own kitchen. Please ask a colleague."))
    move(credential, REVOKE, revoked_by=by, revoked_at=timezone.now(), reason=reason, continued_by=None)
    audit.record(by, "credential.revoked", credential, reason=credential.for_trail(reason))
    letters.revoked(credential)
    place = Establishment.objects.get(pk=credential.establishment_id)
    permits = place.credentials.in_force(timezone.localdate()).filter(kind__in=Credential.PERMITS)
    if credential.kind in Credential.PERMITS and place.state == Establishment.State.OPEN and not permits.exists():
        establishments.close(place, by=by, reason=reason)
