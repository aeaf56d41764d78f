"""Where a paper is looked up: in the lines of a loaded table, or at a service of another bureau, by number or code."""

from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sunkitchen.core import outside, secrets
from sunkitchen.core.outside import NoAnswer, NotAsked
from sunkitchen.core.workflow import Refused

from .. import numbers
from .models import SharedRecord, SharedRegister
from .records import Record, answered

NOT_ASKED: dict[str, Any] = {
    "scheme": gettext_lazy("The address must begin with https://."),
    "host": gettext_lazy("This is no address of a service."),
    "user": gettext_lazy("The address must not carry a user name or password."),
    "port": gettext_lazy("There is no such port."),
    "long": gettext_lazy("The address is too long."),
    "private": gettext_lazy("The address leads into a private network, and is not asked."),
    "unknown": gettext_lazy("The address leads nowhere."),
}
NO_ANSWER: dict[str, Any] = {
    "silent": gettext_lazy("The register does not answer now. Please try again later, or hand the paper in."),
    "status": gettext_lazy("The register answers with an error. Please try again later, or hand the paper in."),
    "redirect": gettext_lazy("The register sends us elsewhere, which is not followed. Please hand the paper in."),
    "large": gettext_lazy("The register answers more than can be read. Please hand the paper in."),
    "json": gettext_lazy("The register's answer cannot be read. Please hand the paper in."),
    "facts": gettext_lazy("The register's answer lacks what a paper has. Please hand the paper in."),
}


def find(register: SharedRegister, *, number: str, uscc: str) -> Record | None:
    """The paper of that number, or of that code. None when there is none; Refused when the service gives no answer."""
    number, uscc = numbers.compact(number)[:40], numbers.compact(uscc)[:18]
    if not number and not uscc:
        return None
    if register.source == SharedRegister.Source.TABLE:
        return _line(register, number, uscc)
    return _asked(register, number, uscc)


def _line(register: SharedRegister, number: str, uscc: str) -> Record | None:
    where = Q(pk__in=[])
    if number:
        where |= Q(number=number)
    elif uscc:
        where |= Q(uscc=uscc)
    row = SharedRecord.objects.filter(where, register=register).order_by("-valid_from", "pk").first()
    if row is None:
        return None
    facts = ("number", "uscc", "holder", "issuer", "items", "valid_from", "valid_through", "state")
    return Record(**{name: getattr(row, name) for name in facts})


def _asked(register: SharedRegister, number: str, uscc: str) -> Record | None:
    by_number, by_code = "{number}" in register.url, "{uscc}" in register.url
    if not (by_number and number) and not (by_code and uscc):
        return None
    key = secrets.unseal(register.sealed_key)
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    try:
        data = outside.get_json(filled(register.url, number, uscc), headers, allow=settings.SHARE_ALLOW)
    except NotAsked as error:
        raise Refused(refusal(error)) from None
    except NoAnswer as error:
        raise Refused(str(NO_ANSWER[error.code])) from None
    found = answered(register.kind, register.names, data)
    if found is None:
        return None
    if found.why:
        raise Refused(str(NO_ANSWER["facts"]))
    if number and by_number and found.number != number:
        return None  # another paper than was asked for
    if not (number and by_number) and found.uscc != uscc:
        return None
    return found


def filled(url: str, number: str, uscc: str) -> str:
    return url.replace("{number}", quote(number, safe="")).replace("{uscc}", quote(uscc, safe=""))


def refusal(error: NotAsked) -> str:
    return str(NOT_ASKED.get(error.code) or _("This is no address of a service."))
