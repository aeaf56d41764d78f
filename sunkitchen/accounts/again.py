"""Pages of the second proof: signing in again before a grave deed, the second factor at the door and on the account."""

import time
from typing import Any, cast
from urllib.parse import urlencode

from allauth.account.adapter import get_adapter
from allauth.account.internal.decorators import login_stage_required
from allauth.account.internal.flows.login import record_authentication
from allauth.account.utils import get_login_redirect_url, get_next_redirect_url, passthrough_next_redirect_url
from allauth.core import ratelimit
from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa.base.internal.flows import post_authentication
from allauth.mfa.stages import AuthenticateStage
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from sunkitchen.core import qr
from sunkitchen.core.workflow import Refused

from . import second_factor, stepup
from .adapter import client_ip
from .forms import AgainForm, CodeForm, FactorForm, may_send_code
from .mobile import hidden
from .models import User
from .views import _sent

_AWAITED = "accounts.again"  # in the session: the code that was sent, to which number, when
CODE_SECONDS = 5 * 60


def _person(request: HttpRequest) -> User:
    """Whoever is signed in: every page that asks stands behind login_required."""
    return cast(User, request.user)


def _onward(request: HttpRequest) -> HttpResponse:
    return redirect(get_next_redirect_url(request) or get_login_redirect_url(request))


def _may_try(request: HttpRequest) -> bool:
    return ratelimit.consume(request, action="sign_in_again", key=f"{_person(request).pk} {client_ip(request)}")


# ── signing in again ────────────────────────────────────────────────────────────────────────────────────────


@login_required
@require_http_methods(["GET", "POST"])
def sign_in_again(request: HttpRequest) -> HttpResponse:
    """By the strongest way that the person has: their app, else their password, else a code to their mobile."""
    if second_factor.is_set_up(_person(request)):
        return _by_app(request)
    if _person(request).has_usable_password():
        return _by_password(request)
    if _person(request).mobile:
        return _by_sms(request)
    return _page(request, "nothing", None)


def _page(request: HttpRequest, way: str, form: Any, **context: Any) -> HttpResponse:
    context |= {"way": way, "form": form, "next": get_next_redirect_url(request)}
    return render(request, "account/sign_in_again.html", context)


def _by_app(request: HttpRequest) -> HttpResponse:
    form = FactorForm(request.POST or None)
    if form.is_valid():
        if not second_factor.may_guess(request, _person(request)):
            return ratelimit.respond_429(request)
        if found := second_factor.matching(_person(request), form.cleaned_data["code"]):
            post_authentication(request, found, reauthenticated=True)
            return _onward(request)
        form.add_error("code", get_adapter().error_messages["incorrect_code"])
    return _page(request, "app", form)


def _by_password(request: HttpRequest) -> HttpResponse:
    form = AgainForm(request.POST or None)
    if form.is_valid():
        if not _may_try(request):
            return ratelimit.respond_429(request)
        if _person(request).check_password(form.cleaned_data["password"]):
            record_authentication(request, _person(request), method="password", reauthenticated=True)
            return _onward(request)
        form.add_error("password", _("This password is not right."))
    return _page(request, "password", form)


def _by_sms(request: HttpRequest) -> HttpResponse:
    awaited = request.session.get(_AWAITED)
    if request.POST.get("action") == "send":
        if not may_send_code(request, _person(request).mobile or ""):
            messages.error(request, _("Please wait half a minute between two codes."))
        else:
            code = get_adapter(request).generate_login_code()
            if _sent(request, lambda: _send(_person(request), code)):
                request.session[_AWAITED] = {"code": code, "mobile": _person(request).mobile, "at": time.time()}
        return redirect(passthrough_next_redirect_url(request, reverse("sign_in_again"), "next"))
    form = CodeForm(request.POST or None)
    if awaited and form.is_valid():
        if not _may_try(request):
            return ratelimit.respond_429(request)
        if _is_the_code(awaited, _person(request), form.cleaned_data["code"]):
            del request.session[_AWAITED]
            record_authentication(request, _person(request), method="code", reauthenticated=True)
            return _onward(request)
        form.add_error("code", get_adapter().error_messages["incorrect_code"])
    return _page(request, "sms", form, awaited=awaited is not None, mobile=hidden(_person(request).mobile or ""))


def _send(user: User, code: str) -> None:
    get_adapter().send_verification_code_sms(user, user.mobile, code)


def _is_the_code(awaited: dict[str, Any], user: User, typed: str) -> bool:
    young = 0 <= time.time() - awaited["at"] <= CODE_SECONDS and awaited["mobile"] == user.mobile
    return young and compare_user_code(actual=typed, expected=awaited["code"])


# ── the second factor at the door ───────────────────────────────────────────────────────────────────────────


@require_http_methods(["GET", "POST"])
@login_stage_required(stage=AuthenticateStage.key, redirect_urlname="account_login")
def door(request: HttpRequest) -> HttpResponse:
    """After password or SMS code, for whoever set one up. Nobody is signed in before."""
    stage = request._login_stage  # type: ignore[attr-defined]  # the decorator put it there
    form = FactorForm(request.POST or None)
    if form.is_valid():
        if not second_factor.may_guess(request, stage.login.user):
            return ratelimit.respond_429(request)
        if found := second_factor.matching(stage.login.user, form.cleaned_data["code"]):
            post_authentication(request, found)
            return stage.exit()
        form.add_error("code", get_adapter().error_messages["incorrect_code"])
    return render(request, "account/second_factor_door.html", {"form": form})


# ── the second factor on the account ────────────────────────────────────────────────────────────────────────


@login_required
@require_http_methods(["GET", "POST"])
def factor(request: HttpRequest) -> HttpResponse:
    """Set it up, see how many recovery codes are left, remove it. Each change asks for a fresh proof."""
    is_set_up = second_factor.is_set_up(_person(request))
    if not stepup.proved_by(request, stepup.SECOND if is_set_up else stepup.FIRST):
        here = passthrough_next_redirect_url(request, reverse("second_factor"), "next")
        return redirect(f"{reverse('sign_in_again')}?{urlencode({'next': here})}")
    return _manage(request) if is_set_up else _set_up(request)


def _set_up(request: HttpRequest) -> HttpResponse:
    secret = second_factor.pending(request)
    form = FactorForm(request.POST or None)
    status = 422 if form.is_bound else 200
    if form.is_valid():
        if not second_factor.may_guess(request, _person(request)):
            return ratelimit.respond_429(request)
        try:
            codes = second_factor.set_up(_person(request), secret, form.cleaned_data["code"])
        except Refused as refused:
            status = refused.said_in(form)
        else:
            second_factor.forget(request)
            record_authentication(request, _person(request), method="mfa", reauthenticated=True)
            return _shown_once(request, codes)
    address = second_factor.address(_person(request), secret)
    context = {
        "form": form,
        "picture": mark_safe(qr.svg(address)),
        "address": address,
        "secret": " ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
        "next": get_next_redirect_url(request),
        "wanted": stepup.lacks_second_factor(_person(request)),
    }
    return render(request, "account/second_factor_set_up.html", context, status=status)


def _manage(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        try:
            if request.POST.get("action") == "codes":
                return _shown_once(request, second_factor.renew_codes(_person(request)))
            if request.POST.get("action") == "remove":
                second_factor.remove(_person(request), by=_person(request))
                messages.success(request, _("The second factor is removed."))
        except Refused as refused:
            messages.error(request, str(refused))
        return redirect("second_factor")
    context = {"left": second_factor.codes_left(_person(request)), "next": get_login_redirect_url(request)}
    return render(request, "account/second_factor.html", context)


def _shown_once(request: HttpRequest, codes: list[str]) -> HttpResponse:
    context = {"codes": codes, "next": get_next_redirect_url(request) or get_login_redirect_url(request)}
    return render(request, "account/recovery_codes.html", context)
