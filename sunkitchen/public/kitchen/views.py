"""A kitchen's page."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from streams.models import Camera
from sunkitchen.registry.models import Establishment

from ..answers import shared
from .page import papers, picture


def rendered(request: HttpRequest, establishment: Establishment, table: str = "") -> HttpResponse:
    """The page itself, for its own address and for a table's."""
    now = timezone.now()
    today = timezone.localdate(now)
    cameras = list(Camera.objects.public().filter(establishment=establishment).order_by("pk"))
    wanted = request.GET.get("camera")
    chosen = next((camera for camera in cameras if camera.code == wanted), cameras[0] if cameras else None)
    context = {
        "kitchen": establishment,
        "table": table,
        "cameras": cameras,
        "picture": picture(chosen, now) if chosen else None,
        "papers": papers(establishment, today),
    }
    return render(request, "public/kitchen/kitchen.html", context)


@shared(seconds=settings.TICKET_PAGE_SECONDS)
def kitchen(request: HttpRequest, code: str) -> HttpResponse:
    return rendered(request, get_object_or_404(Establishment.objects.public(), code=code))


@shared(seconds=5)
def live(request: HttpRequest, code: str) -> JsonResponse:
    camera = get_object_or_404(Camera.objects.public(), establishment__code=code, code=request.GET.get("camera"))
    return JsonResponse({"ticket": picture(camera, timezone.now()).ticket})


@shared(seconds=60)
def history(request: HttpRequest, code: str) -> HttpResponse:
    establishment = get_object_or_404(Establishment.objects.public(), code=code)
    return render(request, "public/kitchen/history.html", {"kitchen": establishment})
