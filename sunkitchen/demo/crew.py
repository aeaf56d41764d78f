"""Who works in the kitchens: posts, health certificates most of which are in force, consent to be filmed."""

import random
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from sunkitchen.registry.credentials import actions as credentials
from sunkitchen.registry.models import StaffMember
from sunkitchen.registry.staff import actions as staff

from . import opening, papers, parts, register, town
from .cast import JIANG, LI, Kitchen
from .tale import Tale

YEAR = 365
CHECKED_BY = "海澜市疾病预防控制中心"
POSTS = {
    "drinks": "plating plating waiter cashier waiter",
    "snack": "chef preparation plating waiter dishwasher",
    "central": "chef chef preparation preparation plating dishwasher safety buyer",
    "catering": "chef preparation plating plating dishwasher safety buyer",
    "school": "chef preparation preparation plating waiter dishwasher safety buyer",
    "canteen": "chef preparation plating waiter dishwasher safety",
}
RESTAURANT = "chef waiter preparation waiter dishwasher chef plating waiter safety cashier waiter buyer"


@dataclass(frozen=True)
class Worker:
    name: str
    post: str
    joined: int  # days ago
    left: int | None  # days ago
    checked: int | None  # days since the health check; None: never was


def of(kitchen: Kitchen) -> list[Worker]:
    """The kitchen's people, the same at every telling."""
    dice = random.Random(f"crew {kitchen.serial}")
    posts = POSTS.get(kitchen.category, RESTAURANT).split()
    found = []
    for turn in range(kitchen.staff):
        post = posts[turn % len(posts)]
        if post == "chef" and turn and "冷食" in kitchen.items:
            post = "cold_dishes"
        joined = dice.randrange(20, 330) if dice.random() < 0.15 else dice.randrange(430, 2400)
        left = dice.randrange(3, 15) if dice.random() < 0.03 and kitchen.serial > 1 else None
        found.append(Worker(town.person_name(dice), post, joined, left, _checked(dice, kitchen, joined)))
    return found


def _checked(dice: random.Random, kitchen: Kitchen, joined: int) -> int | None:
    chance = dice.random()
    if kitchen.serial in parts.SPOTLESS or chance > 0.1:
        return min(dice.randrange(4, YEAR - 32), joined)
    if chance > 0.035:
        return min(dice.randrange(YEAR - 29, YEAR - 1), joined)  # ends within the month
    if chance > 0.01:
        return YEAR + dice.randrange(1, 20) if joined > YEAR + 25 else joined  # has run out
    return None


def plan(tale: Tale) -> None:
    for kitchen in tale.kitchens:
        if kitchen.owner and kitchen.serial != parts.NEWCOMER:
            for turn, worker in enumerate(of(kitchen)):
                _Life(tale, kitchen, worker, turn).plan()
    tale.on(tale.moment(tale.ago(register.in_days_ago(tale.kitchens[0]) - 4), 15), lambda: _show(tale))


def _show(tale: Tale) -> None:
    kitchen = tale.kitchens[0]
    staff.show_staff(tale.places[kitchen.serial], by=opening.owner_of(tale, kitchen), shown=True)


class _Life:
    """One person's time in the kitchen."""

    def __init__(self, tale: Tale, kitchen: Kitchen, worker: Worker, turn: int):
        self.tale, self.kitchen, self.worker, self.turn = tale, kitchen, worker, turn
        self.member: StaffMember

    def plan(self) -> None:
        tale, worker = self.tale, self.worker
        days = min(worker.joined, register.in_days_ago(self.kitchen) - 1)
        tale.on(tale.moment(tale.ago(days), 14, self.turn), self.join)
        if self.kitchen.cameras and worker.post in StaffMember.FILMED:
            tale.on(tale.moment(tale.ago(days), 17, self.turn), self.consent)
        if worker.checked is not None and worker.post in StaffMember.NEED_CERTIFICATE:
            known = min(worker.checked - 2, days)
            tale.on(tale.moment(tale.ago(max(known, 0)), 18, self.turn), self.certify)
        if worker.left is not None:
            tale.on(tale.moment(tale.ago(worker.left), 9, self.turn), self.leave)

    @property
    def owner(self) -> Any:
        return opening.owner_of(self.tale, self.kitchen)

    def join(self) -> None:
        self.member = staff.add(
            self.tale.places[self.kitchen.serial],
            by=self.owner,
            name=self.worker.name,
            post=self.worker.post,
            joined_on=self.tale.ago(self.worker.joined),
        )

    def consent(self) -> None:
        staff.give_consent(self.member, by=self.owner, given_on=timezone.localdate())

    def certify(self) -> None:
        """Of the showpiece as pictures that a clerk reviewed; of the others taken over from who made the check."""
        assert self.worker.checked is not None
        begins = self.tale.ago(self.worker.checked)
        ends = begins + timedelta(days=YEAR - 1)
        facts: dict[str, Any] = {
            "kind": "health_certificate",
            "staff_member": self.member,
            "number": f"健海〔{begins.year}〕{self.kitchen.serial:03d}{self.turn + 1:02d}",
            "holder": self.worker.name,
            "issuer": CHECKED_BY,
            "valid_from": begins,
            "valid_through": ends,
        }
        share = partial(credentials.share, self.member.establishment, **facts)
        if self.kitchen.serial != 1:
            share(by=self.tale.user(JIANG))
            return
        paper = credentials.hand_in(
            self.member.establishment, by=self.owner, uploads=[self.picture(begins, ends)], **facts
        )
        credentials.approve(paper, by=self.tale.user(LI))

    def picture(self, begins: date, ends: date) -> Any:
        lines = [
            ("姓名", self.worker.name),
            ("岗位", str(StaffMember.Post(self.worker.post).label)),
            ("体检结论", "合格（演示）"),
            ("有效期", f"{begins:%Y-%m-%d} 至 {ends:%Y-%m-%d}"),
        ]
        return SimpleUploadedFile("健康证明.jpg", papers.picture("健康证明", CHECKED_BY, lines), "image/jpeg")

    def leave(self) -> None:
        staff.leave(self.member, by=self.owner, on=self.tale.today - timedelta(days=self.worker.left or 0))
