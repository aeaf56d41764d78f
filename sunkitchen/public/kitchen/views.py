"""A kitchen's page, its state for scripts, its last pictures, its history."""

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from ratings.models import Inspection, Listing
from streams.models import Camera
from sunkitchen.registry.models import Establishment

from ..answers import fresh, shared
from . import page, verdict


def rendered(request: HttpRequest, establishment: Establishment, table: str = "") -> HttpResponse:
    """The page itself, for its own address and for a table's."""
    now = timezone.now()
    today = timezone.localdate(now)
    cameras = list(Camera.objects.public().filter(establishment=establishment).order_by("pk"))
    for camera in cameras:
        camera.establishment = establishment  # known already: spares a query each
    wanted = request.GET.get("camera")
    chosen = next((camera for camera in cameras if camera.code == wanted), cameras[0] if cameras else None)
    papers = page.papers(establishment, today)
    record = page.record(establishment, today)
    listed = page.listed(establishment, now)
    context = {
        "kitchen": establishment,
        "table": table,
        "cameras": cameras,
        "picture": page.picture(chosen, now) if chosen else None,
        "is_switched_off": not cameras and Camera.objects.filter(establishment=establishment).exists(),
        "listed": listed,
        "record": record,
        "papers": papers,
        "verdict": verdict.judge(
            record.latest.result if record else "",
            [(paper.credential.get_kind_display(), paper.standing) for paper in papers],
            listed.listing.colour if listed else "",
        ),
    }
    return render(request, "public/kitchen/kitchen.html", context)


@shared(seconds=settings.TICKET_PAGE_SECONDS)
def kitchen(request: HttpRequest, code: str) -> HttpResponse:
    return rendered(request, get_object_or_404(Establishment.objects.public(), code=code))


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


@shared(seconds=60)
def poster(request: HttpRequest, code: str, camera: str) -> FileResponse:
    """The last picture of a camera that anybody may watch."""
    seen = get_object_or_404(Camera.objects.public(), establishment__code=code, code=camera)
    try:
        return FileResponse((settings.POSTERS_ROOT / f"{seen.code}.jpg").open("rb"), content_type="image/jpeg")
    except OSError:
        raise Http404 from None


@shared(seconds=60)
def history(request: HttpRequest, code: str) -> HttpResponse:
    """Every closed inspection and every listing that may still be told, the newest first."""
    establishment = get_object_or_404(Establishment.objects.public(), code=code)
    visits = Inspection.objects.closed().filter(establishment=establishment).order_by("-visited_at", "-pk")
    listings = (
        Listing.objects.shown(timezone.now())
        .filter(establishment=establishment)
        .select_related("edition__authority")
        .order_by("-edition__published_at")
    )
    context = {"kitchen": establishment, "visits": visits.defer("answers"), "listings": listings}
    return render(request, "public/kitchen/history.html", context)
