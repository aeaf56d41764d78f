"""What is kept of people, how long, why and on which basis: one table, which the page shows and the sweep obeys.

Terms are settings; 0 of STAFF_KEPT_DAYS means that a name may be erased from the day of leaving on.
"""

from dataclasses import dataclass

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from .register.actions import KEEP_FILES
from .uploads.models import KEPT

NEEDED = _("Food Safety Law art. 45: the kitchen shows that who touches ready-to-eat food is healthy.")
SHORT = _("Personal Information Protection Law art. 19: no longer than its purpose needs.")


@dataclass(frozen=True)
class Kept:
    """`days` after what `since` says, or None where no clock runs."""

    name: str
    what: Promise
    days: int | None
    since: Promise
    why: Promise
    basis: Promise


def table() -> list[Kept]:
    """Everything, in the order of the page."""
    return [
        Kept(
            "staff",
            _("Name, post and mobile number of who works in a kitchen"),
            settings.STAFF_KEPT_DAYS,
            _("after leaving, then erased when the person asks"),
            _("To show that everybody who needs a health certificate has one. What stays is the post and the days."),
            NEEDED,
        ),
        Kept(
            "staff_scans",
            _("Pictures of health certificates"),
            settings.STAFF_SCANS_DAYS,
            _("after the person left"),
            _("For the clerk who reviews them and the inspector who checks."),
            NEEDED,
        ),
        Kept(
            "consent_forms",
            _("Pictures of signed consents to be filmed"),
            settings.STAFF_SCANS_DAYS,
            _("after the person left"),
            _("To show that they consented. That, and when, stays without the picture."),
            _("Personal Information Protection Law art. 14 and 29: a separate consent that can be shown."),
        ),
        Kept(
            "paper_scans",
            _("Pictures of papers that were replaced by newer ones"),
            settings.PAPER_SCANS_DAYS,
            _("after they were replaced or revoked"),
            _("For questions about the time when they were in force."),
            SHORT,
        ),
        Kept(
            "file_views",
            _("Who looked at a picture of a person's paper"),
            settings.FILE_VIEW_DAYS,
            _("after they looked"),
            _("So that the person can ask who looked."),
            _("Personal Information Protection Law art. 45 and 51."),
        ),
        Kept(
            "tables",
            _("Lines of tables of people or deliveries that were brought"),
            settings.TABLE_KEPT_DAYS,
            _("after they were brought; good lines go when they are entered"),
            _("To correct refused lines and bring them again."),
            SHORT,
        ),
        Kept(
            "uploads",
            _("Files that were sent and used by no form"),
            KEPT.days,
            _("after the last piece came"),
            _("So that a lost connection loses nothing."),
            SHORT,
        ),
        Kept(
            "talks",
            _("Conversations with the bureau, with their attachments"),
            settings.TALKS_KEPT_DAYS,
            _("after they were closed"),
            _("So that both sides can read again what was said."),
            SHORT,
        ),
        Kept(
            "registers",
            _("Files of the bureau's register"),
            KEEP_FILES.days,
            _("after they were read"),
            _("To look again at what was imported."),
            SHORT,
        ),
        Kept(
            "clips",
            _("Pieces of a picture that were kept as evidence"),
            settings.CLIP_DAYS,
            _("after they were taken, unless a case holds them"),
            _("For the inspection that they belong to."),
            _("Administrative Penalty Law art. 41, 46 and 47."),
        ),
        Kept(
            "audit",
            _("Who did what when (the audit trail)"),
            None,
            _("not deleted; people on a staff list stand there with a masked name"),
            _("So that every decision can be traced."),
            _("Administrative Penalty Law art. 47; Personal Information Protection Law art. 54."),
        ),
    ]


def days(name: str) -> int:
    """The term of one kind. KeyError where no clock runs for it."""
    term = {kept.name: kept.days for kept in table()}[name]
    if term is None:
        raise KeyError(name)
    return term
