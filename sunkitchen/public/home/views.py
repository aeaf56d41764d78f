"""The start page: look for a kitchen, see who is live, read the latest edition."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language

from ratings.models import Listing
from sunkitchen.registry import retention
from sunkitchen.registry.establishments import divisions
from sunkitchen.registry.models import Establishment

from ..answers import shared
from ..kitchen.glance import best_seen, glances
from ..lists.views import with_counts
from ..map.tiles import tiles
from .search import SHOWS, asked, find, find_near

PAGE = 20
SHOWN = 6
LATEST = 3
CHIPS = [Establishment.Category.SCHOOL, Establishment.Category.CANTEEN, Establishment.Category.SNACK]


@shared(seconds=15, reads=["q", "category", "cuisine", "place", "shows", "list", "all", "page"])
def home(request: HttpRequest) -> HttpResponse:
    """The start page; with anything asked for (?q=, a filter, ?all=1), what was found."""
    now = timezone.now()
    places = divisions.choices(get_language() or "")
    wish = asked(request.GET, places)
    context = {"wish": wish, "has_demo": Establishment.objects.public().filter(is_demo=True).exists()}
    if not wish.is_empty:
        page = Paginator(find(wish, now), PAGE).get_page(request.GET.get("page"))
        is_near = not page.object_list and bool(wish.text)
        if is_near:
            page = Paginator(find_near(wish, now), PAGE).get_page(request.GET.get("page"))
        context |= {
            "page": page,
            "is_near": is_near,
            "kitchens": glances(page, now),
            "categories": Establishment.Category.choices,
            "cuisines": Establishment.Cuisine.choices,
            "colours": Listing.Colour.choices,
            "places": places if len(places) > 1 else [],
            "shows": SHOWS,
        }
        return render(request, "public/home/found.html", context)
    opened = Establishment.objects.filter(state=Establishment.State.OPEN)
    context |= {
        "kitchens": glances(best_seen(opened, now)[:SHOWN], now),
        "count": opened.count(),
        "editions": with_counts()[:LATEST],
        "chips": CHIPS,
    }
    return render(request, "public/home/home.html", context)


@shared(seconds=3600, reads=[])
def privacy(request: HttpRequest) -> HttpResponse:
    licensed = tiles()
    return render(request, "public/home/privacy.html", {"map_host": licensed.host if licensed else ""})


@shared(seconds=3600, reads=[])
def kept(request: HttpRequest) -> HttpResponse:
    """What is kept of people, and how long: the table that the sweep obeys."""
    return render(request, "public/home/kept.html", {"table": retention.table()})
