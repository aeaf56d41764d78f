from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from sunkitchen.core.access import Can
from sunkitchen.core.workflow import Refused

from ..establishments.gates import establishment_for
from . import actions as memberships
from .forms import ManagerForm


@login_required
def people(request, code):
    place = establishment_for(request.user, code, Can.RUN_KITCHEN)
    form = ManagerForm(request.POST or None)
    status = 422 if form.is_bound else 200
    if form.is_valid():
        try:
            memberships.add_manager(place, by=request.user, **form.facts())
        except Refused as error:
            status = error.said_in(form)
        else:
            messages.success(request, _("Added. They get a message and can sign in at once."))
            return redirect("people", code=place.code)
    rows = place.memberships.select_related("user").order_by("ended_at", "-role", "since")
    context = {
        "place": place,
        "form": form,
        "now": [row for row in rows if row.ended_at is None],
        "may_leave": sum(row.role == "owner" and row.ended_at is None for row in rows) > 1,
        "before": [row for row in rows if row.ended_at],
    }
    return render(request, "registry/people.html", context, status=status)


@login_required
@require_POST
def membership_end(request, code, pk):
    place = establishment_for(request.user, code, Can.RUN_KITCHEN)
    row = get_object_or_404(place.memberships, pk=pk)
    try:
        memberships.end(row, by=request.user)
    except Refused as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("%(person)s no longer acts for this kitchen.") % {"person": row.called})
    if row.ended_at and row.user == request.user:
        return redirect("desk")
    return redirect("people", code=place.code)


@login_required
def membership_leave(request, code):
    """Whoever acts for a kitchen may stop: a question first."""
    place = establishment_for(request.user, code, Can.EDIT_KITCHEN)
    row = get_object_or_404(place.memberships, user=request.user, ended_at=None)
    if request.method == "POST":
        try:
            memberships.end(row, by=request.user)
        except Refused as error:
            messages.error(request, str(error))
            return redirect("kitchen_desk", code=place.code)
        messages.success(request, _("You no longer act for %(kitchen)s.") % {"kitchen": place.signboard})
        return redirect("desk")
    return render(request, "registry/leave.html", {"place": place})
