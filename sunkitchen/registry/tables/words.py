"""What a table's report says, in the reader's language: codes are stored, sentences are not."""

from collections.abc import Sequence

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from .sorts import Line, Said, Sort

FAILURES: dict[str, Promise] = {
    "empty": _("The file is empty. Please choose it again."),
    "large": _("The file is larger than 5 MB. Please bring it in parts."),
    "old_excel": _("This is a workbook of an old kind (.xls). Please save it as .xlsx or CSV."),
    "binary": _("This is neither a CSV file nor a workbook (.xlsx)."),
    "not_xlsx": _("This is neither a CSV file nor a workbook (.xlsx)."),
    "bomb": _("This workbook unpacks to more than we read. Please save it as CSV."),
    "locked": _("The workbook is locked with a password. Please save it without one."),
    "broken": _("The file is damaged or incomplete. Please save it again, or as CSV."),
    "encoding": _("The characters of this file are neither UTF-8 nor GB18030. Please save it as “CSV UTF-8” or .xlsx."),
    "many_columns": _("The file has more than {0} columns."),
    "many_lines": _("The file has more than {0} lines. Please bring it in parts."),
    "long_line": _("A line of the file is longer than {0} characters."),
    "no_lines": _("There is no line below the headings."),
    "headings": _("These columns are missing: {0}. Please compare with the template."),
}


def failure(sort: Sort, code: str, details: Sequence[str]) -> str:
    """Why the file as a whole was not read."""
    if code == "headings":
        return str(FAILURES[code]).format(", ".join(heading(sort, column) for column in details))
    return str(FAILURES.get(code, FAILURES["broken"])).format(*details or [""])


def heading(sort: Sort, column: str) -> str:
    """As the template writes it, for whoever reads English with what it means."""
    name, meaning = sort.headings.names[column][0], str(sort.labels[column])
    return f"{name} ({meaning})" if meaning.isascii() else name


def reasons(sort: Sort, said: Sequence[Said]) -> list[str]:
    """A sentence for each."""
    return [str(sort.words[code]).format(detail) if code in sort.words else code for code, detail in said]


def to_correct(sort: Sort, lines: Sequence[Line]) -> list[list[str]]:
    """Refused lines as the template has them, with their reasons in a last column."""
    return [
        [*(line.cells.get(column, "") for column in sort.columns), " ".join(reasons(sort, line.why))] for line in lines
    ]
