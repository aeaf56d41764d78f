"""Officers' pages of outbreaks: the list, confirming one, taking one back."""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render

from ratings import finding
from sunkitchen.core.access import Can, may_anywhere, require
from sunkitchen.core.workflow import Refused
from sunkitchen.registry.establishments.gates import establishment_for, office_only

from . import actions
from .forms import ConfirmForm, RevokeForm
from .models import Outbreak

PER_PAGE = 30


@login_required
def outbreaks(request):
    office_only(request.user, Can.SEE_OFFICE)
    rows = Outbreak.objects.within(request.user, Can.SEE_OFFICE).select_related(
        "establishment", "confirmed_by", "revoked_by"
    )
    page = Paginator(rows.order_by("-occurred_on", "-pk"), PER_PAGE).get_page(request.GET.get("page"))
    able = may_anywhere(request.user, Can.INSPECT)
    context = {
        "page": page,
        "rows": [(row, able and row.revoked_at is None and row.confirmed_by_id != request.user.pk) for row in page],
        "may_confirm": able,
    }
    return render(request, "ratings/outbreaks.html", context)


@login_required
def outbreak_new(request):
    office_only(request.user, Can.INSPECT)
    words = request.GET.get("q", "")[:60]
    context = {"kitchens": finding.kitchens(request.user, Can.INSPECT, words), "words": words}
    return render(request, "ratings/outbreak_new.html", context)


@login_required
def outbreak_confirm(request, code):
    kitchen = establishment_for(request.user, code, Can.INSPECT)
    form = ConfirmForm(request.POST or None)
    status = 422 if form.is_bound else 200
    if form.is_valid():
        try:
            actions.confirm(kitchen, by=request.user, **form.cleaned_data)
            return redirect("office_outbreaks")
        except Refused as refused:
            status = refused.said_in(form)
    return render(request, "ratings/outbreak_confirm.html", {"form": form, "kitchen": kitchen}, status=status)


@login_required
def outbreak_revoke(request, pk):
    row = get_object_or_404(Outbreak.objects.select_related("establishment", "confirmed_by"), pk=pk)
    require(request.user, Can.INSPECT, row)
    form = RevokeForm(request.POST or None)
    status = 422 if form.is_bound else 200
    if form.is_valid():
        try:
            actions.revoke(row, by=request.user, **form.cleaned_data)
            return redirect("office_outbreaks")
        except Refused as refused:
            status = refused.said_in(form)
    return render(request, "ratings/outbreak_revoke.html", {"form": form, "outbreak": row}, status=status)
