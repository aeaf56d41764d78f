"""Taking secrets and people out of text that a person will read: every line of every log passes here. Pure.

It may take too much, never too little: a log that misses a word is still a log.
"""

import re
from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import Any

GONE = "…"
LONGEST = 16_000  # characters: twice a long traceback
Repl = str | Callable[[re.Match[str]], str]

# Names whose values are never told, in structured fields, key=value text, JSON and reprs alike.
SECRET_NAME = re.compile(
    r"passw|pwd|secret|token|ticket|authoriz|cookie|credential|session|csrf|sealed|salt|signature|api[_-]?key|"
    r"push[_-]?key|private[_-]?key|field[_-]?key|^key$|^code$|_code$|otp|mobile|phone|e?mail|address|id_?card|body",
    re.IGNORECASE,
)
_NAMED = (
    r"(?:passw(?:or)?d?|passwd|pwd|secret|token|ticket|credential|session(?=id|_)|csrf|sealed|salt|"
    r"api[_-]?key|push[_-]?key|private[_-]?key|field[_-]?key|signature|\botp\b|\bpin\b)[\w-]{0,24}"
)
_VALUE = r"(?:\"[^\"\n]*\"|'[^'\n]*'|[^\s'\"&,;)}\]]+)"
_LONG = re.compile(r"(?<![\w-])[A-Za-z0-9_-]{20,}(?![\w-])")
_TOKEN = re.compile(r"(?<![\w-])[0-9a-zA-Z]{16}(?![\w-])")
_HASH = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}", re.ASCII)

RULES: list[tuple[re.Pattern[str], Repl]] = [
    (re.compile(r"-----BEGIN [A-Z ]*-----.*?(?:-----END [A-Z ]*-----|\Z)", re.DOTALL), GONE),
    # rtsp://user:password@host, where the password may hold @, / and ?
    (re.compile(r"\b([a-z][a-z0-9+.-]{0,20}://)[^\s\"'<>]{0,400}@", re.IGNORECASE), rf"\1{GONE}@"),
    # headers: to the end of the line
    (
        re.compile(
            r"\b((?:proxy-)?authorization|(?:set-)?cookie|x-api-key|x-auth\w*)(['\"]?\s*[:=,]\s*)[^\n\r]+",
            re.IGNORECASE,
        ),
        rf"\1\2{GONE}",
    ),
    (re.compile(r"\b(bearer|basic|digest)\s+[A-Za-z0-9+/=._~:-]{6,}", re.IGNORECASE), rf"\1 {GONE}"),
    (re.compile(r"\b(username|user|nonce|response|cnonce)=\"[^\"]*\"", re.IGNORECASE), rf'\1="{GONE}"'),
    # addresses of ours that open something by themselves
    (re.compile(r"(/ingest/[^/\s\"'?]+/)[^/\s\"'?<>]+", re.IGNORECASE), rf"\1{GONE}"),
    (re.compile(r"(/live/[^/\s\"'?]+/)[^/\s\"'?<>]+", re.IGNORECASE), rf"\1{GONE}"),
    (re.compile(r"(/film/[^/\s\"'?]+/)[^/\s\"'?<>]+", re.IGNORECASE), rf"\1{GONE}"),
    (re.compile(r"(/(?:q|complaints|invitations?|claim)/)[^/\s\"'?<>]+", re.IGNORECASE), rf"\1{GONE}"),
    (re.compile(r"\b[osfg]\.[0-9a-z]{1,32}\.\d+\.[0-9a-f]+\.[\w-]{8,}"), GONE),  # tickets
    # name=value, "name": "value", name: value
    (re.compile(rf"({_NAMED}['\"]?\s*[:=]\s*){_VALUE}", re.IGNORECASE), rf"\1{GONE}"),
    (re.compile(r"([?&](?:user|username|key|code|sig|auth|pass|sign)=)[^\s'\"&<>]+", re.IGNORECASE), rf"\1{GONE}"),
    # a code that was sent to somebody
    (
        re.compile(r"(\b(?:code|otp|pin)\b|验证码|校验码|邀请码|动态码)([^\d\n]{0,16}?)\b\d{4,8}\b", re.I),
        rf"\1\2{GONE}",
    ),
    (re.compile(r"((?:验证码|校验码|动态码)[^\d\n]{0,16})\d{4,8}"), rf"\1{GONE}"),
    (re.compile(r"((?:邀请码|invitation code)\W{0,4})[0-9A-Za-z-]{6,}", re.IGNORECASE), rf"\1{GONE}"),
    # people
    (re.compile(r"[^\s@<>\"'(),;:=\[\]{}|/]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+"), f"{GONE}@{GONE}"),
    (re.compile(r"(?<![\w.])\d{17}[\dXx](?![\w])"), GONE),  # 居民身份证
    (re.compile(r"(?<!\d)(?:(?:\+|00)?86[\s-]?)?1[3-9]\d[\s-]?\d{4}[\s-]?\d{4}(?!\d)"), GONE),
    (re.compile(r"(?<![\w+])\+\d(?:[\s-]?\d){6,14}(?!\d)"), GONE),
]


def scrub(text: str) -> str:
    """The text without credentials, keys, tokens, tickets, codes, mobile numbers, mail addresses.

    Past LONGEST characters its middle is left out: whoever can make us log must not make us work for long.
    """
    if len(text) > LONGEST:
        text = f"{text[: LONGEST // 2]} {GONE} {text[-LONGEST // 2 :]}"
    for pattern, instead in RULES:
        text = pattern.sub(instead, text)
    text = _LONG.sub(_unless_plain, text)
    return _TOKEN.sub(_unless_plain, text)


def _unless_plain(found: re.Match[str]) -> str:
    """A long word of letters and digits is a key or a token; names of things, hashes and counters are not."""
    word = found[0]
    if _HASH.fullmatch(word) or not _looks_random(word):
        return word
    return GONE


def _looks_random(word: str) -> bool:
    digits = sum(sign.isdigit() for sign in word)
    if digits == len(word):
        return False
    cases = any(sign.isupper() for sign in word) and any(sign.islower() for sign in word)
    parts = re.split(r"[_-]", word)
    if digits == 0:
        # CamelCase and snake_case are names; what changes case again and again is not.
        changes = sum(a.islower() != b.islower() for a, b in pairwise(word))
        return cases and changes > len(word) / 3
    # appendonly_core_auditentry_2026 is a name: its digits stand apart from its letters.
    return any(
        any(sign.isdigit() for sign in part) and any(sign.isalpha() for sign in part) and len(part) > 5
        for part in parts
    ) or (cases and len(parts) <= 3)


def scrubbed(value: Any, name: str = "") -> Any:
    """A structured field: text scrubbed, containers walked, whatever has a secret's name gone, anything else as text."""
    if value is None or isinstance(value, bool | int | float):
        return value if not SECRET_NAME.search(name) or isinstance(value, bool) else GONE
    if SECRET_NAME.search(name):
        return GONE
    if isinstance(value, Mapping):
        return {str(key): scrubbed(inner, str(key)) for key, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [scrubbed(inner) for inner in value]
    return scrub(value if isinstance(value, str) else str(value))
