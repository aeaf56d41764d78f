"""A year of inspections: about two a kitchen, more where the risk is higher; what failed is looked at again."""

import random
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import SimpleUploadedFile

from ratings.inspections import actions as inspections
from ratings.inspections import checklists
from ratings.inspections.models import Inspection
from sunkitchen.accounts.models import User
from sunkitchen.core import workdays

from . import evidence, findings, parts
from .cast import PATROLS, Kitchen
from .tale import DAYS, Tale, workday

FROM = DAYS - 30  # days ago: the register is in, the first owners are here
RISK = {
    "large": 3,
    "medium": 3,
    "school": 3,
    "central": 3,
    "catering": 3,
    "canteen": 2,
    "small": 2,
    "snack": 1,
    "drinks": 1,
}
REFUSAL = "现场负责人表示需请示，拒绝签字，两名检查人员见证（演示）。"
OUTCOMES = ("clean",) * 16 + ("light",) * 2 + ("mostly",) * 4
REMARKS = (
    "已现场指导，负责人表示当日整改（演示）。",
    "后厨整洁，台账完整（演示）。",
    "提醒：健康证下月有 2 人到期（演示）。",
)
MEND_WORKDAYS = 10
PHOTOGRAPHED = (2, 29)  # serials: making a photo safe takes a moment, so only these show before and after
APART = 25  # days between a visit that failed and any other that isn't its re-inspection


def plan(tale: Tale) -> None:
    for kitchen in tale.kitchens:
        if kitchen.serial == parts.NEWCOMER:
            continue
        failed: list[Inspection] = []  # the visit that a re-inspection follows
        for day, outcome, kind in visits_of(kitchen, tale):
            _plan(tale, kitchen, day, outcome, kind, failed)


def visits_of(kitchen: Kitchen, tale: Tale) -> list[tuple[date, str, str]]:
    """(day, outcome, kind) of each visit to this kitchen in the year."""
    dice = random.Random(f"visits {kitchen.serial}")
    own: list[tuple[date, str, str]] = []
    if failure := parts.failures(tale.today).get(kitchen.serial):
        own.append((failure.failed_on, "fails", Inspection.Kind.RANDOM if failure.drawn else Inspection.Kind.ROUTINE))
        if failure.again_on:
            own.append((failure.again_on, "clean", Inspection.Kind.FOLLOW_UP))
    count = RISK[kitchen.category] + (dice.random() < 0.5)
    for turn in range(count):
        back = FROM - int((turn + dice.random() * 0.8 + 0.1) * (FROM - 8) / count)
        if turn == 0 and kitchen.serial in parts.SPOTLESS:
            back = FROM - 4  # who stands on a first red list was seen before it
        day = workday(tale.ago(back))
        if any(abs(day - other) < timedelta(days=APART) for other, _outcome, _kind in own):
            continue
        if not parts.first_day(kitchen.serial, tale.today) < day <= parts.last_day(kitchen.serial, tale.today):
            continue
        outcome = dice.choice(OUTCOMES)
        if kitchen.serial in parts.SPOTLESS:
            outcome = "light" if kitchen.serial > 1 and dice.random() < 0.3 else "clean"
        own.append((day, outcome, dice.choice([Inspection.Kind.ROUTINE] * 3 + [Inspection.Kind.RANDOM])))
    return sorted(own)


def _plan(tale: Tale, kitchen: Kitchen, day: date, outcome: str, kind: str, failed: list[Inspection]) -> None:
    dice = random.Random(f"visit {kitchen.serial} {tale.today - day}")
    lead, second = dice.choice(PATROLS)
    opens = next((hours[0] for hours in kitchen.hours if hours), "09:00")
    hour = max(9, min(int(opens[:2]), 17))
    begun = tale.moment(day, hour, dice.randrange(5, 55))
    closed = begun + timedelta(minutes=dice.randrange(35, 80))
    if closed > tale.at:
        return
    items = [item.code for item in checklists.current().items]
    given = findings.answers(items, outcome, dice, cold_dishes="冷食" in kitchen.items)
    refuses = outcome == "fails" and dice.random() < 0.3
    kept: list[Inspection] = []

    counted = random.Random(f"heads {kitchen.serial} {tale.today - day}")
    heads = max(1, round(kitchen.staff * counted.uniform(0.6, 1)))

    def begin() -> None:
        again = kind == Inspection.Kind.FOLLOW_UP
        visit = inspections.begin(
            tale.places[kitchen.serial],
            by=tale.user(lead),
            second=tale.user(second),
            kind=kind,
            follows=failed[-1] if again and failed else None,
        )
        inspections.fill_in(visit, given, by=tale.user(lead))
        if kitchen.serial in PHOTOGRAPHED and (outcome == "fails" or visit.follows):
            _photograph(visit, tale.user(lead), counted)
        kept.append(visit)
        if outcome == "fails":
            failed.append(visit)

    def close() -> None:
        if refuses:
            sign(Inspection.Signature.REFUSED, refusal_note=REFUSAL)
        else:
            sign(Inspection.Signature.SIGNED, signed_name=kitchen.owner.name if kitchen.owner else "现场负责人")

    def sign(signature: str, **words: str) -> None:
        inspections.close(
            kept[0],
            by=tale.user(lead),
            signature=signature,
            signed_name=words.get("signed_name", ""),
            refusal_note=words.get("refusal_note", ""),
            remark=counted.choice(REMARKS) if counted.random() < 0.3 else "",
            heads_on_duty=heads,
            heads_certified=heads - (given["health"]["answer"] == "fail"),
            mend_by=workdays.add(day, MEND_WORKDAYS).day if outcome in ("mostly", "fails") else None,
        )

    tale.on(begun, begin)
    tale.on(closed, close)


def _photograph(visit: Inspection, by: User, dice: random.Random) -> None:
    """One picture of the first thing that was found, then and when it was looked at again."""
    found = visit.follows or visit
    items = checklists.load(found.checklist).items
    item = next(item for item in items if found.answers[item.code]["answer"] == "fail")
    body = evidence.picture(item.zh, mended=visit.follows is not None)
    upload: Any = SimpleUploadedFile("现场.jpg", body, "image/jpeg")
    inspections.add_photo(visit, upload, by=by, key=UUID(int=dice.getrandbits(128), version=4), item=item.code)
