"""A paper's way, as its owner follows it like a parcel: when, what, and which office; never the officer's name."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from sunkitchen.core import audit

from .models import Credential

KITCHEN, CLERK, SYSTEM = _("the kitchen"), _("the reviewing clerk"), _("automatic")

WORDS: dict[str, tuple[Promise | str, Promise | str]] = {
    "credential.submitted": (_("Handed in"), KITCHEN),
    "credential.taken": (_("Taken from another bureau's register"), KITCHEN),
    "credential.taken_up": (_("Being reviewed"), CLERK),
    "credential.withdrawn": (_("Taken back"), KITCHEN),
    "credential.returned": (_("Returned"), CLERK),
    "credential.endorsed": (_("Approved by one officer, a second one looks at it"), CLERK),
    "credential.approved": (_("In force"), CLERK),
    "credential.accepted": (_("Renewal accepted: the old paper goes on"), CLERK),
    "credential.revoked": (_("In force no more"), CLERK),
    "credential.shared": (_("In force, shared by another bureau"), CLERK),
    "credential.replaced": (_("Replaced by a newer paper"), SYSTEM),
}


@dataclass(frozen=True)
class Stop:
    at: datetime
    verb: str
    words: Promise | str
    who: Promise | str
    note: str  # the reason, where one was given


def stops(credential: Credential) -> list[Stop]:
    """Oldest first."""
    return [
        Stop(entry.at, entry.verb, *WORDS[entry.verb], note=entry.detail.get("reason", ""))
        for entry in audit.trail(credential)
        if entry.verb in WORDS
    ]


def ahead(credential: Credential) -> int:
    """How many papers of the same division were handed in before this one and still wait."""
    place = credential.establishment
    waiting = Credential.objects.waiting().filter(establishment__division=place.division)
    return int(waiting.filter(submitted_at__lt=credential.submitted_at).count())
