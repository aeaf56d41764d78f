"""What the public is told of a kitchen's samples: those that nobody can contest any more, of the last two years."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ratings.months import months_later

from .models import Sample

MONTHS = 24
WORDS = {
    Sample.State.PASSED: _("Passed"),
    Sample.State.CONFIRMED: _("Failed the test"),
    Sample.State.CLEARED: _("Passed the retest"),
}


@dataclass(frozen=True)
class Told:
    """`day` is the day on which the result became final; `words` in the reader's language."""

    product: str
    day: date
    outcome: str  # passed, confirmed or cleared

    @property
    def words(self) -> "str | Promise":
        return WORDS[Sample.State(self.outcome)]

    @property
    def failed(self) -> bool:
        return self.outcome == Sample.State.CONFIRMED


def of(establishment: Any, at: datetime) -> list[Told]:
    """Final results that became final in the 24 months until `at`, the newest first. One query."""
    today = timezone.localtime(at).date()
    rows = (
        Sample.objects.final()
        .filter(establishment=establishment, final_on__gt=months_later(today, -MONTHS), final_on__lte=today)
        .order_by("-final_on", "-pk")
        .values_list("product", "final_on", "state")
    )
    return [Told(product, day, state) for product, day, state in rows if day]
