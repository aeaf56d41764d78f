"""Clocks of consultations: who asked, and waits for an answer."""

from collections.abc import Iterator

from django.db.models import Count, Min
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sunkitchen.core.access import Can
from sunkitchen.registry.models import Consultation

from ..links import link
from .due import Due, Reader


def talks(reader: Reader) -> Iterator[Due]:
    """One row for all of them; for those alone who answer."""
    if Can.REVIEW_PAPERS not in reader.able:
        return
    rows = Consultation.objects.for_clerk(reader.user).waiting().order_by()
    found = rows.aggregate(n=Count("pk"), first=Min("waiting_since"))
    if found["n"]:
        said = ngettext("%(n)d question", "%(n)d questions", found["n"]) % {"n": found["n"]}
        yield reader.due(_("Answer who asks"), said, link("office_talks"), since=found["first"], is_mine=True)


SOURCES = [talks]
