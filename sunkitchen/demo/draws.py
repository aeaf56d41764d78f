"""Two random draws whose visits were made, one that is committed to and waits for Tuesday's lottery; risk classes."""

import random
from datetime import date, timedelta
from functools import partial

from django.utils import timezone

from ratings.draws import actions as draws
from ratings.draws.models import Assignment, Draw
from ratings.inspections import actions as inspections
from ratings.inspections import checklists
from ratings.inspections.models import Inspection
from ratings.plan import actions as plans
from ratings.plan import classes
from sunkitchen.core.workdays import add, is_workday
from sunkitchen.registry.models import Establishment

from . import findings, parts
from .cast import LI
from .tale import Tale, workday

BEACON = "下周二双色球全部七个号码，开奖前指定（演示）"
NUMBERS = "03 08 14 19 27 31 + 06"
# title, days ago of the commitment, how many, of which kinds (none: all), the public number
DRAWS = (
    ("餐饮服务双随机抽查（演示）", 82, 12, (), BEACON),
    ("食堂、小吃店和饮品店双随机抽查（演示）", 46, 9, ("school", "canteen", "snack", "drinks"), ""),
)
WAITING = "聚餐旺季双随机抽查（演示）"
CLASSES = {10: ("D", "上季度检查不符合，列为重点。"), 16: ("D", "两项关键项不合格。"), 1: ("A", "连续三次检查无问题。")}
IN_A_STORY = {*parts.WAYS, *parts.RED, parts.LAPSED, parts.CLOSED, parts.NEWCOMER}


def plan(tale: Tale) -> None:
    for title, back, count, kinds, beacon in DRAWS:
        day = workday(tale.ago(back))
        tale.on(tale.moment(day, 9, 10), partial(_commit, tale, title, count, kinds, beacon))
        tale.on(tale.moment(add(day, 2).day, 9, 40), partial(_hold, tale, title, beacon))
    tale.on(tale.moment(workday(tale.ago(2)), 16), partial(_commit, tale, WAITING, 15, (), BEACON))
    for serial, (letter, why) in CLASSES.items():
        if serial <= len(tale.kitchens):
            tale.on(tale.moment(workday(tale.ago(100)), 11, serial), partial(_class, tale, serial, letter, why))


def _commit(tale: Tale, title: str, count: int, kinds: tuple[str, ...], beacon: str) -> None:
    there = Establishment.objects.filter(state=Establishment.State.OPEN)
    if kinds:
        there = there.filter(category__in=kinds)
    count = min(count, there.count())
    draws.commit(tale.bureau, by=tale.user(LI), title=title, kitchens=count, beacon=beacon, categories=kinds)


def _hold(tale: Tale, title: str, beacon: str) -> None:
    draw = draws.hold(Draw.objects.get(title=title), by=tale.user(LI), beacon_value=NUMBERS if beacon else "")
    serial_of = {place.pk: serial for serial, place in tale.places.items()}
    day = timezone.localdate()
    for visit in draw.assignments.select_related("establishment", "lead", "second").order_by("position"):
        day = add(day, 1).day if visit.position % 2 else day
        if serial_of.get(visit.establishment_id) not in IN_A_STORY and is_workday(day):
            _plan(tale, visit, day)


def _plan(tale: Tale, visit: Assignment, day: date) -> None:
    dice = random.Random(f"draw {visit.draw.title} {visit.position}")
    begun = tale.moment(day, 10 + visit.position % 5, dice.randrange(5, 55))
    closed = begun + timedelta(minutes=dice.randrange(35, 70))
    if closed > tale.at:
        return
    items = [item.code for item in checklists.current().items]
    given = findings.answers(items, dice.choice(("clean", "clean", "light")), dice, cold_dishes=False)
    kept: list[Inspection] = []

    def begin() -> None:
        visit.establishment.refresh_from_db()
        if visit.establishment.state == Establishment.State.OPEN:
            kept.append(draws.begin_visit(visit, by=visit.lead))
            inspections.fill_in(kept[0], given, by=visit.lead)

    def close() -> None:
        if kept:
            signed = Inspection.Signature.SIGNED
            inspections.close(kept[0], by=visit.lead, signature=signed, signed_name="现场负责人")

    tale.on(begun, begin)
    tale.on(closed, close)


def _class(tale: Tale, serial: int, letter: str, why: str) -> None:
    place = tale.places[serial]
    if classes.letter_of(place) != letter:
        plans.set_risk(place, letter, why, by=tale.user(LI))
