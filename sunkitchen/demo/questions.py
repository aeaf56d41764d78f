"""What owners ask the bureau: one question that was answered, one that waits, a draft that is to be looked through."""

from datetime import date, timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from sunkitchen.registry.consultations import actions as consultations
from sunkitchen.registry.consultations import arranging
from sunkitchen.registry.credentials import actions as credentials
from sunkitchen.registry.models import CannedAnswer, Consultation, Credential

from . import papers
from .cast import BUREAU, LI, Kitchen
from .tale import Tale, workday

ASKS, WONDERS, DRAFTS = 1, 2, 4  # serials of the kitchens
PREPARED = [
    ("换证材料", "换证只需上传旧证照片和营业执照，网上办结，无需到窗口（演示）。"),
    ("办理时限", "材料齐全的，五个工作日内办结，结果会通知到手机（演示）。"),
    ("五十平方米以下", "经营面积五十平方米以下的，办理小餐饮店登记，不办许可证（演示）。"),
    ("增加经营项目", "增加冷食类等项目，办理许可变更即可，不用重新申请（演示）。"),
]


def plan(tale: Tale) -> None:
    by_serial = {kitchen.serial: kitchen for kitchen in tale.kitchens if kitchen.owner}
    tale.on(tale.moment(tale.ago(60), 10), lambda: _prepare(tale))
    if ASKS in by_serial:
        _answered(tale, by_serial[ASKS])
    if WONDERS in by_serial:
        day = workday(tale.ago(1))
        text = "后厨想换一台洗碗机，位置要挪到备餐间旁边，需要先报给你们看布局图吗？（演示）"
        tale.on(tale.moment(day, 16, 40), lambda: _wondered(tale, by_serial[WONDERS], text))
    if DRAFTS in by_serial:
        tale.on(tale.moment(workday(tale.ago(1)), 17, 5), lambda: _look_through(tale, by_serial[DRAFTS]))


def _prepare(tale: Tale) -> None:
    for title, text in PREPARED:
        arranging.write_answer(tale.bureau, by=tale.user(LI), title=title, text=text)


def _answered(tale: Tale, kitchen: Kitchen) -> None:
    """Asked one morning, answered within minutes, asked once more, ended."""
    asked = tale.moment(workday(tale.ago(9)), 9, 20)
    kept: list[Consultation] = []

    def ask() -> None:
        text = "我们想夏天加卖凉菜，许可证上只有热食类。要重新申请，还是变更就行？（演示）"
        kept.append(_ask(tale, kitchen, "增加冷食类怎么办", text))

    def answer(text: str) -> None:
        prepared = CannedAnswer.objects.filter(title="增加经营项目").values_list("pk", flat=True)
        consultations.answer(kept[0], by=tale.user(LI), text=text, canned=list(prepared))

    def say(text: str) -> None:
        owner = kitchen.owner
        if owner:
            consultations.say(kept[0], by=tale.user(owner), text=text)

    def close() -> None:
        consultations.close(kept[0], by=tale.user(LI), reason="问题已答复（演示）。")

    tale.on(asked, ask)
    tale.on(asked + timedelta(minutes=6), lambda: answer(PREPARED[3][1]))
    tale.on(asked + timedelta(minutes=15), lambda: say("冷食专间多大合适？（演示）"))
    tale.on(asked + timedelta(minutes=19), lambda: answer("不小于 5 平方米，有独立空调、消毒灯和二次更衣处（演示）。"))
    tale.on(asked + timedelta(days=1), close)


def _ask(tale: Tale, kitchen: Kitchen, subject: str, text: str, **more: Any) -> Consultation:
    assert kitchen.owner
    place = tale.places[kitchen.serial]
    owner = tale.user(kitchen.owner)
    return consultations.ask(
        by=owner, authority=tale.bureau, establishment=place, subject=f"{subject}（演示）", text=text, **more
    )


def _wondered(tale: Tale, kitchen: Kitchen, text: str) -> None:
    _ask(tale, kitchen, "换洗碗机要不要报备", text)


def _look_through(tale: Tale, kitchen: Kitchen) -> None:
    """A renewal whose holder is written as on the signboard: what a clerk sees at once, and a machine warns of."""
    assert kitchen.owner
    begins: date = tale.today + timedelta(days=40)
    facts: dict[str, Any] = {
        "number": kitchen.permit,
        "holder": kitchen.signboard,
        "issuer": BUREAU,
        "items": kitchen.items,
        "valid_from": begins,
        "valid_through": begins + timedelta(days=5 * 365),
    }
    shown = [("编号", kitchen.permit), ("经营者", kitchen.operator), ("经营项目", kitchen.items)]
    body = papers.picture("食品经营许可证", BUREAU, shown)
    picture: Any = SimpleUploadedFile("许可证.jpg", body, "image/jpeg")
    draft = credentials.draft(
        tale.places[kitchen.serial],
        by=tale.user(kitchen.owner),
        kind=Credential.Kind.FOOD_PERMIT,
        uploads=[picture],
        **facts,
    )
    _ask(tale, kitchen, "换证前请先看一下草稿", "经营者一栏这样写对吗？（演示）", credential=draft)
