"""The clerk's desk: what waits, a paper beside its fields, approved or returned."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from sunkitchen.core.access import Can, can, require
from sunkitchen.core.workflow import Refused

from ..establishments.gates import office_only
from . import actions as credentials
from . import timeline
from .beside import beside, page_numbers, picture_of
from .forms import ReturnForm, SeenForm
from .models import Credential
from .twins import twins


@login_required
def papers(request):
    office_only(request.user, Can.SEE_PAPERS)
    mine = Credential.objects.within(request.user, Can.SEE_PAPERS)
    mine = mine.select_related("establishment", "staff_member")
    decided = mine.exclude(reviewed_at=None).order_by("-reviewed_at")[:10]
    context = {
        "waiting": mine.waiting(),
        "decided": decided,
    }
    return render(request, "registry/papers.html", context)


@login_required
def review(request, pk):
    row = get_object_or_404(Credential.objects.select_related("establishment"), pk=pk)
    require_officer(request.user, Can.SEE_PAPERS, row)
    if can(request.user, Can.REVIEW_PAPERS, row):
        credentials.take_up(row, by=request.user)
    return render_review(request, row)


@login_required
@require_POST
def review_approve(request, pk):
    row = get_object_or_404(Credential.objects.select_related("establishment"), pk=pk)
    require_officer(request.user, Can.REVIEW_PAPERS, row)
    form = SeenForm(request.POST)
    if form.is_valid():
        try:
            credentials.approve(row, by=request.user, seen=form.cleaned_data["seen"])
        except Refused as error:
            return render_review(request, row, error.said_in(form), approve=form)
        messages.success(request, _("%(paper)s is in force.") % {"paper": row})
        return onwards(request)
    return render_review(request, row, 422, approve=form)


@login_required
@require_POST
def review_return(request, pk):
    row = get_object_or_404(Credential.objects.select_related("establishment"), pk=pk)
    require_officer(request.user, Can.REVIEW_PAPERS, row)
    form = ReturnForm(request.POST)
    if form.is_valid():
        try:
            credentials.send_back(row, by=request.user, reason=form.reason(), seen=form.cleaned_data["seen"])
        except Refused as error:
            return render_review(request, row, error.said_in(form), back=form)
        messages.success(request, _("%(paper)s is returned; the owner is told why.") % {"paper": row})
        return onwards(request)
    return render_review(request, row, 422, back=form)


def render_review(request, row, status=200, approve=None, back=None):
    row = Credential.objects.select_related("establishment", "staff_member", "submitted_by").get(pk=row.pk)
    context = {
        "paper": row,
        "place": row.establishment,
        "member": row.staff_member,
        "is_held": row.source == Credential.Source.REGISTER,
        "standing": row.standing(timezone.localdate()),
        "fields": beside(row),
        "pages": page_numbers(row),
        "may_see": can(request.user, picture_of(row), row),
        "twins": twins(row, request.user),
        "older": older(row),
        "stops": timeline.stops(row),
        "approve": approve or SeenForm(),
        "back": back or ReturnForm(),
        "may_review": row.state == Credential.State.SUBMITTED and can(request.user, Can.REVIEW_PAPERS, row),
    }
    return render(request, "registry/review.html", context, status=status)


def older(row):
    """The paper of the same kind, and person, that it would follow."""
    rows = row.establishment.credentials.filter(kind=row.kind, staff_member=row.staff_member_id, state="in_force")
    return rows.exclude(pk=row.pk).order_by("-valid_from").first()


def onwards(request):
    """To the paper that waits longest, so that a queue is worked off without going back."""
    following = Credential.objects.within(request.user, Can.REVIEW_PAPERS).waiting().first()
    return redirect("review", pk=following.pk) if following else redirect("papers")


def require_officer(user, capability, row):
    """An office page: the kitchen's own people are strangers to it."""
    if not can(user, Can.SEE_OFFICE, row):
        raise Http404
    require(user, capability, row)
