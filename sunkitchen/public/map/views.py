"""Where the kitchens are: by address for everybody, and on a licensed map where this installation has one."""

from datetime import datetime
from typing import Any

from csp.decorators import csp_update
from django.core.paginator import Paginator
from django.db.models import Count, Exists, F, Max, Min, OuterRef, Q, QuerySet
from django.db.models.functions import Mod
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from ratings.editions.standing import standings
from streams.models import Camera
from sunkitchen.registry.establishments import coordinates, divisions
from sunkitchen.registry.models import Establishment

from ..answers import shared
from ..home.search import Asked, asked, find
from ..kitchen import seen
from .streets import Drawing, Spot, draw, order, street
from .tiles import Tiles, tiles

PAGE = 60
MOST = 2000  # points in one answer
SLACK = 0.01  # degrees around a box: more than any coordinate system shifts within a city
FILTERS = ("q", "category", "cuisine", "place", "shows", "list")
POINTED = Q(latitude__isnull=False)


@shared(seconds=60, reads=[*FILTERS, "k", "page"])
def map_page(request: HttpRequest) -> HttpResponse:
    """The list by address, and beside it the map, or for an invented town a drawing of it."""
    now = timezone.now()
    wish = wish_of(request)
    found = standing(wish, now)
    licensed = tiles()
    page = Paginator(found.order_by("division", "address", "pk"), PAGE).get_page(request.GET.get("page"))
    context = {
        "wish": wish,
        "page": page,
        "groups": groups(list(page)),
        "tiles": licensed,
        "chart": chart(request, found, licensed) if licensed else None,
        "drawing": None if licensed else drawing(found, now),
        "categories": Establishment.Category.choices,
        "has_demo": any(kitchen.is_demo for kitchen in page),
    }
    response = render(request, "public/map/map.html", context)
    if licensed:  # this page alone, and exactly the tiles' hosts
        csp_update({"img-src": licensed.sources})(lambda request: response)(request)
    return response


def wish_of(request: HttpRequest) -> Asked:
    return asked(request.GET, divisions.choices(get_language() or ""))


def standing(wish: Asked, now: datetime) -> QuerySet[Establishment]:
    """Those where one can eat: a closed kitchen has its page, and no place any more."""
    return find(wish, now).filter(state=Establishment.State.OPEN)


def groups(kitchens: list[Establishment]) -> list[tuple[str, list[Establishment]]]:
    """By street, as a postman walks."""
    found: dict[str, list[Establishment]] = {}
    for kitchen in sorted(kitchens, key=lambda kitchen: (kitchen.division, *order(kitchen.address))):
        found.setdefault(" · ".join(part for part in street(kitchen.address) if part), []).append(kitchen)
    return list(found.items())


def chart(request: HttpRequest, found: QuerySet[Establishment], licensed: Tiles) -> dict[str, Any]:
    """What map.js needs: tiles, where to look, where the points come from, and its words."""
    box = found.filter(POINTED).aggregate(
        south=Min("latitude"), west=Min("longitude"), north=Max("latitude"), east=Max("longitude")
    )
    focus = found.filter(POINTED, code=request.GET.get("k", "")).first()
    return {
        "url": licensed.url,
        "subdomains": licensed.subdomains,
        "attribution": f"{licensed.attribution} {licensed.number}".strip(),
        "mostZoom": licensed.most_zoom,
        "points": reverse("map_points") + "?" + request.GET.urlencode(),
        "box": [
            coordinates.from_wgs84(float(box["south"]), float(box["west"]), licensed.system),
            coordinates.from_wgs84(float(box["north"]), float(box["east"]), licensed.system),
        ]
        if box["south"] is not None
        else None,
        "focus": point(focus, licensed.system) if focus else None,
        "kitchen": reverse("kitchen", args=["-code-"]),
        "words": {
            "many": _("%(n)s kitchens: come nearer"),
            "some": _("%(n)s of %(all)s kitchens here are shown. Come nearer to see them all."),
            "live": _("Live now"),
            "camera": _("Has a camera"),
            "none": _("No camera"),
            "red": _("Red list"),
            "black": _("Black list"),
            "in": _("Come nearer"),
            "out": _("Step back"),
        },
    }


def point(kitchen: Establishment, system: str) -> tuple[float, float]:
    assert kitchen.latitude is not None and kitchen.longitude is not None
    latitude, longitude = coordinates.from_wgs84(float(kitchen.latitude), float(kitchen.longitude), system)
    return round(latitude, 6), round(longitude, 6)


@shared(seconds=60, reads=[*FILTERS, "box"])
def points(request: HttpRequest) -> JsonResponse:
    """[latitude, longitude, code, name, picture, list] of the kitchens in ?box=south,west,north,east, at most 2000.

    In the tiles' system, as the box is; without licensed tiles there is none. Of more than 2000 an even part comes.
    """
    licensed = tiles()
    if licensed is None:
        return JsonResponse({"points": [], "all": 0})
    now = timezone.now()
    found = standing(wish_of(request), now).filter(POINTED)
    if box := box_of(request.GET.get("box", "")):
        south, west = coordinates.to_wgs84(box[0], box[1], licensed.system)
        north, east = coordinates.to_wgs84(box[2], box[3], licensed.system)
        found = found.filter(
            latitude__range=(south - SLACK, north + SLACK), longitude__range=(west - SLACK, east + SLACK)
        )
    total = found.aggregate(count=Count("pk"))["count"]
    if total > MOST:
        found = found.annotate(part=Mod(F("pk"), -(-total // MOST))).filter(part=0)
    kitchens = list(with_picture(found, now).order_by("pk")[:MOST])
    lists = standings(kitchens, now)
    rows = [
        (*point(kitchen, licensed.system), kitchen.code, kitchen.signboard, kind(kitchen), _colour(lists, kitchen))
        for kitchen in kitchens
    ]
    return JsonResponse({"points": rows, "all": total})


def _colour(lists: dict[int, Any], kitchen: Establishment) -> str:
    return lists[kitchen.pk].colour if kitchen.pk in lists else ""


def box_of(text: str) -> tuple[float, float, float, float] | None:
    """south, west, north, east in degrees; None for what is no box."""
    try:
        south, west, north, east = map(float, text.split(","))
    except ValueError:
        return None
    inside = -90 <= south <= north <= 90 and -360 <= west <= east <= 360
    return (south, west, north, east) if inside else None


def with_picture(kitchens: QuerySet[Establishment], now: datetime) -> QuerySet[Establishment]:
    cameras = Camera.objects.public().filter(establishment=OuterRef("pk"))
    return kitchens.annotate(
        is_live=Exists(cameras.filter(seen.live(now))), has_camera=Exists(cameras.filter(seen.holds(now)))
    )


def kind(kitchen: Any) -> str:
    return "live" if kitchen.is_live else "camera" if kitchen.has_camera else "none"


def drawing(found: QuerySet[Establishment], now: datetime) -> Drawing | None:
    """Of an invented town alone: real places are shown on a licensed map or not at all."""
    if Establishment.objects.public().filter(POINTED, is_demo=False).exists():
        return None
    kitchens = with_picture(found.filter(POINTED, is_demo=True), now)[:MOST]
    return draw(
        Spot(*point(row, coordinates.WGS84), row.address, row.code, row.signboard, kind(row)) for row in kitchens
    )
