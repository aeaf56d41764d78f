"""Papers that nobody carries: a register of another bureau, a licence taken from it, a question to the bureau, a signed word."""

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from sunkitchen.registry.credentials import actions as credentials
from sunkitchen.registry.requirements import actions as requirements
from sunkitchen.registry.requirements import own_checks, registers, taking

from . import cast, opening, parts
from .cast import JIANG, LI, Kitchen
from .tale import Tale, workday

SHARES = 4  # takes its business licence from the register
LOADED_DAYS_AGO, TAKEN_DAYS_AGO = 12, 10
TITLE = "海澜市企业登记库（市政务数据局共享，演示）"
HEADINGS = "统一社会信用代码,名称,登记机关,经营范围,成立日期,营业期限至,登记状态"


def plan(tale: Tale) -> None:
    by_serial = {kitchen.serial: kitchen for kitchen in tale.kitchens}
    tale.on(tale.moment(workday(tale.ago(LOADED_DAYS_AGO)), 10, 15), lambda: _load(tale))
    if SHARES in by_serial:
        taken = workday(tale.ago(TAKEN_DAYS_AGO))
        tale.on(tale.moment(taken, 9, 40), lambda: _take(tale, by_serial[SHARES]))
        tale.on(tale.moment(taken, 11, 5), lambda: _confirm(tale, by_serial[SHARES]))
    if parts.NEWCOMER in by_serial:
        tale.on(tale.moment(tale.ago(1), 19, 30), lambda: _promise(tale, by_serial[parts.NEWCOMER]))


def _load(tale: Tale) -> None:
    """As the other bureau sends it: one line of it is not usable, and says so in the report."""
    register = registers.add(tale.bureau, by=tale.user(JIANG), kind="business_licence", title=TITLE, source="table")
    lines = [f"{one.uscc},{one.operator},{cast.BUREAU},餐饮服务,2019-06-18,长期,存续" for one in tale.kitchens]
    body = "\n".join([HEADINGS, *lines, "未登记,海澜样例小吃店,,,,,存续"]).encode()
    upload: Any = SimpleUploadedFile("企业登记库（演示）.csv", body, "text/csv")
    registers.load(register, by=tale.user(JIANG), upload=upload)


def _take(tale: Tale, kitchen: Kitchen) -> None:
    place, owner = tale.places[kitchen.serial], opening.owner_of(tale, kitchen)
    today = tale.ago(TAKEN_DAYS_AGO)
    found = next(one for one in taking.look(place, "licence", number="", today=today) if one.match)
    taking.take(place, "licence", by=owner, register=found.register.pk, number=kitchen.uscc)


def _confirm(tale: Tale, kitchen: Kitchen) -> None:
    for paper in tale.places[kitchen.serial].credentials.waiting().filter(kind="business_licence"):
        credentials.take_up(paper, by=tale.user(LI))
        credentials.approve(paper, by=tale.user(LI))


def _promise(tale: Tale, kitchen: Kitchen) -> None:
    """The newcomer asks the bureau for its licence, and gives its word for the photo of its notice board."""
    place, owner = tale.places[kitchen.serial], opening.owner_of(tale, kitchen)
    own_checks.ask(place, "licence", by=owner, hint="上月在楚门所刚登记（演示）")
    requirements.undertake(place, "board", by=owner, name=owner.name, kitchen=place.signboard, agreed=True)
