"""Facts in words: what each is called and how its value is said, in the reader's language."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

LABELS: dict[str, Any] = {
    "permit": _("Food business permit"),
    "inspection": _("Result of the latest visit"),
    "grade": _("Grade of the latest visit"),
    "inspected_on": _("Day of the latest visit"),
    "cameras": _("Cameras switched on"),
    "seen_permille": _("Truly seen, of declared hours"),
    "online_permille": _("Truly seen, of declared hours"),
    "failed_samples": _("Failed samples"),
    "open_cases": _("Cases opened on reports, not closed"),
    "upheld_complaints": _("Complaints found true"),
    "serious_complaints": _("Serious complaints found true"),
    "ledger_days": _("Days with a delivery"),
    "ledger_weekly_permille": _("Delivery days a week"),
    "outbreaks": _("Outbreaks"),
    "certificates_missing": _("People without the health certificate they need"),
    "certificates_missing_since_reminder": _("The same, after a reminder's time to mend"),
    "seen_since_reminder": _("Truly seen, after a reminder's time to mend"),
}
VALUES: dict[str, Any] = {
    "in_force": _("In force"),
    "expired": _("Expired"),
    "revoked": _("Revoked"),
    "conforms": _("Conforms"),
    "mostly": _("Mostly conforms"),
    "fails": _("Does not conform"),
    "none": _("No grade"),
}
ORS = _(" or ")


def label(fact: str) -> str:
    return str(LABELS.get(fact, fact))


def value(fact: str, measured: Any) -> str:
    """ "95.3 %", "1.4", "In force"; None is said to be unknown."""
    if measured is None:
        return str(_("unknown"))
    if fact == "ledger_weekly_permille":
        return f"{measured / 1000:.1f}"
    if isinstance(measured, int) and (fact.endswith("_permille") or fact == "seen_since_reminder"):
        return f"{measured / 10:.1f} %"
    return str(VALUES.get(measured, measured)) if isinstance(measured, str) else str(measured)


def threshold(fact: str, op: str, bound: Any) -> str:
    """ "at least 95.0 %", "Expired or Revoked", "below 1"."""
    if op == "one_of":
        return str(ORS).join(value(fact, one) for one in bound)
    bound = value(fact, bound)
    if op == "at_least":
        return str(_("at least %(bound)s") % {"bound": bound})
    return str(_("below %(bound)s") % {"bound": bound}) if op == "below" else bound


def term(months: int) -> str:
    return ngettext("%(count)d month", "%(count)d months", months) % {"count": months}
