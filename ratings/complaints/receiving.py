"""A complaint comes in: from a page, from a table's code, by telephone. Sent twice, it is received once."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from streams.clips import actions as clips
from streams.models import Camera, Moment
from sunkitchen.core import access, audit, files, locks, secrets
from sunkitchen.core.access import Can, can
from sunkitchen.core.files import Upload
from sunkitchen.core.workflow import Refused
from sunkitchen.registry.models import Establishment

from . import telling
from .models import Complainant, Complaint, ComplaintPhoto, ComplaintStep

MOST_PHOTOS = 4
LONGEST = 2000
EARLIEST = timedelta(days=3 * 365)  # a claim of a consumer lapses after three years (Order 20, art. 15)
CLOCK_TOLERANCE = timedelta(minutes=10)  # of a guest's phone
# What a camera may have shown, and what a guest would have tapped for it (streams/clips/words.py).
SEEN = {
    Complaint.Category.CAMERA: "picture",
    Complaint.Category.STAFF: "mask",
    Complaint.Category.DIRT: "dirty",
}


@dataclass(frozen=True)
class Diner:
    """Who complains, as far as they say. An empty one is anonymous."""

    name: str = ""
    mobile: str = ""
    email: str = ""
    language: str = "zh-hans"
    may_be_named: bool = False  # to the business: of a dispute alone

    @property
    def is_reachable(self) -> bool:
        return bool(self.mobile or self.email)


ANONYMOUS = Diner()


def found(form: uuid.UUID, establishment: Establishment) -> Complaint | None:
    """What this form brought already. Refused where it was sent about another kitchen."""
    complaint = Complaint.objects.filter(form=form).first()
    if complaint is not None and complaint.establishment_id != establishment.pk:
        raise Refused(_("This form was sent already. Please open a new one."))
    return complaint


def receive(
    establishment: Establishment,
    *,
    form: uuid.UUID,
    kind: str,
    category: str,
    said: str = "",
    happened_at: datetime | None = None,
    table: str = "",
    source: str = Complaint.Source.PAGE,
    diner: Diner = ANONYMOUS,
    photos: Sequence[Upload] = (),
    moment: Moment | None = None,
    camera: Camera | None = None,
    at: datetime | None = None,
) -> Complaint:
    """Take it in, with the guest's photos. `moment` is one reported already; through `camera` one is reported now.

    Takes up to seconds with photos: not inside a transaction.
    """
    at = at or timezone.now()
    _must_make_sense(kind, category, said, happened_at, diner, at)
    if len(photos) > MOST_PHOTOS:
        raise Refused(_("At most %(most)s photos, please.") % {"most": MOST_PHOTOS})
    if before := found(form, establishment):
        return before
    with files.admitting(photos, kinds=files.IMAGES) as admitted, transaction.atomic():
        locks.hold(f"complaint form {form}")
        if before := found(form, establishment):
            return before
        complaint = _write(
            establishment, form, kind, category, said, happened_at, table, source, diner, at, moment=moment
        )
        if camera is not None and moment is None and category in SEEN:
            _keep_moment(complaint, camera, at)
        # A quota of the kitchen's day: nobody fills the disk, and no kitchen's own room for papers.
        scope = f"complaints:{establishment.pk}:{timezone.localdate(at)}"
        for page in admitted:
            ComplaintPhoto.objects.create(complaint=complaint, file=files.keep(page, by=None, owner_scope=scope))
        telling.diner(complaint, "received")
        telling.office_of_new(complaint, at)
    return complaint


@transaction.atomic
def enter(
    establishment: Establishment,
    *,
    by: Any,
    kind: str,
    category: str,
    said: str,
    happened_at: datetime | None = None,
    diner: Diner = ANONYMOUS,
    number_12315: str = "",
    at: datetime | None = None,
) -> Complaint:
    """What came by telephone or from 12315, written down by an officer."""
    at = at or timezone.now()
    if establishment.pk in access.own(by):
        raise Refused(_("Nobody handles a complaint about a kitchen that they act for."))
    if not can(by, Can.HANDLE_COMPLAINT, establishment):
        raise Refused(_("Only officers who handle complaints may do this."))
    _must_make_sense(kind, category, said, happened_at, diner, at)
    complaint = _write(
        *(establishment, None, kind, category, said, happened_at, "", Complaint.Source.HOTLINE, diner, at),
        number_12315=number_12315.strip()[:40],
        by=by,
    )
    telling.diner(complaint, "received")
    return complaint


def _must_make_sense(
    kind: str, category: str, said: str, happened_at: datetime | None, diner: Diner, at: datetime
) -> None:
    if kind not in Complaint.Kind.values or category not in Complaint.Category.values:
        raise Refused(_("Please choose what it is about."))
    is_dispute = kind == Complaint.Kind.DISPUTE
    if len(said) > LONGEST:
        raise Refused(_("Say it in at most %(most)s characters.") % {"most": LONGEST})
    if not said.strip() and (is_dispute or category == Complaint.Category.OTHER):
        raise Refused(_("Please say in a few words what happened."))
    if is_dispute and not (diner.name.strip() and diner.is_reachable):
        raise Refused(_("A complaint that is to be settled needs your name, and a number or an address."))
    if happened_at is not None and happened_at > at + CLOCK_TOLERANCE:
        raise Refused(_("That moment lies in the future."))
    if happened_at is not None and happened_at < at - EARLIEST:
        raise Refused(_("That was more than three years ago: it cannot be taken up any more."))


def _write(
    establishment: Establishment,
    form: uuid.UUID | None,
    kind: str,
    category: str,
    said: str,
    happened_at: datetime | None,
    table: str,
    source: str,
    diner: Diner,
    at: datetime,
    *,
    moment: Moment | None = None,
    number_12315: str = "",
    by: Any = None,
) -> Complaint:
    complaint = Complaint.objects.create(
        form=form,
        kind=kind,
        establishment=establishment,
        category=category,
        said=said.strip(),
        happened_at=happened_at,
        table=table[:20],
        source=source,
        number_12315=number_12315,
        moment=moment,
        received_at=at,
    )
    if diner.name.strip() or diner.is_reachable:
        Complainant.objects.create(
            complaint=complaint,
            sealed_name=secrets.seal(diner.name.strip()),
            sealed_mobile=secrets.seal(diner.mobile),
            sealed_email=secrets.seal(diner.email),
            language=diner.language,
            may_be_named=diner.may_be_named and kind == Complaint.Kind.DISPUTE,
        )
    ComplaintStep.objects.create(complaint=complaint, at=at, state=complaint.state, by=by)
    audit.record(by, "complaint.received", complaint, source=source)
    return complaint


def _keep_moment(complaint: Complaint, camera: Camera, at: datetime) -> None:
    """The last minute of the picture; a complaint is taken where there is none."""
    try:
        with transaction.atomic():
            moment = clips.report(camera, about=SEEN[Complaint.Category(complaint.category)], said="", at=at)
    except Refused:
        return
    Complaint.objects.filter(pk=complaint.pk).update(moment=moment)
    complaint.moment = moment
