"""Tables for spreadsheets: CSV that Excel opens in Chinese, and that runs nothing."""

import csv
from collections.abc import Iterable, Sequence
from io import StringIO

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # East Asian ones may take wide signs, too


def csv_bytes(headings: Sequence[object], rows: Iterable[Sequence[object]]) -> bytes:
    """UTF-8 with BOM, CRLF, one heading line. A cell that a spreadsheet would take for a formula starts with '.

    Numbers stay numbers: only text is guarded. Source: RFC 4180; OWASP on CSV injection.
    """
    out = StringIO()
    writer = csv.writer(out)
    writer.writerow([_safe(cell) for cell in headings])
    writer.writerows([_safe(cell) for cell in row] for row in rows)
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _safe(cell: object) -> object:
    if cell is None:
        return ""
    if isinstance(cell, int | float):
        return cell
    text = str(cell)
    return f"'{text}" if text.startswith(FORMULA) else text
