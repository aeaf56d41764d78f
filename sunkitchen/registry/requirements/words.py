"""How a requirement stands, and its ways, as the kitchen's people read them."""

from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from . import needed, rules
from .needed import Standing
from .rules import Requirement

WAYS: dict[str, Any] = {
    rules.UPLOAD: _("Hand it in"),
    rules.SHARED: _("Take it from a register"),
    rules.OWN_CHECK: _("Ask the bureau to look it up"),
    rules.UNDERTAKING: _("Sign an undertaking"),
}
# Where nothing is handed in as a paper.
UPLOADS: dict[str, Any] = {
    rules.PHOTO: _("Add the photo"),
    rules.LEDGER: _("Enter deliveries"),
    rules.STAFF: _("See to the certificates"),
    rules.POST: _("Enter the person"),
    rules.CAMERA: _("Set up a camera"),
}
CAME: dict[str, Any] = {
    rules.UPLOAD: _("handed in"),
    rules.SHARED: _("shared by another bureau: nothing was brought"),
    rules.OWN_CHECK: _("looked up by the bureau: nothing was brought"),
    rules.UNDERTAKING: _("on your signed word"),
}
PLAIN: dict[str, Any] = {
    needed.MET: _("In order"),
    needed.EXPIRING: _("Expires soon"),
    needed.RENEWAL: _("In force while its renewal is decided"),
    needed.WAITING: _("Handed in, a clerk looks at it"),
    needed.NOT_YET: _("Approved, not begun yet"),
    needed.RETURNED: _("Returned: please correct it"),
    needed.EXPIRED: _("Expired"),
    needed.REVOKED: _("Revoked"),
    needed.BROKEN: _("The undertaking was not kept"),
    needed.NOT_FOUND: _("The bureau did not find it: please hand it in"),
    needed.MISSING: _("Missing"),
    needed.PROMISED: _("Promised"),
    needed.ASKED: _("The bureau looks it up"),
}


def way(rule: Requirement, name: str) -> str:
    """As a button."""
    if name == rules.UPLOAD and rule.sort in UPLOADS:
        return str(UPLOADS[rule.sort])
    return str(WAYS[name])


def state(rule: Requirement, found: Standing) -> str:
    """One line: how it stands, with the day that counts."""
    day = date_format(found.until, "Y-m-d") if found.until else ""
    if rule.sort == rules.STAFF and found.count is not None:
        held, asked = found.count
        if not asked:
            return gettext("Nobody is entered yet")
        if found.state in (needed.MET, needed.MISSING):
            return gettext("%(held)s of %(asked)s in force") % {"held": held, "asked": asked}
    if rule.sort == rules.LEDGER:
        if found.state == needed.MISSING:
            return gettext("No delivery yet")
        return gettext("Last delivery %(day)s") % {"day": day}
    if found.state == needed.MET and day:
        return gettext("In force through %(day)s") % {"day": day}
    if found.state == needed.EXPIRING and day:
        return gettext("Expires on %(day)s") % {"day": day}
    if found.state == needed.EXPIRED and day:
        return gettext("Expired on %(day)s") % {"day": day}
    if found.state == needed.PROMISED:
        return gettext("Promised by %(day)s") % {"day": day}
    if found.state == needed.ASKED:
        return gettext("The bureau looks it up by %(day)s") % {"day": day}
    if found.state == needed.BROKEN:
        return gettext("Promised by %(day)s, and not kept") % {"day": day}
    return str(PLAIN[found.state])


REFUSALS: dict[str, Any] = {
    "number": _("the number has another form"),
    "rounded": _("the spreadsheet has rounded the number"),
    "holder": _("the name is missing"),
    "valid_from": _("the first day cannot be read"),
    "valid_through": _("the last day cannot be read"),
    "order": _("it ends before it begins"),
    "long": _("a text is too long"),
}


def refusals(why: list[str]) -> str:
    """Why a line of a register was not used, in one line."""
    return gettext(", ").join(str(REFUSALS.get(code, code)) for code in why)
