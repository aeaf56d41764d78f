"""What happens to the photos of a place: added, put in order, removed, by its people or by an officer with a reason."""

from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from sunkitchen.accounts.models import User
from sunkitchen.core import audit, files
from sunkitchen.core.files import Upload
from sunkitchen.core.models import StoredFile
from sunkitchen.core.workflow import Refused, WrongState

from ..establishments.models import Establishment
from ..memberships.models import Membership
from . import letters
from .models import Photo

MOST_PHOTOS = 12


def add(establishment: Establishment, *, by: User, subject: str, upload: Upload) -> Photo:
    """A picture at the end of the row. BadUpload when it is none; Refused for the thirteenth or an unknown subject."""
    if subject not in Photo.Subject.values:
        raise Refused(_("Please say what the photo shows."))
    with files.admitting([upload], kinds=files.IMAGES) as (page,), transaction.atomic():
        place = Establishment.objects.select_for_update().get(pk=establishment.pk)
        shown = list(place.photos.shown())
        if len(shown) >= MOST_PHOTOS:
            raise Refused(
                _("A kitchen shows at most %(most)s photos. Please remove one first.") % {"most": MOST_PHOTOS}
            )
        photo = Photo.objects.create(
            establishment=place,
            subject=subject,
            file=files.keep(page, by=by, owner_scope=f"establishment:{place.pk}"),
            order=shown[-1].order + 1 if shown else 0,
            added_by=by,
        )
        audit.record(by, "photo.added", photo, kitchen=place.code)
    return photo


@transaction.atomic
def remove(photo: Photo, *, by: User, reason: str = "") -> None:
    """Gone from the page and from the disk. An officer gives a reason, which the kitchen's people are told."""
    reason = reason.strip()
    officer = not Membership.objects.filter(user=by, establishment=photo.establishment_id, ended_at=None).exists()
    if officer and not reason:
        raise Refused(_("Please write why the photo has to go: the owner is told."))
    if len(reason) > 200:
        raise Refused(_("A reason has at most 200 characters."))
    file = photo.file_id
    if not Photo.objects.filter(pk=photo.pk, removed_at=None).update(removed_at=timezone.now(), file=None):
        raise WrongState("remove")
    photo.refresh_from_db()
    if file is not None:
        files.remove(StoredFile.objects.get(pk=file))  # asked for only now: a faster hand takes it away with the photo
    audit.record(by, "photo.removed", photo, kitchen=photo.establishment.code, reason=reason, by_authority=officer)
    if officer:
        letters.removed(photo, reason)


@transaction.atomic
def arrange(establishment: Establishment, *, by: User, photos: Sequence[int]) -> None:
    """Show them in this order: the ids of all that are shown. Refused when one came or went meanwhile."""
    place = Establishment.objects.select_for_update().get(pk=establishment.pk)
    rows = {row.pk: row for row in place.photos.shown()}
    if sorted(rows) != sorted(photos):
        raise WrongState("arrange")
    for order, pk in enumerate(photos):
        rows[pk].order = order
    Photo.objects.bulk_update(rows.values(), ["order"])
    audit.record(by, "photos.arranged", place, photos=list(photos))
