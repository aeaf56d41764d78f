"""Officers' pages of inspections: the list, a new visit, the form on a phone, the result."""

from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.shortcuts import get_object_or_404, redirect, render

from ratings import grading
from ratings.words import spoken
from sunkitchen.core.access import Can, may_anywhere, require
from sunkitchen.core.codes import normal
from sunkitchen.core.workflow import Refused
from sunkitchen.registry.establishments.gates import establishment_for, office_only
from sunkitchen.registry.models import Establishment

from . import actions, checklists
from .forms import BeginForm, ChecklistForm
from .models import Inspection


@login_required
def inspections(request):
    office_only(request.user, Can.SEE_OFFICE)
    rows = Inspection.objects.within(request.user, Can.SEE_OFFICE).select_related("establishment", "lead", "second")
    return render(
        request,
        "ratings/inspections.html",
        {"rows": rows.order_by("-visited_at")[:100], "may_inspect": may_anywhere(request.user, Can.INSPECT)},
    )


@login_required
def inspection_new(request):
    office_only(request.user, Can.INSPECT)
    words = request.GET.get("q", "").strip()[:60]
    kitchens = Establishment.objects.within(request.user, Can.INSPECT).exclude(state=Establishment.State.CLOSED)
    if words:
        kitchens = kitchens.filter(
            Q(signboard__icontains=words) | Q(operator_name__icontains=words) | Q(code=normal(words))
        )
    return render(
        request, "ratings/inspection_new.html", {"kitchens": kitchens.order_by("signboard")[:30], "words": words}
    )


@login_required
def inspection_begin(request, code):
    kitchen = establishment_for(request.user, code, Can.INSPECT)
    form = BeginForm(request.POST or None, establishment=kitchen, officer=request.user)
    status = 422 if form.is_bound else 200
    if form.is_valid():
        try:
            visit = actions.begin(kitchen, by=request.user, **form.cleaned_data)
            return redirect("office_inspection", visit.pk)
        except Refused as refused:
            status = refused.said_in(form)
    return render(request, "ratings/inspection_begin.html", {"form": form, "kitchen": kitchen}, status=status)


@login_required
def inspection(request, pk):
    visit = get_object_or_404(Inspection.objects.select_related("establishment", "lead", "second", "authority"), pk=pk)
    require(request.user, Can.SEE_OFFICE, visit)
    if request.method == "POST":
        require(request.user, Can.INSPECT, visit)
    if request.method != "POST" and (
        visit.state == Inspection.State.CLOSED or request.user not in (visit.lead, visit.second)
    ):
        return render(request, "ratings/inspection_result.html", {"visit": visit, **_result(visit)})
    checklist = checklists.load(visit.checklist)
    form = ChecklistForm(request.POST or None, checklist=checklist, answers=visit.answers)
    status = 422 if form.is_bound else 200
    if form.is_valid():
        try:
            actions.fill_in(visit, form.answers, by=request.user)
            if request.POST.get("do") == "close":
                signing = {name: form.cleaned_data[name] for name in ("signature", "signed_name", "refusal_note")}
                actions.close(visit, by=request.user, **signing)
            return redirect("office_inspection", visit.pk)
        except Refused as refused:
            status = refused.said_in(form)
    context = {"form": form, "visit": visit, "checklist": spoken(checklist)}
    return render(request, "ratings/inspection_form.html", context, status=status)


def _result(visit):
    items = checklists.load(visit.checklist).items
    answers = {item.code: visit.answers.get(item.code, {}) for item in items}
    shown = [{"item": item, "words": spoken(item), **answers[item.code]} for item in items]
    return {
        "failed": [row for row in shown if row.get("answer") == "fail"],
        "passed": [row for row in shown if row.get("answer") == "ok"],
        "not_applicable": [row for row in shown if row.get("answer") == "na"],
        "open": [row for row in shown if not row.get("answer")],
        "reasons": [grading.REASONS[code] for code in visit.reasons],
    }
