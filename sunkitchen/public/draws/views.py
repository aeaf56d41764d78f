"""Draws for anybody: what was committed to and when, what came out, and how to draw again."""

from pathlib import Path

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from ratings.draws import document, redraw
from ratings.models import Draw
from sunkitchen.registry.models import Establishment

from ..answers import shared

PAGE = 30


@shared(seconds=60, reads=["page"])
def draws(request: HttpRequest) -> HttpResponse:
    page = Paginator(Draw.objects.public().defer("pool"), PAGE).get_page(request.GET.get("page"))
    return render(request, "public/draws/draws.html", {"page": page})


def _draw(authority: str, year: int, number: int) -> Draw:
    rows = Draw.objects.public().select_related("committed_entry", "drawn_entry")
    return get_object_or_404(rows, authority__slug=authority, year=year, number=number)


@shared(seconds=60, reads=[])
def draw(request: HttpRequest, authority: str, year: int, number: int) -> HttpResponse:
    shown, now = _draw(authority, year, number), timezone.now()
    is_shown = document.is_shown(shown, now)
    context = {
        "draw": shown,
        "is_shown": is_shown,
        "pool": {name: len(shown.pool[name]) for name in ("kitchens", "inspectors", "conflicts")},
        "rows": _rows(shown) if is_shown else [],
        "last": shown.assignments.order_by("-due_on").values_list("due_on", flat=True).first(),
        "has_demo": Establishment.objects.filter(is_demo=True, division__startswith=shown.authority.division).exists(),
    }
    return render(request, "public/draws/draw.html", context)


def _rows(shown: Draw) -> list[dict[str, object]]:
    """Each kitchen with its inspectors' numbers, and the day of the visit that came of it."""
    visits = shown.assignments.select_related("establishment", "inspection")
    of = {visit.establishment.code: visit for visit in visits}
    return [
        {"visit": of[code], "numbers": numbers}
        for code, *numbers in document.outcome(shown)["assignments"]
        if code in of
    ]


@shared(seconds=60, reads=[])
def draw_json(request: HttpRequest, authority: str, year: int, number: int) -> HttpResponse:
    """The document that `redraw` takes, byte for byte."""
    content = document.document_bytes(_draw(authority, year, number), timezone.now())
    return HttpResponse(content, content_type="application/json")


@shared(seconds=3600, reads=[])
def draw_tool(request: HttpRequest) -> HttpResponse:
    """The one file that draws again."""
    content = Path(redraw.__file__).read_bytes()
    name = {"Content-Disposition": 'attachment; filename="redraw.py"'}
    return HttpResponse(content, content_type="text/x-python; charset=utf-8", headers=name)
