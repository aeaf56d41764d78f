"""A camera's confirmed picture and its newest one: for whoever may see the kitchen before it is open."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from sunkitchen.core.access import Can
from sunkitchen.core.workflow import Refused

from . import reference
from .models import Reference
from .seen import may_confirm
from .views import camera_for


@login_required
@require_POST
def camera_confirm(request: HttpRequest, code: str, camera: str) -> HttpResponse:
    row = camera_for(request.user, code, camera, Can.SEE_KITCHEN)
    if not may_confirm(request.user, row):
        raise PermissionDenied
    try:
        reference.confirm(row, by=request.user, at=timezone.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Confirmed. From now on new pictures are held against this one."))
    return redirect("camera", code=code, camera=camera)


@login_required
@require_GET
def camera_reference(request: HttpRequest, code: str, camera: str) -> HttpResponse:
    """The confirmed picture."""
    row = camera_for(request.user, code, camera, Can.SEE_KITCHEN)
    picture = Reference.objects.filter(camera=row).values_list("picture", flat=True).first()
    return _jpeg(bytes(picture) if picture else b"")


@login_required
@require_GET
def camera_newest(request: HttpRequest, code: str, camera: str) -> HttpResponse:
    """The newest picture, good or not: what a confirmation would keep."""
    shown = reference.newest(camera_for(request.user, code, camera, Can.SEE_KITCHEN))
    return _jpeg(shown.jpeg if shown else b"")


def _jpeg(picture: bytes) -> HttpResponse:
    """204 while there is none."""
    if not picture:
        return HttpResponse(status=204)
    response = HttpResponse(picture, content_type="image/jpeg")
    response["Cache-Control"] = "private, no-cache"
    return response
