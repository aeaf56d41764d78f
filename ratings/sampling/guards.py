"""What stands before every write to a sample: whose act it is, that it is read afresh, that time runs forward."""

import unicodedata
from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ratings.inspections.actions import CLOCK_TOLERANCE
from sunkitchen.accounts.models import User
from sunkitchen.core import access
from sunkitchen.core.access import Can
from sunkitchen.core.workflow import Refused

from .models import Sample


def may(by: User, sample: Sample) -> bool:
    """A sample is the act of one bureau: its own inspectors write here, of kitchens that aren't their own."""
    _ids, divisions = access.reach(by, Can.INSPECT)
    return sample.authority.division in divisions and sample.establishment_id not in access.own(by)


def must_write(sample: Sample, by: User) -> None:
    if sample.establishment_id in access.own(by):
        raise Refused(_("You act for this kitchen yourself: a colleague takes this step."))
    if not may(by, sample):
        raise Refused(_("This step belongs to another post."))
    hold(sample)


def hold(sample: Sample) -> None:
    """The sample as it is now, and nobody else moves it: what the caller read before may be a colleague's step old."""
    Sample.objects.select_for_update().get(pk=sample.pk)
    sample.refresh_from_db()


def must_follow(previous: datetime | None, moment: datetime, at: datetime) -> None:
    """Not before the step before it (people enter minutes), nor in the future, give or take a phone's clock."""
    if moment > at + CLOCK_TOLERANCE:
        raise Refused(_("That lies in the future."))
    if previous is not None and moment < previous.replace(second=0, microsecond=0):
        raise Refused(_("That lies before the step that came before it."))


def must_follow_on(previous: date, day: date, at: datetime) -> None:
    """As `must_follow`, of days."""
    if day > timezone.localtime(at).date():
        raise Refused(_("That lies in the future."))
    if day < previous:
        raise Refused(_("That lies before the step that came before it."))


def plain(text: str) -> str:
    return unicodedata.normalize("NFC", text.strip())


def alike(one: str, other: str) -> bool:
    """Two spellings of one name: width, case and spaces aside."""
    first, second = ("".join(unicodedata.normalize("NFKC", text).casefold().split()) for text in (one, other))
    return first == second
