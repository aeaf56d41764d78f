"""The owner's page of a sample: what was found, until when it can be contested, and the form for that."""

from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from sunkitchen.core.access import Can, can, require
from sunkitchen.core.workflow import Refused

from . import actions, forms, timeline
from .models import Sample
from .views import TONES


@login_required
def sample_desk(request, code):
    return _page(request, _sample(request.user, code, Can.SEE_KITCHEN))


@login_required
def sample_contest(request, code):
    row = _sample(request.user, code, Can.OBJECT)
    if request.method != "POST":
        return redirect("sample_desk", code)
    form = forms.ContestForm(request.POST)
    status = 422
    if form.is_valid():
        try:
            actions.contest(row, by=request.user, **form.cleaned_data)
            return redirect("sample_desk", code)
        except Refused as refused:
            status = refused.said_in(form)
    return _page(request, _sample(request.user, code, Can.OBJECT), form, status)


def _page(request, row, bound=None, status=200):
    now = timezone.now()
    is_open = actions.is_open(row, now)
    may_contest = is_open and bool(row.retained) and can(request.user, Can.OBJECT, row)
    context = {
        "sample": row,
        "tone": TONES.get(row.state, ""),
        "window_words": timeline.window_words(row, now) if is_open else "",
        "stops": timeline.stops(row),
        "form": bound or (forms.ContestForm() if may_contest else None),
    }
    return render(request, "ratings/sample_desk.html", context, status=status)


def _sample(user, code, capability):
    row = get_object_or_404(
        Sample.objects.select_related("establishment", "authority", "lead", "second", "supplier"), code=code
    )
    require(user, capability, row)
    return row
