"""A video check on the owner's desk: what is asked for, and the code that a phone films with."""

from datetime import timedelta

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_GET, require_POST

from sunkitchen.core import files, qr, seen, tickets
from sunkitchen.core.access import Can, can, require
from sunkitchen.core.workflow import Refused
from sunkitchen.registry.credentials.beside import picture_of
from sunkitchen.registry.establishments.gates import establishment_for

from . import actions
from .models import Still, VideoCheck


def check_for(user, code: str, pk: int, capability: Can) -> VideoCheck:
    """The kitchen's check, behind the kitchen's gate."""
    place = establishment_for(user, code, capability)
    rows = VideoCheck.objects.select_related("credential__staff_member", "camera", "asked_by")
    row: VideoCheck = get_object_or_404(rows, pk=pk, establishment=place)
    row.establishment = place
    return row


@login_required
@require_GET
def video_check(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    return _page(request, check_for(request.user, code, pk, Can.SEE_PAPERS))


@login_required
@require_POST
def video_check_show(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """A code for the phone. It stands in this answer alone."""
    row = check_for(request.user, code, pk, Can.HAND_IN_PAPERS)
    now = timezone.now()
    try:
        token = actions.show(row, by=request.user, at=now)
    except Refused as refusal:
        return _page(request, row, status=refusal.status, wrong=str(refusal))
    assert row.camera
    url = settings.SITE_URL + reverse("film", args=[row.camera.code, token])
    until = now + timedelta(seconds=tickets.FILM_LINK_SECONDS)
    return _page(request, row, film={"url": url, "code": mark_safe(qr.svg(url)), "until": until})


def _page(request: HttpRequest, row: VideoCheck, *, status: int = 200, **bound: object) -> HttpResponse:
    place = row.establishment
    context = {
        "place": place,
        "check": row,
        "paper": row.credential,
        "is_open": row.state in actions.OPEN and row.expires_at > timezone.now(),
        "may_show": can(request.user, Can.HAND_IN_PAPERS, place),
        "stills": stills_of(request.user, row),
        **bound,
    }
    answer = render(request, "streams/check.html", context, status=status)
    answer["Cache-Control"] = "private, no-store"
    return answer


def may_see_stills(user, row: VideoCheck) -> bool:
    """As the paper's own pictures: those of a health certificate are not every officer's business."""
    return can(user, picture_of(row.credential) if row.credential else Can.SEE_PAPERS, row)


def stills_of(user, row: VideoCheck) -> list[Still]:
    return list(row.stills.select_related("taken_by")) if may_see_stills(user, row) else []


@login_required
@require_GET
def video_still(request: HttpRequest, pk: int) -> HttpResponseBase:
    """A picture that was kept."""
    rows = Still.objects.select_related("check_of__credential__staff_member", "check_of__establishment", "file")
    row = get_object_or_404(rows, pk=pk)
    require(request.user, Can.SEE_PAPERS, row)
    if not may_see_stills(request.user, row.check_of):
        raise Http404
    member = row.check_of.credential.staff_member if row.check_of.credential else None
    if member:  # as the certificate's own scan: who looked is written down
        return seen.serve_nth([row.file], 1, by=request.user, about=member)
    return files.serve_page(row.file, 1)
