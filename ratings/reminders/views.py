"""Officers' pages of orders to mend 责令改正 and of what binds a kitchen; the kitchen's own page of all supervision."""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ratings.outbreaks.models import Outbreak
from ratings.sampling import timeline
from ratings.sampling.models import Sample
from ratings.sampling.views import TONES
from sunkitchen.accounts.models import Authority
from sunkitchen.core import files
from sunkitchen.core.access import Can, can, require
from sunkitchen.core.workflow import Refused
from sunkitchen.registry.establishments.gates import establishment_for, office_only

from . import actions, forms
from .models import Commitment, Reminder

PER_PAGE = 30
SHOWS = {"overdue": _("Past the day"), "open": _("Not mended yet"), "ended": _("Ended")}


@login_required
def reminders(request):
    office_only(request.user, Can.SEE_OFFICE)
    today = timezone.localdate()
    show = request.GET.get("show", "overdue")
    show = show if show in SHOWS else "overdue"
    rows = Reminder.objects.within(request.user, Can.SEE_OFFICE).select_related("establishment")
    if show == "ended":
        rows = rows.exclude(ended_at=None).order_by("-ended_at", "-pk")
    else:
        rows = rows.standing().order_by("mend_by", "pk")
    if show == "overdue":
        rows = rows.filter(mend_by__lt=today)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "shows": SHOWS.items(), "show": show, "query": f"show={show}", "today": today}
    return render(request, "ratings/reminders.html", context)


@login_required
def kitchen_reminders(request, code):
    return _kitchen_page(request, establishment_for(request.user, code, Can.SEE_OFFICE))


@login_required
def remind(request, code):
    kitchen = establishment_for(request.user, code, Can.SERVE_NOTICE)
    if request.method != "POST":
        return redirect("office_kitchen_reminders", code)
    form = forms.RemindForm(request.POST, establishment=kitchen, auto_id="id_remind_%s")
    return _taken(request, kitchen, "remind", form, lambda given: actions.remind(kitchen, by=request.user, **given))


@login_required
def bind(request, code):
    kitchen = establishment_for(request.user, code, Can.SERVE_NOTICE)
    if request.method != "POST":
        return redirect("office_kitchen_reminders", code)

    def act(given):
        upload = given.pop("file")
        with files.admitting([upload] if upload else []) as kept:
            actions.bind(kitchen, by=request.user, file=kept[0] if kept else None, **given)

    return _taken(request, kitchen, "bind", forms.BindForm(request.POST, request.FILES, auto_id="id_bind_%s"), act)


@login_required
def reminder_end(request, pk):
    row = _reminder(request.user, pk, Can.SERVE_NOTICE)
    if request.method != "POST":
        return redirect("office_kitchen_reminders", row.establishment.code)
    form = forms.EndForm(request.POST, auto_id=f"id_end_{pk}_%s")

    def act(given):
        actions.end(row, by=request.user, **given)

    return _taken(request, row.establishment, f"end-{pk}", form, act)


@login_required
def commitment_release(request, pk):
    row = _commitment(request.user, pk, Can.SERVE_NOTICE)
    if request.method != "POST":
        return redirect("office_kitchen_reminders", row.establishment.code)
    form = forms.ReleaseForm(request.POST, auto_id=f"id_release_{pk}_%s")

    def act(given):
        actions.release(row, by=request.user, **given)

    return _taken(request, row.establishment, f"release-{pk}", form, act)


def _taken(request, kitchen, step, form, act):
    """Do what a valid form asks and go back to the kitchen's page; or show it with what is wrong."""
    status = 422
    if form.is_valid():
        try:
            act(dict(form.cleaned_data))
            return redirect("office_kitchen_reminders", kitchen.code)
        except Refused as refused:
            status = refused.said_in(form)
    return _kitchen_page(request, kitchen, {step: form}, status)


def _kitchen_page(request, kitchen, bound=None, status=200):
    bound = bound or {}
    may = actions.may(request.user, kitchen)
    orders = [
        (row, bound.get(f"end-{row.pk}") or forms.EndForm(auto_id=f"id_end_{row.pk}_%s") if may else None)
        for row in Reminder.objects.filter(establishment=kitchen).order_by("mend_by", "pk")
    ]
    bindings = [
        (row, bound.get(f"release-{row.pk}") or forms.ReleaseForm(auto_id=f"id_release_{row.pk}_%s") if may else None)
        for row in Commitment.objects.filter(establishment=kitchen).select_related("file").order_by("signed_on", "pk")
    ]
    context = {
        "kitchen": kitchen,
        "today": timezone.localdate(),
        "standing": [(row, form) for row, form in orders if row.ended_at is None],
        "ended": [row for row, _form in reversed(orders) if row.ended_at is not None],
        "binding": [(row, form) for row, form in bindings if row.ended_at is None],
        "released": [row for row, _form in reversed(bindings) if row.ended_at is not None],
        "remind": (bound.get("remind") or forms.RemindForm(establishment=kitchen, auto_id="id_remind_%s"))
        if may
        else None,
        "bind": (bound.get("bind") or forms.BindForm(auto_id="id_bind_%s")) if may else None,
    }
    return render(request, "ratings/kitchen_reminders.html", context, status=status)


@login_required
def reminder_print(request, pk):
    """The 责令改正通知书 with its proof of service, to print."""
    row = _reminder(request.user, pk, Can.SEE_OFFICE)
    covering = [
        authority for authority in Authority.objects.all() if row.establishment.division.startswith(authority.division)
    ]
    nearest = max(covering, key=lambda authority: len(authority.division), default=None)
    return render(request, "ratings/reminder_print.html", {"reminder": row, "authority": nearest})


# ── the kitchen's own people, and their officers ────────────────────────────────────────────────────────────


@login_required
def kitchen_duties(request, code):
    """All that supervision asked of this kitchen and found in it: orders, bindings, samples, outbreaks."""
    kitchen = establishment_for(request.user, code, Can.SEE_KITCHEN)
    now = timezone.now()
    samples = Sample.objects.filter(establishment=kitchen).order_by("-taken_at", "-pk")[:PER_PAGE]
    reminders = list(Reminder.objects.filter(establishment=kitchen).order_by("mend_by", "pk"))
    context = {
        "kitchen": kitchen,
        "today": timezone.localdate(now),
        "standing": [row for row in reminders if row.ended_at is None],
        "ended": [row for row in reversed(reminders) if row.ended_at is not None],
        "binding": Commitment.objects.filter(establishment=kitchen).standing().select_related("file"),
        "outbreaks": Outbreak.objects.filter(establishment=kitchen).order_by("-occurred_on"),
        "samples": [
            (row, timeline.window_words(row, now) if row.state == Sample.State.SERVED else "", TONES.get(row.state, ""))
            for row in samples
        ],
        "is_officer": can(request.user, Can.SEE_OFFICE, kitchen),
        "may_take": can(request.user, Can.INSPECT, kitchen),
    }
    return render(request, "ratings/kitchen_duties.html", context)


@login_required
def commitment_paper(request, pk, page):
    row = _commitment(request.user, pk, Can.SEE_KITCHEN)
    if row.file is None:
        raise Http404
    return files.serve_page(row.file, page)


def _reminder(user, pk, capability):
    row = get_object_or_404(Reminder.objects.select_related("establishment", "inspection"), pk=pk)
    require(user, capability, row)
    return row


def _commitment(user, pk, capability):
    row = get_object_or_404(Commitment.objects.select_related("establishment", "file"), pk=pk)
    require(user, capability, row)
    return row
