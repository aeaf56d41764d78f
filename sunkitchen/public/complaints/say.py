"""What a kitchen's page offers to whoever has something to say: taps at the table, a report, and how others found it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from ratings.models import Complaint
from ratings.reviews import passes, totals
from ratings.reviews.totals import Totals
from sunkitchen.registry.models import Establishment, Sticker

from .forms import SayForm


@dataclass(frozen=True)
class Say:
    form: SayForm | None  # at a table alone
    totals: Totals | None
    complain: str  # addresses
    not_this: str


def context(establishment: Establishment, sticker: Sticker | None, now: datetime) -> dict[str, Any]:
    """For templates/public/kitchen/_say.html: {"say": …}. One query. A pass stands only on a page that nobody keeps."""
    dined = passes.of(sticker, now) if sticker else ""
    return {
        "say": Say(
            form=SayForm(initial={"p": dined}) if dined else None,
            totals=totals.of(establishment, now),
            complain=address(establishment, dined),
            not_this=address(
                establishment, dined, kind=Complaint.Kind.LEAD.value, category=Complaint.Category.CAMERA.value
            ),
        )
    }


def address(establishment: Establishment, dined: str = "", **more: str) -> str:
    """Of the form, about this kitchen, with the table's pass where there is one."""
    query = {"k": establishment.code, **more, **({"p": dined} if dined else {})}
    return f"{reverse('complaint_new')}?{urlencode(query)}"
