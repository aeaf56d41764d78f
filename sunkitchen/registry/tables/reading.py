"""A table that people bring, as rows of cells: CSV in the usual encodings and separators, or the first sheet of an XLSX.

Pure: bytes in, rows out, one at a time. Whatever is wrong with the file as a whole is a BadFile with a code.
Sources: RFC 4180; ECMA-376 (an XLSX is a zip of XML parts). Expat ≥ 2.4.1 bounds entity expansion by itself.
"""

import codecs
import csv
import io
import lzma
import re
import warnings
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import BinaryIO

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from .headings import Headings

Cell = str | int | float | bool | date | None
Row = Sequence[Cell]

MOST_BYTES = 50 * 1024 * 1024
MOST_UNPACKED = 400 * 1024 * 1024  # of an XLSX, all parts; a sheet of 100,000 lines has about 100 MB
MOST_STRINGS = 120 * 1024 * 1024  # of its shared strings, which are read at once
MOST_MARKS = 40_000_000  # "<" in one sheet, or in its strings: 200,000 lines of twenty columns have about 20 million
MOST_OTHER_MARKS = 1_000_000  # in all other parts, which are read at once: 400 bytes and 20 µs each
MOST_PARTS = 2000
MOST_LINES = 200_000
LAST_ROW = 1_048_576  # of a sheet; a made-up one may say that its next is the billionth, and all between would be read
MOST_COLUMNS = 200
LONGEST_LINE = 65_536  # characters
HEADING_WITHIN = 15  # lines: titles and notes stand above the headings
SEPARATORS = (",", "\t", ";", "，")
ZIP, OLD_EXCEL = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
BLOCK = 1 << 20


@dataclass(frozen=True)
class Limits:
    """What a file may come to before it is refused; a page that answers at once sets narrower ones."""

    size: int = MOST_BYTES
    unpacked: int = MOST_UNPACKED
    strings: int = MOST_STRINGS
    lines: int = MOST_LINES
    marks: int = MOST_MARKS
    other_marks: int = MOST_OTHER_MARKS


REGISTER = Limits()


class BadFile(ValueError):
    """The file as a whole is not read. `code` and `details` are put into words by whoever asked for it."""

    def __init__(self, code: str, *details: str):
        super().__init__(code, *details)
        self.code = code
        self.details = details


def kind_of(file: BinaryIO, limits: Limits = REGISTER) -> str:
    """xlsx or csv, by content alone; cheap, and safe with any bytes. BadFile for everything else."""
    size = file.seek(0, io.SEEK_END)
    file.seek(0)
    if not size:
        raise BadFile("empty")
    if size > limits.size:
        raise BadFile("large")
    start = file.read(4096)
    file.seek(0)
    if start.startswith(OLD_EXCEL):
        raise BadFile("old_excel")
    if start.startswith(ZIP):
        _look_into_zip(file, limits)
        return "xlsx"
    if b"\0" in start and not start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise BadFile("binary")
    return "csv"


def table(file: BinaryIO, headings: Headings, limits: Limits = REGISTER) -> Iterator[tuple[int, Mapping[str, Cell]]]:
    """(line number, {column: cell}) of each line below the headings that is not blank; the file's first line is 1.

    BadFile, before the first line or at any later one, when the file cannot be such a table.
    """
    rows = _sheet(file, limits) if kind_of(file, limits) == "xlsx" else _text(file, headings)
    places, start = _heading(rows, headings)
    count = 0
    for number, row in enumerate(rows, start + 1):
        if number > LAST_ROW:
            raise BadFile("many_lines", str(limits.lines))
        cells = {column: row[place] for column, place in places.items() if place < len(row)}
        if all(cell is None or cell == "" or (isinstance(cell, str) and not cell.strip()) for cell in cells.values()):
            continue
        count += 1
        if count > limits.lines:
            raise BadFile("many_lines", str(limits.lines))
        yield number, cells
    if not count:
        raise BadFile("no_lines")


def _heading(rows: Iterator[Row], headings: Headings) -> tuple[dict[str, int], int]:
    """Where each column stands, and the line that said so: the best of the first lines, at once when it has all."""
    best: dict[str, int] = {}
    for number, row in enumerate(rows, 1):
        found = headings.recognised(row)
        if not headings.lacking(found):
            return found, number
        if len(found) > len(best):
            best = found
        if number == HEADING_WITHIN:
            break
    raise BadFile("headings", *headings.lacking(best))


# ── CSV ─────────────────────────────────────────────────────────────────────────────────────────────────────
def _text(file: BinaryIO, headings: Headings) -> Iterator[Row]:
    encoding = _encoding(file)
    separator = _separator(_lines(file, encoding), headings)
    try:
        for row in csv.reader(_lines(file, encoding), delimiter=separator):
            if len(row) > MOST_COLUMNS:
                raise BadFile("many_columns", str(MOST_COLUMNS))
            yield row
    except csv.Error as error:
        raise BadFile("broken", str(error)[:80]) from None


def _encoding(file: BinaryIO) -> str:
    file.seek(0)
    start = file.read(4)
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _only("utf-16", file)
    for encoding in ("utf-8-sig", "gb18030"):
        if _decodes(file, encoding):
            return encoding
    raise BadFile("encoding")


def _only(encoding: str, file: BinaryIO) -> str:
    if not _decodes(file, encoding):
        raise BadFile("encoding")
    return encoding


def _decodes(file: BinaryIO, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    file.seek(0)
    try:
        while block := file.read(BLOCK):
            if "\0" in decoder.decode(block):
                raise BadFile("binary")
        decoder.decode(b"", final=True)
    except UnicodeError:
        return False
    return True


def _lines(file: BinaryIO, encoding: str) -> Iterator[str]:
    """Lines with their ends. None is ever longer than LONGEST_LINE in memory."""
    file.seek(0)
    wrapper = io.TextIOWrapper(file, encoding=encoding, newline="")
    try:
        while line := wrapper.readline(LONGEST_LINE + 1):
            if len(line) > LONGEST_LINE:
                raise BadFile("long_line", str(LONGEST_LINE))
            yield line
    finally:
        if not wrapper.closed:
            wrapper.detach()  # the file belongs to whoever opened it


def _separator(lines: Iterator[str], headings: Headings) -> str:
    """The one by which a line near the top falls into the most headings."""
    first = [line for line, _ in zip(lines, range(HEADING_WITHIN), strict=False)]
    return max(
        SEPARATORS, key=lambda sign: max((len(headings.recognised(line.split(sign))) for line in first), default=0)
    )


# ── XLSX ────────────────────────────────────────────────────────────────────────────────────────────────────
def _look_into_zip(file: BinaryIO, limits: Limits) -> None:
    """Refuse a bomb before anything is unpacked. zipfile never gives more of a part than its entry declares."""
    try:
        with zipfile.ZipFile(file) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        raise BadFile("broken", "zip") from None
    finally:
        file.seek(0)
    names = {part.filename for part in parts}
    if "[Content_Types].xml" not in names or not any(name.startswith("xl/") for name in names):
        raise BadFile("not_xlsx")
    strings = sum(part.file_size for part in parts if "sharedstrings" in part.filename.lower())
    if len(parts) > MOST_PARTS or sum(p.file_size for p in parts) > limits.unpacked or strings > limits.strings:
        raise BadFile("bomb")
    if any(part.flag_bits & 1 for part in parts):
        raise BadFile("locked")


SPOKEN = {b"utf-8", b"utf8", b"utf-16", b"us-ascii", b"ascii", b"iso-8859-1"}  # a "<" is a "<" in each of them


def _count_marks(archive: zipfile.ZipFile, limits: Limits) -> None:
    """Refuse what is small on the disk and large as a tree: 44 KB may hold six million styles, or one row of as many
    cells, and both are built whole. Every element begins with a "<"; whatever a part is called, it is counted."""
    others = 0
    for part in archive.infolist():
        marks = 0
        with archive.open(part) as content:
            start = content.read(200).replace(b"\0", b"")
            said = re.search(rb"""encoding\s*=\s*["']([^"']*)""", start)
            if start.startswith(b"\x4c\x6f\xa7\x94") or (said and said[1].lower() not in SPOKEN):
                raise BadFile("broken", "encoding")
            block = start
            while block:
                marks += block.count(b"<")
                block = content.read(BLOCK)
        name = part.filename.lower()
        is_long = name.startswith("xl/worksheets/") or "sharedstrings" in name
        others += 0 if is_long else marks
        if (is_long and marks > limits.marks) or others > limits.other_marks:
            raise BadFile("bomb")


# What zipfile, expat, lxml (a SyntaxError, both) and openpyxl raise over a file that is none of theirs, each met by a test.
BROKEN = (
    *(zipfile.BadZipFile, InvalidFileException, SyntaxError, KeyError, ValueError, TypeError, IndexError),
    *(AttributeError, EOFError, OSError, NotImplementedError, OverflowError, AssertionError, RecursionError),
    *(zlib.error, lzma.LZMAError),
)


def _sheet(file: BinaryIO, limits: Limits) -> Iterator[Row]:
    try:
        with zipfile.ZipFile(file) as archive:
            _count_marks(archive, limits)
        file.seek(0)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # styles and extensions that openpyxl does not know
            book = openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
            if not book.worksheets:
                raise BadFile("not_xlsx")
            sheet = book.worksheets[0]
            sheet.reset_dimensions()  # some programs write a wrong one, which would cut the sheet
            # One more than allowed, to tell a wide sheet from a full one; nothing wider is ever in memory.
            for row in sheet.iter_rows(max_col=MOST_COLUMNS + 1, values_only=True):
                if row.count(None) == len(row):  # a million of them stand above one stray cell
                    yield ()
                    continue
                if len(row) > MOST_COLUMNS and row[MOST_COLUMNS] is not None:
                    raise BadFile("many_columns", str(MOST_COLUMNS))
                yield tuple(None if isinstance(cell, str) and cell in ERRORS else cell for cell in row)
    except BadFile:
        raise
    except BROKEN as error:
        raise BadFile("broken", type(error).__name__) from None


ERRORS = frozenset({"#N/A", "#REF!", "#NAME?", "#VALUE!", "#DIV/0!", "#NULL!", "#NUM!"})  # what formulas came to
