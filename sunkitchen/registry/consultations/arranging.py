"""What an authority arranges for its chats: prepared answers, and the hours in which somebody answers."""

from django.db import transaction
from django.utils.translation import gettext as _

from sunkitchen.accounts.models import Authority, User
from sunkitchen.core import access, audit
from sunkitchen.core.access import Can
from sunkitchen.core.workflow import Refused

from ..checked import checked
from .models import CannedAnswer, OfficeHours
from .writing import plain

MOST_ANSWERS = 60  # of one authority: more are found by nobody


@transaction.atomic
def write_answer(
    authority: Authority, *, by: User, title: str, text: str, row: CannedAnswer | None = None
) -> CannedAnswer:
    """A prepared answer, new or (`row`) in other words."""
    access.require(by, Can.REVIEW_PAPERS, authority)
    if row is None and CannedAnswer.objects.filter(authority=authority).count() >= MOST_ANSWERS:
        raise Refused(_("There are %(most)s prepared answers already: please change one.") % {"most": MOST_ANSWERS})
    row = row or CannedAnswer(authority=authority, written_by=by)
    row.title, row.text = plain(title, 60), plain(text)
    checked(row)
    row.save()
    audit.record(by, "canned_answer.written", row)
    return row


@transaction.atomic
def drop_answer(row: CannedAnswer, *, by: User) -> None:
    access.require(by, Can.REVIEW_PAPERS, row)
    audit.record(by, "canned_answer.dropped", row)
    row.delete()


def keeps_hours(user: User, authority: Authority) -> Can:
    """The capability by which the person sets an authority's hours, or lacks it."""
    return Can.ARRANGE_REVIEW if access.can(user, Can.ARRANGE_REVIEW, authority) else Can.REVIEW_PAPERS


@transaction.atomic
def keep_hours(authority: Authority, *, by: User, week: list[list[list[str]]]) -> OfficeHours:
    """When somebody answers: seven days, as office_time.parse makes them. By its clerks and by its publisher."""
    access.require(by, keeps_hours(by, authority), authority)
    row, _new = OfficeHours.objects.update_or_create(authority=authority, defaults={"hours": week})
    audit.record(by, "office_hours.kept", row)
    return row
