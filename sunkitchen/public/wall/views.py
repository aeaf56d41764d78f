"""Walls of live kitchens: for a phone, for a lobby's screen, for a dining room with one kitchen."""

from datetime import datetime

from django.core.paginator import Page, Paginator
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from streams.models import Camera
from sunkitchen.registry.models import Establishment

from ..answers import fresh, shared
from ..kitchen import seen
from ..kitchen.glance import Glance, best_seen, glances
from ..kitchen.page import Picture, picture
from ..kitchen.views import about
from ..lists.entries import kitchen_qr

PAGE = 12
SCREEN = 9  # three by three: what a decoder plays at once


@shared(seconds=15, reads=["page", "category", "screen"])
def wall(request: HttpRequest) -> HttpResponse:
    """Tiles of every kitchen that shows a camera. ?category= narrows; ?screen=1 is for a lobby: no header, it turns."""
    now = timezone.now()
    page = shown(request, now)
    context = {
        "page": page,
        "tiles": standing(page, now),
        "category": category_of(request),
        "categories": Establishment.Category.choices,
        "next": page.next_page_number() if page.has_next() else 1,
        "live": on_wall(category_of(request)).filter(Exists(public_cameras().filter(seen.live(now)))).count(),
        "has_demo": any(kitchen.is_demo for kitchen in page),
    }
    return render(request, "public/wall/screen.html" if is_screen(request) else "public/wall/wall.html", context)


@fresh
def now_json(request: HttpRequest) -> JsonResponse:
    """The state of each tile of that page, for tiles that do not play: by the kitchen's code."""
    now = timezone.now()
    states = {tile.establishment.code: state(tile, picture) for tile, picture in standing(shown(request, now), now)}
    return JsonResponse({"tiles": states})


def state(tile: Glance, picture: Picture) -> dict[str, object]:
    return {
        "camera": picture.camera.code,
        "words": tile.words,
        "tone": tile.tone,
        "down": tile.is_down,
        "poster": picture.poster,
        "taken": picture.taken,
    }


def public_cameras() -> QuerySet[Camera]:
    return Camera.objects.public().filter(establishment=OuterRef("pk"))


def on_wall(category: str) -> QuerySet[Establishment]:
    shown = Establishment.objects.filter(Exists(public_cameras()), state=Establishment.State.OPEN)
    return shown.filter(category=category) if category else shown


def shown(request: HttpRequest, now: datetime) -> Page:
    """Those that are live first, those interrupted last."""
    kitchens = best_seen(on_wall(category_of(request)), now)
    return Paginator(kitchens, SCREEN if is_screen(request) else PAGE).get_page(request.GET.get("page"))


def standing(page: Page, now: datetime) -> list[tuple[Glance, Picture]]:
    """A camera that was switched off this very moment has no tile any more."""
    return [(tile, picture(tile.camera, now)) for tile in glances(page, now) if tile.camera]


def is_screen(request: HttpRequest) -> bool:
    return request.GET.get("screen") == "1"


def category_of(request: HttpRequest) -> str:
    category = request.GET.get("category", "")
    return category if category in Establishment.Category.values else ""


@shared(seconds=15, reads=["camera"])
def kiosk(request: HttpRequest, code: str) -> HttpResponse:
    """One kitchen for the screen in its dining room: the picture, and what may be known at a glance."""
    establishment = get_object_or_404(Establishment.objects.public(), code=code)
    context = {**about(establishment, request.GET.get("camera", "")), "qr": kitchen_qr(establishment.code)}
    return render(request, "public/wall/kiosk.html", context)
