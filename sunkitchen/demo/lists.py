"""Eleven published editions and the draft of the twelfth, each on the whole way: picked, noticed, served, answered,
decided by somebody who took no part, approved stage by stage, published by somebody else again; and what came after."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

from django.utils import timezone

from ratings.editions import actions as editions
from ratings.editions import approving, releasing
from ratings.editions.models import Edition, Listing
from sunkitchen.core import translog
from sunkitchen.core.workdays import add

from . import afterwards, parts
from .cast import FAN, FENG, MA, PATROLS, QIN, SUN, Person
from .tale import Tale, workday

REASONS_RED = (
    "后厨整洁，食品离地分类存放，餐具消毒保洁规范，直播画面清晰稳定。",
    "人员健康证明齐全，进货查验记录完整，生熟分开，标识清楚。",
    "专间管理规范，温度、消毒记录齐全，反食品浪费提示醒目。",
)
REASONS_BLACK = (
    "现场发现超过保质期的食品和生熟混用，监督检查结果为不符合。",
    "两项关键项不合格，其余多项需整改，监督检查结果为不符合。",
    "原料来源凭证不全，加工场所不清洁，监督检查结果为不符合。",
)
REASON_LAPSED = "食品经营许可已过有效期，现场仍在经营。"
RULES_THEN = "2026-3"  # of what is published: they judged neither ledgers nor certificates yet
OBJECTION = (
    "检查当天冷柜停电检修，过期食品是待退货的，已单独放在角落，请再核实（演示）。",
    "砧板当时正在更换，新旧混放不到半小时，并未用于加工，现附采购单照片（演示）。",
)
UPHELD = "经复核现场照片和检查记录，食品未作退货标识且与在用食品同柜存放，维持原认定。"
OVERTURNED = "经复核，所述砧板确为当日更换的新品，未投入使用，两项关键项认定证据不足，不予公布。"
DROPPED = "告知书所列检查日期有误，重新核实后另行处理。"
SERVED = "当面送达，现场负责人签收（演示）。"
LEFT = "经营者拒绝签收，两名执法人员见证，留置送达并拍照（演示）。"
WAIVED = "本店对拟公示内容无异议，放弃陈述申辩（演示）。"
CHAIN = (
    ("科室负责人", "Head of section", MA),
    ("法制审核", "Legal review", QIN),
    ("分管局领导", "Deputy director", FAN),
)
OPINIONS = ("事实清楚，证据确凿，拟同意公布。", "程序合法，依据适当。", "按期公布。")
HOUR = 9  # of publication


def plan(tale: Tale) -> None:
    """The editions whose kitchens are here; without any there is none."""
    tale.on(tale.moment(parts.drafted_on(1, tale.today), 9), lambda: _chain(tale))
    here = {kitchen.serial for kitchen in tale.kitchens}
    for number in range(1, parts.EDITIONS + 2):
        red = [serial for serial, on in parts.RED.items() if number in on and serial in here]
        black = [serial for serial, (on, _way) in parts.WAYS.items() if on == number and serial in here]
        lapsed = [parts.LAPSED] if number == 5 and parts.LAPSED in here else []
        if red or black or lapsed:
            course = _Course(tale, number)
            course.plan(red, black, lapsed)
            afterwards.plan(tale, number, course.listings)


def _chain(tale: Tale) -> None:
    stages = [(title, english, [tale.user(officer)]) for title, english, officer in CHAIN]
    approving.set_chain(tale.bureau, by=tale.user(SUN), stages=stages)


class _Course:
    """One edition's way, from its draft to its publication."""

    def __init__(self, tale: Tale, number: int):
        self.tale, self.number = tale, number
        self.drafter, self.server = PATROLS[number % len(PATROLS)]
        self.drafted = tale.moment(parts.drafted_on(number, tale.today), 9, 20)
        self.edition: Edition
        self.listings: dict[int, Listing] = {}

    def plan(self, red: list[int], black: list[int], lapsed: list[int]) -> None:
        self.at(self.drafted, self.draft)
        for turn, serial in enumerate(red):
            self.at(self.later(minutes=20 + turn), self.pick, serial, "red", REASONS_RED[serial % len(REASONS_RED)])
        for turn, serial in enumerate([*black, *lapsed]):
            rule, reason = ("B2", REASON_LAPSED) if serial in lapsed else ("B1", REASONS_BLACK[serial % 3])
            self.at(self.later(minutes=40 + turn), self.pick, serial, "black", reason, rule)
            self.follow(serial, "lapsed" if serial in lapsed else parts.WAYS[serial][1])
        if self.number <= parts.EDITIONS:
            day = parts.published_on(self.number, self.tale.today)
            for turn, (_title, _english, officer) in enumerate(CHAIN):
                self.at(self.tale.moment(day, HOUR - 1, 31 + 7 * turn), self.approve, officer, OPINIONS[turn])
            hour = self.tale.moment(day, HOUR)
            self.at(self.tale.moment(day, HOUR - 1, 52), self.release, hour)
            self.at(hour, self.publish)

    def follow(self, serial: int, way: str) -> None:
        """What happens to a black listing after it was picked."""
        if way == "picked":
            return
        self.at(self.later(hours=2), self.notice, serial)
        served = self.drafted.date() if way == "objected" else workday(self.drafted.date() + timedelta(days=1))
        left = serial % 3 == 0
        self.at(self.on(served, 16), self.serve, serial, "left" if left else "direct", LEFT if left else SERVED)
        if way == "waived":
            self.at(self.on(add(served, 1).day, 11), self.waive, serial)
        elif way in ("upheld", "overturned", "objected"):
            lodged = self.tale.ago(1) if way == "objected" else add(served, 3).day
            self.at(self.on(lodged, 20), self.lodge, serial, OBJECTION[serial % 2])
            if way != "objected":
                self.at(self.on(add(lodged, 4).day, 10), self.decide, serial, way == "upheld")
        elif way == "dropped":
            self.at(self.on(add(served, 2).day, 14), self.drop, serial)

    # ── when ────────────────────────────────────────────────────────────────────────────────────────────────
    def later(self, **after: int) -> datetime:
        return min(self.drafted + timedelta(**after), self.tale.at)

    def on(self, day: date, hour: int) -> datetime:
        return self.tale.moment(day, hour, self.number)

    def at(self, moment: datetime, deed: Callable[..., None], *words: object) -> None:
        self.tale.on(moment, lambda: deed(*words))

    def by(self, person: Person):
        return self.tale.user(person)

    # ── deeds ───────────────────────────────────────────────────────────────────────────────────────────────
    def draft(self) -> None:
        last = Edition.objects.order_by("period_to").last()
        until = self.drafted.date()
        since = last.period_to + timedelta(days=1) if last else until - timedelta(days=30)
        self.edition = editions.draft(
            self.tale.bureau,
            by=self.by(self.drafter),
            period_from=min(since, until),
            period_to=until,
            rules=RULES_THEN if self.number <= parts.EDITIONS else "",
        )

    def pick(self, serial: int, colour: str, reason: str, rule: str = "") -> None:
        document = f"海市监检〔{self.edition.year}〕演示 {self.number * 7 + serial} 号" if colour == "black" else ""
        self.listings[serial] = editions.pick(
            self.edition,
            self.tale.places[serial],
            by=self.by(self.drafter),
            colour=colour,
            rule=rule,
            reason=reason,
            document_number=document,
        )

    def notice(self, serial: int) -> None:
        editions.notice(self.listings[serial], by=self.by(self.server))

    def serve(self, serial: int, method: str, note: str) -> None:
        editions.serve(
            self.listings[serial], by=self.by(self.server), method=method, served_on=timezone.localdate(), note=note
        )

    def waive(self, serial: int) -> None:
        editions.waive(self.listings[serial], by=self.by(self.server), waived_on=timezone.localdate(), statement=WAIVED)

    def lodge(self, serial: int, statement: str) -> None:
        owner = self.tale.kitchens[serial - 1].owner
        assert owner
        editions.lodge(self.listings[serial], by=self.by(owner), statement=statement)

    def decide(self, serial: int, uphold: bool) -> None:
        objection = self.listings[serial].objections.get()
        editions.decide(objection, by=self.by(FENG), uphold=uphold, answer=UPHELD if uphold else OVERTURNED)

    def drop(self, serial: int) -> None:
        editions.drop(self.listings[serial], by=self.by(self.drafter), why=DROPPED)

    def approve(self, officer: Person, opinion: str) -> None:
        approving.approve(self.edition, by=self.by(officer), opinion=opinion)

    def release(self, hour: datetime) -> None:
        releasing.release(self.edition, by=self.by(SUN), at_hour=max(hour, timezone.now()))

    def publish(self) -> None:
        releasing.publish_due(timezone.now())
        translog.sign(timezone.now())  # as the sweep would within a minute: each edition has its own checkpoint
