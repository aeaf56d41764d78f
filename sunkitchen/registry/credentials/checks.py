"""What a machine can say about a paper's fields before a person looks: it warns, it never decides."""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from .. import numbers

FOOD_PERMIT_YEARS = 5
LONGEST_TERM_DAYS = FOOD_PERMIT_YEARS * 366
LONGEST_CERTIFICATE_DAYS = 366  # a year from the check (Food Safety Law art. 45)


@dataclass(frozen=True)
class Facts:
    """A paper's fields beside what is known of its kitchen. Dates are the paper's own, both inclusive."""

    kind: str  # Credential.Kind
    number: str
    holder: str
    valid_from: date
    valid_through: date | None  # None: without an end
    operator_name: str
    division: str
    uscc: str
    person: str = ""  # whose certificate it is
    left_on: date | None = None  # when that person ceased to work there


@dataclass(frozen=True)
class Check:
    """`field` of the paper; `level` is ok or warn; `words` for owner and clerk alike; `code` where others ask for it."""

    field: str
    level: str
    words: str
    code: str = ""


def checks(paper: Facts, today: date) -> list[Check]:
    """One check for each thing that can be compared, fields in the order of the paper."""
    return [*_number(paper), *_holder(paper), *_dates(paper, today)]


def _number(paper: Facts) -> list[Check]:
    if paper.kind == "food_permit":
        passes = numbers.food_permit_passes(paper.number)
        found = [_check("number", passes, _("Check digit fits"), _("The check digit does not fit: a typing error?"))]
        division = numbers.food_permit_division(paper.number)
        if not (division.startswith(paper.division[:6]) or paper.division.startswith(division)):
            found.append(
                Check(
                    "number",
                    "warn",
                    _("The number was issued in division %(there)s, the kitchen stands in %(here)s.")
                    % {"there": division, "here": paper.division},
                )
            )
        return found
    if paper.kind == "business_licence":
        passes = numbers.uscc_passes(paper.number)
        found = [
            _check("number", passes, _("Check character fits"), _("The check character does not fit: a typing error?"))
        ]
        if paper.uscc and paper.uscc != paper.number:
            found.append(Check("number", "warn", _("The kitchen gave another credit code: %s.") % paper.uscc))
        return found
    return []


def _holder(paper: Facts) -> list[Check]:
    if paper.kind == "health_certificate":
        same = _plain(paper.holder) == _plain(paper.person)
        other = _("On the staff list this person is called %s.") % paper.person
        found = [_check("holder", same, _("Same as on the staff list"), other)]
        if paper.left_on:
            found.append(Check("holder", "warn", _("This person has left the kitchen.")))
        return found
    same = _plain(paper.holder) == _plain(paper.operator_name)
    other = _("The kitchen is registered under another name: %s.") % paper.operator_name
    return [_check("holder", same, _("Same as the kitchen's legal name"), other)]


def _dates(paper: Facts, today: date) -> list[Check]:
    found = []
    if paper.valid_from > today:
        found.append(Check("valid_from", "warn", _("It begins in the future."), "begins_later"))
    if paper.valid_through is None:
        return [*found, Check("valid_through", "ok", _("Without an end date"))]
    if paper.valid_through < today:
        found.append(Check("valid_through", "warn", _("It has expired.")))
    elif (paper.valid_through - today).days <= 30:
        found.append(Check("valid_through", "warn", _("It expires within 30 days.")))
    if paper.kind == "food_permit" and (paper.valid_through - paper.valid_from).days > LONGEST_TERM_DAYS:
        found.append(
            Check("valid_through", "warn", _("Food permits are usually valid for five years; this is longer."))
        )
    if paper.kind == "health_certificate" and (paper.valid_through - paper.valid_from).days > LONGEST_CERTIFICATE_DAYS:
        found.append(Check("valid_through", "warn", _("A health certificate lasts one year at most; this is longer.")))
    if not any(check.field == "valid_through" for check in found):
        found.append(Check("valid_through", "ok", _("In force today")))
    return found


def _check(field: str, passes: bool, good: str, doubtful: str) -> Check:
    return Check(field, "ok", good) if passes else Check(field, "warn", doubtful)


def _plain(name: str) -> str:
    return "".join(name.split()).replace("(", "（").replace(")", "）")
