"""Four eyes 双人复核: for the papers an authority names, one officer approves and another one brings it into force."""

from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from sunkitchen.accounts.models import Authority, User
from sunkitchen.core import access, audit
from sunkitchen.core.access import Can
from sunkitchen.core.workflow import Refused, WrongState

from .models import Credential, ReviewPolicy

NO_LONGER = {"endorsed_by": None, "endorsed_at": None}  # what a step writes that undoes the first officer's approval


def wanted(credential: Credential) -> bool:
    """Whether any authority that looks after the kitchen wants two officers for papers of this kind."""
    division = credential.establishment.division
    nearer = [division[:length] for length in range(len(division) + 1)]
    policies = ReviewPolicy.objects.filter(authority__division__in=nearer)
    return any(credential.kind in kinds for kinds in policies.values_list("four_eyes", flat=True))


def endorse(credential: Credential, by: User) -> bool:
    """The first approval, inside the step that approves: True when the paper waits for a second officer now.

    Refused to whoever was the first. WrongState when it does not wait any more.
    """
    if not wanted(credential):
        return False
    first = Credential.objects.values_list("endorsed_by", flat=True).get(pk=credential.pk)
    if first == by.pk:
        raise Refused(_("You approved it already. It comes into force when a colleague approves it, too."))
    if first is not None:
        return False
    waiting = Credential.objects.filter(pk=credential.pk, state=Credential.State.SUBMITTED, endorsed_by=None)
    if not waiting.update(endorsed_by=by, endorsed_at=timezone.now()):
        raise WrongState("endorse")
    credential.refresh_from_db()
    audit.record(by, "credential.endorsed", credential)
    return True


@transaction.atomic
def arrange(authority: Authority, *, by: User, kinds: Iterable[str]) -> ReviewPolicy:
    """From now on two officers approve papers of these kinds, and one approves all others. What waits is meant, too."""
    access.require(by, Can.ARRANGE_REVIEW, authority)
    chosen = [kind for kind in Credential.Kind.values if kind in set(kinds)]
    row, _new = ReviewPolicy.objects.select_for_update().get_or_create(authority=authority)
    if row.four_eyes != chosen:
        row.four_eyes = chosen
        row.save()
        audit.record(by, "review.arranged", row, kinds=chosen)
    return row
