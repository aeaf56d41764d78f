"""The gates in front of a kitchen's pages, and of the office's."""

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404

from sunkitchen.core.access import Can, may_anywhere, require

from .models import Establishment


def establishment_for(user, code: str, capability: Can) -> Establishment:
    """The kitchen of that code. 404 for a stranger, 403 for an insider without the capability."""
    establishment = get_object_or_404(Establishment, code=code)
    require(user, capability, establishment)
    return establishment


def office_only(user, capability: Can) -> None:
    """The gate of office pages that name no object: 404 outside of the office, 403 without the capability."""
    if not may_anywhere(user, Can.SEE_OFFICE):
        raise Http404
    if not may_anywhere(user, capability):
        raise PermissionDenied
