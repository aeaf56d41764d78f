"""Keys of pushing boxes: 192 random bits, of which only the SHA-256 is kept. Pure."""

import hashlib
import hmac
import secrets

NO_KEY = hashlib.sha256(b"no camera has this key").hexdigest()


def fresh() -> str:
    return secrets.token_urlsafe(24)


def digest(key: str) -> str:
    """What is stored of a key: hex, 64 characters."""
    return hashlib.sha256(key.encode()).hexdigest()


def fits(key: str, stored: str) -> bool:
    """Whether `key` is the one whose digest is stored, in time that tells nothing. Never for an empty digest."""
    return hmac.compare_digest(digest(key), stored or NO_KEY) and bool(stored)
