"""Every write to an inspection: begun by two officers, filled in on site, closed with the operator's signature."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Min
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ratings import grading
from sunkitchen.accounts.models import Post, User
from sunkitchen.core import access, audit
from sunkitchen.core.access import Can, can
from sunkitchen.core.workflow import Refused, Step, move
from sunkitchen.registry.models import Credential, Establishment

from . import checklists
from .models import Inspection

CLOSE = Step("close", {Inspection.State.DRAFT}, Inspection.State.CLOSED)
FILL_IN = Step("fill_in", {Inspection.State.DRAFT}, Inspection.State.DRAFT)
CLOCK_TOLERANCE = timedelta(minutes=10)  # of an officer's phone


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
    at: datetime | None = None,
) -> Inspection:
    """A visit by `by` and `second`, two inspectors with enforcement numbers of one authority that covers the kitchen."""
    at = at or timezone.now()
    visited_at = visited_at or at
    if second == by:
        raise Refused(_("Nobody inspects alone: name a second officer."))
    if establishment.pk in access.own(by) | access.own(second):
        raise Refused(_("Nobody inspects a kitchen that they act for."))
    if visited_at > at + CLOCK_TOLERANCE:
        raise Refused(_("The visit lies in the future."))
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
    inspection = Inspection.objects.create(
        establishment=establishment,
        authority=post.authority,
        checklist=checklists.current().version,
        kind=kind,
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
    kept = {
        code: {"answer": given["answer"], "note": given.get("note", "").strip()[:500]}
        for code, given in answers.items()
    }
    move(inspection, FILL_IN, answers={**inspection.answers, **kept})
    audit.record(by, "inspection.filled_in", inspection, answered=len(kept))


@transaction.atomic
def close(
    inspection: Inspection,
    *,
    by: User,
    signature: str,
    signed_name: str = "",
    refusal_note: str = "",
    at: datetime | None = None,
) -> None:
    """Close the visit: score, result and grade are computed, the operator signed by name or refused, with a note."""
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
    try:
        score = grading.score(grading.Answer(i.points, i.key, inspection.answers[i.code]["answer"]) for i in items)
    except ValueError:
        raise Refused(_("At least one item must apply.")) from None
    day = timezone.localtime(inspection.visited_at).date()
    grade = grading.grade(score, on=day, permit_from=_permit_from(inspection.establishment, day))
    move(
        inspection,
        CLOSE,
        score_tenths=score.tenths,
        key_failed=score.key_failed,
        result=grading.result(score),
        grade=grade.letter,
        reasons=list(grade.reasons),
        signature=signature,
        signed_name=signed_name if signature == Inspection.Signature.SIGNED else "",
        refusal_note=refusal_note if signature == Inspection.Signature.REFUSED else "",
        closed_at=at,
    )
    audit.record(
        by, "inspection.closed", inspection, score_tenths=score.tenths, result=inspection.result, grade=grade.letter
    )


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
