"""What is still missing, on its owner's side: the checklist, the word that is given, the question to the bureau."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from sunkitchen.core.access import Can, can
from sunkitchen.core.workflow import Refused

from ..establishments.gates import establishment_for
from . import actions as requirements
from . import own_checks, rules
from .forms import AskForm, UndertakeForm
from .models import OwnCheck, Undertaking

MOST_PAST = 20  # undertakings and checks that have ended, below the list


@login_required
def kitchen_requirements(request, code):
    """Everything that this kitchen must hold, what is missing first, with the ways to it as buttons."""
    place = establishment_for(request.user, code, Can.SEE_KITCHEN)
    rows = requirements.needed(place, timezone.localdate())
    language = get_language() or ""
    open_checks = {row.requirement: row for row in place.own_checks.filter(state=OwnCheck.State.OPEN)}
    given = {row.requirement: row for row in place.undertakings.filter(state=Undertaking.State.OPEN)}
    past = place.undertakings.exclude(state=Undertaking.State.OPEN).order_by("-pk")[:MOST_PAST]
    context = {
        "place": place,
        "rows": [(row, open_checks.get(row.requirement.code), given.get(row.requirement.code)) for row in rows],
        "met": sum(row.is_met for row in rows),
        "missing": sum(row.level == "bad" for row in rows),
        "past": [(row, requirements.title_of(row).said(language)) for row in past],
        "may_hand_in": can(request.user, Can.HAND_IN_PAPERS, place),
        "may_sign": can(request.user, Can.RUN_KITCHEN, place),
    }
    return render(request, "registry/requirements.html", context)


@login_required
def kitchen_undertake(request, code, requirement):
    """The words, the day, and what happens after it; signed with a name, a tick, and the kitchen's name."""
    place = establishment_for(request.user, code, Can.RUN_KITCHEN)
    today = timezone.localdate()
    form = UndertakeForm(request.POST if request.method == "POST" else None, initial={"name": request.user.name})
    status = 422 if form.is_bound else 200
    try:
        rule, _standing, ruleset = requirements.offered(place, requirement, rules.UNDERTAKING, today)
    except Refused as error:
        return _back(request, place, error)
    if form.is_valid():
        try:
            row = requirements.undertake(place, requirement, by=request.user, today=today, **form.cleaned_data)
        except Refused as error:
            status = error.said_in(form)
        else:
            words = _("Signed. Please bring it by %(day)s; we remind you before.")
            messages.success(request, words % {"day": row.due_on})
            return redirect("kitchen_requirements", code=place.code)
    assert rule.promise is not None  # it is offered
    text, due = requirements.promise(place, rule, today)
    language = get_language() or ""
    context = {
        "place": place,
        "form": form,
        "title": rule.title.said(language),
        "basis": rule.basis.said(language),
        "after": rule.promise.after.said(language),
        "text": text,
        "due": due,
        "days": rule.promise.days,
        "version": ruleset.version,
    }
    return render(request, "registry/requirement_undertake.html", context, status=status)


@login_required
def kitchen_own_check(request, code, requirement):
    """The bureau is asked to look it up itself."""
    place = establishment_for(request.user, code, Can.HAND_IN_PAPERS)
    today = timezone.localdate()
    form = AskForm(request.POST if request.method == "POST" else None)
    status = 422 if form.is_bound else 200
    try:
        rule = requirements.offered(place, requirement, rules.OWN_CHECK, today)[0]
    except Refused as error:
        return _back(request, place, error)
    if form.is_valid():
        try:
            row = own_checks.ask(place, requirement, by=request.user, today=today, **form.cleaned_data)
        except Refused as error:
            status = error.said_in(form)
        else:
            words = _("The bureau looks it up by %(day)s. You are told what it found.")
            messages.success(request, words % {"day": row.due_on})
            return redirect("kitchen_requirements", code=place.code)
    language = get_language() or ""
    context = {
        "place": place,
        "form": form,
        "title": rule.title.said(language),
        "basis": rule.basis.said(language),
        "due": own_checks.due(today),
    }
    return render(request, "registry/requirement_own_check.html", context, status=status)


@login_required
@require_POST
def kitchen_own_check_drop(request, code, pk):
    place = establishment_for(request.user, code, Can.HAND_IN_PAPERS)
    row = get_object_or_404(place.own_checks, pk=pk)
    try:
        own_checks.drop(row, by=request.user)
    except Refused as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Taken back."))
    return redirect("kitchen_requirements", code=place.code)


def _back(request, place, error):
    """Not asked, met already, or closed: the list says how it stands now."""
    messages.error(request, str(error))
    return redirect("kitchen_requirements", code=place.code)
