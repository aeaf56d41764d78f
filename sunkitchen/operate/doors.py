"""Answers of the plain ASGI apps, counted like pages: by the door's name, never by path, which carries tickets."""

from time import perf_counter
from typing import Any

from . import metrics

_SWITCHED, _CLOSED = 101, 403  # what a WebSocket's opening is answered with


async def counted(name: str, app: Any, scope: Any, receive: Any, send: Any) -> None:
    """Run `app` and count its first word: the status, and how long it took to say it. A stream goes on after it."""
    began = perf_counter()
    is_counted = False

    async def listen(message: Any) -> None:
        nonlocal is_counted
        if not is_counted and (status := _status(message)):
            is_counted = True
            metrics.count(name, scope.get("method", "GET"), status, perf_counter() - began)
        await send(message)

    await app(scope, receive, listen)


def _status(message: Any) -> int:
    match message["type"]:
        case "http.response.start":
            return int(message["status"])
        case "websocket.accept":
            return _SWITCHED
        case "websocket.close":
            return _CLOSED
        case "websocket.http.response.start":
            return int(message["status"])
    return 0
