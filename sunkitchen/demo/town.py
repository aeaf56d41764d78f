"""The town's 206 kitchens: the first nine by hand, the others out of `names` by a fixed seed, so that every telling
has the same ones. Spread over categories and cuisines as a county's register is."""

import math
import random
from collections.abc import Iterator
from functools import cache

from .cast import CANTEENS, HE, LIN, SHEN, TANG, WANG, Kitchen, Person
from .names import GIVEN, HEADS, INSTITUTIONS, ITEMS, STREETS, SURNAMES, TAILS

SIZE = 206
SEED = 999901
# Open water of the northwest Pacific, 600 km from the nearest island: no map shows a real street below a demo kitchen.
WHERE = (28.5, 150.0)
METRES = 111_320  # of a degree of latitude

# How many of each the generator makes; with the nine by hand it is SIZE.
SPREAD = {
    "snack": 61,
    "small": 56,
    "medium": 22,
    "large": 6,
    "drinks": 22,
    "canteen": 14,
    "school": 9,
    "central": 2,
    "catering": 5,
}
CUISINES = {
    "snack": "noodles noodles noodles breakfast breakfast breakfast fast_food fast_food sichuan cantonese bakery halal",
    "small": "home home home seafood seafood barbecue barbecue hotpot sichuan cantonese japanese fast_food halal noodles",
    "medium": "seafood seafood home home hotpot sichuan cantonese western vegetarian barbecue",
    "large": "seafood home cantonese",
    "drinks": "tea tea tea tea bakery",
    "canteen": "home",
    "school": "home",
    "central": "home",
    "catering": "fast_food",
}
STAFF = {
    "snack": (3, 5),
    "drinks": (3, 5),
    "small": (5, 9),
    "medium": (11, 19),
    "large": (24, 36),
    "canteen": (7, 14),
    "school": (11, 22),
    "central": (14, 24),
    "catering": (10, 18),
}
HOURS = {
    "breakfast": ("05:30", "13:00"),
    "noodles": ("06:30", "20:30"),
    "barbecue": ("16:30", "26:00"),
    "tea": ("09:30", "22:00"),
    "bakery": ("07:00", "21:00"),
    "hotpot": ("11:00", "23:00"),
}
SERVICE, SCHOOL_DAY, KITCHEN_DAY = ("10:00", "21:30"), ("06:00", "18:30"), ("04:00", "16:00")
UNCLAIMED = 0.2  # of the small ones: their owners have not answered the bureau's letter yet

BY_HAND = (
    ("海上明月海鲜楼", "medium", ("seafood", "home"), "南兴东路", 88, WANG, (("cooking", "stove"), ("cold", "cold"))),
    ("老码头大排档", "small", ("seafood", "barbecue"), "渔港路", 6, HE, ()),
    ("海澜中学食堂", "school", ("home",), "书院路", 1, LIN, (("cutting", "board"),)),
    ("晴川小馆", "small", ("home", "cantonese"), "白鹭巷", 21, None, (("cooking", "steam"),)),
    ("千帆中央厨房", "central", ("home",), "千帆大道", 300, None, (("rough", "rough"),)),
    ("月湾茶寮", "drinks", ("tea", "bakery"), "月湾路", 12, TANG, (("plating", "plating"),)),
    ("鹭洲火锅", "medium", ("hotpot",), "洲头街", 45, None, (("washing", "washing"),)),
    ("望潮海鲜面", "snack", ("noodles", "seafood"), "灯塔路", 9, None, (("cooking", "noodles"),)),
    ("银滩寿司", "small", ("japanese", "seafood"), "银滩大道", 66, None, (("cold", ""),)),
)
OF_TANG = (10, 11)  # the other two of her three
OF_SHEN = 19
FOR_STORIES = 30  # of the first kitchens, whom something happens to: all of them claimed


@cache
def kitchens() -> tuple[Kitchen, ...]:
    """All of them, by serial."""
    return tuple(_kitchens())


def _kitchens() -> Iterator[Kitchen]:
    seen: set[str] = set()
    for serial, (signboard, category, cuisines, street, number, owner, cameras) in enumerate(BY_HAND, 1):
        seen.add(signboard)
        yield _kitchen(serial, signboard, category, cuisines, street, number, owner, cameras)
    dice = random.Random(SEED)
    categories = [category for category, count in SPREAD.items() for _ in range(count)]
    dice.shuffle(categories)
    institutions = {category: iter(names) for category, names in INSTITUTIONS.items()}
    for serial, category in enumerate(categories, len(BY_HAND) + 1):
        cuisine = dice.choice(CUISINES[category].split())
        if category in institutions:
            signboard = next(institutions[category])
        else:
            signboard = next(name for name in _signboards(dice, cuisine) if name not in seen)
        seen.add(signboard)
        second = dice.choice(["home", "fast_food", "noodles"]) if dice.random() < 0.3 else cuisine
        street, number = dice.choice(list(STREETS)), dice.randrange(2, 300)
        yield _kitchen(serial, signboard, category, tuple(dict.fromkeys((cuisine, second))), street, number, None, ())


def _signboards(dice: random.Random, cuisine: str) -> Iterator[str]:
    while True:
        yield dice.choice(HEADS) + dice.choice(TAILS[cuisine])


def _kitchen(
    serial: int,
    signboard: str,
    category: str,
    cuisines: tuple[str, ...],
    street: str,
    number: int,
    owner: Person | None,
    cameras: tuple[tuple[str, str], ...],
) -> Kitchen:
    dice = random.Random(SEED * 1000 + serial)
    if serial in OF_TANG:
        owner = TANG
    elif serial == OF_SHEN:
        owner = SHEN
    elif owner is None and (serial <= FOR_STORIES or category not in ("snack", "small") or dice.random() > UNCLAIMED):
        owner = Person(f"owner{serial:03d}", person_name(dice))
    kind, operator = _operator(signboard, category, dice)
    latitude, longitude = _point(street, number)
    return Kitchen(
        serial=serial,
        signboard=signboard,
        operator=operator,
        address=f"海澜市{STREETS[street][0]}{street} {number} 号",
        category=category,
        cuisines=cuisines,
        items=_items(category, cuisines),
        hours=_hours(category, cuisines[0], dice),
        latitude=latitude,
        longitude=longitude,
        held=dice.randrange(500, 1500),
        staff=dice.randint(*STAFF[category]),
        owner=owner,
        kind=kind,
        cameras=cameras,
    )


def person_name(dice: random.Random) -> str:
    return dice.choice(SURNAMES) + dice.choice(GIVEN)


def _operator(signboard: str, category: str, dice: random.Random) -> tuple[str, str]:
    if category == "school":
        return "12", signboard.removesuffix("食堂")
    if category == "canteen":
        return "91" if "公司" in signboard or "厂" in signboard else "12", signboard.removesuffix(
            "职工食堂"
        ).removesuffix("食堂")
    if category in ("snack", "drinks") or (category == "small" and dice.random() < 0.7):
        return "92", f"海澜市{signboard}餐饮店（个体工商户）"
    name = signboard.removesuffix("楼").removesuffix("馆")
    return (
        "91",
        f"海澜{name}{dice.choice(['餐饮有限公司', '餐饮管理有限公司', '酒店有限公司'][: 3 if category == 'large' else 2])}",
    )


def _items(category: str, cuisines: tuple[str, ...]) -> str:
    found = ["hot"] if category != "drinks" else ["drinks"]
    if category in ("medium", "large") or set(cuisines) & {"japanese", "cantonese", "sichuan"}:
        found.append("cold")
    if "japanese" in cuisines or (category in ("medium", "large") and "seafood" in cuisines):
        found.append("raw")
    if "bakery" in cuisines:
        found.append("cakes")
    return "，".join(ITEMS[item] for item in found)


def _hours(category: str, cuisine: str, dice: random.Random) -> tuple[tuple[str, str] | None, ...]:
    if category == "school":
        return (SCHOOL_DAY,) * 5 + (None, None)
    if category in CANTEENS:
        return (SCHOOL_DAY,) * 7
    if category in ("central", "catering"):
        return (KITCHEN_DAY,) * 6 + (None,)
    day = HOURS.get(cuisine, SERVICE)
    return (None if dice.random() < 0.12 else day, *((day,) * 6))  # some rest on Mondays


def _point(street: str, number: int) -> tuple[str, str]:
    """WGS-84, in decimal degrees: along its street, seven metres a house, even numbers on one side."""
    _town, east, north, bearing = STREETS[street]
    angle = math.radians(bearing)
    along, aside = number * 7.0, 12.0 if number % 2 else -12.0
    eastward = east + along * math.sin(angle) + aside * math.cos(angle)
    northward = north + along * math.cos(angle) - aside * math.sin(angle)
    latitude = WHERE[0] + northward / METRES
    longitude = WHERE[1] + eastward / (METRES * math.cos(math.radians(WHERE[0])))
    return f"{latitude:.6f}", f"{longitude:.6f}"
