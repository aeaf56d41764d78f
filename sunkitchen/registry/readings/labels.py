"""The labels that stand on papers, as they are printed; what each is followed by. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise

from . import grammar
from .layout import Placed, plain, rows, same_row

# A field's labels, the best first. "" are labels of facts that nobody asks for: they end the value before them.
PERMIT = {
    "number": "许可证编号 许可证号 登记证编号 登记证号 登记编号 备案编号 证书编号 证件编号 编号 证号",
    "holder": "经营者名称 单位名称 企业名称 店铺名称 主体名称 市场主体名称 字号名称 商户名称 店名 字号 名称 经营者",
    "issuer": "发证机关 登记机关 发证部门 发证单位 颁发机关 审批机关 许可机关 发证机构 登记部门",
    "items": "经营项目 经营范围 加工经营项目 许可经营项目 许可项目 许可范围 核准项目 经营品种 经营类别",
    "address": "经营场所 经营地址 营业场所 生产经营场所 经营地点 地址 住所",
    "uscc": "统一社会信用代码 社会信用代码 信用代码 营业执照注册号",
    "period": "有效期限 有效期自 有效日期 有效期 证件有效期",
    "until": "有效期至 有效期限至 有效至 截止日期 到期日期 有效期止 失效日期",
    "issued": "发证日期 签发日期 发证时间 登记日期 颁发日期 批准日期 核准日期 有效期起",
    "": "法定代表人 负责人 法定代表人/负责人 经营者姓名 主体业态 食品经营方式 日常监督管理机构 日常监督管理人员 监督管理机构 投诉举报电话 投诉电话 "
    "举报电话 签发人 经营面积 面积 联系电话 电话 身份证号码 身份证号 公民身份号码 业态 仓库地址 从业人数 性别 年龄 备注",
}
LICENCE = {
    "number": "统一社会信用代码 社会信用代码 注册号",
    "holder": "名称 企业名称 字号名称 字号 市场主体名称 商事主体名称",
    "issuer": "登记机关 发照机关 发证机关",
    "items": "经营范围",
    "address": "经营场所 住所 营业场所 主要经营场所 地址",
    "period": "营业期限 合伙期限 经营期限",
    "until": "营业期限至",
    "issued": "成立日期 注册日期 登记日期 开业日期",
    "given": "核准日期 发照日期",
    "": "类型 法定代表人 负责人 投资人 经营者姓名 经营者 组成形式 注册资本 注册资金 实收资本 执行事务合伙人 身份证号码 身份证号 "
    "公民身份号码 联系电话 电话 副本",
}
HEALTH = {
    "number": "健康证编号 健康证号 健康合格证号 合格证号 合格证编号 健康证明编号 证书编号 证件编号 体检编号 编号 证号",
    "holder": "姓名 持证人",
    "issuer": "发证机构 发证单位 发证机关 体检机构 体检单位 检查机构 检查单位 检查医院 体检医院 医疗机构 健康检查单位",
    "period": "有效期限 有效期 有效日期 有效时间",
    "until": "有效期至 有效期限至 有效至 截止日期 到期日期 有效期止",
    "issued": "发证日期 签发日期 发证时间 体检日期 检查日期 体检时间 有效期起 有效期自",
    "": "性别 年龄 身份证号码 身份证号 公民身份号码 身份证 证件号码 从业类别 从业种类 行业类别 行业 工种 岗位 单位 工作单位 用人单位 "
    "单位名称 体检结果 体检结论 检查结果 结论 联系电话 电话 照片 类别 民族",
}
NOTE = {
    "supplier": "供货单位 供应商名称 供货商名称 供应商 供货商 供货方 供应单位 销售单位 销货单位 销货方 发货单位 送货单位 供方 卖方 商家 商户 档口",
    "received_on": "送货日期 配送日期 发货日期 收货日期 开单日期 销售日期 出库日期 制单日期 交货日期 下单日期 开票日期 日期 时间",
    "": "收货单位 收货方 购货单位 购货方 购买方 购买单位 客户名称 客户 买方 需方 收货人 收货地址 送货人 经手人 制单人 制单 开单人 司机 地址 "
    "电话 联系电话 联系人 单号 编号 订单号 备注 合计 总计 签收 客户签字",
}
SETS = {
    "food_permit": PERMIT,
    "small_eatery": PERMIT,
    "business_licence": LICENCE,
    "health_certificate": HEALTH,
    "delivery_note": NOTE,
}


UNKNOWN = re.compile(r"^(?!(?:许可|一般)项目)[\u4e00-\u9fff]{2,8}[：:]")


MADE, MADE_SURE = 50, 0.85  # the rank of a label that no list has; what is left where nothing ends it


@dataclass
class Told:
    """A label that was found, and the rest of its line ("" when its value stands elsewhere)."""

    field: str
    label: str
    place: Placed  # of the label
    value: Placed | None
    sure: float  # 1, less when the label itself was read badly
    rank: int  # of the label among its field's: 0 is the best


@cache
def known(sort: str) -> dict[str, tuple[str, int]]:
    """Label → its field and its rank there."""
    found: dict[str, tuple[str, int]] = {}
    for field, names in SETS[sort].items():
        for rank, name in enumerate(names.split()):
            found.setdefault(name, (field, rank))
    return found


@cache
def _patterns(sort: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    names = "|".join(sorted(map(re.escape, known(sort)), key=len, reverse=True))
    # In brackets, or the same in English: words of small letters, so that no number's first letters are among them.
    aside = r"(?:[（(][^）)：:]{1,12}[）)]?)?(?:\s?[A-Z][a-z]+\.?(?:\s[A-Za-z][a-z]+){0,3}\.?\s?)?"
    start = re.compile(rf"^[\W_]{{0,2}}({names}){aside}[：:；;.\-—\s]*")
    inside = re.compile(rf"({names}){aside}[：:]")
    return start, inside


def told(sort: str, lines: list[Placed]) -> tuple[list[Told], list[Placed]]:
    """Labels with what follows them in their own line; and the lines that hold no label."""
    labels: list[Told] = []
    others: list[Placed] = []
    for line in joined(sort, lines):
        pieces = list(_pieces(sort, line))
        labels += [piece for piece in pieces if isinstance(piece, Told)]
        others += [piece for piece in pieces if isinstance(piece, Placed)]
    return labels, others


def _pieces(sort: str, line: Placed) -> Iterator[Told | Placed]:
    raw = line.text
    line = replace_text(line, plain(raw))
    text = line.text
    start, inside = _patterns(sort)
    marks = [(match.start(1), match.end(), match[1], 1.0) for match in inside.finditer(text)]
    match = start.match(text)
    if match and not marks and re.match(r"[^：:]{1,3}[：:]", text[match.end() :]) and (guess := _nearly(sort, text)):
        marks = [guess]  # 经营者各称： is 经营者名称 read badly, and not 经营者
    elif match and not (marks and marks[0][0] < match.end(1)):
        marks.insert(0, (match.start(1), match.end(), match[1], 1.0))
    if (made := _made(sort, raw, text)) and (not marks or (marks[0][0] <= made[0] and made[1] > marks[0][1])):
        marks = [made, *(mark for mark in marks if mark[0] >= made[1])]  # 经营场所地址 is not 经营场所 of 地址…
    if not marks and (guess := _nearly(sort, text) or _first_letter(sort, text)):
        marks = [guess]
    if not marks and (match := UNKNOWN.match(text)):  # whatever it says: it is not what belongs to the label above
        marks = [(0, match.end(), "", 1.0)]
    if not marks:
        yield line
        return
    if marks[0][0] > 2:
        yield line.part(0, marks[0][0])
    for (begin, end, name, sure), after in zip(marks, [*marks[1:], (len(text), 0, "", 0.0)], strict=True):
        field, rank = known(sort).get(name) or (grammar.whole(sort, name) or "", MADE)
        value = line.part(end, after[0]) if text[end : after[0]].strip(" ：:.。,，;；-—_·") else None
        yield Told(field, name, line.part(begin, end), value, sure, rank)


def _made(sort: str, raw: str, text: str) -> tuple[int, int, str, float] | None:
    """A label that no list has, made as labels are: up to a colon, a bracket, a blank or the line's end, or long."""
    start = len(text) - len(text.lstrip("（(·*【[|"))
    bare = text[start:]
    heads = [re.split(r"[：:（(】\]|]", bare, maxsplit=1)[0]]
    heads += [plain(raw[: blank.start()])[start:] for blank in re.finditer(r"\s+", raw)]
    for head in sorted(heads, key=len, reverse=True):
        if bare.startswith(head) and (head in known(sort) or grammar.whole(sort, head)):
            aside = re.match(r"(?:[（(][^）)]{1,8}[）)])?[：:】\]|\s]*", bare[len(head) :])
            return start, start + len(head) + (aside.end() if aside else 0), head, 1.0
    if found := grammar.longest(sort, bare):
        return start, start + found[0], bare[: found[0]], MADE_SURE
    return None


def _nearly(sort: str, text: str) -> tuple[int, int, str, float] | None:
    """A label with one letter read wrong: all that stands before a colon, or the whole line, or a long label's start."""
    head = re.split(r"[：:]", text, maxsplit=1)[0]
    whole = len(head) < len(text) or (len(text) <= 9 and not text.endswith("单"))  # 销售单 is a title, not 销售单位
    for name in known(sort):
        if len(name) >= 3 and whole and differ(head, name) <= 1:
            end = len(head) + (1 if len(head) < len(text) else 0)
            return 0, end, name, 0.9
        if len(name) >= 5 and len(text) > len(name) and differ(text[: len(name)], name) <= 1:
            end = len(name) + (1 if text[len(name)] in "：:" else 0)
            return 0, end, name, 0.85
    return None


def differ(one: str, other: str) -> int:
    """Letters to change, to put in or to leave out; 2 for more."""
    if one == other:
        return 0
    if abs(len(one) - len(other)) > 1:
        return 2
    if len(one) == len(other):
        return min(2, sum(a != b for a, b in zip(one, other, strict=True)))
    longer, shorter = (one, other) if len(one) > len(other) else (other, one)
    return 1 if any(longer[:at] + longer[at + 1 :] == shorter for at in range(len(longer))) else 2


def _first_letter(sort: str, text: str) -> tuple[int, int, str, float] | None:
    """名 alone, where 名　　称 was set so wide that its second letter was lost."""
    if len(text) != 1:
        return None
    names = [name for name, (field, _rank) in known(sort).items() if len(name) == 2 and name[0] == text and field]
    return (0, 1, names[0], 0.85) if len(names) == 1 else None


def replace_text(line: Placed, text: str) -> Placed:
    return replace(line, text=text)


def joined(sort: str, lines: list[Placed]) -> list[Placed]:
    """Labels whose letters are set so wide that each was seen alone (名　　称) are one line again."""
    names, result = known(sort), []
    for row in rows(lines):
        at = 0
        while at < len(row):
            for end in range(min(len(row), at + 4), at + 1, -1):
                run = row[at:end]
                word = "".join(plain(piece.text) for piece in run)
                close = all(b.x0 - a.x1 < 5 * a.height and same_row(a, b) for a, b in pairwise(run))
                if close and len(plain(run[0].text)) <= 2 and word.rstrip("：:") in names:
                    one = replace(run[0], text=word, x1=run[-1].x1, confidence=min(p.confidence for p in run))
                    one.boxes = [box for piece in run for box in piece.boxes]
                    result.append(one)
                    at = end
                    break
            else:
                result.append(row[at])
                at += 1
    return result
