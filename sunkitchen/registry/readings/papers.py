"""From lines to fields, for the sorts of `models.Reading.Sort`. Pure; never raises on any lines; never approves."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from . import labels, notes, values
from .labels import Told
from .layout import Page, Placed, plain, same_row, upright
from .shown import shown
from .values import Judged

Fields = dict[str, Any]  # as Reading.fields

KEYS = {"number", "holder", "uscc", "valid_from", "valid_through", "supplier", "received_on", "lines"}
LONG = {"items", "address", "holder"}  # may go on in the next line
WITHOUT_LABEL = 0.8  # of the confidence, for what was known by its form alone
ASKEW = 0.3  # what leans more than this on a page put upright is a watermark's or a seal's
FARTHEST_BELOW = 3.2  # line heights from a label down to its value


def read(sort: str, pages: Sequence[Page]) -> Fields:
    """The fields of a paper of this sort over all pages of its file: the surest of each."""
    best: Fields = {}
    for number, page in enumerate(pages, 1):
        lines = upright(page)
        found = notes.read(lines, number) if sort == "delivery_note" else _Paper(sort, lines, number).fields()
        merge(best, found)
    return best


def tells(fields: Fields) -> bool:
    """Whether more than a title was read: else somebody has to take the picture again."""
    return not KEYS.isdisjoint(fields)


def shifted(fields: Fields, pages: int) -> Fields:
    """The same fields, their pages counted on from `pages` in front."""
    return {
        name: [shifted(line, pages) for line in value] if name == "lines" else {**value, "page": value["page"] + pages}
        for name, value in fields.items()
    }


def merge(best: Fields, fields: Fields) -> None:
    """Take over into `best` what is surer there, or new; lines of goods add up."""
    for name, value in fields.items():
        if name == "lines":
            best.setdefault("lines", []).extend(value)
        elif name not in best or value["confidence"] > best[name]["confidence"]:
            best[name] = value


YEARS = {
    "壹": "一",
    "贰": "二",
    "叁": "三",
    "肆": "四",
    "伍": "五",
    "1": "一",
    "2": "二",
    "3": "三",
    "4": "四",
    "5": "五",
}
TERM = re.compile(r"[为：:]?([一二三四五壹贰叁肆伍1-5])年(?!\d)")
WHOLE_NAME = re.compile(r"(?:公司|店|馆|部|厂|社|行|家|楼|院|堂|铺|坊|屋|庄|吧|摊|档口|中心|超市|工作室|食堂)[）)]?$")

PLACE = re.compile(r"^(?:[\u4e00-\u9fff]{2,3}省)?([\u4e00-\u9fff]{1,5}?[市县区州])")


def whole_name(label: Told, text: str) -> bool:
    """A business's name that ends as names end does not go on in the next line; nor does a person's."""
    return label.field == "holder" and (len(text) <= 4 or bool(WHOLE_NAME.search(plain(text))))


@dataclass(frozen=True)
class Candidate:
    """What may be a label's value."""

    pieces: list[Placed]
    sure: float

    @property
    def text(self) -> str:
        return "".join(plain(piece.text) for piece in self.pieces)


class _Paper:
    """One page of a paper of one sort."""

    def __init__(self, sort: str, lines: list[Placed], page: int):
        self.sort, self.page, self.lines = sort, page, lines
        self.labels, self.others = labels.told(sort, lines)
        self.found: Fields = {}

    def fields(self) -> Fields:
        number: Callable[[str], Judged] = {
            "food_permit": values.food_permit,
            "business_licence": values.credit_code,
        }.get(self.sort, values.other_number)
        self.take("number", number)
        if "number" not in self.found and number is not values.other_number:
            self.anywhere("number", number)
        if self.sort in ("food_permit", "small_eatery"):
            self.take("uscc", values.credit_code)
        self.take("holder", values.name)
        self.take("issuer", values.office)
        if "issuer" not in self.found:
            self.anywhere("issuer", values.office)
        self.take("items", values.listed)
        self.take("address", values.place)
        self.dates()
        self.doubt()
        return self.found

    def doubt(self) -> None:
        """海澜市 in the address and 海浦市 at the bureau: one of them was read wrong, whichever it is."""
        places = {
            name: match[1]
            for name in ("holder", "issuer", "address")
            if name in self.found and (match := PLACE.match(plain(self.found[name]["value"])))
        }
        for name, here in places.items():
            if any(labels.differ(here, other) == 1 for other in places.values()):
                self.found[name]["confidence"] = round(self.found[name]["confidence"] * values.LOOSE, 2)

    # ── one field ───────────────────────────────────────────────────────────────────────────────────────────
    def take(self, name: str, judge: Callable[[str], Judged]) -> None:
        """The best label's first value that is one."""
        best: tuple[int, float] | None = None
        for label in self.labels:
            if label.field != name:
                continue
            for candidate in self.candidates(label):
                if judged := judge(candidate.text):
                    value, left = judged
                    if label.label == "经营者" and not WHOLE_NAME.search(value):
                        break  # the person who does the business; its name has another label
                    sure = candidate.sure * left
                    if best is None or (label.rank, -sure) < best:
                        best = (label.rank, -sure)
                        self.put(name, value, candidate, sure)
                    break

    def anywhere(self, name: str, judge: Callable[[str], Judged]) -> None:
        """What is known by its form, wherever it stands without a label, or behind a wrong one."""
        for line in sorted(self.lines, key=lambda line: -line.confidence):
            if judged := judge(plain(line.text)):
                value, left = judged
                self.put(name, value, Candidate([line], line.confidence), line.confidence * left * WITHOUT_LABEL)
                return

    def put(self, name: str, value: str, candidate: Candidate, sure: float) -> None:
        self.found[name] = shown(value, candidate.text, sure, self.page, candidate.pieces)

    # ── dates ───────────────────────────────────────────────────────────────────────────────────────────────
    def dates(self) -> None:
        used: set[date] = set()
        for name in ("until", "period", "issued", "given"):
            for label in sorted((label for label in self.labels if label.field == name), key=lambda label: label.rank):
                for candidate in self.candidates(label):
                    if self._dated(name, label, candidate, used):
                        break
        if not {"valid_from", "valid_through"} & self.found.keys():
            self._term_without_label()
        if "valid_from" not in self.found:
            self._date_without_label(used)
        if "valid_through" not in self.found and "valid_from" in self.found:
            self._term_in_words()
        first, last = self.found.get("valid_from"), self.found.get("valid_through")
        if first and last and last["value"] and last["value"] <= first["value"]:
            for each in (first, last):  # one of them is another line's: nobody can rely on either
                each["confidence"] = round(each["confidence"] * values.CHECK_FAILS, 2)

    def _dated(self, name: str, label: Told, candidate: Candidate, used: set[date]) -> bool:
        text = candidate.text
        found = values.days(text)
        used.update(each.day for each in found)
        if name in ("issued", "given"):
            if found and "valid_from" not in self.found:
                self._day("valid_from", found[0], candidate)
            return bool(found)
        if name == "period" and found and (len(found) > 1 or values.endless(text) or "自" in label.label + text[:2]):
            # A term that is written out says it better than the day of issue does.
            self._day("valid_from", found[0], candidate)
            if len(found) > 1 and "valid_through" not in self.found:
                self._day("valid_through", found[1], candidate)
        elif found and "valid_through" not in self.found:
            self._day("valid_through", found[-1], candidate)
        if values.endless(text) and self.sort == "business_licence":
            self.put("valid_through", "", candidate, candidate.sure)
            return True
        return bool(found)

    def _day(self, name: str, found: values.Day, candidate: Candidate) -> None:
        self.put(name, found.day.isoformat(), candidate, candidate.sure * found.sure)

    def _date_without_label(self, used: set[date]) -> None:
        """The day of issue often stands alone under the seal."""
        for line in reversed(self.lines):
            text = plain(line.text)
            found = values.days(text)
            if len(found) == 1 and found[0].day not in used and found[0].end - found[0].start >= len(text) - 3:
                end = self.found.get("valid_through", {}).get("value") or "9999"
                if found[0].day.isoformat() < end:
                    sure = line.confidence * WITHOUT_LABEL
                    self._day("valid_from", found[0], Candidate([line], sure))
                    return

    def _term_without_label(self) -> None:
        """Two days in one line, the later one last, say what they are."""
        for line in self.lines:
            found = values.days(plain(line.text))
            if len(found) == 2 and found[0].day < found[1].day:
                candidate = Candidate([line], line.confidence * WITHOUT_LABEL)
                self._day("valid_from", found[0], candidate)
                self._day("valid_through", found[1], candidate)
                return

    def _term_in_words(self) -> None:
        """有效期 一年: counted from the day of issue, whose last day is the one before."""
        for label in self.labels:
            for candidate in self.candidates(label) if label.field == "period" else ():
                if match := TERM.match(candidate.text):
                    first = date.fromisoformat(self.found["valid_from"]["value"])
                    years = "一二三四五".find(YEARS.get(match[1], match[1])) + 1
                    anniversary = date(first.year + years, first.month, 28 if first.month == 2 else first.day)
                    last = anniversary.replace(day=min(first.day, anniversary.day)) - timedelta(days=1)
                    sure = min(candidate.sure, self.found["valid_from"]["confidence"]) * values.LOOSE
                    self.put("valid_through", last.isoformat(), candidate, sure)
                    return

    # ── where a label's value stands ────────────────────────────────────────────────────────────────────────
    def candidates(self, label: Told) -> Iterator[Candidate]:
        """In its own line, to the right, below: each alone, and where it may go on, first with what goes on."""
        starts = []
        if label.value:
            starts.append([label.value])
        starts += [right for right in (self._right(label, 0.6), self._right(label, 1.3)) if right]
        if below := self._below(label):
            starts.append([below])
        for start in starts:
            sure = min(piece.confidence for piece in start) * label.sure
            if (
                label.field in LONG
                and not whole_name(label, start[-1].text)
                and (more := self._goes_on(label, start[-1]))
            ):
                yield Candidate([*start, *more], min([sure, *(piece.confidence for piece in more)]))
            yield Candidate(start, sure)

    def _right(self, label: Told, slack: float) -> list[Placed]:
        """What stands right of it in its row, up to the next label; pieces close together belong together."""
        here = label.place
        edge = min((other.place.x0 for other in self.labels if other is not label and other.place.x0 > here.x1 - 1
                    and same_row(here, other.place, 0.8)), default=float("inf"))  # fmt: skip
        row = [
            line
            for line in self.others
            if line.x0 > here.x1 - here.height
            and line.x < edge
            and same_row(here, line, slack)
            and abs(line.slope) < ASKEW
        ]
        row.sort(key=lambda line: (round(line.row / here.height), line.x0) if slack > 1 else (0, line.x0))
        result: list[Placed] = []
        for line in row:
            if result and slack < 1 and line.x0 - result[-1].x1 > 2.5 * here.height:
                break
            result.append(line)
        return result[:3]

    def _below(self, label: Told) -> Placed | None:
        here = label.place
        under = [
            line
            for line in self.others
            if here.height * 0.5 < line.row - here.row < FARTHEST_BELOW * here.height
            and line.x0 < here.x1
            and line.x1 > here.x0
            and line.height < 2.5 * here.height
            and abs(line.slope) < ASKEW
        ]
        return min(under, key=lambda line: (line.row, line.x0), default=None)

    def _goes_on(self, label: Told, last: Placed) -> list[Placed]:
        """Lines below that begin where the value does, as long as no label stands left of them."""
        more: list[Placed] = []
        first = last
        most = {"items": 6, "address": 2}.get(label.field, 1)
        for line in sorted(self.others, key=lambda line: line.row):
            gap = line.row - last.row
            if line is last or line is first or gap < 0.6 * last.height or len(more) == most:
                continue
            if gap > 2.1 * max(last.height, line.height):
                break
            aligned = abs(line.x0 - first.x0) < 1.6 * first.height or (
                label.value is not None and label.place.x0 - first.height < line.x0 < first.x0
            )
            like = 0.65 < line.height / first.height < 1.5 and line.x1 < first.x1 + 4 * first.height
            ruled = any(
                same_row(other.place, line, 0.8) and label.place.x0 - first.height < other.place.x0 < line.x0 + 1
                for other in self.labels
            ) or any(  # a word that stands where the label does is one, too, whatever it says; not its own, in English
                label.value is None
                and other is not line
                and not other.text.isascii()
                and same_row(other, line, 0.8)
                and abs(other.x0 - label.place.x0) < 1.5 * first.height
                and other.x1 <= line.x0 + 1
                for other in self.others
            )
            if aligned and like and not ruled and abs(line.slope) < ASKEW and not values.days(plain(line.text)):
                more.append(line)
                last = line
        return more
