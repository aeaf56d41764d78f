"""Officers' pages of samples. A step is a POST form; what is refused is said there. The owner's page: desk.py."""

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Case, IntegerField, Value, When
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _

from ratings import finding
from ratings.inspections.models import Inspection
from ratings.words import told
from sunkitchen.accounts.models import Post
from sunkitchen.core import audit, files, qr
from sunkitchen.core.access import Can, may_anywhere, require
from sunkitchen.core.workflow import Refused
from sunkitchen.registry.establishments.gates import establishment_for, office_only

from . import actions, custody, forms, guards, timeline
from .models import LabReport, Sample

PER_PAGE = 30
_State = Sample.State
ON_THE_WAY = [_State.TAKEN, _State.SENT, _State.RECEIVED]
SHOWS = {
    "due": (_("Due now"), [_State.FAILED, _State.CONTESTED, _State.SERVED, *reversed(ON_THE_WAY)]),
    "way": (_("On the way"), ON_THE_WAY),
    "window": (_("Window open"), [_State.SERVED]),
    "retest": (_("Being tested again"), [_State.CONTESTED]),
    "failed": (_("Failed, final"), [_State.CONFIRMED]),
    "passed": (_("Passed"), [_State.PASSED, _State.CLEARED]),
    "void": (_("Void"), [_State.VOID]),
    "all": (_("All"), list(_State)),
}
TONES: dict[str, str] = {
    _State.FAILED: "warn",
    _State.SERVED: "warn",
    _State.CONTESTED: "warn",
    _State.CONFIRMED: "bad",
    _State.PASSED: "ok",
    _State.CLEARED: "ok",
    _State.VOID: "muted",
}


@login_required
def samples(request):
    office_only(request.user, Can.SEE_OFFICE)
    now = timezone.now()
    show = request.GET.get("show", "due")
    show = show if show in SHOWS else "due"
    states = SHOWS[show][1]
    rows = Sample.objects.within(request.user, Can.SEE_OFFICE).filter(state__in=states).select_related("establishment")
    rows = rows.order_by("-taken_at", "-pk") if show != "due" else rows.order_by(_first_of(states), "taken_at", "pk")
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": [(row, timeline.due(row, now), TONES.get(row.state, "")) for row in page],
        "shows": [(name, words) for name, (words, _states) in SHOWS.items()],
        "show": show,
        "query": f"show={show}",
        "may_take": may_anywhere(request.user, Can.INSPECT),
    }
    return render(request, "ratings/samples.html", context)


def _first_of(states):
    return Case(
        *(When(state=state, then=Value(place)) for place, state in enumerate(states)), output_field=IntegerField()
    )


@login_required
def sample_new(request):
    office_only(request.user, Can.INSPECT)
    words = request.GET.get("q", "")[:60]
    context = {"kitchens": finding.kitchens(request.user, Can.INSPECT, words), "words": words}
    return render(request, "ratings/sample_new.html", context)


@login_required
def sample_take(request, code):
    kitchen = establishment_for(request.user, code, Can.INSPECT)
    visit = _visit_of(kitchen, request.GET.get("visit", ""))
    form = forms.TakeForm(request.POST or None, establishment=kitchen, officer=request.user)
    status = 422 if form.is_bound else 200
    if form.is_valid():
        try:
            sample = actions.take(kitchen, by=request.user, inspection=visit, **form.cleaned_data)
            return redirect("office_sample", sample.code)
        except Refused as refused:
            status = refused.said_in(form)
    context = {"form": form, "kitchen": kitchen, "visit": visit}
    return render(request, "ratings/sample_take.html", context, status=status)


def _visit_of(kitchen, number):
    if not number.isascii() or not number.isdecimal() or len(number) > 15:
        return None
    return Inspection.objects.filter(pk=int(number), establishment=kitchen).first()


# ── one sample ──────────────────────────────────────────────────────────────────────────────────────────────


def _writing(verb):
    def act(sample, by, fields):
        verb(sample, by=by, **fields)

    return act


def _reporting(verb):
    def act(sample, by, fields):
        upload = fields.pop("file")
        with files.admitting([upload] if upload else []) as kept:
            verb(sample, by=by, file=kept[0] if kept else None, **fields)

    return act


def _form(form_of):
    return lambda sample, *data, **kwargs: form_of(*data, **kwargs)


def _holding(form_of):
    return lambda sample, *data, **kwargs: form_of(*data, holders=custody.holders(sample), **kwargs)


STEPS = {  # name: (words of its heading, its form, its action, the states in which it fits)
    "hand_over": (_("Hand it over"), _holding(forms.HandOverForm), _writing(custody.hand_over), custody.HAND_OVER),
    "receive": (
        _("The laboratory has it"),
        _holding(forms.ReceiveForm),
        _writing(custody.receive),
        custody.RECEIVE,
    ),
    "report": (_("The laboratory's result"), _form(forms.ReportForm), _reporting(actions.report), actions.PASS),
    "serve": (_("Record the service"), _form(forms.ServeForm), _writing(actions.serve), actions.SERVE),
    "contest": (
        _("Write down that it is contested"),
        _form(forms.ContestForm),
        _writing(actions.contest),
        actions.CONTEST,
    ),
    "retest": (_("Result of the retest"), _form(forms.RetestForm), _reporting(actions.retest), actions.CLEAR),
    "void": (_("It does not count"), _form(forms.VoidForm), _writing(actions.void), actions.VOID),
}


@login_required
def sample(request, code):
    return _sample_page(request, _sample(request.user, code, Can.SEE_OFFICE))


@login_required
def sample_step(request, code, step):
    _words, form_of, act, _step = STEPS[step]
    row = _sample(request.user, code, Can.INSPECT)
    if request.method != "POST":
        return redirect("office_sample", code)
    form = form_of(row, request.POST, request.FILES, auto_id=f"id_{step}_%s")
    status = 422
    if form.is_valid():
        try:
            act(row, request.user, dict(form.cleaned_data))
            return redirect("office_sample", code)
        except Refused as refused:
            status = refused.said_in(form)
    return _sample_page(request, _sample(request.user, code, Can.INSPECT), step, form, status)


def _sample_page(request, row, step="", bound=None, status=200):
    now = timezone.now()
    broken = custody.is_broken(row)
    forms_now = {}
    if guards.may(request.user, row):
        for name, (words, form_of, _act, fits) in STEPS.items():
            if row.state in fits.sources and (not broken or name == "void"):
                forms_now[name] = (words, form_of(row, auto_id=f"id_{name}_%s"))
    if not row.retained or not actions.is_open(row, now):
        forms_now.pop("contest", None)
    if row.state in actions.AFTER_FAILING and request.user.pk in (row.lead_id, row.second_id):
        forms_now.pop("void", None)
    if bound is not None:
        forms_now[step] = (STEPS[step][0], bound)
    context = {
        "sample": row,
        "tone": TONES.get(row.state, ""),
        "due": "" if broken and row.state in ON_THE_WAY else timeline.due(row, now),
        "broken": broken and row.state in ON_THE_WAY,
        "stops": timeline.stops(row),
        "first": [(name, *forms_now[name]) for name in ("receive", "report", "serve", "retest") if name in forms_now],
        "more": [(name, *forms_now[name]) for name in ("hand_over", "contest", "void") if name in forms_now],
        "trail": told(audit.trail(row)),
    }
    return render(request, "ratings/sample.html", context, status=status)


@login_required
def sample_print(request, code):
    """The 抽样单: printed, signed by both officers and the operator, one copy stays."""
    row = _sample(request.user, code, Can.SEE_OFFICE)
    numbers = dict(
        Post.objects.filter(authority=row.authority, user__in=[row.lead_id, row.second_id], role=Post.Role.INSPECTOR)
        .order_by("pk")
        .values_list("user_id", "enforcement_number")
    )
    address = f"{settings.SITE_URL}{reverse('sample_desk', args=[row.code])}"
    context = {
        "sample": row,
        "officers": [(person, numbers.get(person.pk, "")) for person in (row.lead, row.second)],
        "qr": mark_safe(qr.svg(address)),
        "address": address,
        "workdays": settings.RETEST_WORKDAYS,
    }
    return render(request, "ratings/sample_print.html", context)


@login_required
def sample_report(request, sample, kind, page):
    """A page of the laboratory's report: for the office and for the kitchen's own people."""
    row = _sample(request.user, sample, Can.SEE_KITCHEN)
    report = get_object_or_404(LabReport.objects.select_related("file"), sample=row, kind=kind)
    if report.file is None:
        raise Http404
    return files.serve_page(report.file, page)


def _sample(user, code, capability):
    row = get_object_or_404(
        Sample.objects.select_related("establishment", "authority", "lead", "second", "supplier", "inspection"),
        code=code,
    )
    require(user, capability, row)
    return row
