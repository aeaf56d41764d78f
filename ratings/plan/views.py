"""The plan of visits: who is late, who is next, a month as a calendar, a kitchen's risk class."""

from datetime import date, timedelta
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Count
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from sunkitchen.core.access import Can, may_anywhere, require
from sunkitchen.core.workflow import Refused
from sunkitchen.registry.establishments import divisions
from sunkitchen.registry.establishments.gates import establishment_for, office_only

from . import actions, classes, due, forms, month, schedule
from .models import Risk

PER_PAGE = 50
MONDAY = date(2026, 11, 2)  # some Monday: the names of weekdays count from it
SHOWS = {"late": gettext_lazy("Overdue"), "soon": gettext_lazy("Due within 30 days"), "all": gettext_lazy("All")}


@login_required
def plan(request):
    office_only(request.user, Can.SEE_OFFICE)
    now = timezone.now()
    asked = {name: request.GET.get(name, "") for name in ("show", "district", "letter", "on")}
    show = asked["show"] if asked["show"] in SHOWS else "late"
    letter = asked["letter"] if asked["letter"] in due.VISITS else ""
    names = _districts(request.user)
    district = asked["district"] if asked["district"] in names else ""
    kitchens = schedule.supervised(request.user)
    rows = schedule.filtered(schedule.with_due(kitchens), district=district, letter=letter)
    day = _day(asked["on"])
    if day:
        rows = schedule.between(rows, day, day).order_by("due_at", "pk")
    else:
        rows = {"late": schedule.late, "soon": schedule.soon}.get(show, _all)(rows, now)
    query = {"show": show, "district": district, "letter": letter, "on": day.isoformat() if day else ""}
    context = {
        "page": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
        "query": urlencode({name: value for name, value in query.items() if value}),
        "show": show,
        "shows": SHOWS.items(),
        "day": day,
        "district": district,
        "districts": names.items(),
        "letter": letter,
        "letters": Risk.Letter.choices,
        "today": timezone.localdate(now),
        "may_class": may_anywhere(request.user, Can.SET_RISK),
        "may_inspect": may_anywhere(request.user, Can.INSPECT),
    }
    return render(request, "ratings/plan.html", context)


def _all(rows, at):
    return rows.order_by("due_at", "pk")


def _day(text):
    try:
        return parse_date(text)
    except ValueError:
        return None


def _districts(user):
    """The divisions in which the officer's kitchens stand, with how many, and a name where one is known."""
    known = dict(divisions.choices(get_language() or ""))
    rows = schedule.supervised(user).order_by("division").values("division").annotate(count=Count("pk"))
    return {row["division"]: known.get(row["division"], row["division"]) for row in rows[:200]}


@login_required
def calendar(request):
    office_only(request.user, Can.SEE_OFFICE)
    now = timezone.now()
    today = timezone.localdate(now)
    first = month.read(request.GET.get("month", ""), today)
    days = month.days(first, schedule.supervised(request.user), now)
    context = {
        "first": first,
        "days": days,
        "column": first.isoweekday(),
        "before": month.beside(first, -1),
        "after": month.beside(first, 1),
        "today": today,
        "is_this": first == today.replace(day=1),
        "is_empty": all(day.is_quiet for day in days),
        "weekdays": [MONDAY + timedelta(days=n) for n in range(7)],
    }
    return render(request, "ratings/calendar.html", context)


@login_required
def risk_class(request, code):
    kitchen = establishment_for(request.user, code, Can.SEE_OFFICE)
    if request.method == "POST":
        require(request.user, Can.SET_RISK, kitchen)
    form = forms.RiskForm(request.POST or None, initial={"letter": classes.letter_of(kitchen)})
    status = 422 if form.is_bound else 200
    if form.is_valid():
        try:
            actions.set_risk(kitchen, by=request.user, **form.cleaned_data)
            messages.success(request, _("The class is set."))
            return redirect("office_plan_class", code)
        except Refused as refused:
            status = refused.said_in(form)
    row = schedule.with_due(type(kitchen).objects.filter(pk=kitchen.pk)).first()
    least, most = due.VISITS[classes.letter_of(kitchen)]
    context = {
        "kitchen": kitchen,
        "row": row,
        "form": form if may_anywhere(request.user, Can.SET_RISK) else None,
        "letter": classes.letter_of(kitchen),
        "least": least,
        "most": most,
        "rows": classes.history(kitchen),
        "first": classes.FIRST.get(kitchen.category, "C"),
        "today": timezone.localdate(),
    }
    return render(request, "ratings/plan_class.html", context, status=status)
