"""A thousand table stickers as one PDF, beside a thousand plain QR pictures from the `qrcode` library. On one core.

Ours are whole cards, eight a page, with name, table, words and cutting marks; theirs is the code alone as a PNG, as
`qrcode.make(text).save(file)` gives it. Both in this process, bound to one core, one after the other, in CPU seconds:
what shares the machine does not count. Encoding the code itself is the same library in both.
"""

import io
import os
import time
from collections.abc import Callable, Iterator

import qrcode

from bench import Measure
from sunkitchen.core import codes
from sunkitchen.registry.stickers.sheet import Card, sheet

NUMBER = 1000
HOST = "kitchens.example.gov.cn"


def run() -> Iterator[Measure]:
    addresses = [f"https://{HOST}/q/{codes.fresh(16)}".upper() for _ in range(NUMBER)]
    cards = [Card(address, str(table)) for table, address in enumerate(addresses, 1)]
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(before)})
    try:
        sheet(cards[:8], kitchen="海上明月海鲜楼", host=HOST)  # imports and the font's first reading
        ours, pdf = timed(lambda: sheet(cards, kitchen="海上明月海鲜楼", host=HOST))
        theirs, _pictures = timed(lambda: b"".join(map(picture, addresses)))
    finally:
        os.sched_setaffinity(0, before)
    yield Measure("stickers.pdf", round(ours, 2), "cpu s", f"{NUMBER} PNGs by qrcode.make", round(theirs, 2), goal=12)
    yield Measure("stickers.pdf_size", round(len(pdf) / 1e6, 2), "MB")


def picture(address: str) -> bytes:
    file = io.BytesIO()
    qrcode.make(address).save(file)
    return file.getvalue()


def timed(work: Callable[[], bytes]) -> tuple[float, bytes]:
    began = time.process_time()
    made = work()
    return time.process_time() - began, made
