"""The gate in front of every page of one kitchen."""

from django.shortcuts import get_object_or_404

from sunkitchen.core.access import Can, require

from .models import Establishment


def establishment_for(user, code: str, capability: Can) -> Establishment:
    """The kitchen of that code. 404 for a stranger, 403 for an insider without the capability."""
    establishment = get_object_or_404(Establishment, code=code)
    require(user, capability, establishment)
    return establishment
