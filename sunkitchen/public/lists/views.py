"""The red and black lists' face: every edition, one edition, and how to prove that none was changed."""

import re

from django.conf import settings
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from ratings.editions import edition as document
from ratings.editions import reach
from ratings.models import Edition, Listing
from sunkitchen.accounts.models import Authority
from sunkitchen.core import qr, translog
from sunkitchen.core.models import Checkpoint, LogEntry

from ..answers import shared
from . import account, logged, poster, printed, said, table, worddoc, workbook
from . import feed as feeds
from .entries import entries

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


@shared(seconds=60, reads=["page"])
def editions(request: HttpRequest) -> HttpResponse:
    page = Paginator(with_counts(), PAGE).get_page(request.GET.get("page"))
    return render(request, "public/lists/editions.html", {"page": page, "has_demo": is_demo()})


@shared(seconds=60, reads=[])
def archive(request: HttpRequest, authority: str) -> HttpResponse:
    """Everything one authority ever published, year by year."""
    shown = get_object_or_404(Authority, slug=authority)
    years: dict[int, list[Edition]] = {}
    for edition in with_counts().filter(authority=shown).order_by("-year", "-number"):
        years.setdefault(edition.year, []).append(edition)
    context = {"authority": shown, "years": years, "has_demo": is_demo()}
    return render(request, "public/lists/archive.html", context)


@shared(seconds=300, reads=[])
def feed(request: HttpRequest) -> HttpResponse:
    return HttpResponse(feeds.atom(with_counts()[:PAGE]), content_type="application/atom+xml; charset=utf-8")


def is_demo() -> bool:
    return Listing.objects.published().filter(establishment__is_demo=True).exists()


def published(authority: str, year: int, number: int) -> Edition:
    return get_object_or_404(Edition.objects.published(), authority__slug=authority, year=year, number=number)


def signed(edition: Edition) -> bool:
    return edition.entry is not None and translog.covering(edition.entry) is not None


@shared(seconds=60, reads=[])
def edition(request: HttpRequest, authority: str, year: int, number: int) -> HttpResponse:
    shown = published(authority, year, number)
    now = timezone.now()
    listings = entries(shown, now)
    is_signed = signed(shown)
    context = {
        "edition": shown,
        "black": [entry for entry in listings if entry.listing.colour == Listing.Colour.BLACK],
        "red": [entry for entry in listings if entry.listing.colour == Listing.Colour.RED],
        "is_signed": is_signed,
        "is_late": not is_signed and shown.is_late(now),
        "has_demo": any(entry.listing.establishment.is_demo for entry in listings),
        "reach": reach.totals(shown),
    }
    return render(request, "public/lists/edition.html", context)


@shared(seconds=60, reads=[])
def edition_out(request: HttpRequest, authority: str, year: int, number: int) -> HttpResponse:
    """Every form in which the edition goes out, its code, and the text for a public account."""
    shown, now = published(authority, year, number), timezone.now()
    listings = entries(shown, now)
    context = {
        "edition": shown,
        "text": account.text(shown, listings, now),
        "valid": said.valid(listings, now),
        "qr": mark_safe(qr.svg(said.address(shown))),  # drawn by ourselves from numbers
        "address": said.address(shown),
        "reach": reach.totals(shown),
        "days": reach.by_day(shown)[:14],
        "has_demo": any(entry.listing.establishment.is_demo for entry in listings),
    }
    return render(request, "public/lists/out.html", context)


@shared(seconds=60, reads=[])
def edition_json(request: HttpRequest, authority: str, year: int, number: int) -> HttpResponse:
    """The document that `verify` takes, byte for byte."""
    try:
        content = document.document_bytes(published(authority, year, number), timezone.now())
    except document.Unsigned:
        wait = {"error": _("The log is being signed. Try again in a minute.")}
        return JsonResponse(wait, status=503, headers={"Retry-After": "60"})
    return HttpResponse(content, content_type="application/json")


@shared(seconds=60, reads=[])
def edition_csv(request: HttpRequest, authority: str, year: int, number: int) -> HttpResponse:
    shown = published(authority, year, number)
    content = table.csv(shown, entries(shown, timezone.now()))
    return download(content, "text/csv; charset=utf-8", shown, "csv")


@shared(seconds=60, reads=[])
def edition_xlsx(request: HttpRequest, authority: str, year: int, number: int) -> HttpResponse:
    shown, now = published(authority, year, number), timezone.now()
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return download(workbook.xlsx(shown, entries(shown, now), now), kind, shown, "xlsx")


@shared(seconds=60, reads=[])
def edition_docx(request: HttpRequest, authority: str, year: int, number: int) -> HttpResponse:
    shown, now = published(authority, year, number), timezone.now()
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    return download(worddoc.docx(shown, entries(shown, now), now), kind, shown, "docx")


@shared(seconds=60, reads=[])
def edition_pdf(request: HttpRequest, authority: str, year: int, number: int) -> HttpResponse:
    shown, now = published(authority, year, number), timezone.now()
    content = printed.pdf(shown, entries(shown, now), address=said.address(shown), is_signed=signed(shown), at=now)
    return download(content, "application/pdf", shown, "pdf")


@shared(seconds=60, reads=[])
def edition_png(request: HttpRequest, authority: str, year: int, number: int) -> HttpResponse:
    """The long picture: shown in place, since a phone saves a picture by holding it."""
    shown, now = published(authority, year, number), timezone.now()
    return HttpResponse(poster.png(shown, entries(shown, now), now), content_type="image/png")


def download(content: bytes, kind: str, edition: Edition, ending: str) -> HttpResponse:
    name = f"{edition.authority.slug}-{edition.year}-{edition.number}.{ending}"
    return HttpResponse(content, content_type=kind, headers={"Content-Disposition": f'inline; filename="{name}"'})


@shared(seconds=60, reads=[])
def log(request: HttpRequest) -> HttpResponse:
    """What the log is, what it proves and what not, what to take along."""
    checkpoint = Checkpoint.objects.order_by("-size").first()
    context = {
        "checkpoint": checkpoint,
        "latest": Edition.objects.published().first(),
        "lines": logged.newest(checkpoint) if checkpoint else [],
        "keys": logged.keys() if checkpoint else [],
        "verifier_sha256": logged.verifier()[1],
    }
    return render(request, "public/lists/log.html", context)


@shared(seconds=300, reads=[])
def log_verifier(request: HttpRequest) -> HttpResponse:
    """The verifier, one file of Python, as this installation runs it."""
    source, _digest = logged.verifier()
    name = {"Content-Disposition": 'attachment; filename="verify.py"'}
    return HttpResponse(source, content_type="text/x-python; charset=utf-8", headers=name)


@shared(seconds=300, reads=[])
def log_proof(request: HttpRequest, seq: int) -> HttpResponse:
    """One entry with its inclusion proof, of whatever kind it is."""
    content = logged.proof(get_object_or_404(LogEntry, seq=seq))
    if content is None:
        raise Http404
    return HttpResponse(content, content_type="application/json")


@shared(seconds=60, reads=[])
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
