"""A kitchen's page, its state for scripts, its pictures, its ledger, its history."""

from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from streams.cameras import labelled
from streams.models import Camera
from sunkitchen.registry.models import Establishment, Photo, Sticker, changing_hands

from ..answers import fresh, shared
from ..complaints import say
from . import history as past
from . import ledger, page, photos, record, shop, verdict, words


def about(establishment: Establishment, wanted: str = "") -> dict[str, Any]:
    """What its page and its screen in the dining room show; `wanted` is the code of the camera to look through."""
    now = timezone.now()
    today = timezone.localdate(now)
    cameras = list(labelled.annotated(Camera.objects.public()).filter(establishment=establishment).order_by("pk"))
    for camera in cameras:
        camera.establishment = establishment  # known already: spares a query each
    chosen = next((camera for camera in cameras if camera.code == wanted), cameras[0] if cameras else None)
    former = record.former(establishment)
    changing = bool(changing_hands([establishment]))
    papers = [paper for paper in page.papers(establishment, today) if not page.ended_with(former, paper)]
    promised = page.promised(establishment, papers, today)
    listings = page.listings(establishment)
    visits = record.visits(establishment)
    found = record.of(establishment, visits, listings, papers, today)
    listed = page.listed(listings, record.of_operator(visits, former), now)
    colour = listed.listing.colour if listed else ""
    people = shop.people(establishment, today)
    return {
        "kitchen": establishment,
        "cameras": cameras,
        "picture": page.picture(chosen, now) if chosen else None,
        "no_picture": "" if cameras else shop.no_picture(establishment, changing),
        "listed": listed,
        "record": found,
        "former": former,
        "changes_hands": changing,
        "papers": papers,
        "promised": promised,
        "people": people,
        "label": page.label(cameras, now),
        "hours": words.of_hours(establishment.hours, now) if establishment.state == Establishment.State.OPEN else "",
        "verdict": verdict.between_operators(colour)
        if changing
        else verdict.judge(
            found.latest.result if found and not found.is_formers else "",
            [(paper.credential.get_kind_display(), paper.standing) for paper in papers],
            colour,
            people.lacking,
            [(word.title, word.is_broken) for word in promised],
        ),
    }


def rendered(
    request: HttpRequest, establishment: Establishment, table: str = "", sticker: Sticker | None = None
) -> HttpResponse:
    """The page itself, for its own address and for a table's."""
    context = about(establishment, request.GET.get("camera", ""))
    context |= {
        "table": table,
        "ledger": ledger.latest(establishment, timezone.localdate()),
        "photos": shop.photos(establishment),
        "cuisines": shop.cuisine_names(establishment),
        "week": words.week(establishment.hours),
        "strip": page.strip(context["cameras"], context["picture"], timezone.now()),
        "json": shop.json_ld(establishment),
        **say.context(establishment, sticker, timezone.now()),
    }
    return render(request, "public/kitchen/kitchen.html", context)


@shared(seconds=settings.TICKET_PAGE_SECONDS, reads=["camera"])
def kitchen(request: HttpRequest, code: str) -> HttpResponse:
    unclaimed = Exists(Establishment.objects.unclaimed().filter(pk=OuterRef("pk")))
    kitchens = record.marked(Establishment.objects.public().annotate(is_unclaimed=unclaimed))
    return rendered(request, get_object_or_404(kitchens, code=code))


@fresh
def live(request: HttpRequest, code: str) -> JsonResponse:
    """A fresh ticket for ?camera= (the first one without it), its state, and the words for it."""
    cameras = Camera.objects.public().filter(establishment__code=code).select_related("establishment").order_by("pk")
    if wanted := request.GET.get("camera"):
        cameras = cameras.filter(code=wanted)
    camera = cameras.first()
    if camera is None:
        raise Http404
    now = page.picture(camera, timezone.now())
    return JsonResponse(
        {
            "ticket": now.ticket,
            "state": now.status.state,
            "since": now.status.since.isoformat() if now.status.since else None,
            "why": now.status.why,
            "words": now.said.whole,
            "aside": now.said.aside,
            "poster": now.poster,
            "taken": now.taken,
        }
    )


@shared(seconds=60, reads=[])
def poster(request: HttpRequest, code: str, camera: str) -> FileResponse:
    """The last picture of a camera that anybody may watch."""
    seen = get_object_or_404(Camera.objects.public(), establishment__code=code, code=camera)
    try:
        return FileResponse((settings.POSTERS_ROOT / f"{seen.code}.jpg").open("rb"), content_type="image/jpeg")
    except OSError:
        raise Http404 from None


@shared(seconds=3600, reads=["w"])
def photo(request: HttpRequest, code: str, pk: int) -> FileResponse:
    """A photo that its kitchen shows. ?w= is one of photos.WIDTHS."""
    shown = Photo.objects.shown().filter(establishment__in=Establishment.objects.public().filter(code=code))
    found = get_object_or_404(shown.select_related("file"), pk=pk)
    try:
        file = photos.sized(found, photos.width_of(request.GET.get("w", ""))).open("rb")
    except OSError:
        raise Http404 from None
    return FileResponse(file, content_type="image/jpeg")


@shared(seconds=60, reads=[])
def ledger_page(request: HttpRequest, code: str) -> HttpResponse:
    """What came in within the last 30 days."""
    establishment = get_object_or_404(Establishment.objects.public(), code=code)
    context = {"kitchen": establishment, "ledger": ledger.month(establishment, timezone.localdate())}
    return render(request, "public/kitchen/ledger.html", context)


@shared(seconds=60, reads=[])
def history(request: HttpRequest, code: str) -> HttpResponse:
    """Every visit with what it found, samples, numbers of complaints, and the listings that may still be told."""
    establishment = get_object_or_404(Establishment.objects.public(), code=code)
    return render(request, "public/kitchen/history.html", past.of(establishment, timezone.now()))
