"""Papers read by the child: drawn ones at five levels of damage, right fields by fields asked for, seconds, memory.

`bench/_papers.py` says what they look like and which levels a person can read. The other sets are layouts drawn after
the parser was written; how many of their fields it read at first sight stands there. A field is right when its value
is; `surely_wrong` are wrong values of high confidence.
"""

import os
import re
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from bench import Measure, _papers

GOAL_SHARE, GOAL_SECONDS, GOAL_BYTES = 90.0, 4.0, 900_000_000
EACH = 1  # papers of a layout and level; more of them say the same and take longer


def run() -> Iterator[Measure]:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sunkitchen.settings")
    from sunkitchen.registry.readings import engine, papers
    from sunkitchen.registry.readings.words import HIGH

    if not engine.available():
        raise RuntimeError("the extra ocr is not installed")
    reader = engine.Engine()
    slowest, total, cpu, pages = 0.0, 0.0, 0.0, 0
    with tempfile.TemporaryDirectory(prefix="sunkitchen-bench-") as folder:
        path = Path(folder, "page.jpg")
        path.write_bytes(_papers.damaged(_papers.FIRST[0](_papers.Facts(0)).picture, 1, 0))
        began = time.monotonic()
        reader.read(path)
        yield Measure("ocr.first_page", round(time.monotonic() - began, 1), "s")
        for name, layouts, facts, damaged in _papers.SETS:
            readable: Counter[str] = Counter()
            for level in _papers.LEVELS:
                tally: Counter[str] = Counter()
                before = (total, cpu, pages)
                for seed, paper in drawn(layouts, facts):
                    path.write_bytes(damaged(paper.picture, level, seed))
                    began = time.monotonic()
                    page = reader.read(path)
                    fields = papers.read(paper.sort, [page])
                    seconds = time.monotonic() - began
                    slowest, total, pages = max(slowest, seconds), total + seconds, pages + 1
                    cpu += reader.cpu
                    tally += judged(paper, fields, HIGH, f"{name} {level} {paper.sort} {paper.layout} {seed}")
                if level in _papers.READABLE:
                    readable += tally
                yield _share(f"ocr.{name}.level_{level}", tally, level in _papers.READABLE)
                yield Measure(f"ocr.{name}.level_{level}.surely_wrong", tally["surely_wrong"], "fields")
                count = pages - before[2]
                yield Measure(f"ocr.{name}.level_{level}.seconds_a_page", round((total - before[0]) / count, 2), "s")
                yield Measure(f"ocr.{name}.level_{level}.cpu_a_page", round((cpu - before[1]) / count, 2), "cpu s")
            yield _share(f"ocr.{name}.readable", readable, True)
            yield Measure(f"ocr.{name}.readable.surely_wrong", readable["surely_wrong"], "fields")
    yield Measure("ocr.seconds_a_page", round(total / pages, 2), "s", goal=GOAL_SECONDS)
    yield Measure("ocr.cpu_a_page", round(cpu / pages, 2), "cpu s")
    yield Measure("ocr.slowest_page", round(slowest, 2), "s", goal=GOAL_SECONDS)
    yield Measure("ocr.peak_memory", round(reader.peak / 1e6), "MB", goal=GOAL_BYTES / 1e6)
    reader.end()


def _share(name: str, tally: Counter[str], goal: bool) -> Measure:
    share = round(100 * tally["right"] / max(1, tally["asked"]), 1)
    unit = f"% right: {tally['right']} of {tally['asked']} fields"
    return Measure(name, share, unit, goal=GOAL_SHARE if goal else None)


def drawn(
    layouts: Sequence[Callable[[_papers.Facts], _papers.Paper]], said: Callable[[int], _papers.Facts]
) -> Iterator[tuple[int, _papers.Paper]]:
    for number, layout in enumerate(layouts):
        for nth in range(EACH):
            seed = 100 * number + nth
            yield seed, layout(said(seed))


def judged(paper: _papers.Paper, fields: dict[str, Any], high: float, name: str) -> Counter[str]:
    """Right and asked; a wrong one is told on stderr when SHOW is set (the papers are invented)."""
    tally: Counter[str] = Counter()

    def judge(what: str, expected: str, said: dict[str, Any] | None) -> None:
        tally["asked"] += 1
        if said is not None and same(expected, said["value"]):
            tally["right"] += 1
            return
        tally["surely_wrong"] += said is not None and said["confidence"] >= high
        if os.environ.get("SHOW"):
            print(
                f"    {name} {what}: {expected!r}, read {said and (said['value'], said['confidence'])}", file=sys.stderr
            )

    for what, expected in paper.facts.items():
        if what != "lines":
            judge(what, expected, fields.get(what))
            continue
        lines = fields.get("lines", [])
        for place, row in enumerate(expected):
            said = next((line for line in lines if same(row["product"], line["product"]["value"])), None)
            if said is None:  # its product was read wrong: the line in its place, unless that is another's
                said = lines[place] if place < len(lines) and not named(lines[place], expected) else {}
            for cell, value in row.items():
                judge(f"line {place} {cell}", value, said.get(cell))
    if any(secret in str(fields) for secret in paper.hide):
        raise RuntimeError(f"{name}: an identity number was kept")
    return tally


def named(line: dict[str, Any], rows: Sequence[dict[str, str]]) -> bool:
    """Whether the line's product is one of these."""
    return any(same(row["product"], line["product"]["value"]) for row in rows)


def same(expected: str, said: str) -> bool:
    """The same letters and digits; commas and brackets may be of either width."""
    return _bare(expected) == _bare(said)


def _bare(text: str) -> str:
    return re.sub(r"[\W_]", "", text).lower()
