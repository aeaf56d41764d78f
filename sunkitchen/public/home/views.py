"""The start page: look for a kitchen, read the latest edition."""

from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from streams.models import Camera
from sunkitchen.registry.models import Establishment

from ..answers import shared
from ..kitchen.glance import glances
from ..lists.views import with_counts
from .search import MAX_CHARACTERS, find

PAGE = 20
SHOWN = 6
LATEST = 3


@shared(seconds=15)
def home(request: HttpRequest) -> HttpResponse:
    text = request.GET.get("q", "").strip()[:MAX_CHARACTERS]
    now = timezone.now()
    context = {"text": text, "has_demo": Establishment.objects.public().filter(is_demo=True).exists()}
    if text:
        page = Paginator(find(text), PAGE).get_page(request.GET.get("page"))
        return render(request, "public/home/found.html", {**context, "page": page, "kitchens": glances(page, now)})
    shows = Exists(Camera.objects.public().filter(establishment=OuterRef("pk")))
    opened = Establishment.objects.filter(state=Establishment.State.OPEN).annotate(shows=shows)
    opened = opened.order_by("-shows", "-opened_at", "-pk")[:SHOWN]
    context |= {"kitchens": glances(opened, now), "editions": with_counts()[:LATEST]}
    return render(request, "public/home/home.html", context)


@shared(seconds=3600)
def privacy(request: HttpRequest) -> HttpResponse:
    return render(request, "public/home/privacy.html")
