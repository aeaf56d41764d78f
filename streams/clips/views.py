"""Evidence in the office, and the page on which a guest reports what they see."""

from typing import Any

from allauth.core import ratelimit
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from streams.cameras.models import Camera
from streams.cameras.views import camera_page
from sunkitchen.core import audit, origin, tickets
from sunkitchen.core.access import Can, can, own, require
from sunkitchen.core.workflow import Refused
from sunkitchen.registry.establishments.gates import office_only
from sunkitchen.registry.models import Establishment

from . import actions, served, words
from .forms import HoldForm, KeepForm, MomentForm
from .models import Clip, Moment

PER_PAGE = 40


# ── the office ──────────────────────────────────────────────────────────────────────────────────────────────
def clip_for(user, code: str, capability: Can) -> Clip:
    """The gate: to a kitchen's own people no clip exists, whatever post they hold besides."""
    office_only(user, Can.SEE_OFFICE)
    clip = get_object_or_404(Clip.objects.select_related("camera__establishment", "asked_by", "held_by"), code=code)
    if clip.camera.establishment_id in own(user):
        raise Http404
    require(user, capability, clip)
    return clip


@login_required
@require_GET
def clips(request: HttpRequest) -> HttpResponse:
    office_only(request.user, Can.SEE_CLIPS)
    rows = Clip.objects.within(request.user, Can.SEE_CLIPS).select_related("camera__establishment", "asked_by")
    code = request.GET.get("kitchen", "")[:16]
    kitchen = Establishment.objects.within(request.user, Can.SEE_CLIPS).filter(code=code).first() if code else None
    if kitchen:
        rows = rows.filter(camera__establishment=kitchen)
    page = Paginator(rows.order_by("-asked_at", "-pk"), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": [(clip, why_of(clip)) for clip in page.object_list],
        "kitchen": kitchen,
        "query": f"kitchen={kitchen.code}" if kitchen else "",
    }
    return render(request, "streams/clips.html", context)


@login_required
@require_GET
def clip(request: HttpRequest, code: str) -> HttpResponse:
    return _page(request, clip_for(request.user, code, Can.SEE_CLIPS))


def _page(request: HttpRequest, row: Clip, *, status: int = 200, hold: HoldForm | None = None) -> HttpResponse:
    asked = (row.ends_at - row.begins_at).total_seconds()
    context = {
        "clip": row,
        "camera": row.camera,
        "kitchen": row.camera.establishment,
        "why": why_of(row),
        "failure": words.failure(row.failure),
        "asked": round(asked),
        "seconds": round(row.seconds),
        "is_short": row.state == Clip.State.KEPT and row.seconds < asked - 5,
        "moments": [(moment, words.about(moment.about)) for moment in row.moments.order_by("-at")],
        "trail": audit.trail(row).reverse()[:50],
        "may": can(request.user, Can.KEEP_CLIPS, row),
        "hold": hold or HoldForm(),
        "name": name_of(row),
    }
    return render(request, "streams/clip.html", context, status=status)


def why_of(row: Clip) -> str:
    """An officer's reason, or what a guest tapped."""
    return words.about(row.reason) if row.source == Clip.Source.DINER else row.reason


def name_of(row: Clip) -> str:
    """As a file: kitchen, camera, when."""
    at = timezone.localtime(row.first_at or row.begins_at)
    return f"{row.camera.establishment.code}-{row.camera.code}-{at:%Y%m%d-%H%M%S}.mp4"


@login_required
@require_GET
def clip_video(request: HttpRequest, code: str) -> HttpResponseBase:
    """For the page's player. That somebody watches is written down."""
    return _file(request, code, whole=False)


@login_required
@require_GET
def clip_download(request: HttpRequest, code: str) -> HttpResponseBase:
    """To take away. That somebody does is written down."""
    return _file(request, code, whole=True)


def _file(request: HttpRequest, code: str, *, whole: bool) -> HttpResponseBase:
    row = clip_for(request.user, code, Can.SEE_CLIPS)
    if row.state != Clip.State.KEPT:
        raise Http404
    actions.note_seen(row, by=request.user, at=timezone.now(), whole=whole)
    return served.answer(request, actions.path_of(row), name_of(row), attached=whole)


@login_required
@require_POST
def clip_hold(request: HttpRequest, code: str) -> HttpResponse:
    row = clip_for(request.user, code, Can.KEEP_CLIPS)
    form = HoldForm(request.POST)
    status = 422
    if form.is_valid():
        try:
            actions.hold(row, by=request.user, reason=form.cleaned_data["reason"], at=timezone.now())
        except Refused as refusal:
            status = refusal.said_in(form)
        else:
            messages.success(request, _("It is held: nobody deletes it until it is let go."))
            return redirect("office_clip", code=code)
    return _page(request, row, status=status, hold=form)


@login_required
@require_POST
def clip_release(request: HttpRequest, code: str) -> HttpResponse:
    row = clip_for(request.user, code, Can.KEEP_CLIPS)
    try:
        actions.release(row, by=request.user, at=timezone.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("It is let go, and expires as every other."))
    return redirect("office_clip", code=code)


@login_required
@require_POST
def camera_keep(request: HttpRequest, code: str, camera: str) -> HttpResponse:
    """The last minute, or the next ones: from the camera's page."""
    office_only(request.user, Can.SEE_OFFICE)
    place = get_object_or_404(Establishment, code=code)
    if place.pk in own(request.user):
        raise Http404
    require(request.user, Can.KEEP_CLIPS, place)
    row: Any = get_object_or_404(place.cameras, code=camera)
    row.establishment = place
    form = KeepForm(request.POST)
    status = 422
    if form.is_valid():
        asked = form.cleaned_data
        now = timezone.now()
        try:
            if asked["what"] == "last":
                made = actions.keep_last(row, by=request.user, reason=asked["reason"], at=now)
            else:
                made = actions.record_next(
                    row, by=request.user, reason=asked["reason"], minutes=asked["minutes"], at=now
                )
        except Refused as refusal:
            status = refusal.said_in(form)
        else:
            return redirect("office_clip", code=made.code)
    return camera_page(request, row, status=status, keep=form)


# ── guests ──────────────────────────────────────────────────────────────────────────────────────────────────
@csrf_exempt  # it knows nobody and sets no cookie: that our own page sends it is seen by its Origin
@require_http_methods(["GET", "HEAD", "POST"])
def report_moment(request: HttpRequest, code: str) -> HttpResponse:
    """What a guest sees now, in two taps. ?camera= says through which camera."""
    if request.method == "POST" and not origin.is_own_form(request):
        return render(request, "403_csrf.html", status=403)
    place = get_object_or_404(Establishment.objects.public(), code=code)
    now = timezone.now()
    cameras = list(Camera.objects.public(timezone.localdate(now)).filter(establishment=place).order_by("pk"))
    for row in cameras:
        row.establishment = place
    asked = (request.POST if request.method == "POST" else request.GET).get("camera", "")
    camera = next((row for row in cameras if row.code == asked), cameras[0] if cameras else None)
    is_live = camera is not None and camera.status(now).is_live
    form = MomentForm(request.POST if request.method == "POST" else None)
    status, done = 200, None
    if request.method == "POST":
        status, done = _reported(request, form, camera, now)
    context = {
        "kitchen": place,
        "camera": camera,
        "is_live": is_live or done is not None,
        "form": form,
        "done": done is not None,
        "carried": tickets.moment(str(done.pk), now.timestamp()) if done else "",
        "category": words.CATEGORIES.get(done.about, "other") if done else "",
        "other": len(cameras) > 1,
    }
    response = render(request, "streams/report_moment.html", context, status=status)
    response["Cache-Control"] = "no-store"
    return response


def _reported(request: HttpRequest, form: MomentForm, camera: Camera | None, now) -> tuple[int, Moment | None]:
    """Status of the answer, and what was taken."""
    if not form.is_valid():
        return 422, None
    if camera is None:
        form.add_error(None, _("There is no live picture at this moment, so there is none to keep."))
        return 422, None
    if not (
        ratelimit.consume(request, action="report_moment")
        and ratelimit.consume(request, action="report_moment_of", key=camera.code)
    ):
        form.add_error(None, _("Too many reports in a short time. Please wait a few minutes."))
        return 429, None
    try:
        return 200, actions.report(camera, at=now, **form.cleaned_data)
    except Refused as refusal:
        return refusal.said_in(form), None
