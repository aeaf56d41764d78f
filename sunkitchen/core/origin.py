"""Which website opens a WebSocket here: browsers send cookies along from any, so each socket asks."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest
from django.http.request import validate_host


def is_own_page(scope: Mapping[str, Any]) -> bool:
    """Whether the page that opens this socket is ours: its Origin names the host it talks to, or SITE_URL."""
    headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
    host, origin = headers.get(b"host", "").lower(), headers.get(b"origin", "").lower()
    if origin and origin == settings.SITE_URL.lower():
        return True
    page = urlsplit(origin)
    if page.scheme not in ("http", "https") or page.netloc != host:
        return False
    try:
        return validate_host(urlsplit(f"//{host}").hostname or "", settings.ALLOWED_HOSTS)
    except ValueError:
        return False


def is_own_form(request: HttpRequest) -> bool:
    """Whether a form that knows nobody was sent by a page of ours: Origin as every browser sends it with a form; Referer
    where an old one does not."""
    sent = request.headers.get("Origin", "")
    if not sent:
        page = urlsplit(request.headers.get("Referer", ""))
        sent = f"{page.scheme}://{page.netloc}"
    headers = [(b"host", request.get_host().encode()), (b"origin", sent.encode("latin-1", "replace"))]
    return is_own_page({"headers": headers})
