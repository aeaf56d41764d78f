"""What happens to a consultation: asked, answered, handed over, closed, and open again by the asker's next message.

Whoever writes holds the talk's row first: ids of its messages grow in the order of their commits, so who has read up to
one has missed none before it.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import IntegrityError, transaction
from django.db.models import F, Max
from django.utils import timezone
from django.utils.translation import gettext as _

from sunkitchen.accounts.models import Authority, User
from sunkitchen.core import access, audit, files
from sunkitchen.core.access import Can
from sunkitchen.core.files import Admitted, Upload
from sunkitchen.core.workflow import Refused, Step, WrongState, move

from ..checked import checked
from ..credentials.models import Credential
from ..establishments.models import Establishment
from ..uploads import actions as arrivals
from . import answering, hints, letters
from .gates import side_of
from .models import CannedAnswer, Consultation, Message, MessageFile, ReadMark
from .writing import plain

State, Deed = Consultation.State, Message.Deed
Side = Message.Side
ASK = Step("ask", {State.ASKED, State.ANSWERED, State.CLOSED}, State.ASKED)
ANSWER = Step("answer", {State.ASKED, State.ANSWERED}, State.ANSWERED)
CLOSE = Step("close", {State.ASKED, State.ANSWERED}, State.CLOSED)
BEFOREHAND = (Credential.State.DRAFT, Credential.State.RETURNED)  # what a look at a paper may still help

MOST_FILES = 5  # of one message
MOST_A_MINUTE = 20  # messages of one person, in all their talks
MOST_A_DAY = 20  # talks that one person opens


class TooFast(Refused):
    status = 429


def bureau_of(place: Establishment) -> Authority | None:
    """The authority that looks after the kitchen, the nearest one."""
    prefixes = [place.division[:length] for length in range(len(place.division) + 1)]
    rows = Authority.objects.filter(division__in=prefixes)
    return max(rows, key=lambda row: len(row.division), default=None)


def ask(
    *,
    by: User,
    authority: Authority,
    establishment: Establishment | None = None,
    credential: Credential | None = None,
    subject: str,
    text: str = "",
    form: UUID | None = None,
    uploads: Sequence[Upload] = (),
    held: Sequence[UUID] = (),
    at: datetime | None = None,
) -> Consultation:
    """Open one with its first message. `credential` is a draft of the kitchen whose pre-check is asked for. `held` are keys
    of the asker's own uploads, which came before.

    Sent twice with the same `form`, it is opened once. Refused, and nothing stored, when it can't be.
    """
    at, form = at or timezone.now(), form or uuid4()
    text = plain(text)
    if again := _written(form, by):
        return again.consultation
    if establishment and establishment.pk not in access.reach(by, Can.HAND_IN_PAPERS)[0]:
        raise Refused(_("Only the kitchen's own people ask for it."))
    if credential and (credential.establishment_id != getattr(establishment, "pk", None)):
        raise Refused(_("This paper is another kitchen's."))
    if credential and credential.state not in BEFOREHAND:
        raise Refused(_("This paper was handed in: it is judged in the review, and you can follow it there."))
    if not text and not uploads and not held and not credential:
        raise Refused(_("Please write your question."))
    if Consultation.objects.filter(asker=by, opened_at__gt=at - timedelta(days=1)).count() >= MOST_A_DAY:
        raise TooFast(_("You opened many questions today. Please write in one of them."))
    talk = Consultation(
        authority=authority,
        asker=by,
        establishment=establishment,
        credential=credential,
        subject=plain(subject, 80),
        opened_at=at,
        waiting_since=at,
        last_at=at,
    )
    checked(talk, exclude={"clerk", "closed_at"})
    try:
        with _pages(uploads, held) as admitted, transaction.atomic():
            talk.save()
            audit.record(by, "consultation.opened", talk)
            _write(talk, Side.KITCHEN, by, at, text=text, form=form, admitted=admitted, keys=held)
            letters.asked(talk)
    except IntegrityError:
        if again := _written(form, by):  # the same form, at the same moment
            return again.consultation
        raise
    return talk


def say(
    talk: Consultation,
    *,
    by: User,
    text: str = "",
    form: UUID | None = None,
    uploads: Sequence[Upload] = (),
    held: Sequence[UUID] = (),
    at: datetime | None = None,
) -> Message:
    """A message of the kitchen's side: it waits for an answer, and a closed talk is open again."""

    def step(held: Consultation, now: datetime) -> None:
        begins = held.waiting_since is None
        if held.state == State.CLOSED:
            audit.record(by, "consultation.reopened", held)
        move(held, ASK, waiting_since=held.waiting_since or now, last_at=now, closed_at=None)
        if begins:
            letters.asked(held)

    return _send(talk, Side.KITCHEN, by, at, text=text, form=form, uploads=uploads, held=held, step=step)


def answer(
    talk: Consultation,
    *,
    by: User,
    text: str = "",
    form: UUID | None = None,
    uploads: Sequence[Upload] = (),
    held: Sequence[UUID] = (),
    canned: Iterable[int] = (),
    deed: str = "",
    at: datetime | None = None,
) -> Message:
    """A message of the bureau's side. The first one makes its writer the talk's clerk. Refused in a closed talk.

    `canned` are the prepared answers that it was made of: their uses are counted.
    """

    def step(held: Consultation, now: datetime) -> None:
        since = held.waiting_since
        if held.state == State.CLOSED:
            raise Refused(_("This talk is closed. The asker's next message opens it again."))
        move(held, ANSWER, waiting_since=None, last_at=now, clerk=held.clerk or by)
        prepared = CannedAnswer.objects.filter(pk__in=list(canned)[:10], authority=held.authority_id)
        prepared.update(used=F("used") + 1)
        if since:
            letters.answered(held, since)

    return _send(talk, Side.BUREAU, by, at, text=text, form=form, uploads=uploads, held=held, step=step, deed=deed)


def precheck(
    talk: Consultation, *, by: User, fine: bool, text: str, form: UUID | None = None, at: datetime | None = None
) -> Message:
    """What the clerk thinks of the draft, as advice: the paper stays what it is. Refused once it was handed in."""
    paper = talk.credential
    if paper is None:
        raise Refused(_("No draft is attached to this talk."))
    paper.refresh_from_db(fields=["state"])
    if paper.state not in BEFOREHAND:
        raise Refused(_("This paper was handed in meanwhile: it is judged in the review."))
    if not fine and not text.strip():
        raise Refused(_("Please write what to change."))
    return answer(talk, by=by, text=text, form=form, deed=Deed.LOOKS_FINE if fine else Deed.PLEASE_CHANGE, at=at)


@transaction.atomic
def take(talk: Consultation, *, by: User, at: datetime | None = None) -> None:
    """It is this clerk's. WrongState when it is somebody's already."""
    held = _held(talk)
    _guard(held, Side.BUREAU, by)
    if held.state == State.CLOSED or Consultation.objects.filter(pk=held.pk, clerk=None).update(clerk=by) != 1:
        raise WrongState("take")
    audit.record(by, "consultation.taken", held)
    _note(held, Deed.TAKEN, by, at or timezone.now())
    _refresh(talk, held)


@transaction.atomic
def hand_over(talk: Consultation, *, by: User, to: User, note: str, at: datetime | None = None) -> None:
    """To a colleague, with a note that the office alone reads."""
    at, note = at or timezone.now(), plain(note, 500)
    held = _held(talk)
    _guard(held, Side.BUREAU, by)
    if held.state == State.CLOSED:
        raise WrongState("hand_over")
    if held.clerk_id == to.pk:
        raise Refused(_("%(name)s has it already.") % {"name": to})
    if not letters.clerks(held).filter(pk=to.pk).exists():
        raise Refused(_("Only a clerk of this bureau can take it over."))
    if not note:
        raise Refused(_("Please write what your colleague has to know."))
    Consultation.objects.filter(pk=held.pk).update(clerk=to)
    audit.record(by, "consultation.handed_over", held, to=str(to))
    _note(held, Deed.HANDED_OVER, by, at, text=note, to=to)
    if to.pk != by.pk:
        letters.handed_over(held, by, to, at)
    _refresh(talk, held)


@transaction.atomic
def close(talk: Consultation, *, by: User, reason: str, at: datetime | None = None) -> None:
    """Done with, for a reason that the asker reads. Whoever waited for an answer is told."""
    at, reason = at or timezone.now(), plain(reason, 300)
    held = _held(talk)
    _guard(held, Side.BUREAU, by)
    if not reason:
        raise Refused(_("Please write why it is closed: the asker reads it."))
    since = held.waiting_since
    move(held, CLOSE, waiting_since=None, closed_at=at, last_at=at, clerk=held.clerk or by)
    audit.record(by, "consultation.closed", held)
    _note(held, Deed.CLOSED, by, at, text=reason)
    if since:
        letters.closed(held, since, at)
    _refresh(talk, held)


@transaction.atomic
def read(talk: Consultation, *, by: User, upto: int | None = None) -> None:
    """The person has read it up to that message, or all of it. A mark never goes back."""
    last = talk.messages.aggregate(last=Max("pk"))["last"] or 0
    upto = last if upto is None else min(upto, last)
    mark, new = ReadMark.objects.get_or_create(consultation=talk, person=by, defaults={"upto": upto})
    if not new:
        ReadMark.objects.filter(pk=mark.pk, upto__lt=upto).update(upto=upto)
    letters.read(talk, by)


def _send(
    talk: Consultation,
    side: Side,
    by: User,
    at: datetime | None,
    *,
    text: str,
    form: UUID | None,
    uploads: Sequence[Upload],
    held: Sequence[UUID],
    step: Any,
    deed: str = "",
) -> Message:
    at, form, text = at or timezone.now(), form or uuid4(), plain(text)
    if again := _written(form, by, talk):
        return again
    if not text and not uploads and not held and deed != Deed.LOOKS_FINE:
        raise Refused(_("Please write a message."))
    try:
        with _pages(uploads, held) as admitted, transaction.atomic():
            row = _held(talk)
            if again := _written(form, by, talk):
                return again
            _guard(row, side, by)
            waited = None
            if side == Side.BUREAU and row.waiting_since:
                waited = answering.waited(row.authority, row.waiting_since, at)
            step(row, at)
            message = _write(
                row, side, by, at, text=text, form=form, admitted=admitted, keys=held, waited=waited, deed=deed
            )
            _refresh(talk, row)
    except IntegrityError:
        if again := _written(form, by, talk):
            return again
        raise
    return message


def _held(talk: Consultation) -> Consultation:
    rows = Consultation.objects.select_for_update(of=("self",)).select_related("authority", "establishment", "asker")
    held: Consultation = rows.get(pk=talk.pk)
    return held


def _refresh(talk: Consultation, held: Consultation) -> None:
    talk.refresh_from_db(fields=["state", "clerk", "waiting_since", "last_at", "closed_at"])


def _guard(held: Consultation, side: Side, by: User) -> None:
    found = side_of(by, held)
    if found == side:
        return
    if side == Side.BUREAU and found == Side.KITCHEN:
        raise Refused(_("Nobody answers their own questions. Please ask a colleague."))
    raise Refused(_("You cannot write here."))


def _written(form: UUID, by: User, talk: Consultation | None = None) -> Message | None:
    """What this form wrote already. Refused when it was another's, or went to another talk."""
    row = Message.objects.filter(form=form).select_related("consultation").first()
    if row and (row.author_id != by.pk or (talk and row.consultation_id != talk.pk)):
        raise WrongState("say")
    return row


def too_many() -> str:
    return _("At most %(most)s files go with one message.") % {"most": MOST_FILES}


def _pages(uploads: Sequence[Upload], held: Sequence[UUID]) -> Any:
    if len(uploads) + len(held) > MOST_FILES:
        raise Refused(too_many())
    return files.admitting(uploads)


def _write(
    talk: Consultation,
    side: Side,
    by: User,
    at: datetime,
    *,
    text: str,
    form: UUID,
    admitted: Sequence[Admitted],
    keys: Sequence[UUID],
    waited: int | None = None,
    deed: str = "",
) -> Message:
    if Message.objects.filter(author=by, at__gt=at - timedelta(minutes=1)).count() >= MOST_A_MINUTE:
        raise TooFast(_("That was many messages in a minute. Please wait a moment."))
    row = Message.objects.create(
        consultation=talk, side=side, author=by, at=at, text=text, form=form, waited=waited, deed=deed
    )
    room = _room(talk, side)
    pages = arrivals.take(None, keys, by=by, into=room) if keys else []
    pages += [files.keep(page, by=by, owner_scope=room) for page in admitted]
    for order, stored in enumerate(pages):
        MessageFile.objects.create(message=row, file=stored, order=order)
    read(talk, by=by)
    hints.changed(talk.pk)
    return row


def _note(talk: Consultation, deed: str, by: User, at: datetime, *, text: str = "", to: User | None = None) -> None:
    """A line between the messages that tells what was done."""
    Message.objects.create(consultation=talk, side=Side.HOUSE, author=by, at=at, text=text, deed=deed, to=to)
    hints.changed(talk.pk)


def _room(talk: Consultation, side: str) -> str:
    """Whose room for files a message takes."""
    if side == Side.BUREAU:
        return f"authority:{talk.authority_id}"
    return f"establishment:{talk.establishment_id}" if talk.establishment_id else f"user:{talk.asker_id}"
