"""What happens to a paper: handed in by the kitchen, judged by a clerk, replaced by its successor."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from sunkitchen.accounts.models import User
from sunkitchen.core import access, audit, files
from sunkitchen.core.access import Can
from sunkitchen.core.files import Admitted, Upload
from sunkitchen.core.workflow import Refused, Step, WrongState, move

from .. import numbers
from ..checked import checked
from ..establishments import actions as establishments
from ..establishments.models import Establishment
from ..staff.models import StaffMember
from ..uploads import actions as uploading
from . import four_eyes, guards, letters
from .models import Credential, CredentialPage

State = Credential.State
SUBMIT = Step("submit", {State.DRAFT, State.RETURNED}, State.SUBMITTED)
WITHDRAW = Step("withdraw", {State.SUBMITTED}, State.DRAFT)
APPROVE = Step("approve", {State.SUBMITTED}, State.IN_FORCE)
SEND_BACK = Step("send_back", {State.SUBMITTED}, State.RETURNED)
REPLACE = Step("replace", {State.IN_FORCE}, State.REPLACED)

# Written by the steps, not by whoever fills in the paper.
BY_STEPS = {"created_by", "submitted_by", "submitted_at", "reviewed_by", "reviewed_at", "establishment", "source"} | {
    *("accepted_by", "accepted_at", "endorsed_by", "endorsed_at", "revoked_by", "revoked_at", "renews"),
    "continued_by",
}
FACTS = ("number", "holder", "issuer", "items", "valid_from", "valid_through")
MOST_FILES = 10


def hand_in(
    establishment: Establishment,
    *,
    by: User,
    kind: str,
    uploads: Sequence[Upload] = (),
    held: Sequence[UUID] = (),
    staff_member: StaffMember | None = None,
    **facts: Any,
) -> Credential:
    """A new paper with its pictures, drafted and submitted in one go. Refused, and nothing stored, when it can't be.

    Its pictures are `uploads` of this request, or finished registry.uploads, named by their keys in `held`. A health
    certificate is that of `staff_member`; no other paper is a person's.
    """
    row = fresh(establishment, by, kind, staff_member, facts)
    with _pages(uploads, held) as admitted, transaction.atomic():
        row.save()
        audit.record(by, "credential.drafted", row)
        _attach(row, admitted, held, by)
        submit(row, by=by)
    return row


def draft(
    establishment: Establishment,
    *,
    by: User,
    kind: str,
    uploads: Sequence[Upload] = (),
    held: Sequence[UUID] = (),
    staff_member: StaffMember | None = None,
    **facts: Any,
) -> Credential:
    """A paper that nobody reviews yet. `facts` are those of FACTS."""
    row = fresh(establishment, by, kind, staff_member, facts)
    with _pages(uploads, held) as admitted, transaction.atomic():
        row.save()
        audit.record(by, "credential.drafted", row)
        _attach(row, admitted, held, by)
    return row


def revise(
    credential: Credential,
    *,
    by: User,
    uploads: Sequence[Upload] = (),
    held: Sequence[UUID] = (),
    **facts: Any,
) -> Credential:
    """Correct a draft or a returned paper. New pictures replace all the old ones; without any, the old ones stay."""
    if credential.source == Credential.Source.REGISTER:
        raise Refused(_("The bureau holds this paper: it is corrected in its register."))
    _set(credential, facts)
    _check_whose(credential)
    checked(credential, exclude=BY_STEPS)
    with _pages(uploads, held) as admitted, transaction.atomic():
        row = Credential.objects.select_for_update().filter(pk=credential.pk, state__in=SUBMIT.sources)
        if not row.update(**{name: getattr(credential, name) for name in FACTS}):
            raise WrongState("revise")
        if admitted or held:
            for page in credential.pages.select_related("file"):
                page.delete()
                files.remove(page.file)
            _attach(credential, admitted, held, by)
        audit.record(by, "credential.revised", credential, new_pictures=len(admitted) + len(held))
    credential.refresh_from_db()
    return credential


@transaction.atomic
def submit(credential: Credential, *, by: User) -> None:
    """Hand it in for review. Refused without a picture; WrongState when it waits already or was decided."""
    if not credential.pages.exists():
        raise Refused(_("Please add a photo or PDF of the paper."))
    _check_whose(credential)
    if by.pk != credential.created_by_id and not guards.acts_for(by, credential.establishment):
        raise Refused(_("Only the kitchen's own people hand in its papers."))
    move(
        credential,
        SUBMIT,
        submitted_by=by,
        submitted_at=timezone.now(),
        reviewed_by=None,
        reviewed_at=None,
        reason="",
        renews=credential.older(),
        **four_eyes.NO_LONGER,
    )
    audit.record(by, "credential.submitted", credential)


@transaction.atomic
def withdraw(credential: Credential, *, by: User) -> None:
    """Take it back before it is judged: it is a draft again, and what it was to renew ends with its last day."""
    Credential.objects.stop_for(credential)
    move(credential, WITHDRAW, accepted_by=None, accepted_at=None, **four_eyes.NO_LONGER)
    audit.record(by, "credential.withdrawn", credential)


@transaction.atomic
def take_up(credential: Credential, *, by: User) -> None:
    """A clerk looks at it: said once for each time it was handed in, so that the owner sees it move."""
    if credential.state != State.SUBMITTED or guards.own(credential, by):
        return
    seen = audit.trail(credential).filter(verb="credential.taken_up", at__gte=credential.submitted_at)
    if not seen.exists():
        audit.record(by, "credential.taken_up", credential)


@transaction.atomic
def approve(credential: Credential, *, by: User, seen: datetime | None = None, today: date | None = None) -> bool:
    """In force: True. The paper it succeeds is replaced, and its kitchen opens at its first permit to serve food.

    Where the authority wants four eyes, the first officer's approval is kept and it goes on waiting: False.
    `seen` is the `submitted_at` of what the clerk looked at: WrongState when it was handed in anew meanwhile.
    """
    today = today or timezone.localdate()
    guards.reviewable(credential, by, seen)
    if credential.valid_through and credential.valid_through < today:
        raise Refused(_("This paper has expired, so it cannot come into force. Please return it."))
    if four_eyes.endorse(credential, by):
        return False
    succeed(credential, by, today)
    # Four eyes were wanted once and are not any more: then whoever was the first may decide alone.
    alone = four_eyes.NO_LONGER if credential.endorsed_by_id == by.pk else {}
    try:
        with transaction.atomic():
            move(credential, APPROVE, reviewed_by=by, reviewed_at=timezone.now(), reason="", **alone)
    except IntegrityError:
        raise WrongState("approve") from None
    audit.record(by, "credential.approved", credential)
    Credential.objects.stop_for(credential)  # it is more than that now
    place = credential.establishment
    opens = credential.kind in Credential.PERMITS and establishments.awaits_permit(place)
    if opens:
        establishments.open(place, by=by)
    letters.approved(credential, opens=opens)
    return True


@transaction.atomic
def share(
    establishment: Establishment, *, by: User, kind: str, staff_member: StaffMember | None = None, **facts: Any
) -> Credential:
    """A paper that an officer looked up in another bureau's register 数据共享: in force without a picture of it.

    Where the authority wants four eyes, it waits for another officer: who looked it up was the first.
    """
    access.require(by, Can.REVIEW_PAPERS, establishment)
    row = fresh(establishment, by, kind, staff_member, facts, alone=True)
    today = timezone.localdate()
    if guards.acts_for(by, establishment):
        raise Refused(_("Nobody reviews their own papers. Please ask a colleague."))
    if row.valid_through and row.valid_through < today:
        raise Refused(_("This paper has expired, so it cannot come into force. Please return it."))
    row.source = Credential.Source.REGISTER
    if waits := four_eyes.wanted(row):
        row.state, row.renews = State.SUBMITTED, row.older()
        row.endorsed_by = by
        row.submitted_at = row.endorsed_at = timezone.now()
    else:
        succeed(row, by, today)
        row.state = State.IN_FORCE
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        raise WrongState("share") from None
    audit.record(by, "credential.endorsed" if waits else "credential.shared", row)
    return row


@transaction.atomic
def send_back(credential: Credential, *, by: User, reason: str, seen: datetime | None = None) -> None:
    """Return it to the kitchen with a reason in words that help to do better."""
    reason = reason.strip()
    if not reason:
        raise Refused(_("Please write what is wrong and what to do: the owner reads it."))
    if len(reason) > 500:
        raise Refused(_("A reason has at most 500 characters."))
    guards.reviewable(credential, by, seen)
    Credential.objects.stop_for(credential)
    move(
        credential,
        SEND_BACK,
        reviewed_by=by,
        reviewed_at=timezone.now(),
        reason=reason,
        accepted_by=None,
        accepted_at=None,
        **four_eyes.NO_LONGER,
    )
    audit.record(by, "credential.returned", credential, reason=credential.for_trail(reason))
    letters.returned(credential)


def fresh(
    establishment: Establishment,
    by: User,
    kind: str,
    staff_member: StaffMember | None,
    facts: dict[str, Any],
    *,
    alone: bool = False,
) -> Credential:
    """Not saved yet, of facts that were checked: Refused says which is wrong. `alone`: see `checked`."""
    row = Credential(establishment=establishment, kind=kind, staff_member=staff_member, created_by=by)
    _set(row, facts)
    _check_whose(row)
    checked(row, exclude=BY_STEPS | ({"staff_member"} if alone else set()), alone=alone)
    return row


def _set(row: Credential, facts: dict[str, Any]) -> None:
    if unknown := facts.keys() - set(FACTS):
        raise TypeError(f"not facts of a paper: {sorted(unknown)}")
    for name, value in facts.items():
        setattr(row, name, value.strip() if isinstance(value, str) else value)
    if row.valid_from and row.valid_through and row.valid_through < row.valid_from:
        raise Refused(_("The paper ends before it begins. Please look at both dates again."))
    try:
        if row.kind == Credential.Kind.FOOD_PERMIT:
            row.number = numbers.food_permit(row.number)
        elif row.kind == Credential.Kind.BUSINESS_LICENCE:
            row.number = numbers.uscc(row.number)
    except numbers.BadNumber as error:
        raise Refused(str(error)) from None


def _check_whose(row: Credential) -> None:
    member = row.staff_member
    if row.kind != Credential.Kind.HEALTH_CERTIFICATE:
        if member is not None:
            raise Refused(_("Only a health certificate is a person's."))
    elif member is None or member.establishment_id != row.establishment_id:
        raise Refused(_("A health certificate belongs to somebody who works in this kitchen."))
    elif member.left_on is not None and member.left_on <= timezone.localdate():
        raise Refused(_("%(name)s does not work here any more.") % {"name": member.name})
    if row.valid_through is None and row.kind != Credential.Kind.BUSINESS_LICENCE:
        raise Refused(_("Only a business licence has no end date. Please write the last day on the paper."))


def _pages(uploads: Sequence[Upload], held: Sequence[UUID]) -> Any:
    if len(uploads) + len(held) > MOST_FILES:
        raise Refused(_("At most %(most)s files make one paper.") % {"most": MOST_FILES})
    return files.admitting(uploads)


def _attach(row: Credential, admitted: Sequence[Admitted], held: Sequence[UUID], by: User) -> None:
    scope = f"establishment:{row.establishment_id}"
    pages = uploading.take(row.establishment, held, by=by)
    pages += [files.keep(page, by=by, owner_scope=scope) for page in admitted]
    for order, stored in enumerate(pages):
        CredentialPage.objects.create(credential=row, file=stored, order=order)


def succeed(credential: Credential, by: User, today: date) -> None:
    """What this paper follows is replaced as it comes into force."""
    older = Credential.objects.filter(
        establishment=credential.establishment,
        kind=credential.kind,
        staff_member=credential.staff_member_id,
        state=State.IN_FORCE,
    ).exclude(pk=credential.pk)
    # A renewal that begins later leaves its predecessor in force until then, and what begins now leaves a renewal
    # that is yet to begin; `retire` looks after both.
    begun = credential.valid_from <= today
    due = older.filter(valid_from__lte=today) if begun else older.filter(valid_from=credential.valid_from)
    for predecessor in due:
        replace(predecessor, by)


def replace(row: Credential, by: User | None) -> None:
    """Its successor has begun. Called by the steps that bring one into force, and by the hourly sweep."""
    move(row, REPLACE, continued_by=None)
    audit.record(by, "credential.replaced", row)
