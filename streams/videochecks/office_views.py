"""A video check in the office: asked for, watched live, stills kept, decided."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from streams.cameras import words
from sunkitchen.core import tickets
from sunkitchen.core.access import Can, can, own, require
from sunkitchen.core.workflow import Refused
from sunkitchen.registry.establishments.gates import office_only
from sunkitchen.registry.models import Credential, Establishment

from . import actions
from .forms import AskForm, CallOffForm, DecideForm, StillForm
from .models import VideoCheck
from .views import stills_of

PER_PAGE = 40


def office_check_for(user, pk: int, capability: Can = Can.REVIEW_PAPERS) -> VideoCheck:
    """The gate: to a kitchen's own people it is another page, whatever post they hold besides."""
    rows = VideoCheck.objects.select_related("establishment", "credential__staff_member", "camera", "asked_by")
    row: VideoCheck = get_object_or_404(rows, pk=pk)
    _officer(user, row, capability)
    return row


def _officer(user, row, capability: Can) -> None:
    if not can(user, Can.SEE_OFFICE, row) or row.scope.establishment in own(user):
        raise Http404
    require(user, capability, row)


@login_required
@require_GET
def videos(request: HttpRequest) -> HttpResponse:
    office_only(request.user, Can.REVIEW_PAPERS)
    rows = VideoCheck.objects.within(request.user, Can.REVIEW_PAPERS).exclude(establishment__in=own(request.user))
    rows = rows.select_related("establishment", "credential", "asked_by")
    context = {
        "open": rows.filter(state__in=actions.OPEN).order_by("expires_at"),
        "page": Paginator(rows.exclude(state__in=actions.OPEN).order_by("-ended_at", "-pk"), PER_PAGE).get_page(
            request.GET.get("page")
        ),
    }
    return render(request, "streams/check_list.html", context)


@login_required
@require_POST
def video_check_ask(request: HttpRequest, pk: int) -> HttpResponse:
    """From a paper's review: its original, or the premises that it is about."""
    row = get_object_or_404(Credential.objects.select_related("establishment"), pk=pk)
    _officer(request.user, row, Can.REVIEW_PAPERS)
    return _asked(request, row.establishment, row, redirect("review", pk=row.pk))


@login_required
@require_POST
def video_check_premises(request: HttpRequest, code: str) -> HttpResponse:
    """From the kitchen's page."""
    place = get_object_or_404(Establishment, code=code)
    _officer(request.user, place, Can.REVIEW_PAPERS)
    return _asked(request, place, None, redirect("kitchen_desk", code=place.code))


def _asked(request: HttpRequest, place: Establishment, paper: Credential | None, back: HttpResponse) -> HttpResponse:
    form = AskForm(request.POST)
    about = request.POST.get("about", VideoCheck.About.ORIGINAL if paper else VideoCheck.About.PREMISES)
    if not form.is_valid():
        messages.error(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
        return back
    try:
        check = actions.ask(
            place,
            credential=paper,
            by=request.user,
            about=about,
            please=form.cleaned_data["please"],
            at=timezone.now(),
        )
    except Refused as refusal:
        messages.error(request, str(refusal))
        return back
    messages.success(request, _("Asked. The kitchen's people are told; you are told when they film."))
    return redirect("office_video", pk=check.pk)


@login_required
@require_GET
def office_video(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, office_check_for(request.user, pk))


def _page(request: HttpRequest, row: VideoCheck, *, status: int = 200, **bound: object) -> HttpResponse:
    now = timezone.now()
    context = {
        "check": row,
        "place": row.establishment,
        "paper": row.credential,
        "member": row.credential.staff_member if row.credential else None,
        "is_open": row.state in actions.OPEN,
        "stills": stills_of(request.user, row),
        "keep": StillForm(auto_id="keep_%s"),
        "decide": DecideForm(auto_id="decide_%s"),
        "off": CallOffForm(auto_id="off_%s"),
        "refresh_url": reverse("office_video_live", args=[row.pk]),
        **_picture(row),
        **bound,
    }
    if row.camera:
        context |= {"status": row.camera.status(now), "said": words.sentence(row.camera.status(now), now)}
    answer = render(request, "streams/check_office.html", context, status=status)
    answer["Cache-Control"] = "private, no-store"
    return answer


def _picture(row: VideoCheck) -> dict[str, object]:
    """What the player needs while the phone may film; nothing of it lies on a disk, so there is no poster."""
    if row.camera is None or row.state != VideoCheck.State.UNDER_WAY:
        return {"camera": None}
    now = timezone.now()
    return {"camera": row.camera, "ticket": tickets.checking(row.camera.code, row.camera.serial, now.timestamp())}


@login_required
@require_GET
def office_video_live(request: HttpRequest, pk: int) -> JsonResponse:
    """A fresh ticket, the state and the words for it; and how the check stands, for a page that waits."""
    row = office_check_for(request.user, pk)
    picture, now = _picture(row), timezone.now()
    answer: dict[str, object] = {"check": row.state, "shows": picture["camera"] is not None}
    if picture["camera"] is not None and row.camera:
        status = row.camera.status(now)
        answer |= {
            "ticket": picture["ticket"],
            "state": status.state,
            "since": status.since.isoformat() if status.since else None,
            "why": status.why,
            "words": words.sentence(status, now),
            "aside": "",
            "poster": "",
            "taken": "",
        }
    response = JsonResponse(answer)
    response["Cache-Control"] = "private, no-store"
    return response


@login_required
@require_POST
def office_video_keep(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep the picture of this moment. A page that runs asks for the list of pictures alone."""
    row = office_check_for(request.user, pk)
    form = StillForm(request.POST, auto_id="keep_%s")
    status, wrong = 422, ""
    if form.is_valid():
        try:
            actions.keep_still(row, by=request.user, note=form.cleaned_data["note"], at=timezone.now())
        except Refused as refusal:
            status = refusal.said_in(form)
            wrong = str(refusal)
        else:
            status, form = 200, StillForm(auto_id="keep_%s")
    if request.headers.get("X-Part") == "stills":
        context = {"check": row, "stills": stills_of(request.user, row), "wrong": wrong}
        return render(request, "streams/_check_stills.html", context, status=status)
    if status == 200:
        return redirect("office_video", pk=row.pk)
    return _page(request, row, status=status, keep=form)


@login_required
@require_POST
def office_video_decide(request: HttpRequest, pk: int) -> HttpResponse:
    row = office_check_for(request.user, pk)
    form = DecideForm(request.POST, auto_id="decide_%s")
    status = 422
    if form.is_valid():
        try:
            actions.decide(row, by=request.user, at=timezone.now(), **form.cleaned_data)
        except Refused as refusal:
            status = refusal.said_in(form)
        else:
            messages.success(request, _("Written down; the kitchen is told."))
            return redirect("review", pk=row.credential_id) if row.credential_id else redirect("office_video", pk=pk)
    return _page(request, row, status=status, decide=form)


@login_required
@require_POST
def office_video_call_off(request: HttpRequest, pk: int) -> HttpResponse:
    row = office_check_for(request.user, pk)
    form = CallOffForm(request.POST, auto_id="off_%s")
    status = 422
    if form.is_valid():
        try:
            actions.call_off(row, by=request.user, at=timezone.now(), **form.cleaned_data)
        except Refused as refusal:
            status = refusal.said_in(form)
        else:
            messages.success(request, _("Called off; the kitchen is told."))
            return redirect("office_video", pk=pk)
    return _page(request, row, status=status, off=form)
