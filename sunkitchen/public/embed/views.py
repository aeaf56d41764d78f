"""What other sites show of a kitchen: a badge, and its live picture in a frame."""

from csp.decorators import csp_replace
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.clickjacking import xframe_options_exempt

from streams.models import Camera
from sunkitchen.registry.models import Establishment

from ..answers import shared
from ..kitchen import page
from .badge import badge as drawn


@shared(seconds=60, reads=[])
def badge(request: HttpRequest, code: str) -> HttpResponse:
    kitchen = get_object_or_404(Establishment.objects.public(), code=code)
    context = {"badge": drawn(kitchen, timezone.now()), "kitchen": kitchen}
    answer = render(request, "public/embed/badge.svg", context, content_type="image/svg+xml")
    answer.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return answer


@xframe_options_exempt
@csp_replace({"frame-ancestors": ["*"]})
@shared(seconds=15, reads=[])
def embed(request: HttpRequest, code: str) -> HttpResponse:
    """The live picture and the verdict's facts, framed anywhere: it has no cookie, no form, nothing to click away."""
    kitchen = get_object_or_404(Establishment.objects.public(), code=code)
    now = timezone.now()
    camera = (
        Camera.objects.public().filter(establishment=kitchen).select_related("establishment").order_by("pk").first()
    )
    context = {
        "kitchen": kitchen,
        "picture": page.picture(camera, now) if camera else None,
        "badge": drawn(kitchen, now),
    }
    return render(request, "public/embed/embed.html", context)
