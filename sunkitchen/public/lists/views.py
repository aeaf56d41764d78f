"""The red and black lists' face: every edition, one edition, and how to prove that none was changed."""

import re

from django.conf import settings
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _

from ratings.editions import edition as document
from ratings.models import Edition, Listing
from sunkitchen.core import translog
from sunkitchen.core.models import Checkpoint

from ..answers import shared
from .poster import entries

PAGE = 30
# Names that translog writes, and no other: no folder above, no half-written file (they begin with a dot).
LOG_FILE = re.compile(r"[a-z0-9][a-z0-9_-]*(/[a-z0-9][a-z0-9_-]*)*(\.json)?")


def with_counts():
    """Published editions, newest first, with how many kitchens stand on each colour."""
    of = {
        colour: Count("listings", filter=Q(listings__state=Listing.State.PUBLISHED, listings__colour=colour))
        for colour in Listing.Colour.values
    }
    return Edition.objects.published().annotate(**of)


@shared(seconds=60)
def editions(request: HttpRequest) -> HttpResponse:
    page = Paginator(with_counts(), PAGE).get_page(request.GET.get("page"))
    return render(request, "public/lists/editions.html", {"page": page, "has_demo": is_demo()})


def is_demo() -> bool:
    return Listing.objects.published().filter(establishment__is_demo=True).exists()


def published(authority: str, year: int, number: int) -> Edition:
    return get_object_or_404(Edition.objects.published(), authority__slug=authority, year=year, number=number)


@shared(seconds=60)
def edition(request: HttpRequest, authority: str, year: int, number: int) -> HttpResponse:
    shown = published(authority, year, number)
    now = timezone.now()
    listings = entries(shown, now)
    is_signed = shown.entry is not None and translog.covering(shown.entry) is not None
    context = {
        "edition": shown,
        "black": [entry for entry in listings if entry.listing.colour == Listing.Colour.BLACK],
        "red": [entry for entry in listings if entry.listing.colour == Listing.Colour.RED],
        "is_signed": is_signed,
        "is_late": not is_signed and shown.is_late(now),
        "has_demo": any(entry.listing.establishment.is_demo for entry in listings),
    }
    return render(request, "public/lists/edition.html", context)


@shared(seconds=60)
def edition_json(request: HttpRequest, authority: str, year: int, number: int) -> HttpResponse:
    """The document that `verify` takes, byte for byte."""
    try:
        content = document.document_bytes(published(authority, year, number), timezone.now())
    except document.Unsigned:
        wait = {"error": _("The log is being signed. Try again in a minute.")}
        return JsonResponse(wait, status=503, headers={"Retry-After": "60"})
    return HttpResponse(content, content_type="application/json")


@shared(seconds=60)
def log(request: HttpRequest) -> HttpResponse:
    latest = Edition.objects.published().first()
    context = {"checkpoint": Checkpoint.objects.order_by("-size").first(), "latest": latest}
    return render(request, "public/lists/log.html", context)


@shared(seconds=60)
def log_file(request: HttpRequest, name: str) -> FileResponse:
    """One file of the log's static copy."""
    if not LOG_FILE.fullmatch(name):
        raise Http404
    try:
        file = (settings.LOG_ROOT / name).open("rb")
    except OSError:
        raise Http404 from None
    kind = "application/json" if name.endswith(".json") else "text/plain; charset=utf-8"
    return FileResponse(file, content_type=kind)
