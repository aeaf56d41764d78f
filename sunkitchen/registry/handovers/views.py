"""A hand-over on both sides' pages: the owner offers and takes back, the new one enters the code, reads and decides."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from sunkitchen.core.access import Can
from sunkitchen.core.workflow import Refused

from ..establishments.gates import establishment_for
from ..staff.models import StaffMember
from . import actions as handovers
from .forms import OfferForm, TakeCodeForm, TakeForm
from .models import HandOver

OPENED = "take_over"  # in the session: {id of an offer: the proof that its code was known}


@login_required
def hand_over(request, code):
    place = establishment_for(request.user, code, Can.HAND_OVER)
    form = OfferForm(request.POST or None)
    status = 422 if form.is_bound else 200
    if form.is_valid():
        try:
            handovers.offer(place, by=request.user, **form.cleaned_data)
        except Refused as error:
            status = error.said_in(form)
        else:
            messages.success(request, _("Offered. The code is on its way to the new owner."))
            return redirect("hand_over", code=place.code)
    now = timezone.now()
    rows = list(place.handovers.order_by("-pk")[:10])
    standing = next((row for row in rows if row.state == HandOver.State.OFFERED and row.expires_at > now), None)
    context = {
        "place": place,
        "form": form,
        "standing": standing,
        "is_void": standing is not None and standing.tries >= handovers.MOST_WRONG,
        "rows": [row for row in rows if row is not standing],
        "former": place.operatorships.all(),
        "is_barred": place.state == "closed" and place.closed_by_authority,
    }
    return render(request, "registry/hand_over.html", context, status=status)


@login_required
@require_POST
def hand_over_back(request, code, pk):
    place = establishment_for(request.user, code, Can.HAND_OVER)
    row = get_object_or_404(place.handovers, pk=pk)
    try:
        handovers.take_back(row, by=request.user)
    except Refused as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Taken back: the code opens nothing any more."))
    return redirect("hand_over", code=place.code)


@login_required
def take_over(request):
    form = TakeCodeForm(request.POST or None, request=request, initial={"kitchen": request.GET.get("k", "")[:20]})
    status = 422 if form.is_bound else 200
    if form.is_valid():
        try:
            row = handovers.opened(by=request.user, **form.cleaned_data)
        except Refused as error:
            status = error.said_in(form)
        else:
            request.session[OPENED] = {str(row.pk): row.code_hash}
            return redirect("take_over_see", pk=row.pk)
    return render(request, "registry/take_over.html", {"form": form}, status=status)


@login_required
def take_over_see(request, pk):
    """What is taken over, to somebody who knew its code, as long as the offer stands; 404 to everybody else."""
    proof = (request.session.get(OPENED) or {}).get(str(pk), "")
    if not proof:
        raise Http404
    row = get_object_or_404(HandOver.objects.select_related("establishment"), pk=pk)
    try:
        handovers.seen(row, by=request.user, proof=proof)
    except Refused as error:
        request.session.pop(OPENED, None)
        messages.error(request, str(error))
        return redirect("take_over")
    place = row.establishment
    staff = StaffMember.objects.filter(establishment=place, left_on=None).order_by("pk")
    declines = request.method == "POST" and "decline" in request.POST
    form = TakeForm(request.POST if request.method == "POST" and not declines else None, staff=staff)
    status = 422 if form.is_bound else 200
    try:
        if declines:
            handovers.decline(row, by=request.user, proof=proof)
            request.session.pop(OPENED, None)
            messages.success(request, _("Declined; the owner is told."))
            return redirect("desk")
        if form.is_valid():
            staying = [member.pk for member in form.cleaned_data["staying"]]
            handovers.take(row, by=request.user, proof=proof, staying=staying)
            request.session.pop(OPENED, None)
            messages.success(request, _("The kitchen is yours here. Next: hand in your own licence and permit."))
            return redirect("kitchen_desk", code=place.code)
    except Refused as error:
        messages.error(request, str(error))
        return redirect("take_over")
    context = {
        "handover": row,
        "place": place,
        "form": form,
        "cameras": place.cameras.count(),
        "stickers": place.stickers.filter(revoked_at=None).count(),
        "suppliers": place.suppliers.count(),
    }
    return render(request, "registry/take_over_see.html", context, status=status)
