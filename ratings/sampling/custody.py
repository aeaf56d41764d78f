"""The chain of custody 流转: whoever has the sample gives it to the next, to the laboratory, and no link is missing."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from sunkitchen.accounts.models import User
from sunkitchen.core import audit
from sunkitchen.core.workflow import Refused, Step, WrongState, move

from . import letters
from .guards import alike, must_follow, must_write, plain
from .models import Custody, Sample

_State = Sample.State
HAND_OVER = Step("hand_over", {_State.TAKEN, _State.SENT}, _State.SENT)
RECEIVE = Step("receive", {_State.TAKEN, _State.SENT}, _State.RECEIVED)
BROKEN = _("The seal was broken on the way: this sample can only be voided.")


@transaction.atomic
def hand_over(
    sample: Sample,
    *,
    by: User,
    giver: str,
    taker: str,
    seal_intact: bool,
    handed_at: datetime | None = None,
    note: str = "",
    at: datetime | None = None,
) -> Custody:
    """One link of the chain: whoever has it gives it to the next. A broken seal is written down, and ends its way."""
    at = at or timezone.now()
    must_write(sample, by)
    link = _link(sample, by, giver, taker, seal_intact, handed_at or at, note, at)
    first = sample.state == _State.TAKEN
    move(sample, HAND_OVER)
    audit.record(by, "sample.handed_over", sample, seal_intact=seal_intact)
    if first:
        letters.sent(sample)
    return link


@transaction.atomic
def receive(
    sample: Sample,
    *,
    by: User,
    laboratory: str,
    giver: str,
    taker: str,
    seal_intact: bool,
    handed_at: datetime | None = None,
    note: str = "",
    at: datetime | None = None,
) -> Custody:
    """The last link: `taker` of the laboratory has it."""
    at = at or timezone.now()
    must_write(sample, by)
    laboratory = plain(laboratory)
    if not laboratory:
        raise Refused(_("Which laboratory received it?"))
    if sample.state not in RECEIVE.sources:
        raise WrongState("receive", sample.state)
    link = _link(sample, by, giver, taker, seal_intact, handed_at or at, note, at)
    move(sample, RECEIVE, laboratory=laboratory)
    audit.record(by, "sample.received", sample, seal_intact=seal_intact, laboratory=laboratory)
    letters.received(sample)
    return link


def holders(sample: Sample) -> list[str]:
    """Who can hand it over now: the last who took it over, at first the two officers."""
    last = sample.custody.order_by("pk").last()
    return [last.taker] if last else [str(sample.lead), str(sample.second)]


def is_broken(sample: Sample) -> bool:
    return sample.custody.filter(seal_intact=False).exists()


def _link(
    sample: Sample,
    by: User,
    giver: str,
    taker: str,
    seal_intact: bool,
    handed_at: datetime,
    note: str,
    at: datetime,
) -> Custody:
    giver, taker = plain(giver), plain(taker)
    if sample.state not in HAND_OVER.sources:
        raise WrongState("hand_over", sample.state)
    if is_broken(sample):
        raise Refused(BROKEN)
    before = holders(sample)
    if giver not in before:
        raise Refused(format_lazy(_("The chain has a hole: the sample is with {holders}."), holders=" / ".join(before)))
    if not taker:
        raise Refused(_("Who took the sample over?"))
    if alike(giver, taker):
        raise Refused(_("Nobody hands a sample over to themselves."))
    last = sample.custody.order_by("pk").last()
    must_follow(last.at if last else sample.taken_at, handed_at, at)
    return Custody.objects.create(
        sample=sample,
        at=handed_at,
        giver=giver,
        taker=taker,
        seal_intact=seal_intact,
        note=plain(note),
        recorded_by=by,
        recorded_at=at,
    )
