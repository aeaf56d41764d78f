"""Numbers on papers: what they must look like, what their check digit says, and where they were issued.

A check digit only ever warns: some real numbers are reported to fail it. The shape of a number refuses.
"""

import re

from django.utils.translation import gettext as _
from stdnum.cn import uscc as stdnum_uscc
from stdnum.exceptions import ValidationError as StdnumError
from stdnum.iso7064 import mod_11_10

FULL_WIDTH = str.maketrans("ＪＹ０１２３４５６７８９－　", "JY0123456789- ")


class BadNumber(ValueError):
    """The message says what the number should look like, in the reader's language."""


def compact(text: str) -> str:
    """As it is stored: upper case, no blanks or dashes, full-width characters made narrow."""
    return re.sub(r"[\s\-·]", "", text.translate(FULL_WIDTH)).upper()


def food_permit(text: str) -> str:
    """A food permit's number: JY and 14 digits, the first of them 1 (sales), 2 (catering) or 3 (canteen)."""
    number = compact(text)
    if not number.startswith("JY"):
        raise BadNumber(_("A food permit's number begins with JY, followed by 14 digits. Please look at the paper."))
    digits = number[2:]
    if not (digits.isascii() and digits.isdigit()):
        raise BadNumber(
            _("After JY a food permit's number has digits only, no other letters (0 is not O, 1 is not I).")
        )
    if len(digits) != 14:
        raise BadNumber(
            _("After JY a food permit's number has 14 digits; here are %(count)s.") % {"count": len(digits)}
        )
    return number


def food_permit_passes(number: str) -> bool:
    """Whether the check digit (ISO 7064 MOD 11,10 over the first 13 digits) fits. `number` as stored."""
    return bool(mod_11_10.is_valid(number[2:]))


def food_permit_division(number: str) -> str:
    """The division code (6 digits, GB/T 2260) of the place that issued it: the permit's digits 2 to 7."""
    return number[3:9]


def uscc(text: str) -> str:
    """A unified social credit code (GB 32100): 18 digits and capital letters without I, O, S, V, Z."""
    code = compact(text)
    if not re.fullmatch(r"[0-9A-HJ-NP-RTUWXY]{18}", code):
        raise BadNumber(_("A unified social credit code has 18 digits and capital letters (none of I, O, S, V, Z)."))
    return code


def uscc_passes(code: str) -> bool:
    """Whether its check character fits. `code` as stored."""
    try:
        stdnum_uscc.validate(code)
    except StdnumError:
        return False
    return True
