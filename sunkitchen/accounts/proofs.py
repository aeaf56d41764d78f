"""Proof of a mobile number: a code goes out and comes back.

The code is sent whether or not the number has an account, and until it comes back both look alike in every answer.
Who holds the number signs in, or, new here, goes on to say their name. Builds on allauth's stages, so that steps
to come (a second factor) join in where it expects them.
"""

import time
from dataclasses import dataclass
from typing import Any, Self

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.internal.flows.login_by_code import LoginCodeVerificationProcess
from allauth.account.internal.stagekit import clear_login
from allauth.account.models import Login
from allauth.account.stages import LoginByCodeStage, LoginStageController
from allauth.core import ratelimit
from django.http import HttpRequest, HttpResponse

from .models import User

_SESSION_KEY = "accounts.proven"
SIGN_UP_SECONDS = 15 * 60  # from a proven number to a name


class MobileProof(LoginCodeVerificationProcess):
    @classmethod
    def ask(cls, request: HttpRequest, mobile: str) -> None:
        """Send a code to this number and remember, in this session, that it is awaited."""
        user = get_adapter(request).get_user_by_phone(mobile)
        login = Login(user=user, phone=mobile)
        login.state["stages"] = {"current": LoginByCodeStage.key}
        stage = LoginByCodeStage(LoginStageController(request, login), request, login)
        stage.state.update(cls.initial_state(user=user, phone=mobile), initiated_by_user=True)
        proof = cls(stage)
        proof.send()
        proof.persist()

    @classmethod
    def awaited(cls, request: HttpRequest) -> Self | None:
        """The proof that this session waits for; None when there is none or its code has expired."""
        stage = LoginStageController.enter(request, LoginByCodeStage.key)
        if not stage or "phone" not in stage.state:
            return None
        return cls(stage).abort_if_invalid()

    @property
    def mobile(self) -> str:
        return self.state["phone"]

    def generate_code(self) -> str:
        self.state["code"] = get_adapter(self.request).generate_login_code()
        return self.code

    def send(self, skip_enumeration_mails: bool = False) -> None:
        get_adapter(self.request).send_verification_code_sms(self.user, self.mobile, self.generate_code())

    def resend(self) -> None:
        """A fresh code with its full time. Wrong tries stay counted."""
        self.send()
        self.state["at"] = time.time()
        self.record_resend()
        self.persist()

    def may_guess(self) -> bool:
        """Counted in the cache, since two parallel guesses would both read the session before either writes it."""
        key = f"{self.mobile} {self.request.session.session_key}"
        return ratelimit.consume(self.request, action="guess_code", key=key)

    def succeed(self, redirect_url: str | None) -> HttpResponse | None:
        """Sign the holder in. None when the number is new here: `proven` then tells it, for a while."""
        user = get_adapter(self.request).get_user_by_phone(self.mobile)
        clear_login(self.request)
        self.request.session.cycle_key()
        if user is None:
            self.request.session[_SESSION_KEY] = {"mobile": self.mobile, "at": time.time()}
            return None
        get_adapter(self.request).set_phone_verified(user, self.mobile)
        return enter(self.request, user, self.mobile, redirect_url)


@dataclass(frozen=True)
class Proven:
    mobile: str
    at: float  # Unix time, seconds


def proven(request: HttpRequest, now: float) -> Proven | None:
    """The number that this session proved within SIGN_UP_SECONDS, and that waits for a name."""
    kept: dict[str, Any] | None = request.session.get(_SESSION_KEY)
    if not kept or not 0 <= now - kept["at"] <= SIGN_UP_SECONDS:
        return None
    return Proven(**kept)


def enter(request: HttpRequest, user: User, mobile: str, redirect_url: str | None) -> HttpResponse:
    """Sign in whoever proved the number, through allauth's stages."""
    request.session.pop(_SESSION_KEY, None)
    record_authentication(request, user, method="code", phone=mobile)
    return perform_login(request, Login(user=user, redirect_url=redirect_url, phone=mobile))
