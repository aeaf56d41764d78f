"""What inspectors are told when they were drawn: how many kitchens and until when, never which."""

from collections import Counter

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from sunkitchen.core import notices

from .models import Draw


def drawn(draw: Draw) -> None:
    rows = list(draw.assignments.select_related("lead", "second"))
    counts = Counter(person for row in rows for person in (row.lead, row.second))
    for person, count in counts.items():
        with translation.override(person.language or settings.LANGUAGE_CODE):
            link = reverse("office_draw", args=[draw.pk])
        notices.tell(
            person,
            "draw.drawn",
            _("You were drawn for visits"),
            format_lazy(
                _("{title}: {count} kitchens, to be visited by {day}. No kitchen is told before the visit."),
                title=draw.title,
                count=count,
                day=rows[0].due_on,
            ),
            dedupe=f"draw.{draw.pk}.drawn",
            link=link,
            about=draw,
        )
