"""A business's own page of what guests say: disputes to answer, reports by category and week, satisfaction by the week."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from ratings.reviews import totals, weeks
from sunkitchen.core.access import Can, can
from sunkitchen.core.workflow import Refused
from sunkitchen.registry.establishments.gates import establishment_for

from . import actions, desk
from .forms import AnswerForm
from .models import Complaint


@login_required
@require_GET
def kitchen_complaints(request, code):
    return _page(request, establishment_for(request.user, code, Can.SEE_KITCHEN))


def _page(request, place, *, status=200, bound=None):
    now, may_answer = timezone.now(), can(request.user, Can.OBJECT, place)
    rows = desk.disputes(place, named=may_answer)
    context = {
        "kitchen": place,
        "disputes": [
            (row, (bound[1] if bound and bound[0] == row.complaint else AnswerForm()) if row.may_answer else None)
            for row in rows
        ],
        "reports": desk.reports(place, now),
        "weeks": weeks.of(place, now),
        "totals": totals.of(place, now),
        "may_answer": may_answer,
    }
    response = render(request, "ratings/complaints_desk.html", context, status=status)
    response["Cache-Control"] = "private, no-store"
    return response


@login_required
@require_POST
def complaint_answer(request, code, pk):
    place = establishment_for(request.user, code, Can.OBJECT)
    # Only what its page shows: of a report not even its number exists here.
    rows = Complaint.objects.filter(establishment=place, kind=Complaint.Kind.DISPUTE, accepted_at__isnull=False)
    row = get_object_or_404(rows, pk=pk)
    form = AnswerForm(request.POST)
    status = 422
    if form.is_valid():
        try:
            actions.answer(row, by=request.user, **form.cleaned_data)
        except Refused as refusal:
            status = refusal.said_in(form)
        else:
            messages.success(request, _("The authority has what you said."))
            return redirect("kitchen_complaints", code)
    return _page(request, place, status=status, bound=(row.pk, form))
