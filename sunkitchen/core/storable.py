"""Text that no database keeps is the asker's mistake, not ours."""

from django.core.exceptions import BadRequest
from django.db import DataError
from django.http import HttpRequest, HttpResponse
from django.utils.deprecation import MiddlewareMixin
from django.views.defaults import bad_request


class StorableText(MiddlewareMixin):
    """PostgreSQL knows no NUL in text, SQLite does: who sends one in a path, a query or a form is answered 400.

    So is a form in another encoding than UTF-8: Django says so of plain ones, and reads one with files by any of Python's
    codecs, some of which make half characters (UTF-7), or none at all.
    """

    def process_request(self, request: HttpRequest) -> HttpResponse | None:
        if (request.encoding or "utf-8").lower() not in ("utf-8", "utf8"):
            return bad_request(request, BadRequest("A form comes in UTF-8."))
        return None

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, DataError) and any(word in str(exception) for word in ("NUL", "\\u0000")):
            return bad_request(request, exception)
        return None
