"""What people call the posts of a kitchen, in Chinese and English."""

import re
import unicodedata
from functools import cache

from django.utils import translation

from .models import StaffMember

Post = StaffMember.Post

# A word anywhere in what is written decides; the first that fits. Longer ones come before what they contain.
WORDS: list[tuple[str, str]] = [
    *((word, Post.SAFETY) for word in ("食品安全", "食安", "安全员", "安全总监", "safety")),
    *((word, Post.COLD_DISHES) for word in ("凉菜", "冷菜", "冷食", "冷荤", "卤味", "刺身", "生食", "裱花", "专间")),
    *((word, Post.COLD_DISHES) for word in ("cold", "sashimi")),
    *(
        (word, Post.PREPARATION)
        for word in ("切配", "粗加工", "砧板", "墩子", "择菜", "洗菜", "宰杀", "水台", "cutting")
    ),
    *((word, Post.PREPARATION) for word in ("preparation", "kitchen hand", "prep cook")),
    *((word, Post.PLATING) for word in ("备餐", "分餐", "装盘", "打荷", "打菜", "打包", "plating", "portion")),
    *((word, Post.DISHWASHER) for word in ("洗碗", "洗消", "消毒", "保洁", "dish washer", "dishwash", "washing up")),
    *((word, Post.BUYER) for word in ("采购", "库管", "仓管", "验收", "buyer", "purchas")),
    *((word, Post.CASHIER) for word in ("收银", "财务", "出纳", "cashier", "till")),
    *(
        (word, Post.WAITER)
        for word in ("服务员", "传菜", "跑菜", "迎宾", "前厅", "waiter", "waitress", "server", "service")
    ),
    *(
        (word, Post.CHEF)
        for word in ("厨师", "厨工", "主厨", "大厨", "炒锅", "炉灶", "炉头", "面点", "烧烤", "烹饪", "蒸")
    ),
    *((word, Post.CHEF) for word in ("chef", "cook", "baker")),
]
UNSEEN = re.compile(r"[\s_\-·、，,.()（）]+")


def post_of(said: str) -> str:
    """The post of these words, Chinese or English; "" where none is meant."""
    text = UNSEEN.sub(" ", unicodedata.normalize("NFKC", said).lower()).strip()
    if not text:
        return ""
    return _labels().get(text) or next((post for word, post in WORDS if word in text), "")


@cache
def _labels() -> dict[str, str]:
    found: dict[str, str] = {}
    for post in Post:
        found[post.value] = found[post.value.replace("_", " ")] = post.value
        for language in ("zh-hans", "zh-hant", "en"):
            with translation.override(language):
                found[UNSEEN.sub(" ", str(post.label).lower()).strip()] = post.value
    return found
