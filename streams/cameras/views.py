"""A kitchen's cameras on its owner's desk; officers of the place may look, preview included."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from streams.clips.forms import KeepForm
from sunkitchen.core import tickets
from sunkitchen.core.access import Can, can, own
from sunkitchen.core.workflow import Refused
from sunkitchen.registry.establishments.gates import establishment_for
from sunkitchen.registry.staff.coverage import coverage

from . import actions, seen, sign, words
from .forms import AddForm, ChangeForm, HoursForm, OffForm
from .models import Camera


def camera_for(user, code: str, camera: str, capability: Can) -> Camera:
    """The kitchen's camera, behind the kitchen's gate."""
    place = establishment_for(user, code, capability)
    row: Camera = get_object_or_404(place.cameras, code=camera)
    row.establishment = place
    return row


@login_required
@require_GET
def cameras(request: HttpRequest, code: str) -> HttpResponse:
    place = establishment_for(request.user, code, Can.SEE_KITCHEN)
    now = timezone.now()
    rows = [{"camera": row, "said": words.sentence(row.status(now), now)} for row in place.cameras.order_by("pk")]
    context = {
        "place": place,
        "rows": rows,
        "staff": coverage(place, timezone.localdate(now)),
        "may": can(request.user, Can.SET_UP_CAMERA, place),
    }
    return render(request, "streams/cameras.html", context)


@login_required
def camera_add(request: HttpRequest, code: str) -> HttpResponse:
    place = establishment_for(request.user, code, Can.SET_UP_CAMERA)
    form = AddForm(request.POST or None)
    status = 422 if form.is_bound else 200
    if form.is_valid():
        try:
            row = actions.add_camera(place, by=request.user, **form.cleaned_data)
        except Refused as refusal:
            status = refusal.said_in(form)
        else:
            messages.success(request, _("The camera is added. Its picture starts when somebody watches."))
            return redirect("camera", code=place.code, camera=row.code)
    return render(request, "streams/camera_add.html", {"place": place, "form": form}, status=status)


@login_required
@require_GET
def camera(request: HttpRequest, code: str, camera: str) -> HttpResponse:
    return camera_page(request, camera_for(request.user, code, camera, Can.SEE_KITCHEN))


def camera_page(request: HttpRequest, row: Camera, *, status: int = 200, key: str = "", **bound) -> HttpResponse:
    """The camera's page; `key` is shown on it this once, `bound` are forms that were refused."""
    now, trail = timezone.now(), words.history(row)
    context = {
        "place": row.establishment,
        "camera": row,
        **_picture(row),
        "truth": seen.about(request.user, row),
        "staff": coverage(row.establishment, timezone.localdate(now)),
        "said": words.sentence(row.status(now), now),
        "push_url": f"{settings.SITE_URL}/ingest/{row.code}/{key or '…'}",
        "key": key,
        "trail": trail,
        "off_reason": next((e["detail"]["reason"] for e in trail if e["verb"] == "camera.switched_off"), ""),
        "may": can(request.user, Can.SET_UP_CAMERA, row),
        "keep": KeepForm(auto_id="keep_%s") if _keeps_clips(request.user, row) else None,
        "shown_week": words.of_week(row.hours),
        "masked": words.of_masks(row),
        "withheld": row.is_withheld(timezone.localdate(now)),
        "change": ChangeForm(camera=row, auto_id="change_%s"),
        "hours": HoursForm(camera=row, auto_id="hours_%s"),
        "off": OffForm(auto_id="off_%s"),
        **bound,
    }
    return render(request, "streams/camera.html", context, status=status)


def _keeps_clips(user, row: Camera) -> bool:
    """An officer, of a kitchen that is not their own."""
    return row.establishment_id not in own(user) and can(user, Can.KEEP_CLIPS, row)


def _picture(row: Camera) -> dict[str, object]:
    """What templates/streams/_player.html needs."""
    now = timezone.now()
    at = [row.establishment.code, row.code]
    poster = f"{reverse('camera_poster', args=at)}?at={int(row.poster_at.timestamp())}" if row.poster_at else ""
    return {
        "status": row.status(now),
        "ticket": tickets.opening(row.code, row.serial, now.timestamp()),
        "poster_url": poster,
        "refresh_url": reverse("camera_live", args=at),
        "aside": words.of_old_picture(row, now),
        "taken": words.of_picture(row.poster_at, now),
    }


@login_required
@require_GET
def camera_live(request: HttpRequest, code: str, camera: str) -> JsonResponse:
    """A fresh ticket, the state, and the words for it: what the player of the preview asks for."""
    row = camera_for(request.user, code, camera, Can.SEE_KITCHEN)
    picture, now = _picture(row), timezone.now()
    status = row.status(now)
    return JsonResponse(
        {
            "ticket": picture["ticket"],
            "state": status.state,
            "since": status.since.isoformat() if status.since else None,
            "why": status.why,
            "words": words.sentence(status, now),
            "aside": picture["aside"],
            "poster": picture["poster_url"],
            "taken": picture["taken"],
        }
    )


@login_required
@require_GET
def camera_poster(request: HttpRequest, code: str, camera: str) -> HttpResponse:
    """The last picture, for whoever may see the kitchen before it is open. 204 while there is none."""
    row = camera_for(request.user, code, camera, Can.SEE_KITCHEN)
    try:
        picture = (settings.POSTERS_ROOT / f"{row.code}.jpg").read_bytes()
    except OSError:
        return HttpResponse(status=204)
    return HttpResponse(picture, content_type="image/jpeg")


@login_required
@require_POST
def camera_change(request: HttpRequest, code: str, camera: str) -> HttpResponse:
    row = camera_for(request.user, code, camera, Can.SET_UP_CAMERA)
    form = ChangeForm(request.POST, camera=row)
    status = 422
    if form.is_valid():
        try:
            actions.change_camera(row, by=request.user, **form.cleaned_data)
        except Refused as refusal:
            status = refusal.said_in(form)
            row.refresh_from_db()
        else:
            messages.success(request, _("Saved."))
            return redirect("camera", code=code, camera=camera)
    return camera_page(request, row, status=status, change=form)


@login_required
@require_POST
def camera_hours(request: HttpRequest, code: str, camera: str) -> HttpResponse:
    """When it is shown: a week, the kitchen's own hours, or around the clock."""
    row = camera_for(request.user, code, camera, Can.SET_UP_CAMERA)
    form = HoursForm(request.POST, camera=row)
    status = 422
    if form.is_valid():
        try:
            actions.set_hours(row, by=request.user, week=form.cleaned_data["week"])
        except Refused as refusal:
            status = refusal.said_in(form)
        else:
            messages.success(request, _("Saved."))
            return redirect("camera", code=code, camera=camera)
    return camera_page(request, row, status=status, hours=form)


@login_required
@require_POST
def camera_key(request: HttpRequest, code: str, camera: str) -> HttpResponse:
    """A new key. It stands in this answer alone: reloading the page shows none."""
    row = camera_for(request.user, code, camera, Can.SET_UP_CAMERA)
    try:
        key = actions.rotate_push_key(row, by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("camera", code=code, camera=camera)
    return camera_page(request, row, key=key)


@login_required
@require_POST
def camera_off(request: HttpRequest, code: str, camera: str) -> HttpResponse:
    row = camera_for(request.user, code, camera, Can.SET_UP_CAMERA)
    form = OffForm(request.POST)
    status = 422
    if form.is_valid():
        try:
            actions.switch_off(row, by=request.user, reason=form.cleaned_data["reason"])
        except Refused as refusal:
            status = refusal.said_in(form)
        else:
            messages.success(request, _("The camera is switched off. Nobody sees it any more."))
            return redirect("camera", code=code, camera=camera)
    return camera_page(request, row, status=status, off=form)


@login_required
@require_POST
def camera_on(request: HttpRequest, code: str, camera: str) -> HttpResponse:
    row = camera_for(request.user, code, camera, Can.SET_UP_CAMERA)
    try:
        actions.switch_on(row, by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The camera is switched on."))
    return redirect("camera", code=code, camera=camera)


@login_required
@require_POST
def camera_revoke(request: HttpRequest, code: str, camera: str) -> HttpResponse:
    row = camera_for(request.user, code, camera, Can.SET_UP_CAMERA)
    actions.revoke_viewers(row, by=request.user)
    messages.success(request, _("Everybody who watched has to open the page again."))
    return redirect("camera", code=code, camera=camera)


@login_required
@require_GET
def filmed_sign(request: HttpRequest, code: str) -> HttpResponse:
    """The sign for the kitchen's door as PDF; `?size=a5` for the small one."""
    place = establishment_for(request.user, code, Can.SEE_KITCHEN)
    size = request.GET.get("size", "a4")
    if size not in sign.SIZES:
        raise Http404
    body = sign.pdf(words.for_sign(place), size)
    response = HttpResponse(body, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="filmed-{place.code}-{size}.pdf"'
    return response
