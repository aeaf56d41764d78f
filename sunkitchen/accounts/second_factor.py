"""The second factor: an authenticator app's six digits (TOTP, RFC 6238), and ten recovery codes for a lost phone.

allauth keeps the rows and checks the digits; its secrets are sealed at rest. A code counts once.
"""

import time
from typing import Any

from allauth.core import ratelimit
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from django.conf import settings
from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sunkitchen.core import audit, notices, secrets
from sunkitchen.core.workflow import Refused

from .models import User

TOTP, RECOVERY = Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES
_PENDING = "accounts.second_factor"  # the secret between its QR code and the first code from the app, sealed
CODE_SECONDS = 30 * (2 * settings.MFA_TOTP_TOLERANCE + 1)  # for so long the same six digits would be right


class Adapter(DefaultMFAAdapter):
    def encrypt(self, text: str) -> str:
        return secrets.seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        return secrets.unseal(encrypted_text)

    def get_totp_issuer(self) -> str:
        return str(settings.SITE_NAME)

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """Ours go by `notices`, in the reader's language."""


def is_set_up(user: User) -> bool:
    return Authenticator.objects.filter(user_id=user.pk, type=TOTP).exists()


def pending(request: HttpRequest) -> str:
    """The secret that this session is setting up: kept until it is used, so that going back shows the same code."""
    if sealed := request.session.get(_PENDING):
        return secrets.unseal(sealed)
    secret = totp.generate_totp_secret()
    request.session[_PENDING] = secrets.seal(secret)
    return secret


def forget(request: HttpRequest) -> None:
    request.session.pop(_PENDING, None)


def address(user: User, secret: str) -> str:
    """What the QR code says: otpauth://totp/…"""
    return Adapter().build_totp_url(user, secret)


def may_guess(request: HttpRequest, user: User) -> bool:
    """Per person, from wherever: whoever comes as far as guessing has the first factor already."""
    return ratelimit.consume(request, action="guess_second_factor", key=str(user.pk))


def matching(user: User, code: str) -> Authenticator | None:
    """The authenticator that this code is right for, now used up; None when there is none."""
    for authenticator in Authenticator.objects.filter(user=user, type__in=[TOTP, RECOVERY]).order_by("-type"):
        if authenticator.type == TOTP and not _first_use(user, code):
            continue
        if authenticator.wrap().validate_code(code):
            used_up(user, code)
            return authenticator
    return None


def _first_use(user: User, code: str) -> bool:
    """allauth forgets a used code after 30 seconds; with a tolerance it would be right for longer than that."""
    return cache.get(_used(user, code)) is None


def used_up(user: User, code: str) -> None:
    cache.set(_used(user, code), "y", CODE_SECONDS)


def _used(user: User, code: str) -> str:
    digits = "".join(sign for sign in code if sign.isalnum())[:20]
    return f"accounts.second_factor.used:{user.pk}:{digits.encode().hex()}"


@transaction.atomic
def set_up(user: User, secret: str, code: str) -> list[str]:
    """From now on signing in asks for it. The recovery codes, to be shown once."""
    if not totp.validate_totp_code(secret, code):
        raise Refused(_("This code is not right. Does the phone's clock go right?"))
    try:
        with transaction.atomic():
            totp.TOTP.activate(user, secret)
    except IntegrityError:
        raise Refused(_("A second factor is set up already.")) from None
    used_up(user, code)
    audit.record(user, "user.second_factor_set_up", user)
    _tell(user, "set_up", _SET_UP, _SET_UP_BODY)
    return _fresh_codes(user)


def _fresh_codes(user: User) -> list[str]:
    Authenticator.objects.filter(user=user, type=RECOVERY).delete()
    return list(RecoveryCodes.activate(user).get_unused_codes())


@transaction.atomic
def renew_codes(user: User) -> list[str]:
    """Ten new recovery codes; the old ones end."""
    if not is_set_up(user):
        raise Refused(_("No second factor is set up."))
    audit.record(user, "user.recovery_codes_renewed", user)
    return _fresh_codes(user)


def codes_left(user: User) -> int:
    row = Authenticator.objects.filter(user=user, type=RECOVERY).first()
    return len(row.wrap().get_unused_codes()) if row else 0


@transaction.atomic
def remove(user: User, *, by: User | None) -> None:
    """Signing in asks for it no more. `by` is the person, or None for the operator at the console (a lost phone)."""
    if not Authenticator.objects.filter(user=user, type__in=[TOTP, RECOVERY]).delete()[0]:
        raise Refused(_("No second factor is set up."))
    audit.record(by, "user.second_factor_removed", user)
    _tell(user, "removed", _REMOVED, _REMOVED_BODY)


_SET_UP = gettext_lazy("Signing in asks for a second factor now")
_SET_UP_BODY = gettext_lazy("A code from your authenticator app is asked for from now on. If this was not you, tell your administrator at once.")  # fmt: skip
_REMOVED = gettext_lazy("The second factor was removed")
_REMOVED_BODY = gettext_lazy("Signing in asks for no code from an app any more. If this was not you, tell your administrator at once.")  # fmt: skip


def _tell(user: User, what: str, subject: Any, body: Any) -> None:
    event = f"user.second_factor_{what}"
    notices.tell(user, event, subject, body, dedupe=f"{event}:{user.pk}:{time.time()}", link=reverse("second_factor"))
