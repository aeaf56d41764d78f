"""Short codes that people read aloud and scanners read fast: Crockford's base32 without look-alikes."""

import secrets

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"


def fresh(length: int) -> str:
    """A random code of `length` characters, 5 bits each, in lower case."""
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def normal(text: str) -> str:
    """What was typed or scanned, as it is stored: lower case, o read as 0, i and l as 1."""
    return text.strip().lower().translate(str.maketrans("oil", "011"))
