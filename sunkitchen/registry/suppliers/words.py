"""What kinds of goods and proofs are called, by systems, tables and delivery notes; and what a product's name tells."""

from ..tables.headings import plain
from .models import DeliveryLine

_GOODS = {
    "meat": ("畜禽肉", "肉", "肉类", "肉禽", "禽肉", "猪肉", "牛肉", "羊肉", "鸡肉", "肉及肉制品"),
    "seafood": ("水产", "水产品", "海鲜", "鱼", "鱼类", "鱼虾"),
    "vegetables": ("蔬菜", "蔬果", "蔬菜水果", "果蔬", "水果", "菜"),
    "staples": ("粮油", "粮油蛋奶", "米面油", "主食", "粮食", "蛋", "蛋奶", "禽蛋", "豆制品", "大米", "食用油"),
    "packaged": ("预包装", "预包装食品", "包装食品", "饮料", "酒水", "饮料酒水", "包装食品及饮料"),
    "seasoning": ("调味品", "调味料", "调料", "佐料"),
    "additives": ("食品添加剂", "添加剂"),
    "tableware": ("餐具", "洗涤剂", "餐具洗涤剂", "餐具及洗涤剂", "餐饮具", "一次性餐具", "消毒剂"),
}
_PROOFS = {
    "certificate": ("合格证", "合格证明", "产品合格证", "出厂检验合格证"),
    "quarantine": ("检疫证明", "检疫", "检疫票", "检疫合格证", "动物检疫合格证明", "肉品检验合格证"),
    "report": ("检验报告", "检测报告", "质检报告", "检验", "报告"),
    "note": ("送货单", "票据", "收据", "小票", "发票", "送货单或票据", "进货单", "单据"),
}
# Parts of names that leave no doubt: what a photo's line is most likely, for a person to look at.
_TELLING = {
    "seafood": ("鱼", "虾", "蟹", "鲳", "鲈", "贝", "蛤", "鱿", "蛏", "海带", "紫菜"),
    "meat": ("肉", "排骨", "里脊", "牛腩", "猪", "鸡腿", "鸡翅", "鸭", "羊", "肝", "培根", "火腿"),
    "tableware": ("洗洁精", "消毒", "筷", "餐盒", "洗涤", "碗", "纸巾"),
    "seasoning": ("酱油", "醋", "料酒", "盐", "味精", "鸡精", "豆瓣", "花椒", "八角", "酱", "胡椒"),
    "staples": ("米", "面", "油", "蛋", "豆腐", "奶", "年糕", "粉丝", "豆"),
    "vegetables": ("菜", "瓜", "茄", "椒", "葱", "姜", "蒜", "菇", "萝卜", "土豆", "芹", "藕", "笋", "果", "橙", "蕉"),
    "packaged": ("可乐", "矿泉水", "啤酒", "黄酒", "饮料", "果汁", "罐头"),
}


def _index(codes, spelt: dict[str, tuple[str, ...]]) -> dict[str, str]:
    known = {plain(code): code for code in codes}
    for code, names in spelt.items():
        for name in names:
            known.setdefault(plain(name), code)
    return known


_GOODS_OF = _index(DeliveryLine.Goods.values, _GOODS)
_PROOFS_OF = _index(DeliveryLine.Proof.values, _PROOFS)


def goods_of(text: str) -> str:
    """The kind's code, of a code or of any of its usual names; "" for neither."""
    return _GOODS_OF.get(plain(text), "")


def proof_of(text: str) -> str:
    return _PROOFS_OF.get(plain(text), "")


def goods_by_product(product: str) -> str:
    """The kind that a product's name tells; "" where it tells none."""
    return next((code for code, parts in _TELLING.items() if any(part in product for part in parts)), "")
