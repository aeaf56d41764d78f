"""Where the demo's kitchens buy, and what: invented suppliers, ordinary goods."""

from dataclasses import dataclass

from stdnum.cn import uscc


@dataclass(frozen=True)
class Goods:
    kind: str  # DeliveryLine.Goods
    product: str
    unit: str
    most: int  # of the unit, in one delivery
    keeps: int  # days; 0: no date stands on it
    proof: str  # DeliveryLine.Proof


@dataclass(frozen=True)
class Market:
    number: int
    name: str
    goods: tuple[Goods, ...]

    @property
    def uscc(self) -> str:
        body = f"91999901MAGH{self.number:05d}"
        return str(body + uscc.calc_check_digit(body))

    @property
    def phone(self) -> str:
        return f"0999-5551{self.number:03d}"


def _goods(kind: str, proof: str, *words: str) -> tuple[Goods, ...]:
    found = []
    for word in words:
        product, unit, most, keeps = word.split()
        found.append(Goods(kind, product, unit, int(most), int(keeps), proof))
    return tuple(found)


SEAFOOD = Market(
    1,
    "海澜渔港水产批发部",
    _goods("seafood", "certificate", "大黄鱼 千克 20 0", "梭子蟹 千克 15 0", "带鱼 千克 25 0", "蛤蜊 千克 12 0")
    + _goods("seafood", "quarantine", "冻虾仁 袋 20 360", "三文鱼 千克 8 5"),
)
MEAT = Market(
    2,
    "海澜放心肉配送中心",
    _goods(
        "meat",
        "quarantine",
        "猪前腿肉 千克 40 3",
        "猪肋排 千克 20 3",
        "鸡腿 千克 25 4",
        "牛腩 千克 15 4",
        "鸭胸 千克 10 4",
    ),
)
VEGETABLES = Market(
    3,
    "望潮蔬菜专业合作社",
    _goods(
        "vegetables",
        "certificate",
        "青菜 千克 30 0",
        "土豆 千克 40 0",
        "西红柿 千克 20 0",
        "香菇 千克 8 0",
        "大葱 千克 6 0",
    ),
)
STAPLES = Market(
    4,
    "海澜粮油批发行",
    _goods("staples", "report", "大米 袋 10 180", "面粉 袋 8 180", "菜籽油 桶 4 540", "鲜鸡蛋 千克 20 30"),
)
SEASONING = Market(
    5,
    "千帆调味品经营部",
    _goods("seasoning", "certificate", "生抽 瓶 12 540", "食醋 瓶 12 720", "食盐 袋 20 0", "郫县豆瓣 桶 4 360")
    + _goods("additives", "certificate", "泡打粉 袋 2 360"),
)
DRINKS = Market(
    6,
    "月湾饮品原料供应站",
    _goods("packaged", "certificate", "鲜牛奶 箱 8 15", "茉莉绿茶 袋 6 540", "果葡糖浆 桶 3 360")
    + _goods("packaged", "report", "咖啡豆 袋 6 360", "黄油 块 10 180"),
)
TABLEWARE = Market(
    7,
    "海澜洁具消毒服务站",
    _goods("tableware", "note", "消毒餐具 套 300 0", "洗洁精 桶 3 720", "一次性口罩 盒 10 0"),
)
NOODLES = Market(
    8,
    "盐埕鲜面加工坊",
    _goods("staples", "certificate", "鲜面条 千克 40 2", "米粉 千克 30 3", "豆制品 千克 20 2"),
)

BY_CUISINE = {
    "seafood": (SEAFOOD, VEGETABLES, STAPLES),
    "tea": (DRINKS, TABLEWARE),
    "bakery": (DRINKS, STAPLES),
    "noodles": (NOODLES, MEAT, VEGETABLES),
    "breakfast": (NOODLES, STAPLES, MEAT),
    "japanese": (SEAFOOD, STAPLES),
    "halal": (NOODLES, VEGETABLES, STAPLES),
}
ORDINARY = (MEAT, VEGETABLES, STAPLES)
ALL = (SEAFOOD, MEAT, VEGETABLES, STAPLES, SEASONING, DRINKS, TABLEWARE, NOODLES)


def suppliers_of(cuisines: tuple[str, ...], *, everything: bool) -> tuple[Market, ...]:
    """Whom a kitchen of these cuisines buys from."""
    own = BY_CUISINE.get(cuisines[0], ORDINARY)
    return (*own, *(market for market in (SEASONING, TABLEWARE) if market not in own)) if everything else own
