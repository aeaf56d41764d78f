"""What a kitchen's people are told of a recall, and reminded of once a day until they answer."""

from datetime import date
from typing import Any

from django.urls import reverse
from django.utils import translation
from django.utils.functional import lazy
from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from sunkitchen.accounts.models import User
from sunkitchen.core import notices

from .models import Recall, RecallNotice


def _goods(recall: Recall) -> str:
    parts = [recall.product]
    if recall.batch:
        parts.append(gettext("batch %(batch)s") % {"batch": recall.batch + ("…" if recall.begins else "")})
    if recall.supplier:
        parts.append(gettext("from %(supplier)s") % {"supplier": recall.supplier})
    return gettext(", ").join(part for part in parts if part)


goods: Any = lazy(_goods, str)  # in the words of whoever reads it


def told(notice: RecallNotice, today: date, *, again: bool) -> None:
    """To everybody who acts for the kitchen; once a day at most."""
    recall, place = notice.recall, notice.establishment
    said = _("{kitchen} received recalled goods: {goods}. {says} Please answer on your desk what became of them.")
    subject, kind = _("Recall: look for these goods at once"), "recall.issued"
    if again:
        said = _("{kitchen} has not answered yet about recalled goods: {goods}. {says}")
        subject, kind = _("Recall: please answer"), "recall.reminded"
    body = format_lazy(said, kitchen=place.signboard, goods=goods(recall), says=recall.says)
    event = f"{kind}:{notice.pk}:{notice.told_at:%Y%m%d%H%M%S}:{today:%Y%m%d}"
    people = User.objects.filter(memberships__establishment=place, memberships__ended_at=None).distinct()
    for person in people:
        with translation.override(person.language):
            link = reverse("recall_answer", args=[place.code, notice.pk])
        notices.tell(person, kind, subject, body, dedupe=event, link=link, about=place)
