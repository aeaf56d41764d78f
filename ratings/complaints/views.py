"""Complaints and reports in the office: the queue with its clocks, one with all its facts, what came by telephone."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from ratings.words import told as trail_told
from sunkitchen.core import audit, files, workdays
from sunkitchen.core.access import Can, can, own, require
from sunkitchen.core.codes import normal
from sunkitchen.core.models import Notice
from sunkitchen.core.workflow import Refused
from sunkitchen.registry.establishments.gates import office_only
from sunkitchen.registry.models import Establishment, Membership

from . import actions, clocks, receiving, steps, telling
from .forms import EnterForm
from .models import Complaint

PER_PAGE = 40
MOST_OPEN = 1000  # sorted by their clocks; past that the oldest come first


def complaint_for(user, pk: int, capability: Can = Can.HANDLE_COMPLAINT) -> Complaint:
    """The gate: to a kitchen's own people none exists, whatever post they hold besides."""
    office_only(user, Can.SEE_OFFICE)
    row = get_object_or_404(Complaint.objects.select_related("establishment", "assigned_to", "same_as"), pk=pk)
    if row.establishment_id in own(user):
        raise Http404
    require(user, capability, row)
    return row


@login_required
@require_GET
def complaints(request):
    office_only(request.user, Can.HANDLE_COMPLAINT)
    asked = {name: request.GET.get(name, "")[:20] for name in ("kind", "state", "due", "mine", "kitchen")}
    rows = Complaint.objects.within(request.user, Can.HANDLE_COMPLAINT).filter(same_as=None)
    rows = rows.select_related("establishment", "assigned_to", "complainant")
    if asked["kind"] in Complaint.Kind.values:
        rows = rows.filter(kind=asked["kind"])
    if asked["mine"] == "1":
        rows = rows.filter(assigned_to=request.user)
    if asked["kitchen"]:
        rows = rows.filter(establishment__code=normal(asked["kitchen"]))
    if asked["state"] in Complaint.State.values:
        rows = rows.filter(state=asked["state"])
    elif asked["state"] != "all":
        rows = rows.open()
    number = request.GET.get("page")
    page: Any
    if asked["state"] == "all" or asked["state"] in Complaint.ENDED:
        page = Paginator(rows.order_by("-received_at", "-pk"), PER_PAGE).get_page(number)
        page.object_list = [(row, None, None) for row in page.object_list]
    else:
        page, today = (
            Paginator(_by_clock(rows, asked["due"] == "soon"), PER_PAGE).get_page(number),
            timezone.localdate(),
        )
        page.object_list = [(row, clock, clock.days_left(today) if clock else None) for row, clock in page.object_list]
    context = {
        "page": page,
        "asked": asked,
        "kinds": Complaint.Kind.choices,
        "states": [("", _("Not finished yet")), *Complaint.State.choices, ("all", _("All"))],
        "query": urlencode({name: value for name, value in asked.items() if value}),
    }
    return render(request, "ratings/complaints.html", context)


def _by_clock(rows, soon: bool) -> list[tuple[Complaint, clocks.Clock | None]]:
    """Each with its next clock, the most urgent first."""
    lines = []
    calm = workdays.add(timezone.localdate(), clocks.SOON + 1).day  # the first day that is not soon
    for row in rows.order_by("received_at", "pk")[:MOST_OPEN]:
        clock = next(iter(clocks.running(row)), None)
        if not soon or (clock and clock.by.day < calm):
            lines.append((row, clock))
    return sorted(lines, key=lambda line: (line[1].by.day if line[1] else date.max, line[0].pk))


@login_required
@require_GET
def complaint(request, pk):
    return _page(request, complaint_for(request.user, pk))


def _page(request, row, *, status=200, bound=None, who=None, looked=False):
    place, today = row.establishment, timezone.localdate()
    inside = set(Membership.objects.filter(establishment=place).values_list("user_id", flat=True))
    context = {
        "complaint": row,
        "kitchen": place,
        "clocks": [(clock, clock.days_left(today)) for clock in clocks.running(row)] if not row.same_as_id else [],
        "steps": [(step, step.by_id in inside) for step in row.steps.select_related("by").order_by("at", "pk")],
        "photos": range(1, row.photos.count() + 1),
        "clip": row.moment.clip if row.moment_id else None,
        "may_see_clip": can(request.user, Can.SEE_CLIPS, row),
        "followers": row.duplicates.order_by("pk"),
        "is_known": hasattr(row, "complainant"),
        "is_erased": hasattr(row, "complainant") and row.complainant.erased_at is not None,
        "who": who,
        "looked": looked,
        "offers": steps.offers(row, bound),
        "unreached": Notice.objects.given_up().filter(recipient=None, dedupe__startswith=telling.event_of(row)).count(),
        "trail": trail_told(audit.trail(row)),
    }
    response = render(request, "ratings/complaint.html", context, status=status)
    response["Cache-Control"] = "private, no-store"
    return response


@login_required
@require_POST
def complaint_step(request, pk, step):
    row = complaint_for(request.user, pk)
    form = steps.form_of(step, row, request.POST)
    status = 422
    if form.is_valid():
        try:
            steps.take(step, row, form, by=request.user)
        except Refused as refusal:
            status = refusal.said_in(form)
            row.refresh_from_db()
        else:
            messages.success(request, _("Done. It stands on the timeline."))
            return redirect("office_complaint", row.pk)
    return _page(request, row, status=status, bound=(step, form))


@login_required
@require_POST
def complaint_who(request, pk):
    """Who complained: on this answer alone, and written down."""
    row = complaint_for(request.user, pk)
    try:
        who = actions.look(row, by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("office_complaint", row.pk)
    return _page(request, row, who=who, looked=True)


@login_required
@require_GET
def complaint_photo(request, pk, number):
    row = complaint_for(request.user, pk)
    return files.serve_nth([photo.file for photo in row.photos.select_related("file").order_by("pk")], number)


@login_required
@require_GET
def complaint_new(request):
    """Which kitchen somebody telephones about."""
    office_only(request.user, Can.HANDLE_COMPLAINT)
    words = request.GET.get("q", "").strip()[:60]
    kitchens = Establishment.objects.within(request.user, Can.HANDLE_COMPLAINT).exclude(pk__in=own(request.user))
    if words:
        kitchens = kitchens.filter(
            Q(signboard__icontains=words) | Q(operator_name__icontains=words) | Q(code=normal(words))
        )
    context = {"kitchens": kitchens.order_by("signboard")[:30], "words": words}
    return render(request, "ratings/complaint_new.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def complaint_enter(request, code):
    office_only(request.user, Can.SEE_OFFICE)
    place = get_object_or_404(Establishment, code=code)
    if place.pk in own(request.user):
        raise Http404
    require(request.user, Can.HANDLE_COMPLAINT, place)
    form = EnterForm(request.POST or None)
    status = 422 if request.method == "POST" else 200
    if form.is_valid():
        try:
            row = receiving.enter(place, by=request.user, **form.facts())
        except Refused as refusal:
            status = refusal.said_in(form)
        else:
            messages.success(request, _("Received under the code %(code)s.") % {"code": row.tracking})
            return redirect("office_complaint", row.pk)
    return render(request, "ratings/complaint_enter.html", {"form": form, "kitchen": place}, status=status)
