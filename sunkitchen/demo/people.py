"""People brought as a table to the first kitchen; what some of them ask about their own data."""

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from sunkitchen.registry.staff import actions as staff
from sunkitchen.registry.staff import rights
from sunkitchen.registry.tables import actions as tables

from . import opening
from .tale import Tale

HEAD = "姓名,岗位,手机号,入职日期,健康证编号,发证日期,有效期至"
LANDED_DAYS_AGO = 45


def plan(tale: Tale) -> None:
    tale.on(tale.moment(tale.ago(300), 10), lambda: _join(tale))
    tale.on(tale.moment(tale.ago(LANDED_DAYS_AGO), 10), lambda: _land(tale))
    tale.on(tale.moment(tale.ago(20), 11), lambda: _erase(tale))
    tale.on(tale.moment(tale.ago(9), 16), lambda: _copy(tale))
    tale.on(tale.moment(tale.ago(1), 16), lambda: _wait(tale))


def _table(tale: Tale, name: str, *lines: str) -> tuple[Any, Any]:
    kitchen = tale.kitchens[0]
    upload: Any = SimpleUploadedFile(name, "\n".join([HEAD, *lines]).encode("utf-8-sig"), "text/csv")
    owner = opening.owner_of(tale, kitchen)
    return tables.check(tale.places[kitchen.serial], by=owner, sort="staff", upload=upload), owner


def _join(tale: Tale) -> None:
    kitchen = tale.kitchens[0]
    owner = opening.owner_of(tale, kitchen)
    staff.add(
        tale.places[kitchen.serial],
        by=owner,
        name="范离职",
        post="buyer",
        joined_on=tale.ago(300),
        mobile="13800000988",
    )


def _land(tale: Tale) -> None:
    """Two who need no certificate: a table may bring anybody."""
    day = tale.ago(LANDED_DAYS_AGO).isoformat()
    row, owner = _table(
        tale,
        "新员工名单.csv",
        f"苗采购,采购员,13800000981,{day}",
        f"秦收银,收银员,13800000982,{day}",
        "无名氏,店员,,昨天",
    )
    tables.land(row, by=owner)


def _erase(tale: Tale) -> None:
    kitchen = tale.kitchens[0]
    owner = opening.owner_of(tale, kitchen)
    member = tale.places[kitchen.serial].staff.get(name="范离职")
    staff.leave(member, by=owner, on=tale.ago(25))
    rights.erase(member, by=owner, asked_on=timezone.localdate())


def _copy(tale: Tale) -> None:
    """The cook wants to know what is kept."""
    kitchen = tale.kitchens[0]
    cook = tale.places[kitchen.serial].staff.working(timezone.localdate()).filter(post="chef").earliest("pk")
    rights.copied(cook, by=opening.owner_of(tale, kitchen), asked_on=timezone.localdate())


def _wait(tale: Tale) -> None:
    """Looked through, and left for the owner to decide."""
    today, ahead = tale.today.isoformat(), tale.ago(-300).isoformat()
    _table(
        tale,
        "下月排班.csv",
        f"阮切配,切配,13800000983,{today},健海〔2026〕90001,{tale.ago(10)},{ahead}",
        f"乐服务,服务员,13800000984,{today}",
        "庞掌勺,大师傅,13800000985,下周一",
        "苗采购,采购员,13800000981,2026-01-01",
    )
