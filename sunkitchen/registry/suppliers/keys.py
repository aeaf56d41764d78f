"""Keys by which another ledger system enters deliveries: made, shown once, used, revoked."""

import hashlib
import secrets
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from sunkitchen.accounts.models import Authority, User
from sunkitchen.core import audit
from sunkitchen.core.access import Can, can
from sunkitchen.core.workflow import Refused, WrongState

from ..establishments.models import Establishment
from .models import LedgerKey

PREFIX = "skl_"  # whoever finds one in a log knows what it is
MOST_KEYS = 20  # of one kitchen or authority
USED_STEP = timedelta(minutes=1)  # `used_at` is that exact: not every call writes


@transaction.atomic
def make(
    *, by: User, title: str, establishment: Establishment | None = None, authority: Authority | None = None
) -> tuple[LedgerKey, str]:
    """The key's row and the key itself, which nobody can read again."""
    title = title.strip()
    if not title or len(title) > 60:
        raise Refused(_("Please name the system, in at most 60 characters."))
    if LedgerKey.objects.filter(establishment=establishment, authority=authority, revoked_at=None).count() >= MOST_KEYS:
        raise Refused(_("Please revoke a key that is not used any more first."))
    key = PREFIX + secrets.token_urlsafe(32)
    row = LedgerKey.objects.create(
        title=title, establishment=establishment, authority=authority, made_by=by, key_hash=_hash(key)
    )
    audit.record(by, "ledger_key.made", row)
    return row, key


@transaction.atomic
def revoke(row: LedgerKey, *, by: User) -> None:
    if not LedgerKey.objects.filter(pk=row.pk, revoked_at=None).update(revoked_at=timezone.now()):
        raise WrongState("revoke")
    row.refresh_from_db()
    audit.record(by, "ledger_key.revoked", row)


def holder(key: str, at: datetime) -> LedgerKey | None:
    """The row of a key that may be used: known, not revoked, and its maker may still give such keys away."""
    if not key.startswith(PREFIX) or len(key) > 100:
        return None
    rows = LedgerKey.objects.filter(key_hash=_hash(key), revoked_at=None)
    row = rows.select_related("establishment", "authority", "made_by").first()
    if row is None or not may_give(row):
        return None
    stale = Q(used_at=None) | Q(used_at__lt=at - USED_STEP)
    LedgerKey.objects.filter(stale, pk=row.pk).update(used_at=at)
    return row


def may_give(row: LedgerKey) -> bool:
    """Whoever left the kitchen or the authority left their keys behind: they open nothing any more."""
    return can(row.made_by, Can.RUN_KITCHEN if row.establishment_id else Can.IMPORT_REGISTER, row)


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
