"""Registers as bureaus export them, made up: rows of facts, as CSV or as a workbook."""

import csv
import io
from datetime import date, timedelta

from stdnum.cn import uscc as stdnum_uscc
from stdnum.iso7064 import mod_11_10

HEADINGS = {
    "permit": "许可证编号",
    "operator_name": "经营者名称",
    "signboard": "招牌",
    "uscc": "统一社会信用代码",
    "address": "经营场所",
    "category": "主体业态",
    "items": "经营项目",
    "issuer": "发证机关",
    "valid_from": "有效期起",
    "valid_through": "有效期至",
    "state": "状态",
    "phone": "电话",
}
SURNAMES, DISHES, STREETS = (
    "王李张刘陈杨黄赵周吴",
    ["面馆", "海鲜楼", "小炒", "火锅", "茶餐厅", "饭店"],
    ["南兴", "环城", "滨江", "人民"],
)
CATEGORIES = ["小型餐馆", "中型餐馆", "大型餐馆", "小吃店", "饮品店", "学校食堂"]


def permit_number(serial, division="999901", kind="2"):
    body = f"{kind}{division}{serial:06d}"
    return f"JY{body}{mod_11_10.calc_check_digit(body)}"


def uscc(serial, division="999901"):
    body = f"92{division}MA{serial:07d}"
    return body + stdnum_uscc.calc_check_digit(body)


def entry(serial=1, **facts):
    """One line's cells by column."""
    begins = date(2022, 1, 1) + timedelta(days=serial % 1500)
    name = f"{SURNAMES[serial % 10]}记{DISHES[serial % 6]}"
    return {
        "permit": permit_number(serial),
        "operator_name": f"海澜市{name}{serial}号餐饮店",
        "signboard": name,
        "uscc": uscc(serial),
        "address": f"海澜市{STREETS[serial % 4]}路 {serial} 号",
        "category": CATEGORIES[serial % 6],
        "items": "热食类食品制售，冷食类食品制售（仅限非发酵豆制品）",
        "issuer": "海澜市市场监督管理局",
        "valid_from": begins.isoformat(),
        "valid_through": (begins + timedelta(days=5 * 365)).isoformat(),
        "state": "有效",
        "phone": "",
        **facts,
    }


def as_csv(entries, *, encoding="utf-8-sig", separator=",", headings=None):
    headings = headings or HEADINGS
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=separator)
    writer.writerow(headings.values())
    for one in entries:
        writer.writerow([one.get(column, "") for column in headings])
    return out.getvalue().encode(encoding)


def as_xlsx(rows):
    """A workbook of these rows of cells."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    for row in rows:
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def sheet(entries, headings=None):
    headings = headings or HEADINGS
    return as_xlsx([list(headings.values()), *([one.get(c) for c in headings] for one in entries)])
