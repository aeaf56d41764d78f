"""Table names as an owner types them: one a line, or a range such as 1-20 or A1-A20."""

import re

from django.utils.translation import gettext as _

MOST_TABLES = 500
LONGEST_NAME = 20
LONGEST_TEXT = MOST_TABLES * (LONGEST_NAME + 1)

RANGE = re.compile(r"(\D{0,8}?)(\d{1,9})\s*[-–—~～至到]\s*(\D{0,8}?)(\d{1,9})(\D{0,8})")


class BadTables(ValueError):
    """The message says what is wrong, in the reader's language."""


def parse(text: str) -> list[str]:
    """Names in the order typed, each once. BadTables for none, a name too long, or too many."""
    if len(text) > LONGEST_TEXT:
        raise BadTables(
            _("This text has %(count)s characters; %(most)s are enough for every table.")
            % {"count": len(text), "most": LONGEST_TEXT}
        )
    names: dict[str, None] = {}
    for part in re.split(r"[\n\r,，、;；]+", text):
        for name in _expanded(" ".join(part.split())):
            if len(name) > LONGEST_NAME:
                raise BadTables(
                    _("A table's name has at most %(most)s characters; this one has %(count)s: %(name)s…")
                    % {"most": LONGEST_NAME, "count": len(name), "name": name[:12]}
                )
            if not name.isprintable():
                raise BadTables(_("A table's name has only letters, digits and signs that can be printed."))
            names[name] = None
            if len(names) > MOST_TABLES:
                raise BadTables(_("At most %(most)s tables at once.") % {"most": MOST_TABLES})
    if not names:
        raise BadTables(_("Please write at least one table, for example 1-20."))
    return list(names)


def _expanded(part: str) -> list[str]:
    if not part:
        return []
    found = RANGE.fullmatch(part)
    if not found or found[3] not in ("", found[1]):
        return [part]
    first, last = int(found[2]), int(found[4])
    if last - first >= MOST_TABLES:
        raise BadTables(_("At most %(most)s tables at once.") % {"most": MOST_TABLES})
    if last < first:
        raise BadTables(_("The range %(range)s cannot be read. Please write it like 1-20.") % {"range": part[:24]})
    width = len(found[2]) if found[2].startswith("0") else 1
    return [f"{found[1]}{number:0{width}}{found[5]}" for number in range(first, last + 1)]
