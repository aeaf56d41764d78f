"""Which kitchen? Asked before an officer takes a sample or confirms an outbreak."""

from typing import Any

from django.db.models import Q, QuerySet

from sunkitchen.core.access import Can
from sunkitchen.core.codes import normal
from sunkitchen.registry.models import Establishment

MOST = 30


def kitchens(user: Any, capability: Can, words: str) -> QuerySet[Establishment]:
    """Those where the user has the capability and that are not closed, by name or code; at most 30."""
    rows = Establishment.objects.within(user, capability).exclude(state=Establishment.State.CLOSED)
    if words := words.replace("\0", "").strip()[:60]:
        rows = rows.filter(Q(signboard__icontains=words) | Q(operator_name__icontains=words) | Q(code=normal(words)))
    return rows.order_by("signboard", "pk")[:MOST]
