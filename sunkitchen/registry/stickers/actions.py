"""What happens to table stickers: issued, revoked, rotated; and found by what a phone scanned."""

from collections.abc import Sequence

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from sunkitchen.accounts.models import User
from sunkitchen.core import audit, codes
from sunkitchen.core.workflow import Refused, WrongState

from ..establishments.models import Establishment
from .models import Sticker
from .tables import LONGEST_NAME, MOST_TABLES


@transaction.atomic
def issue(establishment: Establishment, *, by: User, tables: Sequence[str]) -> list[Sticker]:
    """A valid sticker for each table, in the order given. A table that has one keeps it: printing again is free."""
    wanted = list(dict.fromkeys(name.strip() for name in tables))
    if not wanted or not all(0 < len(name) <= LONGEST_NAME for name in wanted):
        raise Refused(_("A table's name has 1 to %(most)s characters.") % {"most": LONGEST_NAME})
    have = {row.table: row for row in Sticker.objects.filter(establishment=establishment, revoked_at=None)}
    fresh = [name for name in wanted if name not in have]
    if len(have) + len(fresh) > MOST_TABLES:
        raise Refused(
            _("A kitchen has at most %(most)s table codes. Please revoke old ones first.") % {"most": MOST_TABLES}
        )
    try:
        with transaction.atomic():
            for row in Sticker.objects.bulk_create(
                Sticker(establishment=establishment, table=name, issued_by=by) for name in fresh
            ):
                have[row.table] = row
    except IntegrityError:  # somebody else issued one of them in this moment
        raise WrongState("issue") from None
    if fresh:
        audit.record(by, "stickers.issued", establishment, tables=fresh)
    return [have[name] for name in wanted]


@transaction.atomic
def revoke(sticker: Sticker, *, by: User) -> None:
    """From now on its scan says that it is dead."""
    if not Sticker.objects.filter(pk=sticker.pk, revoked_at=None).update(revoked_at=timezone.now()):
        raise WrongState("revoke")
    sticker.refresh_from_db()
    audit.record(by, "sticker.revoked", sticker)


@transaction.atomic
def rotate(sticker: Sticker, *, by: User) -> Sticker:
    """The old code dies, the table gets a new one: after a sticker was stuck over or photographed."""
    revoke(sticker, by=by)
    [fresh] = issue(sticker.establishment, by=by, tables=[sticker.table])
    return fresh


def find(token: str) -> Sticker | None:
    """The valid sticker that was scanned or typed, in either case; None for a dead and an unknown one alike."""
    text = codes.normal(token)
    if len(text) > 32:
        return None
    found: Sticker | None = Sticker.objects.valid().filter(token=text).select_related("establishment").first()
    return found


def address(sticker: Sticker) -> str:
    """What its code says: all upper case, so that the code is small. Path case matters: /Q/ is routed."""
    return f"{settings.SITE_URL}/q/{sticker.token}".upper()
