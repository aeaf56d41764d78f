"""Every write to an inspection: begun by two officers, filled in on site, closed with the operator's signature.

A phone with a poor network sends again what it got no answer to. So a visit carries the id of the form it was begun
with and a photo the key it was taken under: what comes twice is there once, and the second sender gets the first's row.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Max, Min
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ratings import grading
from ratings.outbreaks.models import Outbreak
from sunkitchen.accounts.models import Post, User
from sunkitchen.core import access, audit, files, locks
from sunkitchen.core.access import Can, can
from sunkitchen.core.files import Admitted, Upload
from sunkitchen.core.workflow import Refused, Step, WrongState, move
from sunkitchen.registry.models import Credential, Establishment

from . import checklists
from .models import Finding, Inspection, InspectionPhoto

CLOSE = Step("close", {Inspection.State.DRAFT}, Inspection.State.CLOSED)
FILL_IN = Step("fill_in", {Inspection.State.DRAFT}, Inspection.State.DRAFT)
CLOCK_TOLERANCE = timedelta(minutes=10)  # of an officer's phone
PHOTO_TOLERANCE = timedelta(days=1)  # before the hour that was entered
OLDEST = timedelta(days=366)  # visit that is still entered
MOST_PHOTOS = 60  # of a visit
MOST_HEADS = 500  # at work in one kitchen


def inspectors_of(establishment: Establishment) -> list[Post]:
    """The inspector posts with an enforcement number whose authority covers the kitchen, the nearest authority first."""
    posts = (
        Post.objects.held()
        .filter(role=Post.Role.INSPECTOR)
        .exclude(enforcement_number="")
        .select_related("authority", "user")
    )
    covering = [post for post in posts if establishment.division.startswith(post.authority.division)]
    return sorted(covering, key=lambda post: (-len(post.authority.division), post.user.name, post.pk))


@transaction.atomic
def begin(
    establishment: Establishment,
    *,
    by: User,
    second: User,
    visited_at: datetime | None = None,
    kind: str = Inspection.Kind.ROUTINE,
    form: UUID | None = None,
    follows: Inspection | None = None,
    at: datetime | None = None,
) -> Inspection:
    """A visit by `by` and `second`, two inspectors with enforcement numbers of one authority that covers the kitchen.

    `form` is the id of the form it is begun with: sent again, it gives the visit that it began. A re-inspection
    `follows` a closed visit; when none is named, the newest that found something which nobody has seen mended.
    """
    at = at or timezone.now()
    if form is not None:
        locks.hold(f"inspection form {form}")
        if begun := Inspection.objects.filter(form=form).first():
            if (begun.lead_id, begun.establishment_id) != (by.pk, establishment.pk):
                raise Refused(_("This form belongs to another visit. Please begin again."))
            return begun
    visited_at = visited_at or at
    if second == by:
        raise Refused(_("Nobody inspects alone: name a second officer."))
    if establishment.pk in access.own(by) | access.own(second):
        raise Refused(_("Nobody inspects a kitchen that they act for."))
    if visited_at > at + CLOCK_TOLERANCE:
        raise Refused(_("The visit lies in the future."))
    if visited_at < at - OLDEST:
        raise Refused(_("The visit lies more than a year back."))
    if establishment.state == Establishment.State.CLOSED:
        raise Refused(_("This kitchen is closed."))
    covering = inspectors_of(establishment)
    posts = {(post.user_id, post.authority_id): post for post in covering}
    for post in covering:
        if post.user_id == by.pk and (other := posts.get((second.pk, post.authority_id))):
            break
    else:
        raise Refused(
            _("Both officers need an inspector's post with an enforcement number, at one authority of this area.")
        )
    if follows is not None:
        if follows.establishment_id != establishment.pk or follows.state != Inspection.State.CLOSED:
            raise Refused(_("A re-inspection follows a closed visit to the same kitchen."))
        kind = Inspection.Kind.FOLLOW_UP
    elif kind == Inspection.Kind.FOLLOW_UP:
        unmended = Finding.objects.filter(fixed_in=None).values("inspection")
        follows = Inspection.objects.filter(pk__in=unmended).latest(establishment)
    inspection = Inspection.objects.create(
        establishment=establishment,
        authority=post.authority,
        checklist=checklists.current().version,
        kind=kind,
        form=form,
        follows=follows,
        lead=by,
        second=second,
        lead_number=post.enforcement_number,
        second_number=other.enforcement_number,
        visited_at=visited_at,
        started_at=at,
    )
    audit.record(by, "inspection.begun", inspection, second=second.pk)
    return inspection


@transaction.atomic
def fill_in(inspection: Inspection, answers: Mapping[str, Mapping[str, str]], *, by: User) -> None:
    """Keep these answers beside those given already: {item code: {"answer": ok, fail or na, "note": text}}.

    The two officers may fill in different parts at once; of one item the later answer counts.
    """
    _must_take_part(inspection, by)
    _hold(inspection)
    known = {item.code for item in checklists.load(inspection.checklist).items}
    for code, given in answers.items():
        if code not in known or given.get("answer") not in grading.ANSWERS:
            raise Refused(_("An answer does not belong to this checklist."))
    kept = {code: _kept(given) for code, given in answers.items()}
    move(inspection, FILL_IN, answers={**inspection.answers, **kept})
    audit.record(by, "inspection.filled_in", inspection, answered=len(kept))


def add_photo(
    inspection: Inspection, upload: Upload, *, by: User, key: UUID, item: str = "", taken_at: datetime | None = None
) -> InspectionPhoto:
    """A picture of one item, or of the whole ("" ): kept once, however often it is sent under its `key`.

    BadUpload when it is no picture. A photo sent again is answered with the one that is kept, after closing too.
    """
    _must_take_part(inspection, by)
    if kept := _photo_of(inspection, key):
        return kept
    now = timezone.now()
    taken_at = taken_at or now
    if item and item not in {known.code for known in checklists.load(inspection.checklist).items}:
        raise Refused(_("An answer does not belong to this checklist."))
    if not inspection.visited_at - PHOTO_TOLERANCE < taken_at < now + CLOCK_TOLERANCE:
        raise Refused(_("The photo was not taken at this visit. Is the phone's clock right?"))
    with files.admitting([upload], kinds=files.IMAGES) as (page,), transaction.atomic():
        locks.hold(f"inspection photo {key}")
        _hold(inspection)
        if kept := _photo_of(inspection, key):
            return kept
        if inspection.state != Inspection.State.DRAFT:
            raise WrongState("add_photo", inspection.state)
        if inspection.photos.count() >= MOST_PHOTOS:
            raise Refused(_("A visit has at most %(most)s photos.") % {"most": MOST_PHOTOS})
        photo = InspectionPhoto.objects.create(
            inspection=inspection,
            item=item,
            file=files.keep(page, by=by, owner_scope=_files_of(inspection)),
            key=key,
            taken_at=taken_at,
            added_by=by,
        )
        audit.record(by, "inspection.photographed", inspection, photo=photo.pk, item=item)
    return photo


@transaction.atomic
def locate(inspection: Inspection, latitude: float, longitude: float, accuracy: float, *, by: User) -> None:
    """Where the officers' phone says it is: WGS-84 degrees, and how sure it is of that, in metres. Never public."""
    _must_take_part(inspection, by)
    _hold(inspection)
    # What isn't so is no number either (nan).
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180 and 0 <= accuracy <= 40_000_000):
        raise Refused(_("This is no place on earth."))
    place = {"latitude": round(latitude, 6), "longitude": round(longitude, 6), "accuracy": round(accuracy)}
    move(inspection, FILL_IN, **place)
    audit.record(by, "inspection.located", inspection)


@transaction.atomic
def close(
    inspection: Inspection,
    *,
    by: User,
    signature: str,
    signed_name: str = "",
    refusal_note: str = "",
    remark: str = "",
    heads_on_duty: int | None = None,
    heads_certified: int | None = None,
    signature_image: Admitted | None = None,
    mend_by: date | None = None,
    at: datetime | None = None,
) -> None:
    """Close the visit: score, result and grade are computed, the operator signed by name or refused, with a note.

    Each failed item becomes a finding, to be mended by `mend_by`; what an earlier visit of this chain found and this
    one saw in order is mended.
    """
    _must_take_part(inspection, by)
    _hold(inspection)
    at = at or timezone.now()
    signed_name, refusal_note = signed_name.strip(), refusal_note.strip()
    items = checklists.load(inspection.checklist).items
    if unanswered := [item for item in items if item.code not in inspection.answers]:
        raise Refused(_("%(count)d items have no answer yet.") % {"count": len(unanswered)})
    for item in items:
        given = inspection.answers[item.code]
        if given["answer"] == grading.FAIL and not given["note"]:
            raise Refused(_("Every failed item needs a note that says what was seen."))
    if signature == Inspection.Signature.SIGNED and not signed_name:
        raise Refused(_("Who signed? Enter the operator's name."))
    if signature == Inspection.Signature.REFUSED and not refusal_note:
        raise Refused(_("A refusal to sign needs a note: what was said, and who saw it."))
    if signature not in Inspection.Signature.values:
        raise Refused(_("Did the operator sign, or refuse to sign?"))
    for heads in (heads_on_duty, heads_certified):
        if heads is not None and not 0 <= heads <= MOST_HEADS:
            raise Refused(_("How many people are at work? From 0 to %(most)s.") % {"most": MOST_HEADS})
    if heads_certified is not None and (heads_on_duty is None or heads_certified > heads_on_duty):
        raise Refused(_("More certificates were seen than people at work."))
    try:
        score = grading.score(grading.Answer(i.points, i.key, inspection.answers[i.code]["answer"]) for i in items)
    except ValueError:
        raise Refused(_("At least one item must apply.")) from None
    day = timezone.localtime(inspection.visited_at).date()
    if mend_by is not None and mend_by < day:
        raise Refused(_("What was found is to be mended after the visit, not before it."))
    grade = grading.grade(
        score,
        on=day,
        permit_from=_permit_from(inspection.establishment, day),
        last_incident=_last_incident(inspection.establishment, day),
    )
    signed = signature == Inspection.Signature.SIGNED
    kept = files.keep(signature_image, by=by, owner_scope=_files_of(inspection)) if signed and signature_image else None
    move(
        inspection,
        CLOSE,
        score_tenths=score.tenths,
        key_failed=score.key_failed,
        result=grading.result(score),
        grade=grade.letter,
        reasons=list(grade.reasons),
        signature=signature,
        signed_name=signed_name if signed else "",
        refusal_note="" if signed else refusal_note,
        signature_image=kept,
        remark=remark.strip()[:1000],
        heads_on_duty=heads_on_duty,
        heads_certified=heads_certified,
        closed_at=at,
    )
    _find(inspection, day, mend_by)
    _see_mended(inspection, day)
    audit.record(
        by, "inspection.closed", inspection, score_tenths=score.tenths, result=inspection.result, grade=grade.letter
    )


def holds(inspection: Inspection, answers: Mapping[str, Mapping[str, str]], *, by: User) -> bool:
    """Whether the visit is closed with just these answers: what this officer's phone sends is there already."""
    return (
        inspection.state == Inspection.State.CLOSED
        and by.pk in (inspection.lead_id, inspection.second_id)
        and all(inspection.answers.get(code) == _kept(given) for code, given in answers.items())
    )


def _kept(given: Mapping[str, str]) -> dict[str, str]:
    return {"answer": given["answer"], "note": given.get("note", "").strip()[:500]}


def _find(inspection: Inspection, day: date, mend_by: date | None) -> None:
    Finding.objects.bulk_create(
        Finding(inspection=inspection, item=code, note=given["note"], found_on=day, mend_by=mend_by)
        for code, given in inspection.answers.items()
        if given["answer"] == grading.FAIL
    )


def _see_mended(inspection: Inspection, day: date) -> None:
    """What earlier visits of any kind found here, and is in order now. What doesn't apply any more stays open."""
    in_order = [code for code, given in inspection.answers.items() if given["answer"] == grading.OK]
    found_here = Finding.objects.filter(inspection__establishment=inspection.establishment_id, fixed_in=None)
    found_here.filter(item__in=in_order, found_on__lte=day).update(fixed_in=inspection, fixed_on=day)


def _files_of(inspection: Inspection) -> str:
    return f"inspection:{inspection.pk}"  # not the kitchen's: officers' evidence must not use up an owner's room


def _photo_of(inspection: Inspection, key: UUID) -> InspectionPhoto | None:
    kept = InspectionPhoto.objects.filter(key=key).first()
    if kept and kept.inspection_id != inspection.pk:
        raise Refused(_("This photo belongs to another visit."))
    return kept


def _last_incident(establishment: Establishment, day: date) -> date | None:
    standing = Outbreak.objects.standing().of_operator().filter(establishment=establishment, occurred_on__lte=day)
    last: date | None = standing.aggregate(last=Max("occurred_on"))["last"]
    return last


def _hold(inspection: Inspection) -> None:
    """The visit as it is now: the other officer may have written since the caller read it."""
    Inspection.objects.select_for_update().get(pk=inspection.pk)
    inspection.refresh_from_db()


def _must_take_part(inspection: Inspection, by: User) -> None:
    if by.pk not in (inspection.lead_id, inspection.second_id) or not can(by, Can.INSPECT, inspection):
        raise Refused(_("Only the two officers of this visit may write here."))


def _permit_from(establishment: Establishment, day: date) -> date | None:
    """Since when the kitchen has held its permit without a gap of papers: the first day of any that was replaced."""
    papers = Credential.objects.filter(establishment=establishment, kind__in=Credential.PERMITS)
    since: date | None = papers.in_force(day).aggregate(first=Min("valid_from"))["first"]
    if since is None:
        return None
    held = papers.filter(state__in=[Credential.State.IN_FORCE, Credential.State.REPLACED], valid_from__lt=since)
    for paper in held.order_by("-valid_through"):
        if paper.valid_through and paper.valid_through >= since - timedelta(days=1):
            since = min(since, paper.valid_from)
    return since
