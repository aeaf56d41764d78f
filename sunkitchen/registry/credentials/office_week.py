"""An authority's hours as people read them: the days that are alike together."""

from collections.abc import Sequence
from itertools import groupby

from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _

from ..consultations import office_time
from ..consultations.models import OfficeHours

Line = tuple[str, str]  # days, and their times


def told(week: office_time.Week) -> list[Line]:
    """A week of days of spans, Monday first, as few lines; a day off says so."""
    lines = []
    for day, alike in groupby(enumerate(week), key=lambda one: list(one[1])):
        days = [number for number, _times in alike]
        names = [str(WEEKDAYS[days[0]])] if len(days) == 1 else [str(WEEKDAYS[days[0]]), str(WEEKDAYS[days[-1]])]
        lines.append((" – ".join(names), office_time.written(day) or _("closed")))
    return lines


def of_each(authorities: Sequence[int]) -> dict[int, list[Line]]:
    """By the authority's id; one query."""
    kept = dict(OfficeHours.objects.filter(authority__in=authorities).values_list("authority", "hours"))
    return {pk: told(kept.get(pk, office_time.USUAL)) for pk in authorities}
