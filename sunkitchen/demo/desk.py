"""What waits on the clerks' desk today: certificates renewed of several ages, one with a slip, one that two persons
brought, and a licence that one of two officers approved."""

from datetime import date, timedelta
from functools import partial
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from sunkitchen.registry.credentials import actions as credentials
from sunkitchen.registry.credentials import four_eyes
from sunkitchen.registry.models import Credential, StaffMember

from . import crew, opening, papers, parts
from .cast import JIANG, SUN
from .tale import Tale

KIND = Credential.Kind.HEALTH_CERTIFICATE
RENEWED = {4: 8, 5: 4, 7: 2, 8: 1}  # serial: days ago that one of its people's new certificate was handed in
SLIP = 9  # its owner mistyped the name
COPIED_FROM, COPIED_BY = 4, 10  # serials: the same certificate for two persons


def plan(tale: Tale) -> None:
    there = {kitchen.serial: kitchen for kitchen in tale.kitchens if kitchen.owner}
    for serial, days in RENEWED.items():
        if serial in there:
            tale.on(tale.moment(tale.ago(days), 10, 12), partial(_renew, tale, serial))
    if SLIP in there:
        tale.on(tale.moment(tale.ago(1), 15, 3), lambda: _renew(tale, SLIP, slip=True))
    if COPIED_FROM in there and COPIED_BY in there:
        tale.on(tale.moment(tale.ago(3), 9, 40), lambda: _renew(tale, COPIED_BY, like=COPIED_FROM))
    if parts.LICENCE_WAITS in there:
        tale.on(tale.at - timedelta(minutes=50), lambda: _four_eyes(tale))


def _renew(tale: Tale, serial: int, *, slip: bool = False, like: int | None = None) -> None:
    """The first of its people whose certificate is in force brings that of the next year."""
    held = _held(tale, serial)
    if held is None or held.staff_member is None:
        return
    number, name = _next_number(tale, like or serial), held.holder
    begins = timezone.localdate() - timedelta(days=2)
    ends = begins + timedelta(days=crew.YEAR - 1)
    shown = (_held(tale, like) or held).holder if like else name
    picture = _picture(shown, number, begins, ends)
    credentials.hand_in(
        tale.places[serial],
        by=opening.owner_of(tale, next(one for one in tale.kitchens if one.serial == serial)),
        uploads=[picture],
        kind=KIND,
        staff_member=held.staff_member,
        number=number,
        holder=f"{name}某" if slip else name,
        issuer=crew.CHECKED_BY,
        valid_from=begins,
        valid_through=ends,
    )


def _held(tale: Tale, serial: int) -> Credential | None:
    working = StaffMember.objects.working(timezone.localdate())
    rows = tale.places[serial].credentials.filter(kind=KIND, state="in_force", staff_member__in=working)
    return rows.select_related("staff_member").order_by("valid_through", "pk").first()


def _next_number(tale: Tale, serial: int) -> str:
    return f"健海〔{tale.today.year}〕{serial:03d}88"


def _picture(name: str, number: str, begins: date, ends: date) -> Any:
    lines = [
        ("姓名", name),
        ("编号", number),
        ("体检结论", "合格（演示）"),
        ("有效期", f"{begins:%Y-%m-%d} 至 {ends:%Y-%m-%d}"),
    ]
    return SimpleUploadedFile("健康证明.jpg", papers.picture("健康证明", crew.CHECKED_BY, lines), "image/jpeg")


def _four_eyes(tale: Tale) -> None:
    """From this morning on two officers approve business licences; one of them has."""
    four_eyes.arrange(tale.bureau, by=tale.user(SUN), kinds=[Credential.Kind.BUSINESS_LICENCE])
    for paper in tale.places[parts.LICENCE_WAITS].credentials.waiting().filter(kind="business_licence"):
        credentials.take_up(paper, by=tale.user(JIANG))
        credentials.approve(paper, by=tale.user(JIANG))
