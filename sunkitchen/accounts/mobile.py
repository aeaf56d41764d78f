"""Mobile numbers as people type them, and as they are stored: mainland numbers bare, all others with + and country."""

import re
import unicodedata

_MAINLAND = re.compile(r"(?:\+|00)?86(1[3-9][0-9]{9})")


def normal(text: str) -> str:
    """The number without spaces, dashes and brackets, ٣ and ３ as 3, +86 left out; ValueError if it is none.

    Mainland numbers are 11 digits from 13 to 19 (MIIT numbering plan); others are E.164: + and 7 to 15 digits.
    """
    bare = re.sub(r"[\s\-().·]", "", unicodedata.normalize("NFKC", text))
    bare = "".join(str(unicodedata.digit(sign, sign)) for sign in bare)
    if mainland := _MAINLAND.fullmatch(bare):
        return mainland[1]
    if bare.startswith("00"):
        bare = "+" + bare[2:]
    if re.fullmatch(r"1[3-9][0-9]{9}|\+[1-9][0-9]{6,14}", bare):
        return bare
    raise ValueError(f"{text!r} is no mobile number.")


def hidden(mobile: str) -> str:
    """For the eyes of who typed it: 138****0001."""
    return f"{mobile[:3]}****{mobile[-4:]}"
