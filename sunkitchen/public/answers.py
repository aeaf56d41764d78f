"""Answers for anybody: cacheable by everybody, or kept by nobody.

A shared page is also kept here, whole, for as long as its own `seconds`: docs/decisions/0012 says what that promises.
"""

import hashlib
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
from typing import Any
from urllib.parse import urlencode
from weakref import WeakValueDictionary

from django.conf import settings
from django.core.cache import caches
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.utils.cache import get_conditional_response
from django.utils.translation import get_language

View = Callable[..., HttpResponseBase]

EVERYWHERE = ("large",)  # what base.html itself reads of a query
LONGEST_QUERY = 200  # characters; a longer one is answered, and kept by nobody
LARGEST = 1_000_000  # bytes of a page that is kept
LONGEST = 60.0  # seconds a page is kept here, however long a browser may keep it: a release shows at once
AHEAD = 0.8  # of its seconds: from then on the first who asks renders it anew, while the others still get the old one
NEAR_PAGES, NEAR_BYTES = 200, 100_000  # what each process remembers by itself: so many pages, none larger than that
PATIENCE = 10.0  # seconds to wait for somebody else's rendering before rendering it oneself


def shared(seconds: int, reads: Iterable[str] | None = None) -> Callable[[View], View]:
    """The page is the same for everybody: any cache may keep it for `seconds`. Errors raised inside are not marked.

    `reads` names the query parameters that the view looks at; it sees no others (WeChat and advertisers add theirs).
    A view that does not say so is kept only for requests without a query.
    """
    known = None if reads is None else {*reads, *EVERYWHERE}

    def decorate(view: View) -> View:
        @wraps(view)
        def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if known is not None:
                _forget_others(request, known)
            key = _key(request) if known is not None or not request.GET else ""
            if not settings.PAGE_CACHE or not key or request.method not in ("GET", "HEAD"):
                return _marked(request, view(request, *args, **kwargs), seconds)
            return _kept(request, key, seconds, lambda: view(request, *args, **kwargs))

        answer.shared_for = seconds  # type: ignore[attr-defined]
        answer.reads = known  # type: ignore[attr-defined]
        return answer

    return decorate


def _forget_others(request: HttpRequest, known: set[str]) -> None:
    """The view, and every link that it makes of its own address, know only what it reads, in one order."""
    if not request.META.get("QUERY_STRING"):
        return
    asked = sorted((name, values) for name, values in request.GET.lists() if name in known)
    request.META["QUERY_STRING"] = query = urlencode(asked, doseq=True)
    request.GET = QueryDict(query)  # type: ignore[assignment]


def _key(request: HttpRequest) -> str:
    """Host, language, path and query, each in full; "" where that is too long to keep."""
    query = request.META.get("QUERY_STRING", "")
    if len(query) > LONGEST_QUERY:
        return ""
    whole = "\n".join((request.get_host(), get_language() or "", request.path, query))
    return hashlib.sha256(whole.encode("utf-8", "surrogateescape")).hexdigest()


@dataclass(frozen=True)
class Page:
    """A rendered answer. `at`: when its rendering began, Unix time, so that its age counts from what it has read."""

    at: float
    content: bytes
    headers: dict[str, str]
    marks: dict[str, Any]  # what decorators left on it for middleware: its own content security policy

    def age(self) -> float:
        return max(0.0, time.time() - self.at)

    def answer(self, request: HttpRequest, seconds: int) -> HttpResponseBase:
        """What is left of its time is all that anybody downstream may keep it for."""
        response = HttpResponse(self.content, headers=self.headers)
        vars(response).update(self.marks)
        left = max(0, int(seconds - self.age()))
        response.headers["Cache-Control"] = f"public, max-age={left}"
        found = get_conditional_response(request, etag=self.headers["ETag"], response=response)
        return found if found is not None else response


def _kept(request: HttpRequest, key: str, seconds: int, render: Callable[[], HttpResponseBase]) -> HttpResponseBase:
    life = min(float(seconds), LONGEST)
    page = _found(key, AHEAD * life) or _found(key, life)
    if page is not None:
        if page.age() < AHEAD * life or not _goes_ahead(key, life):
            return page.answer(request, seconds)
        return _rendered(request, key, seconds, life, render)
    with _alone(key):
        page = _found(key, life)  # somebody else may just have rendered it
        if page is not None:
            return page.answer(request, seconds)
        return _rendered(request, key, seconds, life, render)


def _rendered(
    request: HttpRequest, key: str, seconds: int, life: float, render: Callable[[], HttpResponseBase]
) -> HttpResponseBase:
    began = time.time()
    response = render()
    page = _page(request, response, began)
    if page is None:
        return _marked(request, response, seconds)
    caches["pages"].set(key, page, timeout=max(1.0, life))
    _remember(key, page)
    return page.answer(request, seconds)


def _page(request: HttpRequest, response: HttpResponseBase, began: float) -> Page | None:
    """The answer as it is kept; None for whatever is not one page for all."""
    if response.status_code != 200 or response.streaming or not isinstance(response, HttpResponse):
        return None
    if response.cookies or _knows_its_reader(request) or "cookie" in response.headers.get("Vary", "").lower():
        return None
    if len(response.content) > LARGEST:
        return None
    headers = {name: value for name, value in response.headers.items() if name != "Cache-Control"}
    headers.setdefault("ETag", _etag(response.content))
    marks = {name: value for name, value in vars(response).items() if name.startswith("_csp")}
    return Page(began, bytes(response.content), headers, marks)


def _knows_its_reader(request: HttpRequest) -> bool:
    """Whether the page asked for a session, or made a token that its reader alone may have."""
    session = getattr(request, "session", None)
    return bool(request.META.get("CSRF_COOKIE_NEEDS_UPDATE")) or (session is not None and session.accessed)


def _marked(request: HttpRequest, response: HttpResponseBase, seconds: int) -> HttpResponseBase:
    """An answer that is not kept here; others may."""
    response.headers["Cache-Control"] = f"public, max-age={seconds}"
    if response.status_code == 200 and isinstance(response, HttpResponse) and not response.cookies:
        response.headers.setdefault("ETag", _etag(response.content))
        found = get_conditional_response(request, etag=response.headers["ETag"], response=response)
        if found is not None:
            return found
    return response


def _etag(content: bytes) -> str:
    return f'"{hashlib.blake2b(content, digest_size=12).hexdigest()}"'


# ── where copies lie: in this process, and in the cache that all processes share ────────────────────────────
_near: OrderedDict[str, Page] = OrderedDict()
_shelf = threading.Lock()


def _found(key: str, younger_than: float) -> Page | None:
    """A copy younger than that, in seconds: this process's own, else the shared one."""
    page = _near.get(key)
    if page is None or page.age() >= younger_than:
        page = caches["pages"].get(key)
        if page is None or page.age() >= younger_than:
            return None
        _remember(key, page)
    return page


def _remember(key: str, page: Page) -> None:
    if len(page.content) > NEAR_BYTES:
        return
    with _shelf:
        _near[key] = page
        _near.move_to_end(key)
        while len(_near) > NEAR_PAGES:
            _near.popitem(last=False)


def _goes_ahead(key: str, life: float) -> bool:
    """Whether this reader is the one, of all processes, who renders the page before its end."""
    return bool(caches["pages"].add(f"{key}:ahead", 1, timeout=max(1.0, life * (1 - AHEAD))))


def forget() -> None:
    """Every copy of this process and of the shared cache."""
    with _shelf:
        _near.clear()
    caches["pages"].clear()


# ── one rendering for a crowd ───────────────────────────────────────────────────────────────────────────────
_flights: WeakValueDictionary[str, "_Flight"] = WeakValueDictionary()
_boarding = threading.Lock()


class _Flight:
    """A page that is being rendered: gone with the last thread that waits for it."""

    def __init__(self) -> None:
        self.lock = threading.Lock()


@contextmanager
def _alone(key: str) -> Iterator[None]:
    """One of this process's threads at a time; whoever has waited long enough goes on all the same."""
    with _boarding:
        flight = _flights.setdefault(key, _Flight())
    got = flight.lock.acquire(timeout=PATIENCE)
    try:
        yield
    finally:
        if got:
            flight.lock.release()


def fresh(view: View) -> View:
    """The state of this moment: a proxy may answer a crowd from one copy for two seconds, a browser keeps none."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        response.headers["Cache-Control"] = "public, max-age=0, s-maxage=2"
        return response

    return answer


def kept_by_nobody(view: View) -> View:
    """The address itself tells something (a table): no cache keeps it, no link passes it on."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        response.headers["Cache-Control"] = "no-store"
        response.headers["Referrer-Policy"] = "no-referrer"
        return response

    return answer
