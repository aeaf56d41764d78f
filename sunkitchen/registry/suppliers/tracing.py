"""How a recall compares what people typed: batches, products, suppliers without width, case, blanks and signs. Pure."""

import re
import unicodedata

WORDS = ("生产批号", "生产日期", "批号", "批次", "BATCHNO", "BATCH", "LOTNO", "LOT")
# A day as people write it: 2026-11-1, 2026/11/01, 2026年11月1日; its months and days get their two digits.
DAY = re.compile(r"(?<!\d)(20\d\d)\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})(?:\s*日|(?!\d))")


def plain(text: str) -> str:
    """Only letters and digits of any script, narrow, upper case: `Ａ-2026/08` as `A202608`."""
    text = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).upper())
    return "".join(sign for sign in text if sign.isalnum())


def batch(text: str) -> str:
    """As `DeliveryLine.traced` keeps it: without the word for it, a day as `20261101`, at most 40 characters."""
    text = unicodedata.normalize("NFKC", text)
    found = plain(DAY.sub(lambda day: f"{day[1]}{int(day[2]):02}{int(day[3]):02}", text))
    for word in WORDS:
        found = found.removeprefix(word)
    return found[:40]


def product(name: str) -> str:
    """As `DeliveryLine.sought` keeps it, at most 60 characters."""
    return plain(name)[:60]


def supplier(name: str) -> str:
    """As `Supplier.looked_for` keeps it, at most 100 characters."""
    return plain(name)[:100]


def permit(number: str) -> str:
    """As `Supplier.permit_sought` keeps it, at most 30 characters."""
    return plain(number)[:30]
