"""What a kitchen's staff coverage means, in the reader's language: for both desks."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from .coverage import Coverage

PICTURE_OFF = gettext_lazy("The live picture is off: somebody on the staff has withdrawn consent.")


def of_coverage(held: Coverage, *, has_cameras: bool) -> list[tuple[str, str]]:
    """(level, sentence) for each thing that is missing, the worst first. level: bad (it counts now) or warn."""
    said = []
    if held.objecting and has_cameras:
        said.append(("bad", str(PICTURE_OFF)))
    if held.lacking:
        words = ngettext(
            "%(count)d person has no health certificate in force.",
            "%(count)d people have no health certificate in force.",
            held.lacking,
        )
        said.append(("bad", words % {"count": held.lacking}))
    if held.expiring:
        words = ngettext(
            "%(count)d health certificate ends within 30 days.",
            "%(count)d health certificates end within 30 days.",
            held.expiring,
        )
        said.append(("warn", words % {"count": held.expiring}))
    if held.unasked and has_cameras:
        words = ngettext(
            "%(count)d person is filmed without a consent on record.",
            "%(count)d people are filmed without a consent on record.",
            held.unasked,
        )
        said.append(("warn", words % {"count": held.unasked}))
    if not held.people:
        said.append(("warn", _("Write down who works in the kitchen.")))
    return said
