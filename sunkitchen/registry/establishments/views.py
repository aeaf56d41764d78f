from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from sunkitchen.core import access
from sunkitchen.core.access import Can, can
from sunkitchen.core.workflow import Refused

from .. import numbers
from ..claims import actions as claims
from ..credentials.models import Credential
from . import actions as establishments
from . import coordinates, divisions, hours, hub
from .forms import ClosingForm, EstablishmentForm
from .gates import establishment_for
from .models import Establishment
from .week import WEEKDAYS


@login_required
def kitchen_new(request):
    form = EstablishmentForm(request.POST or None)
    status = 422 if form.is_bound else 200
    # One that the register knows already is claimed; registered by hand it would stand there twice.
    waits = form.is_valid() and "another" not in request.POST and claims.waits(form.cleaned_data["uscc"])
    if form.is_valid() and not waits:
        try:
            place = establishments.register(by=request.user, **form.facts())
        except Refused as error:
            status = error.said_in(form)
        else:
            messages.success(request, _("Your kitchen is registered. Next: what it needs before it opens."))
            return redirect("kitchen_requirements", code=place.code)
    return render(request, "registry/kitchen_form.html", {"form": form, "waits": waits}, status=status)


@login_required
def kitchen_edit(request, code):
    place = establishment_for(request.user, code, Can.EDIT_KITCHEN)
    form = EstablishmentForm(request.POST or None, instance=place)
    status = 422 if form.is_bound else 200
    if form.is_valid():
        try:
            establishments.edit(place, by=request.user, **form.facts())
        except Refused as error:
            status = error.said_in(form)
            place.refresh_from_db()
        else:
            messages.success(request, _("Saved."))
            return redirect("kitchen_desk", code=place.code)
    return render(request, "registry/kitchen_form.html", {"form": form, "place": place}, status=status)


@login_required
def kitchen_close(request, code):
    place = establishment_for(request.user, code, Can.CLOSE_KITCHEN)
    as_officer = place.pk not in access.own(request.user)
    form = ClosingForm(request.POST if request.method == "POST" else None, required=as_officer)
    status = 422 if form.is_bound else 200
    if form.is_valid():
        try:
            establishments.close(place, by=request.user, reason=form.cleaned_data["reason"])
        except Refused as error:
            status = error.said_in(form)
            place.refresh_from_db()
        else:
            messages.success(request, _("%(kitchen)s is closed.") % {"kitchen": place.signboard})
            return redirect("kitchen_desk", code=place.code)
    context = {"form": form, "place": place, "as_officer": as_officer}
    return render(request, "registry/kitchen_close.html", context, status=status)


@login_required
@require_POST
def kitchen_reopen(request, code):
    place = establishment_for(request.user, code, Can.CLOSE_KITCHEN)
    try:
        establishments.reopen(place, by=request.user)
    except Refused as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("%(kitchen)s is open again.") % {"kitchen": place.signboard})
    return redirect("kitchen_desk", code=place.code)


@login_required
def kitchen_desk(request, code):
    place = establishment_for(request.user, code, Can.SEE_KITCHEN)
    today = timezone.localdate()
    papers = [(paper, paper.standing(today)) for paper in place.credentials.of_kitchen().order_by("-pk")]
    context = {
        "place": place,
        "papers": papers,
        "needs_permit": not any(
            paper.kind in Credential.PERMITS and standing in (*Credential.HOLDS, "submitted")
            for paper, standing in papers
        ),
        "uscc_doubt": bool(place.uscc) and not numbers.uscc_passes(place.uscc),
        "kinds": [(kind.value, kind.label) for kind in Credential.OF_KITCHEN],
        "week": [(day, hours.written(span)) for day, span in zip(WEEKDAYS, place.hours, strict=False)],
        "cards": hub.cards(place, request.user, today),
        "point": point_of(place),
        "cuisines": [Establishment.Cuisine(name).label for name in place.cuisines],
        "covered": divisions.covered(place.division),
        "may_edit": can(request.user, Can.EDIT_KITCHEN, place),
        "may_close": can(request.user, Can.CLOSE_KITCHEN, place),
        "may_reopen": can(request.user, Can.CLOSE_KITCHEN, place)
        and not (place.closed_by_authority and place.pk in access.own(request.user)),
        "may_leave": may_leave(place, request.user),
        "may_hand_over": can(request.user, Can.HAND_OVER, place),
        "changes_hands": establishments.changes_hands(place),
        "today": today,
    }
    return render(request, "registry/kitchen.html", context)


def point_of(place):
    """The map point as it was given: its two numbers, in the words of its system."""
    if place.latitude is None:
        return None
    point = coordinates.from_wgs84(float(place.latitude), float(place.longitude), place.coordinates)
    return f"{point[0]:.6f}, {point[1]:.6f}"


def may_leave(place, user):
    """Whoever acts for it, unless they are its only owner."""
    held = place.memberships.filter(ended_at=None)
    mine = held.filter(user=user).first()
    return mine is not None and (mine.role != "owner" or held.filter(role="owner").count() > 1)
