"""A paper on its owner's side: handed in, followed, corrected, taken back."""

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

from ..establishments.gates import establishment_for
from . import actions as credentials
from . import timeline
from .beside import beside, page_numbers, picture_of
from .forms import PaperForm
from .models import Credential


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
                uploads=form.cleaned_data["uploads"],
                held=form.cleaned_data["held"],
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
            brought = {name: form.cleaned_data[name] for name in ("uploads", "held")}
            credentials.revise(row, by=request.user, **brought, **form.facts())
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
