"""How a recall compares what people typed: batches and suppliers' names without width, case, blanks and signs. Pure."""

import unicodedata


def plain(text: str) -> str:
    """Only letters and digits of any script, narrow, upper case: `Ａ-2026/08` as `A202608`."""
    return "".join(sign for sign in unicodedata.normalize("NFKC", text).upper() if sign.isalnum())


def batch(text: str) -> str:
    """As `DeliveryLine.traced` keeps it: without the word for it, at most 40 characters."""
    found = plain(text)
    for word in ("生产批号", "生产日期", "批号", "批次", "BATCHNO", "BATCH", "LOTNO", "LOT"):
        found = found.removeprefix(word)
    return found[:40]


def supplier(name: str) -> str:
    """As `Supplier.looked_for` keeps it, at most 100 characters."""
    return plain(name)[:100]
