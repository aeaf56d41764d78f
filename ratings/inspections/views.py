"""Officers' pages of inspections: the list, a new visit, the form on a phone, the result and its sheet; the owner's page."""

from contextlib import contextmanager
from datetime import timedelta

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.exceptions import BadRequest
from django.db.models import Q
from django.http import JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from ratings.words import spoken
from sunkitchen.core import files, qr, workdays
from sunkitchen.core.access import Can, may_anywhere, require
from sunkitchen.core.codes import normal
from sunkitchen.core.workflow import Refused
from sunkitchen.registry.establishments.gates import establishment_for, office_only
from sunkitchen.registry.models import Establishment

from . import actions, checklists, result, said
from .forms import BeginForm, ChecklistForm
from .models import Inspection

PEOPLE = ("establishment", "lead", "second", "authority", "follows")


@login_required
def inspections(request):
    office_only(request.user, Can.SEE_OFFICE)
    rows = Inspection.objects.within(request.user, Can.SEE_OFFICE).select_related("establishment", "lead", "second")
    return render(
        request,
        "ratings/inspections.html",
        {
            "rows": rows.order_by("-visited_at")[:100],
            "may_inspect": may_anywhere(request.user, Can.INSPECT),
            "phone_words": said.for_phone(),
        },
    )


@login_required
def inspection_new(request):
    office_only(request.user, Can.INSPECT)
    words = request.GET.get("q", "").strip()[:60]
    kitchens = Establishment.objects.within(request.user, Can.INSPECT).exclude(state=Establishment.State.CLOSED)
    if words:
        kitchens = kitchens.filter(
            Q(signboard__icontains=words) | Q(operator_name__icontains=words) | Q(code=normal(words))
        )
    return render(
        request,
        "ratings/inspection_new.html",
        {"kitchens": kitchens.order_by("signboard")[:30], "words": words, "phone_words": said.for_phone()},
    )


@login_required
def inspection_begin(request, code):
    kitchen = establishment_for(request.user, code, Can.INSPECT)
    form = BeginForm(
        request.POST or None, establishment=kitchen, officer=request.user, follows=_followed(request, kitchen)
    )
    status = 422 if form.is_bound else 200
    if form.is_valid():
        try:
            visit = actions.begin(kitchen, by=request.user, **form.cleaned_data)
            return _taken(request, visit)
        except Refused as refused:
            status = refused.said_in(form)
    if _by_phone(request):
        return _said(form, status)
    checklist = checklists.current()
    context = {
        "form": form,
        "kitchen": kitchen,
        "offset": (timezone.localtime().utcoffset() or timedelta()) // timedelta(minutes=1),
        "sheet": ChecklistForm(checklist=checklist, answers={}),
        "checklist": spoken(checklist),
        "phone_words": said.for_phone(),
    }
    return render(request, "ratings/inspection_begin.html", context, status=status)


@login_required
def inspection(request, pk):
    visit = _visit(request.user, pk, Can.SEE_OFFICE)
    if request.method == "POST":
        require(request.user, Can.INSPECT, visit)
    takes_part = request.user in (visit.lead, visit.second)
    if request.method != "POST" and (visit.state == Inspection.State.CLOSED or not takes_part):
        may_look_again = visit.state == Inspection.State.CLOSED and may_anywhere(request.user, Can.INSPECT)
        context = {
            "visit": visit,
            "may_look_again": may_look_again,
            "may_inspect_drafts": takes_part,
            "phone_words": said.for_phone(),
            **_result(visit),
        }
        return render(request, "ratings/inspection_result.html", context)
    checklist = checklists.load(visit.checklist)
    found = {row.found.item: row for row in result.earlier(visit)}
    form = ChecklistForm(
        request.POST or None,
        request.FILES or None,
        checklist=checklist,
        answers=visit.answers,
        photos=visit.photos.order_by("taken_at", "pk"),
        found=found,
    )
    status = 422 if form.is_bound else 200
    if form.is_valid():
        try:
            _take(visit, form, by=request.user, closing=request.POST.get("do") == "close")
            return _taken(request, visit)
        except Refused as refused:
            status = refused.said_in(form)
    if _by_phone(request):
        return _said(form, status)
    context = {
        "form": form,
        "visit": visit,
        "checklist": spoken(checklist),
        "phone_words": said.for_phone(),
        "mend_by": workdays.add(timezone.localtime(visit.visited_at).date(), settings.REINSPECT_WORKDAYS),
    }
    return render(request, "ratings/inspection_form.html", context, status=status)


@login_required
def inspection_sheet(request, pk):
    """监督检查结果记录表, to print."""
    visit = _visit(request.user, pk, Can.SEE_OFFICE)
    address = settings.SITE_URL + reverse("kitchen", args=[visit.establishment.code])
    context = {"visit": visit, "address": address, "qr": qr.svg(address), **_result(visit)}
    context["checklist"] = checklists.load(visit.checklist).zh
    return render(request, "ratings/inspection_sheet.html", context)


@login_required
def inspection_desk(request, pk):
    """A closed visit, for the people of the kitchen: what was found, and when it was seen mended."""
    visit = get_object_or_404(Inspection.objects.closed().select_related(*PEOPLE), pk=pk)
    require(request.user, Can.SEE_KITCHEN, visit)
    return render(request, "ratings/inspection_desk.html", {"visit": visit, **_result(visit)})


def _visit(user, pk, capability):
    visit = get_object_or_404(Inspection.objects.select_related(*PEOPLE), pk=pk)
    require(user, capability, visit)
    return visit


def _followed(request, kitchen):
    """The closed visit that a re-inspection begins from, when the address names one."""
    number = request.GET.get("follows", "")
    if not number.isdecimal() or len(number) > 15:
        return None
    return Inspection.objects.closed().filter(establishment=kitchen, pk=number).first()


def _take(visit, form, *, by, closing):
    """All that one form brings. Sent again after its answer was lost, it is there already, and that is no mistake."""
    if closing and actions.holds(visit, form.answers, by=by):
        return
    actions.fill_in(visit, form.answers, by=by)
    if form.place:
        actions.locate(visit, *form.place, by=by)
    for item, upload, key in form.photos:
        actions.add_photo(visit, upload, by=by, key=key, item=item)
    if closing:
        with _drawn(form.cleaned_data["signature_image"]) as signature:
            actions.close(visit, by=by, signature_image=signature, **form.closing)


@contextmanager
def _drawn(upload):
    if upload is None:
        yield None
        return
    with files.admitting([upload], kinds=files.IMAGES) as (picture,):
        yield picture


def _by_phone(request):
    """Whether a draft on a phone asks, which wants its answers as data (static/js/inspection-send.js)."""
    return "X-Draft" in request.headers


def _taken(request, visit):
    if not _by_phone(request):
        return redirect("office_inspection", visit.pk)
    return JsonResponse({"state": visit.state, "url": reverse("office_inspection", args=[visit.pk])})


def _said(form, status):
    """What is wrong, by field: {"errors": {name or "": [words]}}."""
    if not form.is_bound:
        raise BadRequest("A draft brings something.")
    errors = {"" if name == "__all__" else name: list(map(str, wrong)) for name, wrong in form.errors.items()}
    return JsonResponse({"errors": errors}, status=status)


def _result(visit):
    return {
        **result.items(visit),
        "findings": result.shown(visit),
        "earlier": list(result.earlier(visit)),
        "whole": [photo for photo in visit.photos.order_by("taken_at", "pk") if not photo.item],
        "again": visit.followed_by.order_by("pk"),
    }
