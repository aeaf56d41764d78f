"""What became of a published listing: one corrected, one suspended and shown again, one withdrawn, one removed after a
visit saw it mended, and one whose operator waits for that visit."""

from collections.abc import Callable
from datetime import date, timedelta

from django.utils import timezone

from ratings.editions import amendments, rectifying
from ratings.editions.models import Listing
from ratings.inspections.models import Inspection

from . import parts
from .cast import FENG, PATROLS, Person
from .tale import Tale, workday

CORRECTED, STAYED, WITHDRAWN, REMOVED, WAITING = 8, 16, 20, 29, 2  # serials
CORRECTION = "原文所列检查日期系笔误，以监督检查记录为准，认定结论不变（演示）。"
STAY = "经营者申请行政复议，复议机关决定中止公示（演示）。"
LIFTED = "复议机关维持原认定，恢复公示（演示）。"
WITHDRAWAL = "行政复议决定认定送达程序有瑕疵，撤销本条公示（演示）。"
REMOVAL = "经复查核实已完成整改，提前移出（演示）。"
MENDED = "已更换冷柜、重新划分生熟区域并培训全体人员，请予复查（演示）。"
PLEASE_LOOK = "过期食品已全部销毁，进货查验台账已补齐，冷库已分区，请尽快复查（演示）。"


def plan(tale: Tale, number: int, listings: dict[int, Listing]) -> None:
    """Of the edition with that number, whose listings are there once it is published."""
    if number > parts.EDITIONS:
        return
    day = parts.published_on(number, tale.today)
    after = _After(tale, listings)
    on_it = {serial for serial, on in parts.RED.items() if number == max(on)}
    on_it |= {serial for serial, (edition, _way) in parts.WAYS.items() if edition == number}
    for serial, way in (
        (CORRECTED, after.corrected),
        (STAYED, after.stayed),
        (WITHDRAWN, after.withdrawn),
        (REMOVED, after.removed),
        (WAITING, after.waits),
    ):
        if serial in on_it and serial <= len(tale.kitchens):
            way(serial, day)


class _After:
    def __init__(self, tale: Tale, listings: dict[int, Listing]):
        self.tale, self.listings = tale, listings

    def at(self, day: date, hour: int, deed: Callable[[], object]) -> None:
        def do() -> None:
            deed()

        self.tale.on(self.tale.moment(day, hour, 20), do)

    def by(self, person: Person):
        return self.tale.user(person)

    def document(self, serial: int, kind: str) -> str:
        return f"海市监{kind}〔{timezone.localdate().year}〕演示 {serial} 号"

    def amend(self, serial: int, act: Callable[..., object], kind: str, reason: str) -> Callable[[], object]:
        return lambda: act(
            self.listings[serial], by=self.by(FENG), document_number=self.document(serial, kind), reason=reason
        )

    def corrected(self, serial: int, day: date) -> None:
        self.at(workday(day + timedelta(days=3)), 10, self.amend(serial, amendments.correct, "更", CORRECTION))

    def stayed(self, serial: int, day: date) -> None:
        self.at(workday(day + timedelta(days=20)), 10, self.amend(serial, amendments.stay, "复", STAY))

        def lift() -> None:
            amendments.lift(self.listings[serial], by=self.by(FENG), reason=LIFTED)

        self.at(workday(day + timedelta(days=45)), 10, lift)

    def withdrawn(self, serial: int, day: date) -> None:
        self.at(workday(day + timedelta(days=30)), 10, self.amend(serial, amendments.withdraw, "撤", WITHDRAWAL))

    def removed(self, serial: int, day: date) -> None:
        failure = parts.failures(self.tale.today)[serial]
        if failure.again_on is None:
            return
        self.at(failure.again_on - timedelta(days=9), 20, lambda: self.ask(serial, MENDED))
        looked = workday(failure.again_on + timedelta(days=3))
        self.at(looked, 18, lambda: self.look(serial))
        removed_on = workday(looked + timedelta(days=4))
        self.at(removed_on, 19, self.amend(serial, amendments.remove, "移", REMOVAL))

    def waits(self, serial: int, day: date) -> None:
        self.at(self.tale.ago(1), 19, lambda: self.ask(serial, PLEASE_LOOK))

    def ask(self, serial: int, statement: str) -> None:
        owner = self.tale.kitchens[serial - 1].owner
        assert owner
        rectifying.ask(self.listings[serial], by=self.by(owner), statement=statement)

    def look(self, serial: int) -> None:
        asked = self.listings[serial].rectifications.get()
        visit: Inspection = rectifying.visits_of(asked)[0]
        inspector = next(person for pair in PATROLS for person in pair if self.by(person) == visit.lead)
        rectifying.decide(asked, by=self.by(inspector), inspection=visit)
