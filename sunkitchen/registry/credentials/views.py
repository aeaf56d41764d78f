from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from sunkitchen.core import files
from sunkitchen.core.access import Can, can, require
from sunkitchen.core.workflow import Refused

from ..establishments.gates import establishment_for, office_only
from . import actions as credentials
from . import timeline
from .checks import Facts, checks
from .forms import PaperForm, ReturnForm, SeenForm
from .models import Credential
from .twins import twins


# ── the owner's side ────────────────────────────────────────────────────────────────────────────────────────
@login_required
def paper_new(request, code):
    place = establishment_for(request.user, code, Can.HAND_IN_PAPERS)
    kind = request.GET.get("kind", Credential.Kind.FOOD_PERMIT)
    if kind not in Credential.OF_KITCHEN:
        raise Http404
    return hand_in_page(request, place, Credential.Kind(kind), holder=place.operator_name)


@login_required
def certificate_new(request, code, pk):
    place = establishment_for(request.user, code, Can.HAND_IN_PAPERS)
    member = get_object_or_404(place.staff, pk=pk)
    return hand_in_page(request, place, Credential.Kind.HEALTH_CERTIFICATE, holder=member.name, member=member)


def hand_in_page(request, place, kind, *, holder, member=None):
    form = PaperForm(request.POST or None, request.FILES or None, kind=kind, initial={"holder": holder})
    status = 422 if form.is_bound else 200
    if form.is_valid():
        try:
            paper = credentials.hand_in(
                place,
                by=request.user,
                kind=kind,
                staff_member=member,
                uploads=form.cleaned_data["files"],
                **form.facts(),
            )
        except Refused as error:
            status = error.said_in(form)
        else:
            messages.success(request, _("Handed in. You can follow it here; we also send you a message."))
            return redirect("paper", code=place.code, pk=paper.pk)
    context = {"form": form, "place": place, "kind": kind, "member": member}
    return render(request, "registry/paper_form.html", context, status=status)


@login_required
def paper(request, code, pk):
    place = establishment_for(request.user, code, Can.SEE_PAPERS)
    row = get_object_or_404(place.credentials.select_related("staff_member"), pk=pk)
    context = {
        "place": place,
        "paper": row,
        "member": row.staff_member,
        "is_held": row.source == Credential.Source.REGISTER,
        "standing": row.standing(timezone.localdate()),
        "stops": timeline.stops(row),
        "ahead": timeline.ahead(row) if row.state == Credential.State.SUBMITTED else None,
        "fields": beside(row),
        "pages": page_numbers(row),
        "may_see": can(request.user, picture_of(row), row),
        "may_hand_in": can(request.user, Can.HAND_IN_PAPERS, place),
    }
    return render(request, "registry/paper.html", context)


@login_required
def paper_edit(request, code, pk):
    place = establishment_for(request.user, code, Can.HAND_IN_PAPERS)
    row = get_object_or_404(place.credentials.filter(source=Credential.Source.UPLOAD), pk=pk)
    form = PaperForm(request.POST or None, request.FILES or None, kind=row.kind, instance=row)
    status = 422 if form.is_bound else 200
    if form.is_valid():
        try:
            credentials.revise(row, by=request.user, uploads=form.cleaned_data["files"], **form.facts())
            credentials.submit(row, by=request.user)
        except Refused as error:
            status = error.said_in(form)
            row.refresh_from_db()
        else:
            messages.success(request, _("Handed in again. You can follow it here."))
            return redirect("paper", code=place.code, pk=row.pk)
    kind = Credential.Kind(row.kind)
    context = {"form": form, "place": place, "kind": kind, "paper": row, "member": row.staff_member}
    return render(request, "registry/paper_form.html", context, status=status)


@login_required
@require_POST
def paper_withdraw(request, code, pk):
    place = establishment_for(request.user, code, Can.HAND_IN_PAPERS)
    row = get_object_or_404(place.credentials, pk=pk)
    try:
        credentials.withdraw(row, by=request.user)
    except Refused as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Taken back. You can correct it and hand it in again."))
    return redirect("paper", code=place.code, pk=row.pk)


@login_required
def paper_page(request, pk, number):
    row = get_object_or_404(Credential, pk=pk)
    require(request.user, picture_of(row), row)
    return files.serve_nth((page.file for page in row.pages.select_related("file")), number)


# ── the clerk's side ────────────────────────────────────────────────────────────────────────────────────────
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


# ── both ────────────────────────────────────────────────────────────────────────────────────────────────────
def picture_of(row):
    """What it takes to see it: a health certificate is a person's health, and not every officer's business."""
    return Can.SEE_HEALTH if row.staff_member_id else Can.SEE_PAPERS


def page_numbers(row):
    return range(1, sum(page.file.pages for page in row.pages.select_related("file")) + 1)


def beside(row):
    """(name, label, value, its checks) for each field, in the order of the paper. A last day of None is no end."""
    place = row.establishment
    found = checks(
        Facts(
            kind=row.kind,
            number=row.number,
            holder=row.holder,
            valid_from=row.valid_from,
            valid_through=row.valid_through,
            operator_name=place.operator_name,
            division=place.division,
            uscc=place.uscc,
            person=row.staff_member.name if row.staff_member else "",
            left_on=row.staff_member.left_on if row.staff_member else None,
        ),
        timezone.localdate(),
    )
    return [
        (name, row._meta.get_field(name).verbose_name, getattr(row, name), [c for c in found if c.field == name])
        for name in credentials.FACTS
        if not (name == "items" and row.staff_member_id)
    ]
