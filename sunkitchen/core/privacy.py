"""Whatever knew who was asking is for that reader alone: never kept by a cache, a proxy or the back button."""

from django.http import HttpRequest, HttpResponseBase
from django.utils.deprecation import MiddlewareMixin

PRIVATE = "private, no-store"


class PrivatePages(MiddlewareMixin):
    """Marks every answer that read a session or sets a cookie. Stands outside of the session's own middleware."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        session = getattr(request, "session", None)
        if response.cookies or (session is not None and session.accessed):
            response.headers["Cache-Control"] = PRIVATE
        return response
