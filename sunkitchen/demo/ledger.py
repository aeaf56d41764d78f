"""Suppliers, and what came from them in the last four weeks."""

import random
from datetime import timedelta
from functools import partial
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from sunkitchen.registry.models import Delivery, Supplier
from sunkitchen.registry.suppliers import actions as suppliers

from . import market, opening, papers, parts
from .cast import Kitchen
from .market import Goods, Market
from .tale import Tale

WEEKS = 4
NONE_BEFORE = 9  # of the small places one in so many keeps no ledger here yet
WITH_PHOTOS = (2, 5, 9)  # days ago: the showpiece photographed the papers that came with it
VOIDED, VOID_REASON = 6, "数量录入有误，已重新录入（演示）。"


def plan(tale: Tale) -> None:
    for kitchen in tale.kitchens:
        busy = bool(kitchen.cameras) or kitchen.category not in ("snack", "small", "drinks")
        if not kitchen.owner or kitchen.serial == parts.NEWCOMER or (not busy and kitchen.serial % NONE_BEFORE == 0):
            continue
        _Ledger(tale, kitchen, busy).plan()


class _Ledger:
    def __init__(self, tale: Tale, kitchen: Kitchen, busy: bool):
        self.tale, self.kitchen, self.busy = tale, kitchen, busy
        self.dice = random.Random(f"ledger {kitchen.serial}")
        self.rows: dict[Market, Supplier] = {}

    def plan(self) -> None:
        tale, serial = self.tale, self.kitchen.serial
        first = tale.ago(WEEKS * 7 + 2 + serial % 20)
        tale.on(tale.moment(first, 13), self.begin)
        every = 1 if serial == 1 else 2 if self.kitchen.cameras else 3 if self.busy else 5
        markets = self.markets
        for turn, days in enumerate(range(WEEKS * 7 - serial % every, -1, -every)):
            day = tale.ago(days)
            if day > parts.last_day(serial, tale.today) or self.kitchen.hours[day.weekday()] is None:
                continue
            came = tale.moment(day, 6 + turn % 3, serial % 60)
            tale.on(came, partial(self.enter, markets[turn % len(markets)], days))

    @property
    def markets(self) -> tuple[Market, ...]:
        return market.suppliers_of(self.kitchen.cuisines, everything=self.busy)

    @property
    def owner(self) -> Any:
        return opening.owner_of(self.tale, self.kitchen)

    def begin(self) -> None:
        for one in self.markets:
            self.rows[one] = suppliers.add_supplier(
                self.tale.places[self.kitchen.serial], by=self.owner, name=one.name, uscc=one.uscc, phone=one.phone
            )

    def enter(self, source: Market, days: int) -> None:
        chosen = self.dice.sample(source.goods, min(len(source.goods), self.dice.randint(1, 3)))
        shown = self.kitchen.serial == 1
        uploads = [self.photo(source, chosen)] if shown and days in WITH_PHOTOS else []
        delivery = self.write(source, [self.line(goods) for goods in chosen], uploads)
        if shown and days == VOIDED:
            suppliers.void(delivery, by=self.owner, reason=VOID_REASON)
            self.write(source, [self.line(goods) for goods in chosen], [])

    def write(self, source: Market, lines: list[dict[str, Any]], uploads: list[Any]) -> Delivery:
        return suppliers.enter(
            self.tale.places[self.kitchen.serial],
            by=self.owner,
            supplier=self.rows[source],
            received_on=timezone.localdate(),
            lines=lines,
            uploads=uploads,
        )

    def line(self, goods: Goods) -> dict[str, Any]:
        today = timezone.localdate()
        made = today - timedelta(days=self.dice.randrange(0, 1 + goods.keeps // 6))
        size = {"large": 2.0, "medium": 1.0, "school": 2.0, "canteen": 1.5, "central": 4.0, "catering": 3.0}
        most = goods.most * size.get(self.kitchen.category, 0.4)
        return {
            "goods": goods.kind,
            "product": goods.product,
            "batch": f"{made:%Y%m%d}",
            "quantity": max(1, round(most * self.dice.uniform(0.3, 1.0))),
            "unit": goods.unit,
            "use_by": made + timedelta(days=goods.keeps) if goods.keeps else None,
            "proof": goods.proof,
        }

    def photo(self, source: Market, chosen: list[Goods]) -> Any:
        lines = [("供货商", source.name), ("购货单位", self.kitchen.operator)]
        lines += [("品名", f"{goods.product}（{goods.unit}）") for goods in chosen]
        return SimpleUploadedFile("送货单.jpg", papers.picture("送货单", source.name, lines), "image/jpeg")
