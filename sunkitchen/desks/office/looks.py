"""Who looked at scans with personal data, for an auditor: the employee is told a role alone, and may ask here whose."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from urllib.parse import urlencode

from django import forms
from django.contrib.auth.decorators import login_required
from django.db.models import Q, QuerySet
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from sunkitchen.core.access import Can
from sunkitchen.core.models import FileView
from sunkitchen.registry.establishments.gates import office_only
from sunkitchen.registry.models import Establishment, StaffMember
from sunkitchen.registry.staff.history import ROLES

PER_PAGE = 50


class LooksForm(forms.Form):
    """Everything may be left out."""

    kitchen = forms.CharField(label=_("Kitchen"), max_length=100, required=False)
    person = forms.CharField(label=_("Who looked"), max_length=100, required=False)
    day = forms.DateField(label=_("Day"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    before = forms.IntegerField(required=False, min_value=1, max_value=2**62, widget=forms.HiddenInput())


@dataclass(frozen=True)
class Shown:
    """`kitchen` and `employee` are None where the row has gone since."""

    look: FileView
    role: str | Promise
    kitchen: Establishment | None
    employee: StaffMember | None


@login_required
def office_looks(request):
    """The looks within reach, the newest first; older pages begin where the last one ended."""
    office_only(request.user, Can.SEE_AUDIT)
    form = LooksForm(request.GET)
    wanted = form.cleaned_data if form.is_valid() else {}
    rows = list(found(FileView.objects.within(request.user, Can.SEE_AUDIT), **wanted)[: PER_PAGE + 1])
    older = rows[PER_PAGE - 1].pk if len(rows) > PER_PAGE else None
    kept = {name: value for name, value in request.GET.items() if name in form.fields and name != "before" and value}
    context = {
        "form": form,
        "looks": shown(rows[:PER_PAGE]),
        "older": urlencode({**kept, "before": older}) if older else "",
        "is_later": bool(wanted.get("before")),
        "newest": urlencode(kept),
    }
    return render(request, "desks/office/looks.html", context, status=200 if form.is_valid() else 422)


def found(
    rows: QuerySet[FileView], *, kitchen: str = "", person: str = "", day: date | None = None, before: int | None = None
) -> QuerySet[FileView]:
    """`kitchen` is a part of its name or its code, `person` a part of the looker's name; `day` is the office's own."""
    if kitchen:
        named = Establishment.objects.filter(Q(signboard__icontains=kitchen) | Q(code=kitchen))
        rows = rows.filter(establishment__in=named.values("pk"))
    if person:
        rows = rows.filter(by__name__icontains=person)
    if day:
        start = timezone.make_aware(datetime.combine(day, time.min))
        rows = rows.filter(at__gte=start, at__lt=start + timedelta(days=1))
    if before:
        rows = rows.filter(pk__lt=before)
    return rows.select_related("by").order_by("-pk")


def shown(rows: Iterable[FileView]) -> list[Shown]:
    """With the kitchen and the employee each concerns, in two more queries."""
    rows = list(rows)
    places = Establishment.objects.in_bulk({row.establishment for row in rows if row.establishment})
    people = StaffMember.objects.in_bulk({pk for row in rows if (pk := _employee(row))})
    return [
        Shown(row, ROLES.get(row.role, ""), places.get(row.establishment or 0), people.get(_employee(row)))
        for row in rows
    ]


def _employee(row: FileView) -> int:
    """The id of the employee whose scan it is, 0 for anybody else."""
    kind, _colon, pk = row.about.partition(":")
    return int(pk) if kind == StaffMember._meta.label_lower and pk.isdecimal() else 0
