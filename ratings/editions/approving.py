"""The approval chain 审批: stages in order, each speaking of exactly the content that would be published.

`digest` is of that content. Whatever changes afterwards is other content: what was said of it before counts no longer.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sunkitchen.accounts.models import Authority, User
from sunkitchen.core import audit, translog
from sunkitchen.core.access import Can
from sunkitchen.core.workflow import Refused

from . import edition as face
from . import guards, path
from .approvals import Approval, ApprovalStage
from .models import Edition, Listing

MOST = 9  # stages, ours
NO_CHAIN = gettext_lazy("The authority's approval chain is not set up: a publisher sets it up first.")

Stage = tuple[str, str, Iterable[User]]  # title, title in English, who may speak there


@dataclass(frozen=True)
class Said:
    """A stage, and what it said of the content as it is; `before` is what it said of content that changed since."""

    stage: ApprovalStage
    approval: Approval | None
    before: Approval | None


# ── the chain ───────────────────────────────────────────────────────────────────────────────────────────────


@transaction.atomic
def set_chain(
    authority: Authority, *, by: User, stages: Sequence[Stage], at: datetime | None = None
) -> list[ApprovalStage]:
    """Replace the authority's chain. What was said in the old one counts no longer for an edition on its way."""
    at = at or timezone.now()
    guards.must(by, Can.ARRANGE_LISTS, authority)
    if not 1 <= len(stages) <= MOST:
        raise Refused(gettext_lazy("A chain has one to nine stages."))
    named = [(face.nfc(title.strip()), title_en.strip(), list(officers)) for title, title_en, officers in stages]
    for title, title_en, officers in named:
        if not title or len(title) > 40 or len(title_en) > 60:
            raise Refused(gettext_lazy("Every stage has a title of at most 40 characters."))
        if not officers:
            raise Refused(gettext_lazy("Every stage names at least one officer."))
        if not all(guards.may(officer, Can.APPROVE_EDITION, authority) for officer in officers):
            raise Refused(gettext_lazy("A stage names officers of this authority alone."))
    Authority.objects.select_for_update().get(pk=authority.pk)
    ApprovalStage.objects.filter(authority=authority, ended_at=None).update(ended_at=at)
    rows = []
    for position, (title, title_en, officers) in enumerate(named):
        row = ApprovalStage.objects.create(
            authority=authority, position=position, title=title, title_en=title_en, set_by=by, set_at=at
        )
        row.officers.set(officers)
        rows.append(row)
    said = [{"title": title, "officers": [officer.pk for officer in officers]} for title, _en, officers in named]
    audit.record(by, "chain.set", authority, stages=said)
    return rows


def chain(authority: Authority) -> list[ApprovalStage]:
    """Its stages as they stand, in order; empty before one is set up."""
    rows = ApprovalStage.objects.filter(authority=authority, ended_at=None).order_by("position")
    return list(rows.prefetch_related("officers"))


# ── the content ─────────────────────────────────────────────────────────────────────────────────────────────


def contents(edition: Edition) -> list[Listing]:
    """What would be published, in its order, with all that it is made of."""
    rows = (
        edition.listings.kept()
        .select_related("edition__authority", "establishment", "identity", "service__proof", "waiver__proof")
        .prefetch_related("objections", "files__file")
    )
    return list(rows.order_by("colour", "pk"))


def digest(edition: Edition, listings: Iterable[Listing] | None = None) -> str:
    """SHA-256, as hex, over RFC 8785 of everything that would be published."""
    listings = contents(edition) if listings is None else listings
    whole = {
        "code": edition.code,
        "rules": edition.rule_version,
        "period": [edition.period_from.isoformat(), edition.period_to.isoformat()],
        "listings": [_content(listing) for listing in listings],
    }
    return hashlib.sha256(translog.canonical(_plain(whole))).hexdigest()


def _content(listing: Listing) -> dict[str, Any]:
    service, waiver = getattr(listing, "service", None), getattr(listing, "waiver", None)
    return {
        "listing": listing.pk,
        "identity": listing.identity.record,
        "colour": listing.colour,
        "rule": listing.rule,
        "reason": listing.reason,
        "document_number": listing.document_number,
        "facts": listing.facts,
        "evidence": listing.evidence,
        "files": face.digests(listing),
        "state": listing.state,
        "noticed_at": face.moment(listing.noticed_at) if listing.noticed_at else "",
        "service": [service.method, service.served_on.isoformat(), service.note, _digest_of(service.proof)]
        if service
        else [],
        "waiver": [waiver.waived_on.isoformat(), waiver.statement, _digest_of(waiver.proof)] if waiver else [],
        "objections": [
            [one.pk, one.statement, one.state, one.answer]
            for one in sorted(listing.objections.all(), key=lambda one: one.pk)
        ],
    }


def _digest_of(proof: Any) -> str:
    return proof.sha256 if proof else ""


def _plain(value: Any) -> Any:
    """In NFC, truth as a number: what RFC 8785 of the log takes."""
    if isinstance(value, dict):
        return {face.nfc(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    if isinstance(value, str):
        return face.nfc(value)
    return int(value) if isinstance(value, bool) else "" if value is None else value


# ── speaking ────────────────────────────────────────────────────────────────────────────────────────────────


@transaction.atomic
def approve(edition: Edition, *, by: User, opinion: str, at: datetime | None = None) -> Approval:
    """Agree, at the stage whose turn it is, to the content as it is now."""
    return _speak(edition, by=by, opinion=opinion, agreed=True, at=at or timezone.now())


@transaction.atomic
def refuse(edition: Edition, *, by: User, opinion: str, at: datetime | None = None) -> Approval:
    """Refuse it, with the reason: the chain stops until the content is another."""
    return _speak(edition, by=by, opinion=opinion, agreed=False, at=at or timezone.now())


def _speak(edition: Edition, *, by: User, opinion: str, agreed: bool, at: datetime) -> Approval:
    guards.must(by, Can.APPROVE_EDITION, edition)
    guards.still_a_draft(edition)
    listings = contents(edition)
    guards.impartial(by, *(listing.establishment_id for listing in listings))
    if by.pk == edition.drafted_by_id or by.pk in guards.partakers(listings):
        raise Refused(gettext_lazy("You took part in this edition: others approve it."))
    opinion = face.nfc(opinion.strip())
    if not opinion:
        raise Refused(gettext_lazy("Write your opinion: it stands on the approval sheet."))
    if len(opinion) > 500:
        raise Refused(gettext_lazy("At most 500 characters."))
    if not listings:
        raise Refused(gettext_lazy("An empty edition is not published."))
    if any(path.obstacles(listings, at).values()):
        raise Refused(gettext_lazy("Something is still in the way of a listing: the chain begins after that."))
    content = digest(edition, listings)
    course = said(edition, content)
    if not course:
        raise Refused(NO_CHAIN)
    if any(row.approval and not row.approval.agreed for row in course):
        raise Refused(gettext_lazy("A stage refused this content: it goes back to its drafter."))
    turn = next((row.stage for row in course if row.approval is None), None)
    if turn is None:
        raise Refused(gettext_lazy("Every stage has agreed."))
    if any(row.approval and row.approval.by_id == by.pk for row in course):
        raise Refused(gettext_lazy("You spoke in this chain already: another officer takes this stage."))
    if by.pk not in {officer.pk for officer in turn.officers.all()}:
        raise Refused(gettext_lazy("It is not your turn: this stage names other officers."))
    approval = Approval.objects.create(
        edition=edition, stage=turn, agreed=agreed, opinion=opinion, digest=content, by=by, at=at
    )
    verb = "edition.approved" if agreed else "edition.refused"
    audit.record(by, verb, edition, stage=turn.title, digest=content)
    return approval


def said(edition: Edition, content: str) -> list[Said]:
    """The chain as it stands, and what each stage said of the `content`; empty when there is no chain."""
    now: dict[int, Approval] = {}
    before: dict[int, Approval] = {}
    for approval in edition.approvals.select_related("by").order_by("pk"):
        (now if approval.digest == content else before)[approval.stage_id] = approval
    return [Said(stage, now.get(stage.pk), before.get(stage.pk)) for stage in chain(edition.authority)]


def in_the_way(edition: Edition, content: str) -> str:
    """Why the chain does not carry this content yet, in the reader's language; "" when every stage agreed."""
    course = said(edition, content)
    if not course:
        return str(NO_CHAIN)
    for row in course:
        if row.approval is None:
            return _("The stage “%(title)s” of the approval chain has not agreed.") % {"title": row.stage.title}
        if not row.approval.agreed:
            return _("The stage “%(title)s” of the approval chain refused.") % {"title": row.stage.title}
    return ""
