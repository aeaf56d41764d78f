"""What the demo's inspectors wrote down, by item of the checklist."""

import random

# Key items first: two of them failed, and a kitchen does not conform.
KEY = {
    "shelf_life": (
        "冷柜内有 3 袋超过保质期的虾饺，已当场封存。",
        "调料架上两瓶沙拉酱已过期 11 天。",
        "冷藏间一盒豆腐外观黏滑，已当场销毁。",
    ),
    "raw_cooked": (
        "生熟砧板混用，现场未见标识。",
        "切熟食的刀放在生肉池边。",
        "生鱼与凉菜同一层存放，未加盖。",
    ),
    "purchase": (
        "一批冻虾仁不能提供检疫证明。",
        "当日送来的猪肉没有留存票据。",
    ),
    "health": (
        "一名传菜员健康证过期 20 天，已当场调离岗位。",
        "新来的洗碗工尚未取得健康证。",
    ),
    "additives": ("泡打粉未专柜存放，没有使用记录。",),
}
OTHER = {
    "displayed": ("量化等级公示牌被菜单挡住。", "许可证挂在收银台内侧，顾客看不到。"),
    "hands": ("一名操作人员未戴口罩。", "切配间洗手池没有洗手液。", "工作帽未遮住头发。"),
    "storage": ("两筐土豆直接放在地面上。", "冷藏柜温度 11 ℃，高于标准。", "米袋靠墙堆放。"),
    "heating": ("一份外带炸鸡中心温度不足 70 ℃。",),
    "tableware": ("洗净的餐具敞开堆放在水池边。", "消毒柜不工作，当日餐具未消毒。"),
    "clean": ("灶台后墙油污厚。", "排水沟有积水和菜叶。", "抽油烟罩滤网滴油。"),
    "pests": ("后门防鼠板缺失。", "灭蝇灯未通电。"),
    "waste": ("厨余垃圾桶没有加盖。", "垃圾收运记录缺两周。"),
    "thrift": ("未张贴反食品浪费提示。",),
}
LIGHT = ("displayed", "thrift", "waste")  # 4 points each: one of them leaves an A
NO_COLD_DISHES = "cold_room"

Answers = dict[str, dict[str, str]]


def answers(codes: list[str], outcome: str, dice: random.Random, *, cold_dishes: bool) -> Answers:
    """A filled-in checklist with the outcome: "clean", "light" (one small thing, still an A), "mostly" or "fails"."""
    given = {code: {"answer": "ok", "note": ""} for code in codes}
    if not cold_dishes:
        given[NO_COLD_DISHES] = {"answer": "na", "note": ""}
    for code in _failed(outcome, dice):
        given[code] = {"answer": "fail", "note": dice.choice((KEY | OTHER)[code])}
    return given


def _failed(outcome: str, dice: random.Random) -> list[str]:
    if outcome == "light":
        return [dice.choice(LIGHT)]
    if outcome == "mostly":
        return dice.sample(list(OTHER), dice.randint(1, 3)) + (dice.sample(list(KEY), 1) if dice.random() < 0.3 else [])
    if outcome == "fails":
        return dice.sample(list(KEY), 2) + dice.sample(list(OTHER), dice.randint(2, 3))
    return []
