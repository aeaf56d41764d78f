"""Sorts of tables that a kitchen brings: each room says what its lines mean, which it refuses, and how they land."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from sunkitchen.accounts.models import User
from sunkitchen.core.access import Can
from sunkitchen.core.workflow import Refused

from ..establishments.models import Establishment
from .headings import Headings
from .reading import Cell

Facts = dict[str, Any]  # JSON values
Said = tuple[str, str]  # a code of the sort's `words`, and a detail


@dataclass
class Line:
    """One line. With `why` it is refused; `notes` are doubts about one that is taken."""

    number: int  # in the file, from 1
    cells: dict[str, str] = field(default_factory=dict)  # as written: to correct and bring again
    facts: Facts = field(default_factory=dict)
    why: list[Said] = field(default_factory=list)
    notes: list[Said] = field(default_factory=list)


class Land(Protocol):
    def __call__(self, place: Establishment, *, by: User, lines: Sequence[Line]) -> None: ...


@dataclass(frozen=True)
class Sort:
    """All functions but `land` only read. What `judge` and `land` are given are lines without a `why`."""

    name: str  # of TableImport.Sort
    capability: Can
    back: str  # the URL name of the room's page, which takes the kitchen's code
    headings: Headings
    columns: Sequence[str]  # of the template, in its order
    example: Mapping[str, str]  # {column: cell} of the template's only line
    labels: Mapping[str, Promise]  # {column: what it is}, beside the heading for whoever reads no Chinese
    words: Mapping[str, Promise]  # {code: a sentence, {0} is the detail}
    # The cells of one line as facts, and what is wrong (refused) or doubtful (taken) about them. Any cells: hostile ones too.
    read_line: Callable[[Mapping[str, Cell]], tuple[Facts, list[Said], list[Said]]]
    # What only the kitchen's rows and the other lines tell: appended to each line's `why` and `notes`. Asked again at landing.
    judge: Callable[[Establishment, Sequence[Line], date], None]
    land: Land  # inside a transaction; Refused takes all of it back. `on_line` names the line.
    # What is shown of a good line: headings, and cells in the reader's language.
    shown: Sequence[Promise]
    show: Callable[[Facts], Sequence[str]]
    # A sentence above the good lines, e.g. how many need a certificate; "" says nothing.
    sums_up: Callable[[Sequence[Facts]], str] = lambda facts: ""


class LineRefused(Refused):
    """A line of the table broke a rule as it landed; nothing of the table is entered."""


@contextmanager
def on_line(number: int) -> Iterator[None]:
    """A refusal within names this line of the file."""
    try:
        yield
    except Refused as error:
        why = {"number": number, "why": str(error)}
        raise LineRefused(_("Line %(number)s: %(why)s Nothing was entered.") % why) from error


_sorts: dict[str, Sort] = {}


def register(sort: Sort) -> None:
    """Called once for each sort, as the app starts."""
    _sorts[sort.name] = sort


def of(name: str) -> Sort:
    """KeyError where there is none of this name."""
    return _sorts[name]
