"""Drafting: an edition is opened, the rules propose, officers pick or set aside. A proposal is a hint, never a listing."""

import logging
from collections.abc import Iterator
from datetime import date, datetime

from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sunkitchen.accounts.models import Authority, User
from sunkitchen.core import audit
from sunkitchen.core.access import Can
from sunkitchen.core.workflow import Refused, WrongState
from sunkitchen.registry.models import Establishment

from . import decided, facts, guards, judge, path, ruleset
from . import edition as face
from .drafts import Proposal
from .models import Edition, Listing, ListingIdentity

log = logging.getLogger(__name__)

BATCH = 20_000  # kitchens judged at a time: what memory a draft takes does not grow with the city
AT_ONCE = 5000  # a draft over at most so many is computed with its opening; a larger one by the worker
DECIDED = _(
    "This was decided already: the same visit, sample, complaint or reminder puts a kitchen on the black list once, and never again."
)
# What a published listing says beside its rule's own fact: of the visit, the papers and cameras, as anybody may know.
ALWAYS_TOLD = ("permit", "inspection", "grade", "inspection_id", "inspected_on", "cameras", "seen_permille")


@transaction.atomic
def draft(
    authority: Authority, *, by: User, period_from: date, period_to: date, at: datetime | None = None, rules: str = ""
) -> Edition:
    """Open the authority's next edition over a period that has ended, by the newest rules or those it was under.

    Its proposals are there at once, or, of more than AT_ONCE kitchens, when the worker has computed them.
    """
    at = at or timezone.now()
    guards.must(by, Can.DRAFT_EDITION, authority)
    today = timezone.localtime(at).date()
    if period_to < period_from:
        raise Refused(_("The period ends before it begins."))
    if period_to > today:
        raise Refused(_("The period has not ended yet."))
    Authority.objects.select_for_update().get(pk=authority.pk)  # two drafts at once get two numbers
    last = Edition.objects.filter(authority=authority, year=today.year).aggregate(last=Max("number"))["last"]
    edition = Edition.objects.create(
        authority=authority,
        year=today.year,
        number=(last or 0) + 1,
        rule_version=ruleset.load(rules).version if rules else ruleset.current().version,
        period_from=period_from,
        period_to=period_to,
        drafted_by=by,
        drafted_at=at,
    )
    audit.record(by, "edition.drafted", edition, rules=edition.rule_version)
    if open_kitchens(authority)[: AT_ONCE + 1].count() <= AT_ONCE:
        compute(edition, at=at)
    return edition


def open_kitchens(authority: Authority) -> QuerySet[Establishment]:
    """Those that the authority's editions are about."""
    return Establishment.objects.filter(state=Establishment.State.OPEN, division__startswith=authority.division)


def compute(edition: Edition, *, at: datetime | None = None) -> None:
    """Write what the rules propose for a draft by the facts of its period, as they are known at `at`.

    Batch by batch, each a transaction of its own, so that nobody waits for all of it; `computed_at` says when it is
    whole. Again and again, as long as it is a draft: what somebody set aside stays so, with its reason; all else is new.
    WrongState when it is no draft any more.
    """
    at = at or timezone.now()
    with transaction.atomic():
        guards.still_a_draft(edition)
        edition.proposals.filter(set_aside_at=None).delete()
        Edition.objects.filter(pk=edition.pk).update(computed_at=None, kitchens=0)
    period, rules = (edition.period_from, edition.period_to), judge.Table(edition.rules)
    over = decided.of_division(edition.authority.division, at)
    count = 0
    for ids in _batches(edition.authority):
        known = facts.gather_ids(ids, at, period=period)
        rows = [row for pk in ids if (row := proposal(edition, pk, known[pk], rules, over))]
        with transaction.atomic():
            guards.still_a_draft(edition)
            taken = set(edition.listings.kept().values_list("establishment_id", flat=True))
            mine = edition.proposals.filter(establishment__gte=ids[0], establishment__lte=ids[-1])
            mine.filter(set_aside_at=None).delete()  # of another worker, where two compute at once
            taken |= set(mine.values_list("establishment_id", flat=True))
            Proposal.objects.bulk_create([row for row in rows if row.establishment_id not in taken], batch_size=1000)
        count += len(ids)
    Edition.objects.filter(pk=edition.pk, state=Edition.State.DRAFT).update(computed_at=at, kitchens=count)
    edition.computed_at, edition.kitchens = at, count


def proposal(
    edition: Edition, kitchen: int, known: judge.Facts, rules: judge.Table, over: decided.Decided
) -> Proposal | None:
    """What the rules propose for the kitchen, if anything: black for what was not decided yet, else red."""
    black = rules.black(known)
    codes = [rule.code for rule in black if not over.covers(kitchen, rule, known)]
    if black and not codes:
        return None
    if not black and (kitchen in over.blackened or not rules.is_red(known)):
        return None
    return Proposal(
        edition=edition,
        establishment_id=kitchen,
        colour=Listing.Colour.BLACK if black else Listing.Colour.RED,
        rules=codes,
        facts={name: value for name, value in known.items() if value is not None},
    )


def _batches(authority: Authority) -> Iterator[list[int]]:
    last = 0
    while ids := list(open_kitchens(authority).filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:BATCH]):
        yield ids
        last = ids[-1]


@transaction.atomic
def set_aside(row: Proposal, *, by: User, why: str, at: datetime | None = None) -> None:
    """Leave a proposal out of its edition, with a reason; computing again does not bring it back."""
    at = at or timezone.now()
    guards.must(by, Can.DRAFT_EDITION, row.edition)
    guards.impartial(by, row.establishment_id)
    guards.still_a_draft(row.edition)
    why = why.strip()
    if not why:
        raise Refused(_("Why is it set aside?"))
    if row.edition.listings.kept().filter(establishment=row.establishment_id).exists():
        raise Refused(_("This kitchen is on the edition already."))
    open_ones = Proposal.objects.filter(pk=row.pk, set_aside_at=None)
    if open_ones.update(set_aside_by=by, set_aside_at=at, set_aside_why=why[:500]) != 1:
        raise WrongState("set aside")
    audit.record(by, "proposal.set_aside", row, why=why[:500], edition=row.edition.code)
    row.refresh_from_db()


@transaction.atomic
def compute_again(edition: Edition, *, by: User, at: datetime | None = None) -> None:
    """Forget the proposals that nobody set aside and compute them anew: at once, or where many by the worker."""
    at = at or timezone.now()
    guards.must(by, Can.DRAFT_EDITION, edition)
    guards.still_a_draft(edition)
    audit.record(by, "edition.computed_again", edition)
    if open_kitchens(edition.authority)[: AT_ONCE + 1].count() <= AT_ONCE:
        compute(edition, at=at)
    else:
        edition.proposals.filter(set_aside_at=None).delete()
        Edition.objects.filter(pk=edition.pk).update(computed_at=None)


@transaction.atomic
def pick(
    edition: Edition,
    establishment: Establishment,
    *,
    by: User,
    colour: str,
    reason: str,
    rule: str = "",
    document_number: str = "",
    at: datetime | None = None,
) -> Listing:
    """Put a kitchen on the draft, by the facts as they are known now. The rules must propose it; the officer writes why, for black with the document 文号."""
    at = at or timezone.now()
    guards.must(by, Can.DRAFT_EDITION, edition)
    guards.impartial(by, establishment.pk)
    guards.still_a_draft(edition)
    reason, document_number = face.nfc(reason.strip()), face.nfc(document_number.strip())
    if not open_kitchens(edition.authority).filter(pk=establishment.pk).exists():
        raise Refused(_("This kitchen is not an open one of this authority."))
    if edition.listings.kept().filter(establishment=establishment).exists():
        raise Refused(_("This kitchen is on the edition already."))
    if not reason:
        raise Refused(_("Every listing needs a reason, written by a person."))
    if any(name and name in reason for name in (establishment.signboard, establishment.operator_name)):
        raise Refused(_("The reason must not name the kitchen: names are kept apart so that they can be erased."))
    known = facts.of(establishment, at, period=(edition.period_from, edition.period_to))
    verdict = judge.judge(known, edition.rules)
    over = decided.of_kitchens([establishment.pk], at)
    if colour == Listing.Colour.BLACK:
        if rule not in [finding.rule.code for finding in verdict.black]:
            raise Refused(_("The facts do not meet this rule of the black list."))
        if not document_number:
            raise Refused(_("A black listing names a served document with its number."))
        if over.covers(establishment.pk, edition.rules.black(rule), known):
            raise Refused(DECIDED)
    elif colour == Listing.Colour.RED and verdict.colour == judge.RED:
        if establishment.pk in over.blackened:
            raise Refused(path.ON_BLACK)
        rule, document_number = judge.RED, ""
    else:
        raise Refused(_("The facts do not meet the rules of the red list."))
    listing = Listing.objects.create(
        edition=edition,
        establishment=establishment,
        colour=colour,
        rule=rule,
        facts=told(known, edition.rules, rule),
        reason=reason,
        document_number=document_number,
        evidence=visits(known, edition.rules, rule),
        picked_by=by,
        picked_at=at,
    )
    ListingIdentity.objects.create(
        listing=listing,
        code=establishment.code,
        legal_name=face.nfc(establishment.operator_name),
        signboard=face.nfc(establishment.signboard),
        address=face.nfc(establishment.address),
    )
    audit.record(by, "listing.picked", listing, colour=colour, rule=rule, facts=listing.facts)
    return listing


def told(known: judge.Facts, rules: judge.RuleSet, rule: str) -> dict[str, judge.Value]:
    """The facts that a listing publishes: of red those of every red rule, of black its own rule's alone with their
    evidence. What else is known, an open complaint above all, is nobody's business."""
    judged = rules.of(judge.RED) if rule == judge.RED else (rules.black(rule),)
    names = {*ALWAYS_TOLD, *(name for one in judged for name in (one.fact, f"{one.fact}_ids"))}
    return {name: value for name, value in known.items() if name in names and value is not None}


def visits(known: judge.Facts, rules: judge.RuleSet, rule: str) -> list[int]:
    """Ids of the visits that are a listing's evidence: whose grade or result speaks, or that found a kitchen at work."""
    visit = known.get("inspection_id")
    spoke = rule == judge.RED or rules.black(rule).fact in ("inspection", "permit")
    return [visit] if spoke and isinstance(visit, int) else []


def compute_waiting(at: datetime) -> int:
    """Compute every draft whose proposals are not there yet; how many. One that cannot be is told of and left."""
    waiting = Edition.objects.filter(state=Edition.State.DRAFT, computed_at=None).select_related("authority")
    computed = 0
    for edition in waiting.order_by("pk"):
        try:
            compute(edition, at=at)
            computed += 1
        except WrongState:
            continue  # published or released by somebody meanwhile
        except Exception:  # whatever is wrong with one draft, the others are not its fault
            log.exception("the draft %s cannot be computed", edition.code)
    return computed
