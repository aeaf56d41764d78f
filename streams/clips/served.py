"""A clip as a browser asks for it: whole, or the bytes that its player wants next (RFC 9110, 14.2)."""

import re
from collections.abc import Iterator
from pathlib import Path

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse

CHUNK = 256 * 1024
RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})", re.ASCII)


def answer(request: HttpRequest, path: Path, name: str, *, attached: bool) -> HttpResponseBase:
    """The file, or the part that was asked for. Http404 when it does not lie there, 416 for a part that there is not."""
    try:
        size = path.stat().st_size
    except FileNotFoundError:
        raise Http404 from None
    found = RANGE.fullmatch(request.headers.get("Range", "").strip())
    whole = found is None or not any(found.groups())  # several ranges at once, and what is no range
    wanted = (0, size - 1) if found is None or whole else _wanted(*found.groups(), size=size)
    if wanted is None:
        refused = HttpResponse(status=416)
        refused["Content-Range"] = f"bytes */{size}"
        return refused
    first, last = wanted
    response = StreamingHttpResponse(_read(path, first, last), content_type="video/mp4", status=200 if whole else 206)
    if not whole:
        response["Content-Range"] = f"bytes {first}-{last}/{size}"
    response["Content-Length"] = str(last - first + 1)
    response["Accept-Ranges"] = "bytes"
    response["Content-Disposition"] = f'{"attachment" if attached else "inline"}; filename="{name}"'
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Content-Security-Policy"] = "default-src 'none'; media-src 'self'; sandbox"
    return response


def _wanted(first: str, last: str, *, size: int) -> tuple[int, int] | None:
    """First and last byte of the part."""
    if not first:  # the last so many
        return (max(0, size - int(last)), size - 1) if int(last) else None
    begin, end = int(first), min(int(last or size), size - 1)
    return (begin, end) if begin <= end else None


def _read(path: Path, first: int, last: int) -> Iterator[bytes]:
    with path.open("rb") as file:
        file.seek(first)
        left = last - first + 1
        while left > 0 and (chunk := file.read(min(CHUNK, left))):
            left -= len(chunk)
            yield chunk
