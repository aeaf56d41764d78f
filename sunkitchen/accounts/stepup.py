"""Step-up: before a deed that cannot be taken back, the session proves once more that its person sits there.

A proof is the second factor where one is set up; else the password, or a code to the mobile of whoever has none.
Signing in is one as well. It counts for STEP_UP_SECONDS, in this session, for this person alone.
"""

import time
from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode, urlsplit

from allauth.account.internal.flows.login import get_authentication_records
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from sunkitchen.core import access
from sunkitchen.core.access import Can

from . import second_factor
from .models import User

FIRST = frozenset({"password", "code"})  # methods, by the names that allauth keeps in the session
SECOND = frozenset({"mfa"})


def is_fresh(request: HttpRequest) -> bool:
    """Whether the session proved itself within STEP_UP_SECONDS, by the strongest way that its person has."""
    user = request.user
    if not user.is_authenticated or lacks_second_factor(user):
        return False
    return proved_by(request, SECOND if second_factor.is_set_up(user) else FIRST)


def proved_by(request: HttpRequest, methods: frozenset[str]) -> bool:
    """Whether one of these proofs is in the session and young enough. A clock that was set back ends all of them."""
    now = time.time()
    return any(
        record.get("method") in methods and 0 <= now - float(record.get("at", 0)) <= settings.STEP_UP_SECONDS
        for record in get_authentication_records(request, request.user)  # type: ignore[arg-type]  # allauth's stubs know Django's own user
    )


def lacks_second_factor(user: User) -> bool:
    """An officer without one, where the installation wants officers to have one."""
    wanted = settings.OFFICERS_NEED_SECOND_FACTOR and access.may_anywhere(user, Can.SEE_OFFICE)
    return wanted and not second_factor.is_set_up(user)


def required(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Only a session with a fresh proof reaches the view; any other is sent to prove itself, and comes back.

    A form that was sent is not sent again by itself: whoever comes back presses the button once more.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if is_fresh(request):
            return view(request, *args, **kwargs)
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        back = request.get_full_path()
        if request.method not in ("GET", "HEAD"):
            back = _page_of_the_form(request)
            messages.info(request, _("Nothing was done yet: please press the button once more."))
        door = "second_factor" if lacks_second_factor(request.user) else "sign_in_again"
        return redirect(f"{reverse(door)}?{urlencode({'next': back})}")

    return guarded


def _page_of_the_form(request: HttpRequest) -> str:
    """Where the form stood, as the browser tells it; never another site's."""
    referer = request.headers.get("referer", "")
    if not url_has_allowed_host_and_scheme(referer, {request.get_host()}, require_https=request.is_secure()):
        return request.path
    parts = urlsplit(referer)
    return parts.path + (f"?{parts.query}" if parts.query else "")
