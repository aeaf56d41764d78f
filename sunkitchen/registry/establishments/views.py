from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from sunkitchen.core.access import Can, can
from sunkitchen.core.workflow import Refused

from .. import numbers
from ..credentials.models import Credential
from . import actions as establishments
from . import divisions, hours
from .forms import WEEKDAYS, EstablishmentForm
from .gates import establishment_for


@login_required
def kitchen_new(request):
    form = EstablishmentForm(request.POST or None)
    status = 422 if form.is_bound else 200
    if form.is_valid():
        try:
            place = establishments.register(by=request.user, **form.facts())
        except Refused as error:
            form.add_error(None, str(error))
            status = error.status
        else:
            messages.success(request, _("Your kitchen is registered. Next: hand in its food permit."))
            return redirect("kitchen_desk", code=place.code)
    return render(request, "registry/kitchen_form.html", {"form": form}, status=status)


@login_required
def kitchen_edit(request, code):
    place = establishment_for(request.user, code, Can.EDIT_KITCHEN)
    form = EstablishmentForm(request.POST or None, instance=place)
    status = 422 if form.is_bound else 200
    if form.is_valid():
        try:
            establishments.edit(place, by=request.user, **form.facts())
        except Refused as error:
            form.add_error(None, str(error))
            status = error.status
            place.refresh_from_db()
        else:
            messages.success(request, _("Saved."))
            return redirect("kitchen_desk", code=place.code)
    return render(request, "registry/kitchen_form.html", {"form": form, "place": place}, status=status)


@login_required
def kitchen_desk(request, code):
    place = establishment_for(request.user, code, Can.SEE_KITCHEN)
    today = timezone.localdate()
    papers = [(paper, paper.standing(today)) for paper in place.credentials.order_by("-pk")]
    context = {
        "place": place,
        "papers": papers,
        "needs_permit": not any(
            paper.kind in Credential.PERMITS and standing in ("in_force", "expiring", "submitted")
            for paper, standing in papers
        ),
        "uscc_doubt": bool(place.uscc) and not numbers.uscc_passes(place.uscc),
        "kinds": Credential.Kind.choices,
        "week": [(day, hours.written(span)) for day, span in zip(WEEKDAYS, place.hours, strict=False)],
        "stickers": place.stickers.filter(revoked_at=None).count(),
        "covered": divisions.covered(place.division),
        "may_edit": can(request.user, Can.EDIT_KITCHEN, place),
        "may_set_up": can(request.user, Can.SET_UP_CAMERA, place),
        "today": today,
    }
    return render(request, "registry/kitchen.html", context)
