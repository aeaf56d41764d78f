"""What a register's report says, in the reader's language: codes are stored, sentences are not."""

from collections.abc import Sequence
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from . import columns

COLUMNS: dict[str, Promise] = {
    "permit": _("permit number"),
    "registration": _("registration number"),
    "number": _("number"),
    "operator_name": _("legal name of the operator"),
    "holder": _("legal name of the operator"),
    "signboard": _("signboard name"),
    "uscc": _("unified social credit code"),
    "address": _("address"),
    "division": _("division code"),
    "category": _("category"),
    "items": _("licensed items"),
    "issuer": _("issued by"),
    "valid_from": _("valid from"),
    "valid_through": _("valid through"),
    "state": _("standing"),
    "phone": _("public phone"),
    "latitude": _("latitude"),
    "longitude": _("longitude"),
    "coordinates": _("coordinate system"),
}

FAILURES: dict[str, Promise] = {
    "empty": _("The file is empty. Please choose it again."),
    "large": _("The file is larger than 50 MB. Please split it, for example by town."),
    "old_excel": _("This is a workbook of an old kind (.xls). Please save it as .xlsx or CSV."),
    "binary": _("This is neither a CSV file nor a workbook (.xlsx)."),
    "not_xlsx": _("This is neither a CSV file nor a workbook (.xlsx)."),
    "bomb": _("This workbook unpacks to more than we read. Please save it as CSV."),
    "locked": _("The workbook is locked with a password. Please save it without one."),
    "broken": _("The file is damaged or incomplete. Please save it again, or as CSV."),
    "encoding": _("The characters of this file are neither UTF-8 nor GB18030. Please save it as “CSV UTF-8” or .xlsx."),
    "many_columns": _("The file has more than {0} columns."),
    "many_lines": _("The file has more than {0} lines. Please split it, for example by town."),
    "long_line": _("A line of the file is longer than {0} characters."),
    "no_lines": _("There is no line below the headings."),
    "headings": _("These columns are missing: {0}. Please compare with the template."),
    "gone": _("The file is no longer there. Please bring it again."),
    "crashed": _("Reading broke off, and nothing was imported. Please tell the operator of this site."),
}

# Codes with what they mean; {0} is the detail.
REASONS: dict[str, Promise] = {
    # refused
    "no_number": _("The permit number is missing."),
    "bad_number": _("This is not the form of a permit number: {0}"),
    "rounded": _("The spreadsheet has rounded the number ({0}): please set the column to text and enter it again."),
    "no_operator_name": _("The legal name is missing."),
    "no_address": _("The address is missing."),
    "long_operator_name": _("The legal name has more than {0} characters."),
    "long_address": _("The address has more than {0} characters."),
    "no_valid_from": _("The first day is missing."),
    "no_valid_through": _("The last day is missing."),
    "bad_valid_from": _("The first day cannot be read: {0}"),
    "bad_valid_through": _("The last day cannot be read: {0}"),
    "reversed": _("It ends before it begins: {0}"),
    "endless": _("A permit has a last day; this one says it has none."),
    "state": _("This standing is not known: {0}"),
    "not_catering": _("Sells food and prepares none: {0}"),
    "other_division": _("Outside of this authority's division: {0}"),
    "twice": _("The same number stands in line {0} with other facts."),
    "several": _("{0} kitchens could be meant: please look which one it is."),
    "held_elsewhere": _("A kitchen of another authority holds this number."),
    "held_by_another": _("The kitchen with this number is registered under another name: {0}"),
    "own": _("You act for this kitchen yourself: a colleague has to bring this line."),
    # taken, with a doubt
    "check_digit": _("The check digit of the number does not fit."),
    "sales_number": _("The number is one of food sales (JY1)."),
    "uscc_check": _("The check character of the credit code does not fit."),
    "person": _("An identity number stands in the place of the credit code; it was left out and not kept."),
    "bad_uscc": _("The credit code was left out, it has another form: {0}"),
    "uscc_rounded": _("The credit code was left out, the spreadsheet has rounded it: {0}"),
    "category": _("The category is not known, so it was left as it is: {0}"),
    "cut_signboard": _("The signboard name was cut to {0} characters."),
    "cut_items": _("The licensed items were cut to {0} characters."),
    "cut_issuer": _("The issuer was cut to {0} characters."),
    "no_system": _("The map point was left out: its coordinate system is missing."),
    "bad_point": _("The map point was left out: {0}"),
    "licence_dates": _("The dates of the business licence cannot be read: {0}"),
    "expired": _("The permit expired on {0}."),
    "differs": _("Differs from the paper that was handed in: {0}"),
    "older": _("Older than what is known, from {0}."),
    "closed_here": _("The kitchen is closed here, and stays closed."),
    # what changed
    "changed": _("Changed: {0}"),
    "term": _("Permit from the register: {0}"),
    "licence": _("Business licence from the register: {0}"),
    "revoked": _("Permit revoked: {0}"),
    "closed": _("Kitchen closed: {0}"),
    "opened": _("Kitchen open again."),
    "same_line": _("The same as line {0}."),
}


def failure(said: Sequence[str]) -> str:
    """Why a file was not read. `said` is [code, detail, …]."""
    if not said:
        return ""
    code, *details = said
    if code == "headings":
        return str(FAILURES[code]).format(", ".join(_heading(column) for column in details))
    return str(FAILURES.get(code, FAILURES["broken"])).format(*details or [""])


def reason(code: str, detail: Any) -> str:
    """One sentence of a line's report."""
    if isinstance(detail, list):
        detail = ", ".join(str(COLUMNS.get(str(one), one)) for one in detail)
    elif code == "changed":
        detail = COLUMNS.get(detail, detail)
    return str(REASONS[code]).format(detail) if code in REASONS else code


def reasons(why: Sequence[Sequence[Any]]) -> list[str]:
    """All sentences of a line; what changed is gathered in one."""
    changed = [detail for code, detail in why if code == "changed"]
    said = [reason("changed", changed)] if changed else []
    return said + [reason(code, detail) for code, detail in why if code != "changed"]


def _heading(column: str) -> str:
    """As the template writes it, for whoever reads English with what it means."""
    heading, meaning = columns.HEADINGS[column][0], str(COLUMNS[column])
    return f"{heading} ({meaning})" if meaning.isascii() else heading
