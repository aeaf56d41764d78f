"""How labels are made, for those that no list has: words before, and a noun that says what kind of value follows. Pure.

Every province words its papers anew, yet hardly with new words: 备案 + 部门 is who signed, whatever was filed. Only such
words are taken together; what is made of others is no label.
"""

import re
from functools import cache

_TERM = "(?:证书|证件|本证|许可证?|经营|健康证|登记证?)?"
_UNTIL = (
    rf"{_TERM}(?:有效|使用)(?:期限|日期|期|时间)?(?:截止日期|截止日|终止日期|截止|截至|终止|至|止|到)"
    r"|(?:有效期|期限)?(?:到期|截止|届满|失效|终止)(?:日期|时间|日)"
)
_PERIOD = rf"{_TERM}(?:有效|使用)(?:期限|日期|时间|期间|期)(?:起止(?:日期)?)?"
_SIGNED = "发证|签发|颁发|核发|制发|登记|审批|许可|备案|批准|核准|发照|注册|准予|制证"
_NUMBERED = "食品|小餐饮|小餐馆|小经营店|经营|许可|登记|备案|证书|证件|证明|凭证|卡片|公示|核准|健康|合格|体检|卡|证"
_SEAT = (
    r"(?:(?:食品|生产|经营|营业|加工|店铺|门店|店面|单位|企业|主要|实际|注册|办公|所在|详细)){0,3}"
    r"(?:场所|地址|地点|住所|所在地|门牌){1,2}"
)
_CALLED = (
    r"(?:(?:经营者|经营单位|经营主体|经营户|申请人|被许可人|持证单位|单位|企业|店铺|门店|店|商户|商店|餐馆|主体|市场|商事|字号|机构|个体工商户))"
    r"{1,3}(?:名称|全称|字号|名)"
)
_CODE = r"(?:统一|社会|信用|组织|机构|企业){1,4}(?:代码|代号)"
_PERMIT = {
    "number": rf"(?:{_NUMBERED}){{0,4}}(?:编号|证号|文号)|(?:{_NUMBERED}){{1,3}}号",
    "holder": _CALLED,
    "issuer": rf"(?:{_SIGNED}){{1,2}}(?:机关|部门|单位|机构)(?:名称|盖章|印章)?",
    "items": r"(?:食品|经营|许可|备案|核准|登记|加工|制售|生产|批准|准予|主营){1,3}(?:项目|范围|种类|品种|类目|内容)(?:[及和与](?:方式|种类|范围))?",
    "address": _SEAT,
    "uscc": _CODE,
    "until": _UNTIL,
    "period": _PERIOD,
    "issued": rf"(?:{_SIGNED}){{1,2}}(?:日期|时间)|有效期?(?:起始|开始)(?:日期|时间|日)?",
}
_GRAMMARS = {
    "food_permit": _PERMIT,
    "small_eatery": _PERMIT,
    "business_licence": {
        "number": _CODE,
        "holder": _CALLED,
        "issuer": r"(?:登记|发照|发证|注册|核准){1,2}(?:机关|部门|单位|机构)(?:名称|盖章)?",
        "items": r"(?:许可|主要)?(?:经营|营业|业务)范围(?:[及和与]方式)?",
        "address": _SEAT,
        "until": r"(?:营业|经营|合伙)期限(?:截止|终止|至|止)(?:日期)?",
        "period": r"(?:营业|经营|合伙)(?:期限|期间)(?:起止)?",
        "issued": r"(?:成立|注册|设立|开业|登记){1,2}(?:日期|时间)",
    },
    "health_certificate": {
        "number": rf"(?:{_NUMBERED}|从业人员){{0,4}}(?:编号|证号)",
        "holder": r"(?:体检|受检|被检|持证|持有|从业|检查)(?:人员|人|者)(?:姓名)?|(?:人员|本人)?姓名",
        "issuer": rf"(?:{_SIGNED}|健康|预防性|体检|检查|检验|承检|医疗){{1,3}}(?:机关|部门|单位|机构|医院|中心)(?:名称|盖章|公章)?",
        "until": _UNTIL,
        "period": _PERIOD,
        "issued": rf"(?:{_SIGNED}|健康|体检|检查|合格){{1,2}}(?:日期|时间)",
    },
    "delivery_note": {
        "supplier": r"(?:供货|供应|销货|销售|发货|送货|出货|售货|配送)(?:单位|商家|商|方|公司|人)(?:名称|全称)?",
        "received_on": r"(?:送货|供货|发货|收货|到货|交货|开单|开票|销售|配送|出库|验收|制单|下单|出货)(?:日期|时间)",
    },
}


@cache
def _pattern(sort: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?P<{field}>{made})" for field, made in _GRAMMARS[sort].items()))


def whole(sort: str, text: str) -> str | None:
    """The field whose label this is made like, from its first letter to its last."""
    match = _pattern(sort).fullmatch(text)
    return match.lastgroup if match else None


def longest(sort: str, text: str) -> tuple[int, str] | None:
    """How far a label reaches from the text's first letter, and its field: the longest that can be made."""
    for end in range(min(len(text), 14), 3, -1):
        if field := whole(sort, text[:end]):
            return end, field
    return None
