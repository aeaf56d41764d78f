"""What the columns of a table that people bring are called, and which it cannot do without. Pure."""

import re
import unicodedata
from collections.abc import Mapping, Sequence

Names = Mapping[str, tuple[str, ...]]  # a column's headings; the first is the template's


def plain(heading: str) -> str:
    """A heading as it is compared: narrow, lower case, without blanks, signs, and notes in brackets."""
    text = unicodedata.normalize("NFKC", heading).lower()
    text = re.sub(r"[(\[（【].*?[)\]）】]", "", text)
    return re.sub(r"[\W_]+", "", text)


class Headings:
    """`required`: of each group of columns a table has one at least."""

    def __init__(self, names: Names, required: Sequence[tuple[str, ...]]) -> None:
        self.names = names
        self.required = required
        self._known = {plain(name): column for column, spelt in names.items() for name in spelt}

    def recognised(self, cells: Sequence[object]) -> dict[str, int]:
        """{column: its place from 0} of a heading line. A heading that stands twice counts where it stands first."""
        found: dict[str, int] = {}
        for place, cell in enumerate(cells):
            if isinstance(cell, str) and len(cell) <= 60 and (column := self._known.get(plain(cell))):
                found.setdefault(column, place)
        return found

    def lacking(self, found: Mapping[str, int]) -> list[str]:
        """The first column of each required group that no heading names."""
        return [group[0] for group in self.required if not any(column in found for column in group)]

    def said(self, columns: Sequence[str]) -> list[str]:
        """As a template writes them."""
        return [self.names[column][0] for column in columns]
