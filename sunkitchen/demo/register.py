"""The bureau's permit register, brought in as the table that another system gave: most kitchens come from here."""

import csv
import io
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from sunkitchen.registry.models import Establishment, RegisterImport
from sunkitchen.registry.register import actions as register

from . import cast, parts
from .cast import JIANG, Kitchen
from .tale import DAYS, Tale, workday

HEADING = (
    "许可证编号 经营者名称 招牌 统一社会信用代码 经营场所 主体业态 经营项目 发证机关 有效期起 有效期至 状态 电话 经度 纬度 坐标系 成立日期 营业期限至"
).split()
TRADES = {
    "large": "大型餐馆",
    "medium": "中型餐馆",
    "small": "小型餐馆",
    "snack": "小吃店",
    "drinks": "饮品店",
    "canteen": "单位食堂",
    "school": "学校食堂",
    "central": "中央厨房",
    "catering": "集体用餐配送单位",
}
# Lines as every register has some: refused, and said why.
STRANGE = (
    [
        "JY19999010900015",
        "海澜市白帆便利店",
        "白帆便利店",
        "",
        "海澜市银滩镇观澜路 301 号",
        "食品销售经营者",
        "预包装食品销售",
    ],
    ["JY2999901", "海澜市巷口小吃餐饮店", "巷口小吃", "", "海澜市盐埕街道石阶巷 2 号", "小吃店", "热食类食品制售"],
)


def in_days_ago(kitchen: Kitchen) -> int:
    """When its people came in, days ago: those of stories first, the others over two months, or after their file."""
    if kitchen.serial == parts.NEWCOMER:
        return 2
    if kitchen.serial >= parts.IN_THE_SECOND:
        return parts.SECOND_DAYS_AGO - 10 - kitchen.serial % 7
    return DAYS - 5 - kitchen.serial // 4


def first_day(tale: Tale) -> date:
    return workday(tale.ago(DAYS - 1))


def plan(tale: Tale) -> None:
    listed = [kitchen for kitchen in tale.kitchens if kitchen.serial not in parts.BY_THEMSELVES]
    first = [kitchen for kitchen in listed if kitchen.serial < parts.IN_THE_SECOND]
    if first:
        tale.on(tale.moment(first_day(tale), 10, 12), lambda: _bring(tale, first, STRANGE))
    if len(listed) > len(first):
        later = [kitchen for kitchen in listed if kitchen.serial != parts.LAPSED]  # it has its renewal meanwhile
        tale.on(tale.moment(workday(tale.ago(parts.SECOND_DAYS_AGO)), 10, 40), lambda: _bring(tale, later, ()))


def _bring(tale: Tale, kitchens: list[Kitchen], strange: Iterable[list[str]]) -> None:
    clerk = tale.user(JIANG)
    lines = [_line(kitchen, tale) for kitchen in kitchens]
    row = register.bring(tale.bureau, by=clerk, upload=_table([*lines, *strange]))
    row = register.run(row)
    assert row.state == RegisterImport.State.DONE, row.failure
    here = {kitchen.uscc: kitchen.serial for kitchen in kitchens}
    places = Establishment.objects.filter(uscc__in=here)
    places.update(is_demo=True)  # the mark alone is ours: no register says of a kitchen that it is invented
    for place in places.all():
        tale.places[here[place.uscc]] = place


def _line(kitchen: Kitchen, tale: Tale) -> list[str]:
    begins, ends = parts.term(kitchen, tale.today)
    return [
        kitchen.permit,
        kitchen.operator,
        kitchen.signboard,
        kitchen.uscc,
        kitchen.address,
        TRADES[kitchen.category],
        kitchen.items,
        cast.BUREAU,
        begins.isoformat(),
        ends.isoformat(),
        "有效",
        kitchen.phone,
        kitchen.longitude,
        kitchen.latitude,
        "WGS-84",
        begins.isoformat(),
        "长期",
    ]


def _table(lines: Iterable[list[str]]) -> Any:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(HEADING)
    writer.writerows(lines)
    return SimpleUploadedFile("食品经营许可台账.csv", text.getvalue().encode("utf-8-sig"), "text/csv")
