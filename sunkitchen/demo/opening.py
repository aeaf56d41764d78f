"""How the bureau and the kitchens come in: posts are given, owners register, papers are judged."""

import random
from datetime import date, timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from streams.cameras import actions as cameras
from streams.models import Camera
from sunkitchen.accounts import actions as accounts
from sunkitchen.registry.claims import actions as claims
from sunkitchen.registry.credentials import actions as credentials
from sunkitchen.registry.establishments import actions as establishments
from sunkitchen.registry.memberships import actions as memberships
from sunkitchen.registry.models import Credential, Establishment
from sunkitchen.registry.photos import actions as shop_photos
from sunkitchen.registry.stickers import actions as stickers

from . import cast, papers, parts, photos
from .cast import JIANG, LI, Kitchen
from .register import in_days_ago
from .tale import DAYS, Tale, workday

TABLES = {"large": 40, "medium": 16, "small": 8}
TITLES = {Credential.Kind.FOOD_PERMIT: "食品经营许可证", Credential.Kind.BUSINESS_LICENCE: "营业执照"}


def plan(tale: Tale) -> None:
    first = workday(tale.ago(DAYS))
    tale.on(tale.moment(first, 9), lambda: _bureau(tale))
    for kitchen in tale.kitchens:
        if kitchen.owner:
            _plan(tale, kitchen)


def _bureau(tale: Tale) -> None:
    bureau = accounts.found_authority(cast.BUREAU, "hailan", cast.CITY, cast.BUREAU_EN, by=None)
    for person in cast.OFFICERS:
        user = accounts.open_account(name=person.name, email=person.email, by=None)
        tale.users[person.key] = user
        accounts.appoint(user, bureau, person.role, person.number, by=None)


def _plan(tale: Tale, kitchen: Kitchen) -> None:
    dice = random.Random(f"opening {kitchen.serial}")
    came = tale.moment(tale.ago(in_days_ago(kitchen)), 9, dice.randrange(60))
    if kitchen.serial in parts.BY_THEMSELVES:
        tale.on(came, lambda: register(tale, kitchen))
        if kitchen.serial != parts.NEWCOMER:
            tale.on(came + timedelta(hours=3), lambda: open_up(tale, kitchen))
    else:
        tale.on(came - timedelta(days=2), lambda: invite(tale, kitchen))
        tale.on(came, lambda: claim(tale, kitchen))
    if kitchen.serial != parts.NEWCOMER:
        tale.on(came + timedelta(days=3), lambda: equip(tale, kitchen))
    if kitchen.serial == parts.CLOSED:
        tale.on(tale.moment(tale.ago(parts.CLOSED_DAYS_AGO), 20), lambda: close(tale, kitchen))
    if kitchen.serial == parts.LAPSED:
        begins = parts.renewed(kitchen, tale.today)[0]
        tale.on(tale.moment(begins, 10), lambda: renew(tale, kitchen))
        tale.on(tale.moment(begins, 16), lambda: open_up(tale, kitchen))
    if kitchen.serial == parts.SWITCHED_OFF:
        tale.on(tale.moment(tale.ago(5), 21, 10), lambda: switch_off(tale, kitchen))
    if kitchen.serial == parts.RENEWING:
        tale.on(tale.moment(tale.ago(1), 16, 20), lambda: renew(tale, kitchen))
    if kitchen.serial == parts.LICENCE_WAITS:
        tale.on(tale.moment(tale.ago(3), 11, 5), lambda: licence(tale, kitchen))
    if kitchen.serial == parts.RETURNED:
        tale.on(tale.moment(tale.ago(4), 10, 30), lambda: licence(tale, kitchen))
        tale.on(tale.moment(workday(tale.ago(1)), 15, 45), lambda: send_back(tale, kitchen))


def owner_of(tale: Tale, kitchen: Kitchen) -> Any:
    person = kitchen.owner
    assert person
    if person.key not in tale.users:
        tale.users[person.key] = accounts.open_account(name=person.name, email=person.email, by=None)
    return tale.users[person.key]


def register(tale: Tale, kitchen: Kitchen) -> None:
    owner = owner_of(tale, kitchen)
    place = establishments.register(
        by=owner,
        signboard=kitchen.signboard,
        operator_name=kitchen.operator,
        address=kitchen.address,
        division=cast.CITY,
        category=kitchen.category,
        uscc=kitchen.uscc,
        phone=kitchen.phone,
        hours=[list(day) if day else None for day in kitchen.hours],
        cuisines=list(kitchen.cuisines),
        latitude=kitchen.latitude,
        longitude=kitchen.longitude,
        coordinates=Establishment.Coordinates.WGS84,
        is_demo=True,
    )
    tale.places[kitchen.serial] = place
    hand_in(tale, kitchen, Credential.Kind.FOOD_PERMIT, kitchen.permit)
    if kitchen.serial <= 2:
        hand_in(tale, kitchen, Credential.Kind.BUSINESS_LICENCE, kitchen.uscc)


def invite(tale: Tale, kitchen: Kitchen) -> None:
    tale.codes[kitchen.serial] = claims.invite(tale.places[kitchen.serial], by=tale.user(JIANG))


def claim(tale: Tale, kitchen: Kitchen) -> None:
    """Its owner comes with the letter's code, and says what no register knows."""
    owner = owner_of(tale, kitchen)
    place = claims.claim(by=owner, number=kitchen.permit, code=tale.codes.pop(kitchen.serial))
    hours = [list(day) if day else None for day in kitchen.hours]
    tale.places[kitchen.serial] = establishments.edit(place, by=owner, hours=hours, cuisines=list(kitchen.cuisines))


def hand_in(tale: Tale, kitchen: Kitchen, kind: str, number: str, term: tuple[date, date] | None = None) -> Credential:
    begins, ends = term or parts.term(kitchen, tale.today)
    is_permit = kind == Credential.Kind.FOOD_PERMIT
    facts = [
        ("编号", number),
        ("经营者名称", kitchen.operator),
        ("经营场所", kitchen.address),
        ("经营项目", kitchen.items),
        ("有效期", f"{begins:%Y-%m-%d} 至 {ends:%Y-%m-%d}" if is_permit else f"{begins:%Y-%m-%d} 至 长期"),
    ]
    title = TITLES[Credential.Kind(kind)]
    upload: Any = SimpleUploadedFile(f"{title}.jpg", papers.picture(title, cast.BUREAU, facts), "image/jpeg")
    return credentials.hand_in(
        tale.places[kitchen.serial],
        by=owner_of(tale, kitchen),
        uploads=[upload],
        kind=kind,
        number=number,
        holder=kitchen.operator,
        issuer=cast.BUREAU,
        items=kitchen.items if is_permit else "",
        valid_from=begins,
        valid_through=ends if is_permit else None,
    )


def renew(tale: Tale, kitchen: Kitchen) -> None:
    hand_in(tale, kitchen, Credential.Kind.FOOD_PERMIT, kitchen.permit, parts.renewed(kitchen, tale.today))


def licence(tale: Tale, kitchen: Kitchen) -> None:
    hand_in(tale, kitchen, Credential.Kind.BUSINESS_LICENCE, kitchen.uscc)


def send_back(tale: Tale, kitchen: Kitchen) -> None:
    for paper in tale.places[kitchen.serial].credentials.waiting():
        credentials.take_up(paper, by=tale.user(LI))
        credentials.send_back(paper, by=tale.user(LI), reason="营业执照照片请重拍：右下角有反光，登记日期看不清。")


def open_up(tale: Tale, kitchen: Kitchen) -> None:
    place = tale.places[kitchen.serial]
    for paper in place.credentials.waiting():
        credentials.take_up(paper, by=tale.user(LI))
        credentials.approve(paper, by=tale.user(LI))
    place.refresh_from_db()


def equip(tale: Tale, kitchen: Kitchen) -> None:
    """Cameras, and codes for the tables of those who serve at some."""
    place, owner = tale.places[kitchen.serial], owner_of(tale, kitchen)
    if kitchen.serial == 1:
        managing = memberships.add_manager(place, by=owner, name=cast.CHEN.name, email=cast.CHEN.email)
        tale.users[cast.CHEN.key] = managing.user
    if kitchen.cameras:
        for subject, picture in photos.of(kitchen, everything=kitchen.serial == 1):
            upload: Any = SimpleUploadedFile(f"{subject}.jpg", picture, "image/jpeg")
            shop_photos.add(place, by=owner, subject=subject, upload=upload)
    for zone, _scene in kitchen.cameras:
        cameras.add_camera(place, by=owner, zone=zone, source=Camera.Source.PUSH)
    if kitchen.serial <= 2 or (kitchen.cameras and kitchen.category in TABLES):
        tables = TABLES[kitchen.category]
        stickers.issue(place, by=owner, tables=[str(number + 1) for number in range(tables)])


def close(tale: Tale, kitchen: Kitchen) -> None:
    establishments.close(
        tale.places[kitchen.serial], by=owner_of(tale, kitchen), reason="店面租约到期，不再经营（演示）。"
    )


def switch_off(tale: Tale, kitchen: Kitchen) -> None:
    for camera in tale.places[kitchen.serial].cameras.filter(enabled=True):
        cameras.switch_off(camera, by=owner_of(tale, kitchen), reason="专间改造，摄像头移位，预计一周后恢复（演示）。")
