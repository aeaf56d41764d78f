"""Short answers of the plain ASGI apps, in both languages: no page's language is known here."""

import json
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Message = MutableMapping[str, Any]
Send = Callable[[Message], Awaitable[None]]
Receive = Callable[[], Awaitable[Message]]
Headers = list[tuple[bytes, bytes]]

COMMON: Headers = [
    (b"x-content-type-options", b"nosniff"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"referrer-policy", b"no-referrer"),
]


async def answer(send: Send, status: int, kind: str, body: bytes, headers: Headers | None = None) -> None:
    """A whole answer. `kind` is its Content-Type."""
    fields = [(b"content-type", kind.encode()), (b"content-length", str(len(body)).encode()), *COMMON, *(headers or [])]
    await send({"type": "http.response.start", "status": status, "headers": fields})
    await send({"type": "http.response.body", "body": body})


async def say(send: Send, status: int, zh: str, en: str, headers: Headers | None = None) -> None:
    """One sentence, in Chinese and English, as JSON; never cached."""
    body = json.dumps({"zh": zh, "en": en}, ensure_ascii=False).encode() + b"\n"
    await answer(send, status, "application/json", body, [(b"cache-control", b"no-store"), *(headers or [])])
