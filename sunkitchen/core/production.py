"""What must be true of the environment before a production start. Pure: the environment is an argument.

A fault stops every process at its first look at the settings: one line on stderr that names the variable, exit 1. A
warning is a thing that works today and will hurt later.
"""

import math
import re
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import pairwise
from urllib.parse import unquote, urlsplit

ENVIRONMENTS = ("embedded", "production")
SHORTEST = 32  # characters: `openssl rand -base64 48` gives 64
FEWEST_DIFFERENT = 10  # characters: 32 random hex digits have 14
FEWEST_BITS = 96  # as the characters are spread: 32 random hex digits have about 115
# Words that stand in examples and nowhere in random text.
PLACEHOLDERS = (
    "change", "example", "placeholder", "replace", "insecure", "password", "secret", "default", "for-tests", "please",
    "generate", "your-", "your_", "dummy", "sample", "sunkitchen", "todo-", "<", "…",
)  # fmt: skip
CROSSES = re.compile(r"(?<![a-z0-9])x{3,}(?![a-z0-9])|x{8,}")  # four alone stand in random text, too
ON = ("1", "true", "yes")
EMBEDDED_MAIL = ("", "django.core.mail.backends.filebased.EmailBackend")
EMBEDDED_SMS = ("", "sunkitchen.core.sms.FileAdapter")


def insist(env: Mapping[str, str]) -> None:
    """SystemExit with the first fault's line, which the interpreter prints on stderr with exit code 1."""
    for fault in faults(env):
        raise SystemExit(f"Sunkitchen: {fault}")


def faults(env: Mapping[str, str]) -> list[str]:
    """Sentences, each of which begins with the variable at fault; never a value. None for an embedded start."""
    return list(_faults({name: value.strip() for name, value in env.items()}))


def _faults(env: Mapping[str, str]) -> Iterator[str]:
    kind = env.get("SUNKITCHEN_ENV") or "embedded"
    if kind not in ENVIRONMENTS:
        yield f"SUNKITCHEN_ENV is neither {' nor '.join(ENVIRONMENTS)}."
    if kind != "production":
        return
    yield from _secrets(env)
    yield from _address(env)
    if env.get("SUNKITCHEN_DEBUG", "").lower() in ON:
        yield "SUNKITCHEN_DEBUG is on: a page that fails would show this server's insides."


def _secrets(env: Mapping[str, str]) -> Iterator[str]:
    field_keys = "SUNKITCHEN_FIELD_KEYS" if env.get("SUNKITCHEN_FIELD_KEYS") else "SUNKITCHEN_FIELD_KEY"
    own = {
        "SUNKITCHEN_SECRET_KEY": [env.get("SUNKITCHEN_SECRET_KEY", "")],
        field_keys: [part.strip() for part in env.get(field_keys, "").split(",") if part.strip()] or [""],
    }
    if env.get("METRICS_TOKEN"):
        own["METRICS_TOKEN"] = [env["METRICS_TOKEN"]]
    for name, values in own.items():
        for place, value in enumerate(values):
            if weak := weakness(value):
                which = f", key {place + 1} of {len(values)}," if len(values) > 1 else ""
                yield f"{name}{which} {weak}"
    given = {name: _password(env.get(name, "")) for name in ("DATABASE_URL", "REDIS_URL", "CELERY_BROKER_URL")}
    for name, value in given.items():
        if value and (word := _placeholder(value)):
            yield f"{name} has a password from an example (it contains {word!r})."
    yield from _twice(own, given)


def _twice(own: Mapping[str, list[str]], given: Mapping[str, str]) -> Iterator[str]:
    seen: dict[str, str] = {}
    for name, values in own.items():
        for value in filter(None, values):
            if value in seen:
                yield f"{name} has the same value as {seen[value]}: each secret is its own."
            seen.setdefault(value, name)
    for name, value in given.items():
        if value in seen:
            yield f"{name} has the password that {seen[value]} has: each secret is its own."


def _address(env: Mapping[str, str]) -> Iterator[str]:
    site = env.get("SITE_URL", "")
    if not site:
        yield "SITE_URL must be set: it is printed on every sticker."
    elif not site.startswith("https://"):
        yield "SITE_URL must begin with https://"
    elif not urlsplit(site).hostname:
        yield "SITE_URL names no host."
    if "*" in [host.strip() for host in env.get("ALLOWED_HOSTS", "").split(",")]:
        yield "ALLOWED_HOSTS is *: name the hosts that this site answers to."


def weakness(value: str) -> str:
    """What is wrong with a secret, as the end of a sentence; "" for a good one."""
    if not value:
        return "must be set in production."
    if word := _placeholder(value):
        return f"is a value from an example (it contains {word!r})."
    if len(value) < SHORTEST:
        return f"is shorter than {SHORTEST} characters."
    if len(set(value)) < FEWEST_DIFFERENT or _bits(value) < FEWEST_BITS:
        return "repeats few characters: it can be guessed."
    if len(zlib.compress(value.encode(), 9)) - 8 < 0.8 * len(value) or _runs(value):
        return "repeats or counts: it can be guessed."
    return ""


def _placeholder(value: str) -> str:
    crossed = CROSSES.search(value.lower())
    return next((word for word in PLACEHOLDERS if word in value.lower()), crossed[0] if crossed else "")


def _bits(value: str) -> float:
    """Shannon's entropy of its characters as they are spread, times its length."""
    shares = [count / len(value) for count in Counter(value).values()]
    return -len(value) * sum(share * math.log2(share) for share in shares)


def _runs(value: str) -> bool:
    """Whether most characters follow from the one before: abcdef, 987654."""
    steps = [ord(after) - ord(before) for before, after in pairwise(value)]
    return sum(abs(step) <= 1 for step in steps) > len(steps) / 2


def _password(url: str) -> str:
    try:
        return unquote(urlsplit(url).password or "")
    except ValueError:
        return ""


def warnings(env: Mapping[str, str]) -> list[str]:
    """What a production start says aloud and goes on with."""
    env = {name: value.strip() for name, value in env.items()}
    if env.get("SUNKITCHEN_ENV") != "production":
        return []
    found = []
    if not env.get("DATABASE_URL") or env["DATABASE_URL"].startswith("sqlite"):
        found.append("DATABASE_URL: SQLite serves one machine; several workers want PostgreSQL.")
    if not env.get("REDIS_URL"):
        found.append("REDIS_URL is not set: rate limits and cached pages are each process's own.")
    if env.get("EMAIL_BACKEND", "") in EMBEDDED_MAIL:
        found.append("EMAIL_BACKEND is not set: mail lands in a folder and reaches nobody.")
    if env.get("SMS_ADAPTER", "") in EMBEDDED_SMS:
        found.append("SMS_ADAPTER is not set: sign-in codes land in a folder and reach nobody.")
    return found
