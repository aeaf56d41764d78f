"""A cell of a table as people type it: text without what cannot be printed, days in the usual forms. Pure."""

import re
import unicodedata
from datetime import date, datetime, timedelta

from .reading import Cell


def words(cell: Cell) -> str:
    """A cell as text to read: as `printable`, with wide characters made narrow."""
    return unicodedata.normalize("NFKC", printable(cell)).strip()


def printable(cell: Cell) -> str:
    """A cell as text: blanks made single, nothing that cannot be printed, no apostrophe that marks text as text."""
    if cell is None or isinstance(cell, bool):
        return ""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e18:
        cell = int(cell)
    text = str(cell).lstrip("'")
    if not text.isprintable():
        text = "".join(sign if sign.isprintable() else " " for sign in text)
    return " ".join(text.split())


def rounded(cell: Cell) -> bool:
    """Whether a spreadsheet took a long number for a quantity, and lost its last digits."""
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return abs(cell) >= 1e15
    return isinstance(cell, str) and bool(re.fullmatch(r"\s*\d(\.\d+)?[eE]\+?\d{2}\s*", cell))


DAY = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[ T]\s*\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?)?")
EPOCH = date(1899, 12, 30)  # of a spreadsheet's day numbers


def day(cell: Cell) -> date | None:
    """The day that a cell says, in any of the usual forms; None when it says none. 1950 to 2199."""
    if isinstance(cell, datetime):
        cell = cell.date()
    if isinstance(cell, date):
        return cell if 1950 <= cell.year < 2200 else None
    text = words(cell)
    if found := re.fullmatch(r"(\d{4})(\d{2})(\d{2})", text) or DAY.fullmatch(text):
        try:
            when = date(int(found[1]), int(found[2]), int(found[3]))
        except ValueError:
            return None
        return when if 1950 <= when.year < 2200 else None
    if re.fullmatch(r"\d{5}(\.\d+)?", text) and 18264 <= float(text) < 109_575:
        return EPOCH + timedelta(days=int(float(text)))
    return None
