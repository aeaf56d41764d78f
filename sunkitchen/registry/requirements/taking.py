"""数据共享, the kitchen's side: a paper is looked up in other bureaus' registers, and taken instead of brought."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from sunkitchen.accounts.models import User
from sunkitchen.core import audit
from sunkitchen.core.workflow import Refused, WrongState, move

from ..credentials import sharing
from ..credentials.models import Credential
from ..establishments.models import Establishment
from . import holding, rules, services
from .actions import offered
from .matching import Kitchen, Match, match
from .models import OwnCheck, SharedRegister, Taking
from .own_checks import DROP
from .records import FACTS

KEPT = [name for name in FACTS if name not in ("uscc", "state")]  # facts that a paper has


@dataclass(frozen=True)
class Found:
    """What one register says: a paper and how it fits, or why there is none."""

    register: SharedRegister
    match: Match | None = None
    refused: str = ""


def look(place: Establishment, code: str, *, number: str, today: date) -> list[Found]:
    """Ask every register that may have it, by the number that was typed and by the kitchen's own code."""
    rule = offered(place, code, rules.SHARED, today)[0]
    return list(_ask(place, rule.papers, number, today))


def _ask(place: Establishment, kinds: tuple[str, ...], number: str, today: date) -> Iterator[Found]:
    for register in holding.registers(place).filter(kind__in=kinds).order_by("kind", "pk"):
        typed = number or (place.uscc if register.kind == Credential.Kind.BUSINESS_LICENCE else "")
        try:
            record = services.find(register, number=typed, uscc=place.uscc)
        except Refused as error:
            yield Found(register, refused=str(error))
            continue
        yield Found(register, match(record, _kitchen(place), today) if record else None)


def take(
    place: Establishment, code: str, *, by: User, register: int, number: str, today: date | None = None
) -> Credential:
    """The paper of that number, as the register has it this moment. It waits for a clerk, who sees what differs; in
    force at once where the register is trusted and everything agrees. Refused when it is not this kitchen's."""
    today = today or timezone.localdate()
    rule = offered(place, code, rules.SHARED, today)[0]
    source = holding.registers(place).filter(pk=register, kind__in=rule.papers).first()
    if source is None:
        raise Refused(_("This register is not asked any more. Please look again."))
    record = services.find(source, number=number, uscc=place.uscc)
    if record is None:
        raise Refused(_("The register has no such paper now. Please look again, or hand it in."))
    found = match(record, _kitchen(place), today)
    if not found.may_take:
        raise Refused(_("The register's paper is not this kitchen's, or not valid. Please hand in the right one."))
    with transaction.atomic():
        Establishment.objects.select_for_update().get(pk=place.pk)
        offered(place, code, rules.SHARED, today)  # nobody took it meanwhile
        facts = {name: getattr(record, name) for name in KEPT}
        paper = sharing.take(place, by=by, kind=source.kind, at_once=source.at_once and found.agrees, **facts)
        Taking.objects.create(credential=paper, register=source, state_said=record.state, differs=list(found.differs))
        _drop_question(place, code, by)
    return paper


def _drop_question(place: Establishment, code: str, by: User) -> None:
    """Nobody has to look up what is here."""
    for row in OwnCheck.objects.filter(establishment=place, requirement=code, state=OwnCheck.State.OPEN):
        try:
            move(row, DROP, done_by=by, done_at=timezone.now())
        except WrongState:
            continue
        audit.record(by, "own_check.dropped", row)


def _kitchen(place: Establishment) -> Kitchen:
    return Kitchen(place.operator_name, place.uscc)
