"""The page on which an owner draws what nobody may see in a camera's picture."""

import json

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from sunkitchen.core.access import Can
from sunkitchen.core.workflow import Refused
from sunkitchen.registry.staff.coverage import coverage

from . import actions, masks, reference, words
from .forms import MaskForm
from .models import Camera, Reference
from .views import camera_for


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def camera_masks(request: HttpRequest, code: str, camera: str) -> HttpResponse:
    row = camera_for(request.user, code, camera, Can.SET_UP_CAMERA)
    form = MaskForm(request.POST if request.method == "POST" else None, camera=row)
    status = 200
    if form.is_bound:
        status = 422
        if form.is_valid():
            try:
                wanted = form.wanted()
                actions.set_masks(
                    row, by=request.user, found=wanted, hide_objectors=form.cleaned_data["hide_objectors"]
                )
            except Refused as refusal:
                status = refusal.said_in(form)
                row.refresh_from_db()
            else:
                messages.success(request, words.of_masks(row) or _("Nothing is masked any more."))
                return redirect("camera", code=code, camera=camera)
    staff = coverage(row.establishment, timezone.localdate())
    context = {
        "place": row.establishment,
        "camera": row,
        "form": form,
        "masks": form.shown(),
        "json": json.dumps(row.masks),
        "staff": staff,
        "has_picture": _picture(row) is not None,
        "asks_about_objectors": staff.objecting or row.masks_hide_objectors,
        "most": masks.MOST,
    }
    return render(request, "streams/camera_masks.html", context, status=status)


@login_required
@require_GET
def mask_picture(request: HttpRequest, code: str, camera: str) -> HttpResponse:
    """The picture to draw on; 204 while there is none, or nobody may be shown it."""
    jpeg = _picture(camera_for(request.user, code, camera, Can.SET_UP_CAMERA))
    return HttpResponse(jpeg, content_type="image/jpeg") if jpeg else HttpResponse(status=204)


def _picture(row: Camera) -> bytes | None:
    """What the camera is meant to see, or what it saw last. Nothing while somebody on it has withdrawn consent."""
    if row.is_withheld(timezone.localdate()):
        return None
    confirmed = Reference.objects.filter(camera=row).values_list("picture", flat=True).first()
    if confirmed:
        return bytes(confirmed)
    seen = reference.newest(row)
    return seen.jpeg if seen else None
