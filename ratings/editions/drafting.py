"""Drafting: an edition is opened, the rules propose, officers pick or set aside. A proposal is a hint, never a listing."""

from datetime import date, datetime

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sunkitchen.accounts.models import Authority, User
from sunkitchen.core import audit
from sunkitchen.core.access import Can
from sunkitchen.core.workflow import Refused
from sunkitchen.registry.models import Establishment

from . import edition as face
from . import facts, guards, judge, path, ruleset
from .models import Edition, Listing, ListingIdentity


@transaction.atomic
def draft(
    authority: Authority, *, by: User, period_from: date, period_to: date, at: datetime | None = None, rules: str = ""
) -> Edition:
    """Open the authority's next edition over a period that has ended, by the newest rules or those it was under."""
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
    return edition


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
    """Put a kitchen on the draft. The rules must propose it; the officer writes why, for black with the document 文号."""
    at = at or timezone.now()
    guards.must(by, Can.DRAFT_EDITION, edition)
    guards.impartial(by, establishment.pk)
    guards.still_a_draft(edition)
    reason, document_number = face.nfc(reason.strip()), face.nfc(document_number.strip())
    if not path.kitchens_of(edition.authority).filter(pk=establishment.pk).exists():
        raise Refused(_("This kitchen is not an open one of this authority."))
    if edition.listings.kept().filter(establishment=establishment).exists():
        raise Refused(_("This kitchen is on the edition already."))
    if not reason:
        raise Refused(_("Every listing needs a reason, written by a person."))
    if any(name and name in reason for name in (establishment.signboard, establishment.operator_name)):
        raise Refused(_("The reason must not name the kitchen: names are kept apart so that they can be erased."))
    known = facts.of(establishment, at, period=(edition.period_from, edition.period_to))
    verdict = judge.judge(known, edition.rules)
    if colour == Listing.Colour.BLACK:
        if rule not in [finding.rule.code for finding in verdict.black]:
            raise Refused(_("The facts do not meet this rule of the black list."))
        if not document_number:
            raise Refused(_("A black listing names a served document with its number."))
        if path.is_spent(edition.rules.black(rule), known, path.spent(edition, [establishment])):
            raise Refused(
                _("This was decided already: a visit puts a kitchen on the black list once, and never again.")
            )
    elif colour == Listing.Colour.RED and verdict.colour == judge.RED:
        if path.blackened([establishment], at):
            raise Refused(path.ON_BLACK)
        rule, document_number = judge.RED, ""
    else:
        raise Refused(_("The facts do not meet the rules of the red list."))
    listing = Listing.objects.create(
        edition=edition,
        establishment=establishment,
        colour=colour,
        rule=rule,
        facts={name: value for name, value in known.items() if value is not None},
        reason=reason,
        document_number=document_number,
        evidence=[known["inspection_id"]] if known["inspection_id"] else [],
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
