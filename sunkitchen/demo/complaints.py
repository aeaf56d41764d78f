"""A year of complaints and reports, in every state, and how guests at three places found their meal."""

import random
import uuid
from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from typing import Any, NamedTuple

from django.utils import timezone

from ratings.complaints import actions, receiving
from ratings.complaints.receiving import Diner
from ratings.models import Complaint
from ratings.reviews import actions as reviews
from ratings.reviews import passes
from sunkitchen.core import workdays
from sunkitchen.registry.models import Sticker

from .cast import LI, PATROLS
from .tale import Tale

HOTLINE = "海澜12315-{:04d}（演示）"


class Case(NamedTuple):
    """What came `days` ago and how far it went. `same` is the place in CASES of the one that it follows."""

    days: int
    serial: int
    kind: str
    category: str
    said: str
    way: str = "closed"  # a state, or: true, serious (found so and closed), case, extended (still looked into)
    words: str = ""  # the reply, or why not
    marks: int = 0  # the diner's satisfaction
    same: int = -1
    by: str = ""  # the diner's name; "" is anonymous


CASES = [
    Case(
        372,
        11,
        "dispute",
        "foreign_body",
        "炒饭里吃到钢丝球断丝。",
        "true",
        "经查属实，商家已退款并更换清洁用具。",
        5,
        by="何女士",
    ),
    Case(351, 14, "lead", "dirt", "后厨地面积水，垃圾桶没有盖。", "true", "经查属实，已责令改正并复查。", 4),
    Case(338, 23, "lead", "staff", "切配间有人没戴口罩。", "closed", "检查时未发现，已要求店家加强管理。", 3),
    Case(
        312, 18, "dispute", "spoiled", "外卖的海鲜粥有异味。", "closed", "双方达成调解，商家退还餐费。", 5, by="江先生"
    ),
    Case(
        287,
        16,
        "lead",
        "spoiled",
        "冰柜里有过期的调料。",
        "true",
        "经查属实，过期调料已销毁，已责令改正。",
        5,
        by="罗先生",
    ),
    Case(
        266,
        26,
        "dispute",
        "other",
        "服务员态度不好，要求道歉。",
        "refused",
        "服务态度不属于市场监管职责，建议与店家协商。",
        by="温女士",
    ),
    Case(241, 13, "lead", "dirt", "传菜口看到蟑螂。", "true", "经查属实，已责令停用该区域并消杀。", 4, by="方女士"),
    Case(240, 13, "lead", "dirt", "在桌边看见两只蟑螂。", same=6),
    Case(223, 12, "lead", "camera", "直播画面对着墙。", "closed", "经查为设备移位，已复位。", 4),
    Case(
        201,
        17,
        "dispute",
        "ill",
        "三人吃完后腹泻，要求赔偿医药费。",
        "closed",
        "经调解，商家赔付医药费。",
        4,
        by="孟先生",
    ),
    Case(177, 20, "lead", "licence", "和公示的许可证不是同一个地址。", "closed", "经查，许可证地址已办理变更。", 3),
    Case(
        154,
        28,
        "lead",
        "spoiled",
        "用变质的肉做馅，员工群里都知道。",
        "serious",
        "经立案查实，使用变质原料，情节严重，已依法处理。",
        5,
        by="邱女士",
    ),
    Case(153, 28, "lead", "spoiled", "肉有明显的酸味。", same=11),
    Case(128, 27, "dispute", "foreign_body", "汤里有头发。", "true", "经查属实，商家已退款。", 4, by="陆女士"),
    Case(97, 21, "lead", "staff", "上菜的人直接用手抓凉菜。", "true", "经查属实，已责令改正，并对从业人员培训。", 2),
    Case(
        71, 10, "dispute", "spoiled", "打包的蛋糕第二天发现已过期。", "resolved", "经调解，商家十倍赔偿。", by="秦女士"
    ),
    Case(52, 25, "lead", "other", "夜里把餐厨垃圾倒进河里。", "refused", "该线索已移送综合行政执法部门。"),
    Case(37, 19, "lead", "dirt", "洗碗池和洗菜池混用。", "resolved", "经查属实，已责令分池。", by="卢先生"),
    Case(24, 2, "lead", "camera", "画面看起来是录像，三天都一样。", "extended", "需要设备厂商协助检测。"),
    Case(17, 15, "lead", "spoiled", "早市的豆浆是隔夜的。", "case", "线索属实，予以立案。", by="傅先生"),
    Case(13, 23, "dispute", "ill", "聚餐后两人呕吐。", "investigating", by="钟女士"),
    Case(9, 11, "lead", "staff", "厨师边抽烟边炒菜。", "assigned"),
    Case(6, 18, "dispute", "foreign_body", "菜里有碎玻璃，要求退款。", "accepted", by="郑女士"),
    Case(3, 14, "lead", "dirt", "后门堆着垃圾，有老鼠。", "received", by="谢先生"),
    Case(2, 14, "lead", "dirt", "晚上在后巷看到老鼠钻进厨房。", "received"),
    Case(1, 16, "lead", "staff", "", "received"),
]
HOTLINES = (4, 9, 20)  # places in CASES of those that came by telephone
SAID = {1: 22, 4: 17, 7: 14, 2: 6}  # serial: how many guests said how it was


def plan(tale: Tale) -> None:
    kept: dict[int, Complaint] = {}
    for place, case in enumerate(CASES):
        if case.serial <= len(tale.kitchens):
            _plan(tale, kept, place, case)
    for serial, count in SAID.items():
        _satisfaction(tale, serial, count)


def _plan(tale: Tale, kept: dict[int, Complaint], place: int, case: Case) -> None:
    dice = random.Random(f"complaint {place}")
    officer = tale.user
    lead = dice.choice(PATROLS)[0]

    before = [tale.moment(tale.ago(case.days), 0)]

    def on(after: int, hour: int, deed: Callable[[], None]) -> None:
        """`after` days later, when the office works again; never before the step that it follows."""
        day = tale.ago(max(case.days - after, 0))
        moment = tale.moment(office_day(day) if after else day, hour, dice.randrange(60))
        before.append(min(max(moment, before[-1] + timedelta(hours=1)), tale.at))
        tale.on(before[-1], deed)

    def receive() -> None:
        facts: dict[str, Any] = {
            "kind": case.kind,
            "category": case.category,
            "said": case.said,
            "diner": _diner(case, place),
        }
        if place in HOTLINES:
            kept[place] = receiving.enter(
                tale.places[case.serial], by=officer(LI), number_12315=HOTLINE.format(place), **facts
            )
        else:
            form = uuid.uuid5(uuid.NAMESPACE_URL, f"complaint {place}")
            source = dice.choice([Complaint.Source.PAGE, Complaint.Source.TABLE])
            table = str(dice.randrange(1, 9)) if source == Complaint.Source.TABLE else ""
            kept[place] = receiving.receive(tale.places[case.serial], form=form, source=source, table=table, **facts)

    def resolve() -> None:
        found = case.way in ("true", "serious") or "属实" in case.words
        actions.resolve(
            kept[place], by=officer(lead), upheld=found, serious=case.way == "serious", reply=f"{case.words}（演示）"
        )

    on(0, 12, receive)
    if case.same >= 0:
        on(2, 14, lambda: actions.group(kept[place], under=kept[case.same], by=officer(LI)))
        return
    if case.way == "received":
        return
    if case.way == "refused":
        on(3, 10, lambda: actions.refuse(kept[place], by=officer(LI), reason=f"{case.words}（演示）"))
        return
    on(1, 9, lambda: actions.accept(kept[place], by=officer(LI)))
    if case.way == "accepted":
        return
    on(2, 16, lambda: actions.assign(kept[place], by=officer(LI), to=officer(lead)))
    if case.way == "assigned":
        return
    on(5, 9, lambda: actions.investigate(kept[place], by=officer(lead), note="已安排现场核查（演示）。"))
    if case.way in ("case", "serious"):
        on(7, 15, lambda: actions.open_case(kept[place], by=officer(lead), note="线索清楚，予以立案（演示）。"))
    if case.way == "extended":
        on(12, 11, lambda: actions.extend(kept[place], by=officer(lead), reason=f"{case.words}（演示）"))
    if case.way in ("investigating", "case", "extended"):
        return
    on(13, 15, resolve)
    if case.way == "resolved":
        return
    on(16, 10, lambda: actions.close(kept[place], by=officer(LI)))
    if case.marks:
        on(17, 20, lambda: actions.satisfied(kept[place], marks=case.marks))


def _diner(case: Case, place: int) -> Diner:
    """Below .invalid nobody exists, so no notice goes anywhere."""
    if not case.by:
        return receiving.ANONYMOUS
    return Diner(case.by, "", f"guest{place}@demo.invalid", may_be_named=case.kind == "dispute" and place % 2 == 0)


def office_day(day: date) -> date:
    """That day, or the next on which the office works."""
    while not workdays.is_workday(day):
        day += timedelta(days=1)
    return day


def _satisfaction(tale: Tale, serial: int, count: int) -> None:
    if serial not in {kitchen.serial for kitchen in tale.kitchens}:
        return
    dice = random.Random(f"satisfaction {serial}")
    likes = (5, 5, 5, 4, 4, 4, 3, 2) if serial in (1, 4) else (5, 4, 4, 3, 3, 2, 1)

    def say(overall: int, cleanliness: int | None, food: int) -> None:
        place = tale.places[serial]
        sticker = Sticker.objects.valid().filter(establishment=place).order_by("pk").first()
        if sticker is None:
            return
        dined = passes.of(sticker, timezone.now())
        reviews.say(place, dined=dined, overall=overall, cleanliness=cleanliness, food=food)

    for _turn in range(count):
        marks = (dice.choice(likes), dice.choice([None, dice.choice(likes)]), dice.choice(likes))
        moment = tale.moment(tale.ago(dice.randrange(1, 75)), dice.choice([12, 13, 18, 19, 20]), dice.randrange(60))
        tale.on(moment, partial(say, *marks))
