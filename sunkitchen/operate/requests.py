"""Every request gets an id of ours, one line in the log, and its place in the metrics."""

import logging
import secrets
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

from sunkitchen.core import logs

from . import metrics

log = logging.getLogger("sunkitchen.requests")
QUIET = {"healthz_live", "healthz_ready", "metrics", "static"}  # asked every few seconds
Answer = Callable[[HttpRequest], Any]


class Requests:
    """Outermost, so that it times everything. The id is never a client's: one could be used to forge a trail."""

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response
        self.is_async = iscoroutinefunction(get_response)
        if self.is_async:
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        if self.is_async:
            return self._later(request)
        began, tokens, request_id = self._begin()
        try:
            return self._end(request, self.get_response(request), began, request_id)
        finally:
            logs.unbind(tokens)

    async def _later(self, request: HttpRequest) -> HttpResponseBase:
        began, tokens, request_id = self._begin()
        try:
            return self._end(request, await self.get_response(request), began, request_id)
        finally:
            logs.unbind(tokens)

    @staticmethod
    def _begin() -> tuple[float, Mapping[str, Any], str]:
        request_id = secrets.token_hex(8)
        return time.perf_counter(), logs.bind(request_id=request_id), request_id

    @staticmethod
    def _end(request: HttpRequest, response: HttpResponseBase, began: float, request_id: str) -> HttpResponseBase:
        took = time.perf_counter() - began
        view = name_of(request)
        metrics.count(view, request.method or "", response.status_code, took)
        level = logging.DEBUG if view in QUIET else logging.WARNING if response.status_code >= 500 else logging.INFO
        if log.isEnabledFor(level):
            fields = {"view": view, "status": response.status_code, "ms": round(1000 * took, 1)}
            if user := user_id(request):
                fields["user"] = user
            log.log(level, request.method, extra=fields)
        response.headers["X-Request-Id"] = request_id
        return response


def name_of(request: HttpRequest) -> str:
    """The URL's name; "static" for files, "" for what has none."""
    if matched := getattr(request, "resolver_match", None):
        return str(matched.view_name)
    return "static" if request.path_info.startswith(settings.STATIC_URL) else ""


def user_id(request: HttpRequest) -> int | None:
    """Who was asked for already: looking here would read a session, and a public page must not."""
    user = getattr(request, "_cached_user", None)
    return user.pk if user is not None else None
