"""Looking for a kitchen: by signboard, address, permit number or code."""

from django.db.models import Q, QuerySet

from sunkitchen.core import codes
from sunkitchen.registry.models import Credential, Establishment

MAX_CHARACTERS = 60
MAX_WORDS = 5


def find(text: str) -> QuerySet[Establishment]:
    """Public kitchens that hold every word of `text`; none for an empty text. Past 60 characters or 5 words is cut."""
    words = text[:MAX_CHARACTERS].split()[:MAX_WORDS]
    if not words:
        return Establishment.objects.none()
    found = Establishment.objects.public()
    for word in words:
        permits = Credential.objects.filter(state=Credential.State.IN_FORCE, number__iexact=word)
        found = found.filter(
            Q(signboard__icontains=word)
            | Q(operator_name__icontains=word)
            | Q(address__icontains=word)
            | Q(code=codes.normal(word))
            | Q(pk__in=permits.values("establishment"))
        )
    return found.order_by("signboard", "pk")
