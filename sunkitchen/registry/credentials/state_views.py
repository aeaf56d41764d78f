"""The clerk's two deeds beside a review: to accept a renewal 受理, and to revoke a paper that is in force."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from sunkitchen.accounts import stepup
from sunkitchen.core.access import Can
from sunkitchen.core.workflow import Refused

from . import standing
from .forms import RevokeForm, SeenForm
from .models import Credential
from .review_views import require_officer


def paper_of(request, pk):
    row = get_object_or_404(Credential.objects.select_related("establishment", "staff_member", "renews"), pk=pk)
    require_officer(request.user, Can.REVIEW_PAPERS, row)
    return row


@login_required
@require_POST
def review_accept(request, pk):
    row = paper_of(request, pk)
    form = SeenForm(request.POST)
    try:
        if not form.is_valid():
            raise Refused(_("Please open the paper again and look at it before you decide."))
        standing.accept(row, by=request.user, seen=form.cleaned_data["seen"])
    except Refused as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Accepted: the old permit goes on until you decide. The owner is told."))
    return redirect("review", pk=row.pk)


@login_required
@stepup.required
def review_revoke(request, pk):
    row = paper_of(request, pk)
    form = RevokeForm(request.POST or None)
    status = 422 if form.is_bound else 200
    if form.is_valid():
        try:
            standing.revoke(row, by=request.user, reason=form.reason())
        except Refused as error:
            status = error.said_in(form)
        else:
            messages.success(request, _("It is in force no more, and its kitchen's page says so."))
            return redirect("review", pk=row.pk)
    others = row.establishment.credentials.in_force(timezone.localdate()).filter(kind__in=Credential.PERMITS)
    context = {
        "paper": row,
        "place": row.establishment,
        "form": form,
        "standing": row.standing(timezone.localdate()),
        "closes": row.kind in Credential.PERMITS and not others.exclude(pk=row.pk).exists(),
    }
    return render(request, "registry/revoke.html", context, status=status)
