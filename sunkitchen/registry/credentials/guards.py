"""Who may decide about a paper: never whoever brought it or acts for its kitchen, and never unseen."""

from datetime import datetime

from django.utils.translation import gettext as _

from sunkitchen.accounts.models import User
from sunkitchen.core.workflow import Refused, WrongState

from ..establishments.models import Establishment
from ..memberships.models import Membership
from .models import Credential


def reviewable(credential: Credential, by: User, seen: datetime | None) -> None:
    if own(credential, by):
        raise Refused(_("Nobody reviews their own papers. Please ask a colleague."))
    held = Credential.objects.select_for_update().get(pk=credential.pk)
    if seen is not None and held.submitted_at != seen:
        raise WrongState("review")


def own(credential: Credential, by: User) -> bool:
    return by.pk in (credential.submitted_by_id, credential.created_by_id) or acts_for(by, credential.establishment)


def acts_for(user: User, establishment: Establishment) -> bool:
    return Membership.objects.filter(user=user, establishment=establishment, ended_at=None).exists()
