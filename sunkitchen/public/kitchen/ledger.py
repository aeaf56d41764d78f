"""What a diner may read of the purchase ledger 进货台账: how fresh it is, and its lines without quantities."""

from dataclasses import dataclass
from datetime import date, timedelta

from sunkitchen.registry.models import Establishment
from sunkitchen.registry.suppliers import ledger

from . import words

LATEST = 4  # lines on the kitchen's page
MOST = 600  # lines on the ledger's own


@dataclass(frozen=True)
class Shown:
    summary: ledger.Ledger
    age: str  # of the newest delivery, in words
    lines: list[ledger.PublicLine]
    is_cut: bool = False  # there are more lines than are shown


def latest(establishment: Establishment, today: date) -> Shown | None:
    """The newest lines; None where no ledger is kept here. Two queries."""
    summary = ledger.summary(establishment, today)
    if summary.last is None:
        return None
    return Shown(summary, words.age(summary.last, today), ledger.public_lines(establishment, today, LATEST))


def month(establishment: Establishment, today: date) -> Shown:
    """Everything of the last 30 days, as far as a page reaches."""
    summary = ledger.summary(establishment, today)
    first = today - timedelta(days=ledger.WINDOW - 1)
    lines = ledger.public_lines(establishment, today, MOST + 1)
    within = [line for line in lines if line.received_on >= first]
    age = words.age(summary.last, today) if summary.last else ""
    return Shown(summary, age, within[:MOST], len(within) > MOST)
