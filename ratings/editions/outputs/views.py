"""The office's private outputs: nobody else's, kept by no cache."""

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache

from sunkitchen.core import access
from sunkitchen.core.access import Can

from ..gates import listing_for
from ..models import Listing
from . import media


@login_required
@never_cache
def media_sheet(request, pk):
    """For who drafts or publishes; of a published black listing."""
    listing = listing_for(request.user, pk, Can.SEE_OFFICE)
    if not any(access.can(request.user, can, listing.edition) for can in (Can.DRAFT_EDITION, Can.PUBLISH_EDITION)):
        raise PermissionDenied
    if listing.colour != Listing.Colour.BLACK or listing.state != Listing.State.PUBLISHED:
        raise Http404
    now = timezone.now()
    context = {"listing": listing, "sheet": media.of(listing, now), "now": now, "reader": request.user}
    return render(request, "ratings/media_sheet.html", context)
