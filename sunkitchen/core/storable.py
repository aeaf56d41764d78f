"""Text that no database keeps is the asker's mistake, not ours."""

from django.db import DataError
from django.http import HttpRequest, HttpResponse
from django.utils.deprecation import MiddlewareMixin
from django.views.defaults import bad_request


class StorableText(MiddlewareMixin):
    """PostgreSQL knows no NUL in text, SQLite does: who sends one in a path, a query or a form is answered 400."""

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, DataError) and "NUL" in str(exception):
            return bad_request(request, exception)
        return None
