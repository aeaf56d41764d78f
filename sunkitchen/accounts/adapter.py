"""Where allauth meets our people: mobile numbers, the words of refusals, the way after signing in."""

import logging
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.internal.httpkit import get_client_ip
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from sunkitchen.core import access, sms
from sunkitchen.core.access import Can

from . import actions
from .models import User

log = logging.getLogger(__name__)

WRONG_PASSWORD = gettext_lazy("Email or password is not right.")
TOO_MANY = gettext_lazy("Too many tries. Please wait a few minutes and try again.")


class Adapter(DefaultAccountAdapter):
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": WRONG_PASSWORD,
        "phone_password_mismatch": WRONG_PASSWORD,
        "username_password_mismatch": WRONG_PASSWORD,
        "incorrect_code": gettext_lazy("This code is not right, or no longer valid."),
        "too_many_login_attempts": TOO_MANY,
        "rate_limited": TOO_MANY,
        "invalid_password_reset": gettext_lazy("Please ask for a new code."),
    }

    # ── mobile numbers ──────────────────────────────────────────────────────────────────────────────────────
    def get_user_by_phone(self, phone: str) -> User | None:
        return User.objects.filter(mobile=phone).first()

    def get_phone(self, user: User) -> tuple[str, bool] | None:
        return (user.mobile, user.mobile_verified) if user.mobile else None

    def set_phone(self, user: User, phone: str, verified: bool) -> None:
        raise NotImplementedError("Nobody changes a number by allauth's own pages: they are not routed.")

    def set_phone_verified(self, user: User, phone: str) -> None:
        actions.prove_mobile(user, phone)

    def send_verification_code_sms(self, user: User | None, phone: str, code: str, **kwargs: Any) -> None:
        text = _("[%(site)s] Your code is %(code)s, valid for 5 minutes. Tell it to nobody.")
        sms.adapter().send(phone, text % {"site": settings.SITE_NAME, "code": code})

    # ── the way in ──────────────────────────────────────────────────────────────────────────────────────────
    def login(self, request: HttpRequest, user: User) -> None:
        super().login(request, user)
        actions.read_in(user, get_language())

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        return reverse("office" if access.may_anywhere(request.user, Can.SEE_OFFICE) else "desk")

    def respond_user_inactive(self, request: HttpRequest, user: User) -> HttpResponse:
        messages.error(request, _("This account is closed. Ask your authority, or whoever invited you."))
        return redirect("account_login")

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False  # by allauth's form; ours is views.sign_up

    # ── letters ─────────────────────────────────────────────────────────────────────────────────────────────
    def format_email_subject(self, subject: str) -> str:
        return f"[{settings.SITE_NAME}] {subject}"


def client_ip(request: HttpRequest) -> str | None:
    """The reader's address, seen through as many proxies as TRUSTED_PROXIES names and no more."""
    return get_client_ip(request)
