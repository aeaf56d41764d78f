"""Proof of a new email or mobile number of somebody's own: a code goes there and comes back before anything changes.

Whose the address is already is told to nobody but who holds it. Builds on allauth's process of codes; what is awaited
lies in the session of the person who asked, and is nobody else's.
"""

import time
from typing import Any, Self

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.code_verification import AbstractCodeVerificationProcess
from allauth.core import ratelimit
from django.http import HttpRequest

from .models import User

EMAIL, MOBILE = "email", "mobile"
_SESSION_KEY = "accounts.address"
CODE_SECONDS = 10 * 60  # a letter may take a while
MOST_WRONG, MOST_AGAIN = 5, 2


class AddressProof(AbstractCodeVerificationProcess):
    def __init__(self, request: HttpRequest, state: dict[str, Any]) -> None:
        self.request = request
        super().__init__(max_attempts=MOST_WRONG, timeout=CODE_SECONDS, state=state)

    @classmethod
    def ask(cls, request: HttpRequest, user: User, which: str, address: str) -> None:
        """Send a code to that address and await it, in this session, instead of whatever it awaited before."""
        proof = cls(request, cls.initial_state(user=user) | {"which": which, "address": address})
        proof.send()
        proof.persist()

    @classmethod
    def awaited(cls, request: HttpRequest, user: User) -> Self | None:
        """What this session awaits of this person; None when it awaits nothing, or the code's time is over."""
        state = request.session.get(_SESSION_KEY)
        if not state:
            return None
        proof = cls(request, state).abort_if_invalid()
        return proof if proof is not None and proof.user == user else None

    @property
    def which(self) -> str:
        return str(self.state["which"])

    @property
    def address(self) -> str:
        return str(self.state["address"])

    @property
    def can_resend(self) -> bool:
        return not self.is_resend_quota_reached(MOST_AGAIN)

    def send(self) -> None:
        adapter = get_adapter(self.request)
        self.state["code"] = code = adapter.generate_login_code()
        if self.which == MOBILE:
            adapter.send_verification_code_sms(self.user, self.address, code)
        else:
            adapter.send_mail("account/email/new_address_code", self.address, {"code": code})

    def resend(self) -> None:
        """A fresh code with its full time. Wrong tries stay counted."""
        self.send()
        self.state["at"] = time.time()
        self.record_resend()
        self.persist()

    def may_guess(self) -> bool:
        """Counted in the cache, since two parallel guesses would both read the session before either writes it."""
        return ratelimit.consume(self.request, action="guess_code", key=f"address {self.state['user_id']}")

    def persist(self) -> None:
        self.request.session[_SESSION_KEY] = self.state
        self.request.session.modified = True

    def abort(self) -> None:
        self.request.session.pop(_SESSION_KEY, None)
