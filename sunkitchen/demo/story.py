"""The demo's rows, made by the same actions that people's clicks call. Visits and editions lie in the past."""

from datetime import datetime, timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from ratings.editions import actions as editions
from ratings.inspections import actions as inspections
from ratings.inspections import checklists
from ratings.inspections.models import Inspection
from streams.cameras import actions as cameras
from streams.models import Camera
from sunkitchen.accounts import actions as accounts
from sunkitchen.accounts.models import Authority, User
from sunkitchen.registry.credentials import actions as credentials
from sunkitchen.registry.establishments import actions as establishments
from sunkitchen.registry.models import Credential, Establishment
from sunkitchen.registry.stickers import actions as stickers

from . import cast, papers

People = dict[str, User]


def tell(at: datetime) -> None:
    """Everybody, three kitchens with papers, cameras and stickers, a visit to each, one published edition."""
    bureau = Authority.objects.get_or_create(
        division=cast.CITY, defaults={"name": cast.BUREAU, "name_en": cast.BUREAU_EN, "slug": "hailan"}
    )[0]
    people = {
        person.key: accounts.open_account(name=person.name, email=person.email, by=None) for person in cast.PEOPLE
    }
    for person in cast.PEOPLE:
        if person.role:
            accounts.appoint(people[person.key], bureau, person.role, person.number, by=None)
    places = {kitchen.signboard: _open(kitchen, people) for kitchen in cast.KITCHENS}
    for days, kitchen in zip((24, 17, 31), cast.KITCHENS, strict=True):
        _visit(places[kitchen.signboard], kitchen, people, at - timedelta(days=days))
    _publish(bureau, places, people, at)


def _open(kitchen: cast.Kitchen, people: People) -> Establishment:
    owner = people[kitchen.owner]
    place = establishments.register(
        by=owner,
        signboard=kitchen.signboard,
        operator_name=kitchen.operator,
        address=kitchen.address,
        division=cast.CITY,
        category=kitchen.category,
        uscc=kitchen.uscc,
        phone="0999-5550" + f"{kitchen.serial:03d}",
        hours=[list(kitchen.hours)] * 7,
        is_demo=True,
    )
    permit = _hand_in(place, kitchen, owner, Credential.Kind.FOOD_PERMIT, "食品经营许可证", kitchen.permit)
    credentials.approve(permit, by=people["li"])
    place.refresh_from_db()
    licence = _hand_in(place, kitchen, owner, Credential.Kind.BUSINESS_LICENCE, "营业执照", kitchen.uscc)
    if not kitchen.licence_waits:
        credentials.approve(licence, by=people["li"])
    if kitchen.zone:
        cameras.add_camera(place, by=owner, zone=kitchen.zone, source=Camera.Source.PUSH)
    if kitchen.tables:
        stickers.issue(place, by=owner, tables=[str(number + 1) for number in range(kitchen.tables)])
    return place


def _hand_in(
    place: Establishment, kitchen: cast.Kitchen, owner: User, kind: str, title: str, number: str
) -> Credential:
    facts = [
        ("编号", number),
        ("经营者名称", kitchen.operator),
        ("经营场所", kitchen.address),
        ("经营项目", kitchen.items),
        ("有效期", f"{kitchen.valid_from:%Y-%m-%d} 至 {kitchen.valid_through:%Y-%m-%d}"),
    ]
    upload: Any = SimpleUploadedFile(f"{title}.jpg", papers.picture(title, cast.BUREAU, facts), "image/jpeg")
    return credentials.hand_in(
        place,
        by=owner,
        uploads=[upload],
        kind=kind,
        number=number,
        holder=kitchen.operator,
        issuer=cast.BUREAU,
        items=kitchen.items,
        valid_from=kitchen.valid_from,
        valid_through=kitchen.valid_through,
    )


def _visit(place: Establishment, kitchen: cast.Kitchen, people: People, at: datetime) -> None:
    visit = inspections.begin(place, by=people["zhao"], second=people["zhou"], visited_at=at, at=at)
    answers = {item.code: {"answer": "ok", "note": ""} for item in checklists.current().items}
    answers |= {code: {"answer": "fail", "note": note} for code, note in kitchen.failed}
    inspections.fill_in(visit, answers, by=people["zhao"])
    inspections.close(
        visit,
        by=people["zhao"],
        signature=Inspection.Signature.SIGNED,
        signed_name=people[kitchen.owner].name,
        at=at + timedelta(hours=1),
    )


def _publish(bureau: Authority, places: dict[str, Establishment], people: People, at: datetime) -> None:
    """Drafted twelve days ago, served, waived by the operator, published four days ago by somebody else."""
    drafted, published = at - timedelta(days=12), at - timedelta(days=4)
    until = timezone.localtime(drafted).date()
    edition = editions.draft(
        bureau, by=people["zhao"], period_from=until - timedelta(days=30), period_to=until, at=drafted
    )
    editions.pick(
        edition,
        places["海上明月海鲜楼"],
        by=people["zhao"],
        colour="red",
        reason="后厨整洁，食品离地分类存放，餐具消毒保洁规范，直播画面清晰稳定。",
        at=drafted,
    )
    black = editions.pick(
        edition,
        places["老码头大排档"],
        by=people["zhao"],
        colour="black",
        rule="B1",
        document_number="海市监检〔2026〕演示 17 号",
        reason="冷柜内存放超过保质期的食品，生熟砧板混用，监督检查结果为不符合。",
        at=drafted,
    )
    editions.notice(black, by=people["zhou"], at=drafted)
    served = drafted + timedelta(days=1)
    day = timezone.localtime(served).date()
    editions.serve(
        black, by=people["zhou"], method="direct", served_on=day, note="当面送达，经营者本人签收（演示）。", at=served
    )
    editions.waive(
        black,
        by=people["zhou"],
        waived_on=day + timedelta(days=1),
        statement="本店对拟公示内容无异议，放弃陈述申辩（演示）。",
        at=served + timedelta(days=1),
    )
    editions.publish(edition, by=people["sun"], at=published)
