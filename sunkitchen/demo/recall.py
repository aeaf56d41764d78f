"""Deliveries that nobody typed, by another system and by a table; and a recall with some of its answers."""

from functools import partial
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from sunkitchen.core.spreadsheet import csv_bytes
from sunkitchen.registry.models import Delivery, LedgerKey, RecallNotice
from sunkitchen.registry.suppliers import actions as suppliers
from sunkitchen.registry.suppliers import keys, recalls
from sunkitchen.registry.suppliers import table as purchases
from sunkitchen.registry.suppliers.question import Question
from sunkitchen.registry.tables import actions as tables

from . import opening
from .cast import LI, Kitchen
from .market import MEAT, SEAFOOD
from .tale import Tale

BY_SYSTEM = 1  # serial: the wholesaler's system enters what it delivers there
BY_TABLE = 5
RECALLED = {
    1: "HG-2611-07",
    4: "HG-2611-07",
    5: "HG 2611-07B",
    7: "hg2611-07",
}  # serial: the batch as it was typed there
ANSWERS = {
    4: ("removed", "剩 6 袋，已贴封存标签，放冷库最里层（演示）。"),
    5: ("used_up", "昨日已用完，未接到顾客不适反映（演示）。"),
}
SAYS = "立即停用该批次冻虾仁，清点封存，等待供货商取回；已使用的请说明数量和日期（演示）。"


def plan(tale: Tale) -> None:
    here = {kitchen.serial: kitchen for kitchen in tale.kitchens if kitchen.owner}
    if kitchen := here.get(BY_SYSTEM):
        made: list[LedgerKey] = []
        tale.on(tale.moment(tale.ago(13), 10), partial(_key, tale, kitchen, made))
        for number, days in enumerate((12, 9, 6, 3), 1):
            tale.on(tale.moment(tale.ago(days), 6, 20), partial(_sent, tale, kitchen, made, number, days))
    if kitchen := here.get(BY_TABLE):
        tale.on(tale.moment(tale.ago(8), 21), partial(_table, tale, kitchen))
    for serial in RECALLED:
        if serial in here and serial != BY_SYSTEM:
            tale.on(tale.moment(tale.ago(3), 7, serial), partial(_prawns, tale, here[serial]))
    tale.on(tale.moment(tale.ago(2), 9, 40), partial(_issue, tale, here))


def _issue(tale: Tale, here: dict[int, Kitchen]) -> None:
    recall = recalls.issue(
        tale.bureau,
        by=tale.user(LI),
        question=Question(batch="HG-2611-07", begins=True, product="冻虾仁", supplier=SEAFOOD.name),
        says=SAYS,
        document_number="海市监召〔演示〕7 号",
        at=timezone.now(),
    )
    for hours, serial in enumerate(ANSWERS, 3):
        if serial in here:
            moment = tale.moment(tale.ago(2), 9 + hours, 10 * hours)
            tale.on(moment, partial(_answer, tale, here[serial], recall.pk))


def _answer(tale: Tale, kitchen: Kitchen, recall: int) -> None:
    answer, note = ANSWERS[kitchen.serial]
    row = RecallNotice.objects.get(recall=recall, establishment=tale.places[kitchen.serial])
    recalls.answer(row, by=opening.owner_of(tale, kitchen), answer=answer, note=note)


def _key(tale: Tale, kitchen: Kitchen, made: list[LedgerKey]) -> None:
    place = tale.places[kitchen.serial]
    made.append(keys.make(by=opening.owner_of(tale, kitchen), title="渔港批发部送货系统", establishment=place)[0])


def _sent(tale: Tale, kitchen: Kitchen, made: list[LedgerKey], number: int, days: int) -> None:
    fish = SEAFOOD.goods[2]
    lines = [_line(fish.kind, fish.product, f"{tale.ago(days):%Y%m%d}", 8 + number, fish.unit, fish.proof)]
    if days == 3:
        lines.append(_recalled(kitchen))
    suppliers.enter(
        tale.places[kitchen.serial],
        by=opening.owner_of(tale, kitchen),
        supplier={"name": SEAFOOD.name, "uscc": SEAFOOD.uscc},
        received_on=timezone.localdate(),
        lines=lines,
        source=Delivery.Source.API,
        key=made[0],
        reference=f"YG-{tale.ago(days):%m%d}-{number:02}",
    )
    LedgerKey.objects.filter(pk=made[0].pk).update(used_at=timezone.now())


def _prawns(tale: Tale, kitchen: Kitchen) -> None:
    suppliers.enter(
        tale.places[kitchen.serial],
        by=opening.owner_of(tale, kitchen),
        supplier={"name": SEAFOOD.name, "uscc": SEAFOOD.uscc},
        received_on=timezone.localdate(),
        lines=[_recalled(kitchen)],
    )


def _recalled(kitchen: Kitchen) -> dict[str, Any]:
    return _line("seafood", "冻虾仁", RECALLED[kitchen.serial], 10, "袋", "quarantine")


def _line(goods: str, product: str, batch: str, quantity: int, unit: str, proof: str) -> dict[str, Any]:
    return {"goods": goods, "product": product, "batch": batch, "quantity": quantity, "unit": unit, "proof": proof}


def _table(tale: Tale, kitchen: Kitchen) -> None:
    """A week's meat, as the kitchen's own sheet has it; one line is refused, and says why."""
    rows = [
        [
            f"{tale.ago(days)}",
            MEAT.name,
            MEAT.uscc,
            "肉",
            goods.product,
            f"{tale.ago(days):%Y%m%d}",
            6,
            goods.unit,
            "",
            "检疫证明",
        ]
        for days, goods in zip((14, 13, 12, 11, 10), MEAT.goods, strict=False)
    ]
    rows.append([f"{tale.ago(9)}", MEAT.name, "", "肉", "鸡腿", "", "若干", "千克", "", "检疫证明"])
    body = csv_bytes(purchases.SORT.headings.said(purchases.COLUMNS), rows)
    by, place = opening.owner_of(tale, kitchen), tale.places[kitchen.serial]
    upload: Any = SimpleUploadedFile("十一月肉类进货.csv", body, "text/csv")
    tables.land(tables.check(place, by=by, sort="deliveries", upload=upload), by=by)
