"""The door: by mobile number and code, or by email and password. Everything an answer tells, it tells everybody."""

import logging
import time

from allauth.account import views as allauth
from allauth.account.adapter import get_adapter
from allauth.account.utils import get_login_redirect_url, get_next_redirect_url, passthrough_next_redirect_url
from allauth.core import ratelimit
from allauth.core.internal.cryptokit import compare_user_code
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse, reverse_lazy
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from . import actions
from .forms import CodeForm, MobileForm, NameForm, PasswordForm, may_send_code
from .mobile import hidden
from .proofs import MobileProof, enter, proven

log = logging.getLogger(__name__)


def _onward(request: HttpRequest, name: str) -> HttpResponse:
    """To the next step, with the page that somebody wanted to see in hand."""
    return redirect(passthrough_next_redirect_url(request, reverse(name), "next"))


def _sent(request: HttpRequest, send) -> bool:
    """Whether the SMS went out; a provider's failure is said in words, and is the same for every number."""
    try:
        send()
    except Exception:
        log.exception("The SMS provider failed.")
        messages.error(request, _("The SMS could not be sent. Please try again in a minute, or use your email."))
        return False
    return True


class SignIn(allauth.LoginView):
    """Both ways on one page; this view takes email and password."""

    template_name = "account/login.html"

    def get_context_data(self, **kwargs):
        forms = {"mobile_form": MobileForm(request=self.request), "next": get_next_redirect_url(self.request)}
        return super().get_context_data(**forms, **kwargs)

    def _redirect_to_pending_stage(self, request, stage):
        return None  # who comes back to this page starts again: the number may have been mistyped


@require_http_methods(["GET", "POST"])
def mobile(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated:
        return redirect(get_login_redirect_url(request))
    form = MobileForm(request.POST or None, request=request)
    if request.method == "POST" and form.is_valid():
        number = form.cleaned_data["mobile"]
        if _sent(request, lambda: MobileProof.ask(request, number)):
            return _onward(request, "account_confirm_login_code")
    context = {"mobile_form": form, "form": PasswordForm(request=request), "next": get_next_redirect_url(request)}
    return render(request, "account/login.html", context)


@require_http_methods(["GET", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated:
        return redirect(get_login_redirect_url(request))
    proof = MobileProof.awaited(request)
    if proof is None:
        return _onward(request, "account_login")
    if request.POST.get("action") == "resend":
        return _resend(request, proof)
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if not proof.may_guess():
            return ratelimit.respond_429(request)
        if compare_user_code(actual=form.cleaned_data["code"], expected=proof.code):
            return proof.succeed(get_next_redirect_url(request)) or _onward(request, "account_signup")
        if not proof.record_invalid_attempt():
            messages.error(request, _("Too many wrong codes. Please ask for a new one."))
            return _onward(request, "account_login")
        form.add_error("code", get_adapter().error_messages["incorrect_code"])
    context = {
        "form": form,
        "mobile": hidden(proof.mobile),
        "can_resend": proof.can_resend,
        "next": get_next_redirect_url(request),
    }
    return render(request, "account/confirm_login_code.html", context)


def _resend(request: HttpRequest, proof: MobileProof) -> HttpResponse:
    if not proof.can_resend or not may_send_code(request, proof.mobile):
        messages.error(request, _("Please wait half a minute between two codes."))
    elif _sent(request, proof.resend):
        messages.success(request, _("A new code is on its way."))
    return _onward(request, "account_confirm_login_code")


@require_http_methods(["GET", "POST"])
def sign_up(request: HttpRequest) -> HttpResponse:
    """The last step for a number that is new here: a name. Without a proven number it begins at the door."""
    if request.user.is_authenticated:
        return redirect(get_login_redirect_url(request))
    found = proven(request, time.time())
    if found is None:
        return _onward(request, "account_login")
    form = NameForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        user = actions.sign_up(mobile=found.mobile, name=form.cleaned_data["name"], language=get_language() or "")
        return enter(request, user, found.mobile, get_next_redirect_url(request))
    context = {"form": form, "mobile": hidden(found.mobile), "next": get_next_redirect_url(request)}
    return render(request, "account/signup.html", context)


sign_in = SignIn.as_view()
sign_out = require_POST(allauth.LogoutView.as_view())
forgotten = allauth.PasswordResetView.as_view()
forgotten_code = allauth.ConfirmPasswordResetCodeView.as_view()
new_password = allauth.CompletePasswordResetView.as_view(success_url=reverse_lazy("account_login"))
