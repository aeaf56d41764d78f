"""Other bureaus' registers: the office's list, one register with its loads, and the kitchen's page to take a paper."""

from urllib.parse import quote

from allauth.core import ratelimit
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from sunkitchen.accounts.models import Authority
from sunkitchen.core.access import Can, can, require
from sunkitchen.core.spreadsheet import csv_bytes
from sunkitchen.core.workflow import Refused

from ..credentials.models import Credential
from ..establishments.gates import establishment_for, office_only
from . import actions as requirements
from . import matching, records, registers, rules, taking, words
from .forms import LoadForm, LookForm, RegisterForm, ServiceForm, TakeForm
from .models import SharedRegister


@login_required
def shared_registers(request):
    """Those that stand, and a form for the next."""
    office_only(request.user, Can.IMPORT_REGISTER if request.method == "POST" else Can.SEE_OFFICE)
    bureaus = [row for row in Authority.objects.order_by("pk") if can(request.user, Can.IMPORT_REGISTER, row)]
    sent = request.POST if request.method == "POST" else None
    form = RegisterForm(sent, authorities=bureaus, initial={"source": SharedRegister.Source.TABLE})
    status = 422 if form.is_bound else 200
    if form.is_valid():
        try:
            row = registers.add(form.authority(), by=request.user, **form.facts())
        except Refused as error:
            status = error.said_in(form)
        else:
            messages.success(request, _("Added. Kitchens may take papers from it once it is loaded, or answers."))
            return redirect("shared_register", pk=row.pk)
    rows = SharedRegister.objects.within(request.user, Can.SEE_OFFICE).select_related("authority")
    context = {
        "form": form if bureaus else None,
        "rows": [(row, row.records.count(), label(row)) for row in rows.filter(ended_at=None).order_by("pk")],
        "ended": rows.exclude(ended_at=None).order_by("-ended_at")[:10],
    }
    return render(request, "registry/shared_registers.html", context, status=status)


@login_required
def shared_register(request, pk):
    return register_page(request, register_for(request, pk, Can.SEE_OFFICE))


def register_page(request, row, status=200, load=None, service=None, tried=None):
    loads = list(row.loads.select_related("loaded_by").order_by("-pk")[:10])
    context = {
        "row": row,
        "label": label(row),
        "lines": row.records.count(),
        "taken": row.takings.count(),
        "loads": loads,
        "refused": [(at, number, words.refusals(why)) for at, number, why in loads[0].refused] if loads else [],
        "load": load or LoadForm(),
        "service": service or ServiceForm(initial={"url": row.url, "names": schema(row)}),
        "look": LookForm(),
        "tried": tried,
        "may_load": row.ended_at is None and can(request.user, Can.IMPORT_REGISTER, row),
        "may_trust": row.ended_at is None and can(request.user, Can.ARRANGE_REVIEW, row),
        "required": [records.HEADINGS[group[0]][0] for group in records.HEADED.required],
    }
    return render(request, "registry/shared_register.html", context, status=status)


@login_required
@require_POST
def shared_register_load(request, pk):
    row = register_for(request, pk)
    form = LoadForm(request.POST, request.FILES)
    if not form.is_valid():
        return register_page(request, row, 422, load=form)
    try:
        load = registers.load(row, by=request.user, upload=form.cleaned_data["file"])
    except Refused as error:
        form.add_error("file", str(error))
        return register_page(request, row, error.status, load=form)
    said = _("Loaded: %(lines)s lines in place of %(replaced)s. %(refused)s could not be used.")
    messages.success(request, said % {"lines": load.lines, "replaced": load.replaced, "refused": load.refused_count})
    return redirect("shared_register", pk=row.pk)


@login_required
@require_POST
def shared_register_change(request, pk):
    row = register_for(request, pk)
    form = ServiceForm(request.POST)
    if not form.is_valid():
        return register_page(request, row, 422, service=form)
    try:
        registers.change(row, by=request.user, **form.cleaned_data)
    except Refused as error:
        return register_page(request, row, error.said_in(form), service=form)
    messages.success(request, _("Saved."))
    return redirect("shared_register", pk=row.pk)


@login_required
@require_POST
def shared_register_try(request, pk):
    """Ask once for a number: what came is shown, nothing is kept."""
    row = register_for(request, pk)
    form = LookForm(request.POST)
    if not form.is_valid() or not form.cleaned_data["number"]:
        return register_page(request, row, 422, tried=("", _("Please write a number to try."), None))
    number = form.cleaned_data["number"]
    try:
        found = registers.attempt(row, by=request.user, number=number)
    except Refused as error:
        return register_page(request, row, error.status, tried=(number, str(error), None))
    return register_page(request, row, tried=(number, "" if found else _("There is no such paper."), found))


@login_required
@require_POST
def shared_register_end(request, pk):
    row = register_for(request, pk)
    return done(request, row, lambda: registers.end(row, by=request.user), _("Ended. Papers that were taken stay."))


@login_required
@require_POST
def shared_register_trust(request, pk):
    row = register_for(request, pk, Can.ARRANGE_REVIEW)
    at_once = request.POST.get("at_once") == "1"
    return done(request, row, lambda: registers.trust(row, by=request.user, at_once=at_once), _("Saved."))


def done(request, row, deed, said):
    try:
        deed()
    except Refused as error:
        messages.error(request, str(error))
    else:
        messages.success(request, said)
    return redirect("shared_register", pk=row.pk)


@login_required
def shared_register_template(request):
    """A file with the headings, to fill in."""
    office_only(request.user, Can.IMPORT_REGISTER)
    body = csv_bytes(records.HEADED.said(records.FACTS), [])
    response = HttpResponse(body, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote('数据共享模板.csv')}"
    response["Cache-Control"] = "private, no-store"
    return response


# ── the kitchen's side ──────────────────────────────────────────────────────────────────────────────────────
@login_required
def kitchen_shared(request, code, requirement):
    """What the registers have, beside what the kitchen says; one press takes it."""
    place = establishment_for(request.user, code, Can.HAND_IN_PAPERS)
    today = timezone.localdate()
    try:
        rule = requirements.offered(place, requirement, rules.SHARED, today)[0]
    except Refused as error:
        messages.error(request, str(error))
        return redirect("kitchen_requirements", code=place.code)
    if request.method == "POST":
        return _take(request, place, rule, today)
    return shared_page(request, place, rule, today)


def _take(request, place, rule, today):
    form = TakeForm(request.POST)
    if not form.is_valid():
        return shared_page(request, place, rule, today, 422, _("Please look again, and choose one of what was found."))
    if not ratelimit.consume(request, action="look_up", key=str(request.user.pk)):
        return ratelimit.respond_429(request)
    try:
        paper = taking.take(place, rule.code, by=request.user, today=today, **form.cleaned_data)
    except Refused as error:
        return shared_page(request, place, rule, today, error.status, str(error))
    said = _("Taken from the register. A clerk confirms it; nothing has to be brought.")
    if paper.state == Credential.State.IN_FORCE:
        said = _("Taken from the register: it is in force.")
    messages.success(request, said)
    return redirect("paper", code=place.code, pk=paper.pk)


def shared_page(request, place, rule, today, status=200, wrong=""):
    form = LookForm(request.GET if "number" in request.GET else None)
    number = form.cleaned_data["number"] if form.is_valid() else ""
    found = []
    if status == 200:  # a register is asked once for a press, not again for what went wrong with it
        if not ratelimit.consume(request, action="look_up", key=str(request.user.pk)):
            return ratelimit.respond_429(request)
        found = taking.look(place, rule.code, number=number, today=today)
    language = get_language() or ""
    context = {
        "place": place,
        "rule": rule,
        "title": rule.title.said(language),
        "form": form,
        "number": number,
        "wrong": wrong,
        "found": [(one, label(one.register), _differences(one)) for one in found],
        "asks_number": not any(one.match for one in found),
    }
    return render(request, "registry/requirement_shared.html", context, status=status)


def _differences(one):
    return [matching.DIFFERENCES[code] for code in one.match.differs] if one.match else []


def register_for(request, pk, capability=Can.IMPORT_REGISTER):
    office_only(request.user, Can.SEE_OFFICE)
    row = get_object_or_404(SharedRegister.objects.select_related("authority", "added_by"), pk=pk)
    require(request.user, capability, row)
    return row


def label(row):
    return Credential.Kind(row.kind).label


def schema(row):
    return "\n".join(f"{fact} = {name}" for fact, name in row.names.items())
