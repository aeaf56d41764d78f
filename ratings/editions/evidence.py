"""Evidence that an officer attaches to a listing: pictures and papers that the office alone opens; their digests are published."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sunkitchen.accounts.models import User
from sunkitchen.core import audit, files
from sunkitchen.core.access import Can
from sunkitchen.core.workflow import Refused

from . import guards
from .afterwards import ListingFile
from .models import Listing

MOST = 20  # files of one listing, ours


@transaction.atomic
def attach(listing: Listing, *, by: User, file: files.Admitted, title: str, at: datetime | None = None) -> ListingFile:
    """Keep the file with the listing, while its edition is a draft. Whoever approved it before looks at it again."""
    at = at or timezone.now()
    guards.must(by, Can.DRAFT_EDITION, listing.edition)
    guards.impartial(by, listing.establishment_id)
    guards.hold(listing)
    title = title.strip()
    if listing.state == Listing.State.DROPPED:
        raise Refused(_("The listing was taken off."))
    if not title:
        raise Refused(_("What does it show? Write it in a few words."))
    if listing.files.count() >= MOST:
        raise Refused(_("A listing holds at most %(most)d files.") % {"most": MOST})
    if listing.files.filter(file__sha256=file.sha256).exists():
        raise Refused(_("This file is attached already."))
    stored = files.keep(file, by=by, owner_scope=guards.drawer(listing))
    row = ListingFile.objects.create(listing=listing, file=stored, title=title[:100], added_by=by, added_at=at)
    audit.record(by, "listing.attached", listing, title=row.title, sha256=file.sha256)
    return row
