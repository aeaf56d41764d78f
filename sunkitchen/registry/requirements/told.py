"""What anybody may know of an operator's word: which paper is promised, and by when."""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import get_language

from ..establishments.models import Establishment
from . import rules
from .models import Undertaking


@dataclass(frozen=True)
class Told:
    title: str
    due_on: date
    kinds: tuple[str, ...]  # of the papers that would keep it: not told where one of them is shown in force


def of(place: Establishment, today: date) -> list[Told]:
    """Open undertakings about papers whose day has not passed. One query."""
    papers = {rule.code: rule for rule in rules.of(place.division, today).of(place.category) if rule.papers}
    rows = Undertaking.objects.filter(establishment=place, state=Undertaking.State.OPEN, due_on__gte=today)
    language = get_language() or ""
    found = [(papers[row.requirement], row.due_on) for row in rows.order_by("due_on") if row.requirement in papers]
    return [Told(rule.title.said(language), due, rule.papers) for rule, due in found]
