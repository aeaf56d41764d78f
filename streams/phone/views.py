"""The page that a phone films with, and the code on the desk that leads to it. The token in the path is the right."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_GET, require_POST

from streams.cameras import views as cameras
from sunkitchen.core import qr, tickets
from sunkitchen.core.access import Can
from sunkitchen.core.workflow import Refused

from . import actions, words


@login_required
@require_POST
def camera_film(request: HttpRequest, code: str, camera: str) -> HttpResponse:
    """A code for the phone. It stands in this answer alone."""
    row = cameras.camera_for(request.user, code, camera, Can.SET_UP_CAMERA)
    now = timezone.now()
    try:
        token = actions.invite_phone(row, by=request.user, at=now)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("camera", code=code, camera=camera)
    url = settings.SITE_URL + reverse("film", args=[row.code, token])
    until = now + timedelta(seconds=tickets.FILM_LINK_SECONDS)
    return cameras.camera_page(request, row, film={"url": url, "code": mark_safe(qr.svg(url)), "until": until})


@require_GET
def film(request: HttpRequest, camera: str, token: str) -> HttpResponse:
    """A link is exchanged for a session, whose address the phone keeps: it may be reloaded for twelve hours."""
    now = timezone.now()
    try:
        if token.startswith(f"{tickets.FILM_LINK}."):
            answer: HttpResponse = redirect("film", camera=camera, token=actions.begin(camera, token, now))
        else:
            answer = render(request, "streams/film.html", _shown(request, camera, token))
    except tickets.BadTicket:
        answer = render(request, "streams/film_refused.html", {"neutral_path": "/"}, status=404)
    patch_cache_control(answer, no_store=True)
    answer.headers["X-Robots-Tag"] = "noindex, nofollow"
    return answer


def _shown(request: HttpRequest, code: str, token: str) -> dict[str, Any]:
    row = actions.filming(code, token, timezone.now())
    return {
        "camera": row,
        "check": getattr(row, "video_check", None) if row.is_check else None,
        "place": row.establishment,
        "session": token,
        "words": words.for_phone(is_check=row.is_check),
        "address": settings.SITE_URL + request.path,
        # WeChat's own browser gives no camera that could be relied on.
        "is_wechat": "MicroMessenger" in request.headers.get("User-Agent", ""),
    }
