"""What happens around a recall 召回: it is issued, every kitchen that received the goods is told and answers, it ends."""

import uuid
from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from sunkitchen.accounts.models import Authority, User
from sunkitchen.core import audit, files
from sunkitchen.core.access import Can
from sunkitchen.core.files import Upload
from sunkitchen.core.workflow import Refused, WrongState

from ..checked import checked
from ..establishments.models import Establishment
from ..uploads import actions as arrivals
from . import recall_letters, tracks
from .models import Delivery, DeliveryLine, Recall, RecallNotice
from .question import Question

AT_ONCE = 200  # kitchens that are written to within the officer's own click; the sweep writes to the others
REMINDERS = time(8), time(20)  # nobody is reminded at night
LATELY = timedelta(days=2)  # what was entered meanwhile is looked through again


class AlreadyIssued(WrongState):
    """This form came before: `recall` is what it brought."""

    def __init__(self, recall: Recall):
        super().__init__("issue")
        self.recall = recall


def question_of(recall: Recall) -> Question:
    return Question(
        recall.batch, recall.begins, recall.product, recall.supplier, recall.received_from, recall.received_to
    )


def issue(
    authority: Authority,
    *,
    by: User,
    question: Question,
    says: str,
    document_number: str = "",
    form: uuid.UUID | None = None,
    at: datetime | None = None,
) -> Recall:
    """Every kitchen of the authority that received such goods is told, today's and whoever enters them later.

    AlreadyIssued when this form came before; Refused when the question is too wide, or a fact breaks a rule.
    """
    at = at or timezone.now()
    form = form or uuid.uuid4()
    today = timezone.localtime(at).date()
    if wrong := question.why_not(today):
        raise Refused(wrong[1])
    _once(authority, form)
    recall = Recall(
        authority=authority, document_number=document_number.strip(), product=question.product.strip(),
        batch=question.batch.strip(), begins=question.begins, supplier=question.supplier.strip(),
        received_from=question.since, received_to=question.until, says=says.strip(), issued_by=by, issued_at=at, form=form,
    )  # fmt: skip
    checked(recall, exclude={"ended_at"}, alone=True)
    try:
        with transaction.atomic():
            recall.save(force_insert=True)
            told = _tell_new(recall, _newest(recall, by), at)
            audit.record(by, "recall.issued", recall, document=recall.document_number, kitchens=told)
            write_due(at, recall=recall, limit=AT_ONCE)
    except IntegrityError:  # its twin was faster, in this moment
        _once(authority, form)
        if Recall.objects.filter(form=form).exists():
            raise WrongState("issue") from None
        raise
    return recall


@transaction.atomic
def end(recall: Recall, *, by: User) -> None:
    """Nobody is asked or reminded any more; what was answered stays."""
    if not Recall.objects.filter(pk=recall.pk, ended_at=None).update(ended_at=timezone.now()):
        raise WrongState("end")
    recall.refresh_from_db()
    audit.record(by, "recall.ended", recall)


def answer(
    notice: RecallNotice,
    *,
    by: User,
    answer: str,
    note: str = "",
    uploads: Sequence[Upload] = (),
    held: Sequence[uuid.UUID] = (),
    delivery: int | None = None,
) -> RecallNotice:
    """What the kitchen did with the goods, with a photo: a file of this request, or the key of an upload that came before.
    Until the recall ends it may be answered anew, when more is found.

    `delivery` is the newest one that whoever answers was shown: WrongState when more came meanwhile.
    """
    if answer not in RecallNotice.Answer.values:
        raise Refused(_("Please say what happened to the goods."))
    note = note.strip()
    if len(note) > 200:
        raise Refused(_("A note has 200 characters at most."))
    if len(uploads) + len(held) > 1:
        raise Refused(_("One photo is enough."))
    with files.admitting(uploads, kinds=files.IMAGES) as admitted, transaction.atomic():
        facts = {"answer": answer, "answered_by": by, "answered_at": timezone.now(), "note": note}
        rows = RecallNotice.objects.filter(pk=notice.pk, recall__ended_at=None)
        rows = rows.filter(delivery=delivery) if delivery else rows
        if not rows.update(**facts):
            raise WrongState("answer")
        photos = arrivals.take(notice.establishment, held, by=by) if held else []
        photos += [files.keep(page, by=by, owner_scope=f"establishment:{notice.establishment_id}") for page in admitted]
        for stored in photos:
            if stored.kind != "image":
                raise Refused(_("This is not a picture (JPEG, PNG, WebP, HEIC). Please take a photo."))
            _forget_photo(RecallNotice.objects.filter(pk=notice.pk))
            RecallNotice.objects.filter(pk=notice.pk).update(photo=stored)
        notice.refresh_from_db()
        audit.record(by, "recall.answered", notice, answer=answer, note=note)
    return notice


def look_at(delivery: Delivery, lines: Sequence[DeliveryLine], at: datetime | None = None) -> int:
    """Called with every delivery, in its transaction: when a running recall means it, the kitchen is told at once."""
    place, source = delivery.establishment, delivery.supplier
    told = 0
    for recall in Recall.objects.filter(ended_at=None).select_related("authority"):
        if not place.division.startswith(recall.authority.division):
            continue
        question = question_of(recall)
        facts: dict[str, Any] = {
            "name": source.name,
            "uscc": source.uscc,
            "permit": source.permit,
            "received_on": delivery.received_on,
        }
        if any(question.fits(product=line.product, batch=line.batch, **facts) for line in lines):
            moment = at or timezone.now()
            told += _tell_new(recall, {place.pk: delivery.pk}, moment, anew=True)
            write_due(moment, recall=recall, place=place, limit=1)
    return told


def sweep(at: datetime) -> int:
    """Find what was entered meanwhile and nobody told of; write the letters that are due; how many were written."""
    for recall in Recall.objects.filter(ended_at=None).select_related("authority"):
        lately = tracks.lines(question_of(recall), _kitchens(recall)).filter(delivery__entered_at__gte=at - LATELY)
        found = tracks.newest(lately)
        known = RecallNotice.objects.filter(recall=recall, establishment__in=found).values_list(
            "establishment", flat=True
        )
        for place in set(known):
            del found[place]
        if found:
            with transaction.atomic():
                _tell_new(recall, found, at)
    return write_due(at, limit=AT_ONCE * 5)


def write_due(
    at: datetime, *, recall: Recall | None = None, place: Establishment | None = None, limit: int = AT_ONCE
) -> int:
    """Write to kitchens that were not written to yet; by day, also to those that did not answer since yesterday."""
    today, clock = timezone.localtime(at).date(), timezone.localtime(at).time()
    due = Q(written_on=None)
    if REMINDERS[0] <= clock < REMINDERS[1]:
        due |= Q(written_on__lt=today, answer="")
    rows = RecallNotice.objects.filter(due, recall__ended_at=None)
    rows = rows.filter(recall=recall) if recall else rows
    rows = rows.filter(establishment=place) if place else rows
    waiting = rows.order_by(F("written_on").asc(nulls_first=True), "pk").select_related("recall", "establishment")
    written = 0
    for row in list(waiting[:limit]):
        with transaction.atomic():
            before = row.written_on
            if not RecallNotice.objects.filter(pk=row.pk, written_on=before).update(written_on=today):
                continue  # another sweep writes to them
            recall_letters.told(row, today, again=before is not None)
            written += 1
    return written


def _kitchens(recall: Recall, by: User | None = None):
    places = Establishment.objects.within(by, Can.TRACE_GOODS) if by else Establishment.objects.all()
    return places.filter(division__startswith=recall.authority.division)


def _newest(recall: Recall, by: User) -> dict[int, int]:
    return tracks.newest(tracks.lines(question_of(recall), _kitchens(recall, by)))


def _tell_new(recall: Recall, found: dict[int, int], at: datetime, *, anew: bool = False) -> int:
    """Rows of kitchens to be told: {kitchen: delivery}. `anew`: a kitchen that answered is asked again, with new goods."""
    rows = [
        RecallNotice(recall=recall, establishment_id=place, delivery_id=delivery, told_at=at)
        for place, delivery in found.items()
    ]
    if anew:
        fresh = {"told_at": at, "answer": "", "answered_by": None, "answered_at": None, "note": "", "written_on": None}
        for row in rows:
            asked = RecallNotice.objects.filter(recall=recall, establishment=row.establishment_id)
            _forget_photo(asked)  # it shows the goods of before
            asked.update(delivery=row.delivery_id, **fresh)
    RecallNotice.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)
    return len(rows)


def _forget_photo(rows: QuerySet[RecallNotice]) -> None:
    for row in rows.exclude(photo=None).select_related("photo"):
        assert row.photo is not None
        RecallNotice.objects.filter(pk=row.pk).update(photo=None)
        files.remove(row.photo)


def _once(authority: Authority, form: uuid.UUID) -> None:
    if twin := Recall.objects.filter(authority=authority, form=form).first():
        raise AlreadyIssued(twin)
