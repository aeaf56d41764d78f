"""What a kitchen's papers are worth once it has another operator: nothing. A permit is its holder's, and is not handed on."""

from datetime import datetime
from typing import Any

from django.db import transaction

from sunkitchen.core import audit
from sunkitchen.core.workflow import Step, move

from ..establishments.models import Establishment
from . import four_eyes
from .models import Credential

State = Credential.State
# 注销: not a punishment, and said so in the reason; "revoked" is the one state of a paper that ended before its day.
END_WITH_OPERATOR = Step("end_with_operator", {State.IN_FORCE}, State.REVOKED)
PUT_DOWN = Step("put_down", {State.SUBMITTED, State.RETURNED}, State.DRAFT)


@transaction.atomic
def end_with_operator(establishment: Establishment, *, by: Any, reason: str, at: datetime) -> int:
    """End the kitchen's own papers that are in force, take back those under review; of its people's none. How many
    ended."""
    ended = 0
    Credential.objects.filter(establishment=establishment).exclude(continued_by=None).update(continued_by=None)
    for paper in establishment.credentials.of_kitchen().filter(
        state__in=[*END_WITH_OPERATOR.sources, *PUT_DOWN.sources]
    ):
        if paper.state in END_WITH_OPERATOR.sources:
            move(paper, END_WITH_OPERATOR, revoked_by=by, revoked_at=at, reason=reason)
            audit.record(by, "credential.ended_with_operator", paper, reason=reason)
            ended += 1
        else:
            move(paper, PUT_DOWN, accepted_by=None, accepted_at=None, reason="", **four_eyes.NO_LONGER)
            audit.record(by, "credential.withdrawn", paper)
    return ended
