"""The code on a letter: 12 characters of 5 bits, stored as a keyed hash alone, read back however it was typed."""

import unicodedata

from django.utils.crypto import constant_time_compare, salted_hmac

from sunkitchen.core import codes

LENGTH = 12
_SALT = "sunkitchen.registry.claims"


def fresh() -> str:
    return codes.fresh(LENGTH)


def written(code: str) -> str:
    """As it is printed: ABCD-EFGH-JKMN."""
    return "-".join(code[place : place + 4] for place in range(0, LENGTH, 4)).upper()


def normal(text: str) -> str:
    """What was typed, as it is hashed: narrow, lower case, no blanks or dashes, o read as 0, i and l as 1."""
    narrow = unicodedata.normalize("NFKC", text)
    return codes.normal("".join(sign for sign in narrow if sign.isalnum()))


def hashed(code: str, establishment: int) -> str:
    """Of that kitchen's code: the same code on two letters has two hashes."""
    return salted_hmac(_SALT, f"{establishment}:{code}", algorithm="sha256").hexdigest()


def fits(typed: str, establishment: int, code_hash: str) -> bool:
    return constant_time_compare(hashed(normal(typed), establishment), code_hash)
