"""Twenty thousand kitchens' ledgers on PostgreSQL: a million deliveries of two lines and a half, from two thousand
wholesalers, over four hundred days. Rows of one pattern, spread by the database itself."""

from datetime import date

from django.db import connection

from bench._city import spread

KITCHENS = 20_000
SUPPLIERS = 8  # a kitchen
WHOLESALERS = 2_000
ROUNDS = 50  # deliveries a kitchen, one every eight days
LAST = date(2026, 11, 1)
DAYS = 400
PRODUCTS = (
    *(
        "带鱼",
        "鲳鱼",
        "小黄鱼",
        "梭子蟹",
        "对虾",
        "五花肉",
        "里脊",
        "鸡腿",
        "牛腩",
        "猪肝",
        "青菜",
        "白菜",
        "土豆",
        "番茄",
    ),
    *("豆腐", "豆芽", "香菇", "木耳", "大米", "面粉", "菜籽油", "鸡蛋", "酱油", "米醋", "料酒", "白糖", "食盐", "味精"),
    *("矿泉水", "可乐", "啤酒", "黄酒", "洗洁精", "一次性筷子", "年糕", "粉丝", "紫菜", "海带", "花生", "芝麻油"),
)


def build() -> None:
    from tests import builders

    bureau = builders.authority()
    builders.officer("李审", bureau, "clerk")
    place = builders.establishment(signboard="样板")
    source = builders.supplier(place)
    pattern = builders.delivery(place, source=source, received_on=LAST)
    line = pattern.lines.get()
    n, of_kitchen = KITCHENS, SUPPLIERS
    deliveries = n * ROUNDS
    day = f"date '{LAST}' - ({DAYS // ROUNDS} * (d / {n}) + d % {DAYS // ROUNDS})::int"
    products = ", ".join(f"'{name}'" for name in PRODUCTS)
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")  # the rows fit each other by how they are made
    spread(place, n, {"code": "'c' || g", "signboard": "'第 ' || g || ' 家'"}, place.pk)
    of_town = f"(('x' || substr(md5((g / {of_kitchen})::text), 1, 6))::bit(24)::int % {WHOLESALERS // of_kitchen})"
    wholesaler = f"({of_town} * {of_kitchen} + g % {of_kitchen})"
    name = f"'海澜' || {wholesaler} || '号水产粮油批发'"
    spread(
        source, n * of_kitchen,
        {"establishment_id": f"{place.pk} + 1 + g / {of_kitchen}", "name": name, "looked_for": name,
         "uscc": f"'9133' || lpad({wholesaler}::text, 14, '0')"},
        source.pk,
    )  # fmt: skip
    kitchen, turn = f"(g % {n})", f"(g / {n})"
    spread(
        pattern, deliveries,
        {"establishment_id": f"{place.pk} + 1 + {kitchen}", "form": "gen_random_uuid()",
         "supplier_id": f"{source.pk} + 1 + {kitchen} * {of_kitchen} + {turn} % {of_kitchen}",
         "received_on": day.replace("d ", "g "),
         "voided_at": "CASE WHEN g % 300 = 7 THEN now() END", "void_reason": "CASE WHEN g % 300 = 7 THEN 'x' ELSE '' END"},
        pattern.pk,
    )  # fmt: skip
    # Half of the batches are a production day (its week's Monday: one stands on thousands of lines), some are a
    # maker's number that a dozen kitchens share, the rest was left empty.
    d, order = f"(g % {deliveries})", f"(g / {deliveries})"
    made = f"date_trunc('week', {day.replace('d ', d + ' ')})::date"
    spread(
        line, deliveries * 5 // 2,
        {"delivery_id": f"{pattern.pk} + 1 + {d}", "order": order,
         **dict.fromkeys(("product", "sought"), f"(ARRAY[{products}])[1 + (g * 31) % {len(PRODUCTS)}]"),
         "batch": f"CASE g % 4 WHEN 0 THEN '' WHEN 1 THEN 'A' || lpad((g / 48)::text, 8, '0') ELSE to_char({made}, 'YYYY-MM-DD') END",
         "traced": f"CASE g % 4 WHEN 0 THEN '' WHEN 1 THEN 'A' || lpad((g / 48)::text, 8, '0') ELSE to_char({made}, 'YYYYMMDD') END"},
        line.pk,
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = DEFAULT")
        cursor.execute("VACUUM ANALYZE")
