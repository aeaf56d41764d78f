"""Where somebody is reached: their own email and mobile number, each changed once a code sent to the new one came back."""

import logging
from typing import cast

from allauth.account.adapter import get_adapter
from allauth.core import ratelimit
from allauth.core.internal.cryptokit import compare_user_code
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from sunkitchen.core import notices
from sunkitchen.core.workflow import Refused

from . import actions, stepup
from .address_forms import NewEmailForm, NewMobileForm
from .addresses import EMAIL, MOBILE, AddressProof
from .forms import CodeForm, may_send_code
from .models import User

log = logging.getLogger(__name__)
FORMS = {EMAIL: NewEmailForm, MOBILE: NewMobileForm}


@login_required
@require_GET
def addresses(request: HttpRequest) -> HttpResponse:
    person = cast(User, request.user)
    dead = set(notices.dead_addresses(person))
    context = {"person": person, "dead_email": person.email in dead, "dead_mobile": person.mobile in dead}
    return _private(render(request, "account/addresses.html", context))


@login_required
@require_http_methods(["GET", "POST"])
@stepup.required
def new_email(request: HttpRequest) -> HttpResponse:
    return _new(request, EMAIL)


@login_required
@require_http_methods(["GET", "POST"])
@stepup.required
def new_mobile(request: HttpRequest) -> HttpResponse:
    return _new(request, MOBILE)


def _new(request: HttpRequest, which: str) -> HttpResponse:
    person = cast(User, request.user)
    form = FORMS[which](request.POST or None, request=request)
    status = 422 if form.is_bound else 200
    if form.is_valid():
        address = form.cleaned_data["address"]
        if _sent(request, which, lambda: AddressProof.ask(request, person, which, address)):
            return redirect("address_code")
        status = 503
    context = {"form": form, "which": which, "now": getattr(person, which)}
    return _private(render(request, "account/address_new.html", context, status=status))


@login_required
@require_http_methods(["GET", "POST"])
def address_code(request: HttpRequest) -> HttpResponse:
    """The proof that went out after a step-up: whoever types it in time needs no other."""
    person = cast(User, request.user)
    proof = AddressProof.awaited(request, person)
    if proof is None:
        messages.info(request, _("No code is awaited any more. Please begin anew."))
        return redirect("addresses")
    if request.POST.get("action") == "resend":
        return _resend(request, proof)
    form = CodeForm(request.POST or None)
    form.fields["code"].label = _("Code from the email") if proof.which == EMAIL else _("Code from the SMS")
    status = 422 if form.is_bound else 200
    if form.is_valid():
        if not proof.may_guess():
            return ratelimit.respond_429(request)
        if compare_user_code(actual=form.cleaned_data["code"], expected=proof.code):
            return _changed(request, person, proof)
        if not proof.record_invalid_attempt():
            messages.error(request, _("Too many wrong codes. Please ask for a new one."))
            return redirect("addresses")
        form.add_error("code", get_adapter().error_messages["incorrect_code"])
    context = {"form": form, "which": proof.which, "address": proof.address, "can_resend": proof.can_resend}
    return _private(render(request, "account/address_code.html", context, status=status))


def _changed(request: HttpRequest, person: User, proof: AddressProof) -> HttpResponse:
    proof.abort()
    try:
        actions.move_to(person, proof.which, proof.address)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("Changed: from now on you are reached there, and sign in with it."))
    return redirect("addresses")


def _resend(request: HttpRequest, proof: AddressProof) -> HttpResponse:
    if not proof.can_resend or not may_send_code(request, proof.address):
        messages.error(request, _("Please wait half a minute between two codes."))
    elif _sent(request, proof.which, proof.resend):
        messages.success(request, _("A new code is on its way."))
    return redirect("address_code")


def _sent(request: HttpRequest, which: str, send) -> bool:
    """Whether it went out; a provider's failure is said in words."""
    try:
        send()
    except Exception:
        log.exception("The code for a new address could not be sent.")
        failed = {
            MOBILE: _("The SMS could not be sent. Please try again in a minute."),
            EMAIL: _("The email could not be sent. Please look at the address again, or try in a minute."),
        }
        messages.error(request, failed[which])
        return False
    return True


def _private(answer: HttpResponse) -> HttpResponse:
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
