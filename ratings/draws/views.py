"""Officers' pages of draws: the list, a new one, one draw with its visits."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Q
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from ratings.words import told
from sunkitchen.accounts.models import Authority
from sunkitchen.core import audit
from sunkitchen.core.access import Can, can, may_anywhere, reach, require
from sunkitchen.core.workflow import Refused
from sunkitchen.registry.establishments.gates import office_only

from . import actions, document, forms
from .models import Assignment, Draw

PER_PAGE = 30


@login_required
def draws(request):
    office_only(request.user, Can.SEE_OFFICE)
    rows = Draw.objects.within(request.user, Can.SEE_OFFICE).public().defer("pool")
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    mine = Assignment.objects.filter(Q(lead=request.user) | Q(second=request.user), inspection=None)
    context = {
        "page": page,
        "may_draw": may_anywhere(request.user, Can.DRAW_VISITS),
        "mine": mine.select_related("establishment", "draw").order_by("due_on", "position")[:100],
        "today": timezone.localdate(),
    }
    return render(request, "ratings/draws.html", context)


@login_required
def draw_new(request):
    office_only(request.user, Can.DRAW_VISITS)
    _ids, prefixes = reach(request.user, Can.DRAW_VISITS)
    form = forms.CommitForm(request.POST or None, authorities=Authority.objects.filter(division__in=prefixes))
    status = 422 if form.is_bound else 200
    if form.is_valid():
        fields = dict(form.cleaned_data)
        try:
            draw = actions.commit(fields.pop("authority"), by=request.user, **fields)
            messages.success(request, _("Committed. The pool is frozen and its hash is in the published log."))
            return redirect("office_draw", draw.pk)
        except Refused as refused:
            status = refused.said_in(form)
    return render(request, "ratings/draw_new.html", {"form": form}, status=status)


@login_required
def draw(request, pk):
    return _page(request, _draw(request.user, pk, Can.SEE_OFFICE))


@login_required
@require_POST
def draw_hold(request, pk):
    row = _draw(request.user, pk, Can.DRAW_VISITS)
    form = forms.HoldForm(request.POST)
    if form.is_valid():
        try:
            actions.hold(row, by=request.user, **form.cleaned_data)
            return redirect("office_draw", pk)
        except Refused as refused:
            return _page(request, row, form, refused.said_in(form))
    return _page(request, row, form, 422)


@login_required
@require_POST
def draw_visit(request, pk):
    row = get_object_or_404(Assignment.objects.select_related("draw__authority", "establishment"), pk=pk)
    require(request.user, Can.INSPECT, row.draw)
    try:
        return redirect("office_inspection", actions.begin_visit(row, by=request.user).pk)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("office_draw", row.draw_id)


def _draw(user, pk, capability):
    row = get_object_or_404(Draw.objects.select_related("authority", "committed_entry", "drawn_entry"), pk=pk)
    require(user, capability, row)
    return row


def _page(request, row, bound=None, status=200):
    now = timezone.now()
    people = "establishment", "lead", "second", "inspection"
    visits = list(row.assignments.select_related(*people).order_by("position"))
    waiting = row.state == Draw.State.COMMITTED
    context = {
        "draw": row,
        "pool": {name: len(row.pool[name]) for name in ("kitchens", "inspectors", "conflicts")},
        "visits": [(visit, visit.is_for(request.user)) for visit in visits],
        "done": sum(1 for visit in visits if visit.inspection and visit.inspection.closed_at),
        "today": timezone.localdate(),
        "is_shown": document.is_shown(row, now),
        "form": bound or (forms.HoldForm() if waiting and can(request.user, Can.DRAW_VISITS, row) else None),
        "trail": told(audit.trail(row)),
    }
    return render(request, "ratings/draw.html", context, status=status)
