"""Answers for anybody: cacheable by everybody, or kept by nobody."""

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponseBase

View = Callable[..., HttpResponseBase]


def shared(seconds: int) -> Callable[[View], View]:
    """The page is the same for everybody: any cache may keep it for `seconds`. Errors raised inside are not marked."""

    def decorate(view: View) -> View:
        @wraps(view)
        def answer(request: HttpRequest, *args, **kwargs) -> HttpResponseBase:
            response = view(request, *args, **kwargs)
            response.headers["Cache-Control"] = f"public, max-age={seconds}"
            return response

        return answer

    return decorate


def fresh(view: View) -> View:
    """The state of this moment: a proxy may answer a crowd from one copy for two seconds, a browser keeps none."""

    @wraps(view)
    def answer(request: HttpRequest, *args, **kwargs) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        response.headers["Cache-Control"] = "public, max-age=0, s-maxage=2"
        return response

    return answer


def kept_by_nobody(view: View) -> View:
    """The address itself tells something (a table): no cache keeps it, no link passes it on."""

    @wraps(view)
    def answer(request: HttpRequest, *args, **kwargs) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        response.headers["Cache-Control"] = "no-store"
        response.headers["Referrer-Policy"] = "no-referrer"
        return response

    return answer
