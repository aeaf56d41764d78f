"""Every write on the way to an edition: drafted, listings picked, notice, service, waiver, objection, published."""

from datetime import date, datetime

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from ratings.inspections.models import Inspection
from sunkitchen.accounts.models import Authority, User
from sunkitchen.core import access, audit, files, translog
from sunkitchen.core.access import Can
from sunkitchen.core.models import StoredFile
from sunkitchen.core.workflow import Refused, Step, WrongState, move
from sunkitchen.registry.models import Establishment

from . import edition as face
from . import facts, judge, letters, path, ruleset
from .models import Edition, Listing, ListingIdentity, Objection, Service, Waiver

_State = Listing.State
NOTICE = Step("notice", {_State.DRAFT}, _State.NOTICED)
SERVE = Step("serve", {_State.NOTICED}, _State.SERVED)
WAIVE = Step("waive", {_State.SERVED}, _State.SERVED)
OBJECT = Step("object", {_State.SERVED}, _State.OBJECTED)
UPHOLD = Step("uphold", {_State.OBJECTED}, _State.SERVED)
OVERTURN = Step("overturn", {_State.OBJECTED}, _State.DROPPED)
DROP = Step("drop", {_State.DRAFT, _State.NOTICED, _State.SERVED}, _State.DROPPED)
SEAL = {
    Listing.Colour.RED: Step("seal", {_State.DRAFT}, _State.PUBLISHED),
    Listing.Colour.BLACK: Step("seal", {_State.SERVED}, _State.PUBLISHED),
}
REJECT = Step("reject", {Objection.State.OPEN}, Objection.State.REJECTED)
ACCEPT = Step("accept", {Objection.State.OPEN}, Objection.State.ACCEPTED)
PUBLISH = Step("publish", {Edition.State.DRAFT}, Edition.State.PUBLISHED)


@transaction.atomic
def draft(authority: Authority, *, by: User, period_from: date, period_to: date, at: datetime | None = None) -> Edition:
    """Open the authority's next edition, by the newest rules, over a period that has ended."""
    at = at or timezone.now()
    _may(by, Can.DRAFT_EDITION, authority)
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
        rule_version=ruleset.current().version,
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
    _may(by, Can.DRAFT_EDITION, edition)
    _impartial(by, establishment.pk)
    _still_a_draft(edition)
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


@transaction.atomic
def notice(listing: Listing, *, by: User, at: datetime | None = None) -> None:
    """Issue the 拟公示告知书: it is printed and served on paper; the owners' desks say that it comes."""
    at = at or timezone.now()
    _may(by, Can.SERVE_NOTICE, listing.edition)
    _impartial(by, listing.establishment_id)
    _hold(listing)
    if listing.colour == Listing.Colour.RED:
        raise Refused(_("A red listing needs no notice."))
    move(listing, NOTICE, noticed_by=by, noticed_at=at)
    audit.record(by, "listing.noticed", listing, document_number=listing.document_number)
    letters.noticed(listing)


@transaction.atomic
def serve(
    listing: Listing,
    *,
    by: User,
    method: str,
    served_on: date,
    note: str = "",
    proof: files.Admitted | None = None,
    at: datetime | None = None,
) -> Service:
    """Record how and when the notice was served 送达, with a file or a note as proof; the window runs from that day."""
    at = at or timezone.now()
    _may(by, Can.SERVE_NOTICE, listing.edition)
    _impartial(by, listing.establishment_id)
    _hold(listing)
    note = note.strip()
    if method not in Service.Method.values:
        raise Refused(_("How was the notice served?"))
    if listing.noticed_at and served_on < timezone.localtime(listing.noticed_at).date():
        raise Refused(_("The notice cannot be served before it was issued."))
    if served_on > timezone.localtime(at).date():
        raise Refused(_("Service lies in the future."))
    if not note and proof is None:
        raise Refused(_("Service needs proof: a file, or a note of who received it."))
    if method == Service.Method.ELECTRONIC and proof is None:
        raise Refused(_("Electronic service needs the signed confirmation of address as a file."))
    move(listing, SERVE)
    service = Service.objects.create(
        listing=listing,
        method=method,
        served_on=served_on,
        note=note,
        proof=_kept(proof, listing, by),
        recorded_by=by,
        recorded_at=at,
    )
    audit.record(by, "listing.served", listing, method=method, served_on=served_on.isoformat())
    letters.served(listing)
    return service


@transaction.atomic
def waive(
    listing: Listing,
    *,
    by: User,
    waived_on: date,
    statement: str,
    proof: files.Admitted | None = None,
    at: datetime | None = None,
) -> Waiver:
    """Record the operator's waiver 放弃陈述申辩: the window ends with it, and nothing else ends it early."""
    at = at or timezone.now()
    _may(by, Can.SERVE_NOTICE, listing.edition)
    _impartial(by, listing.establishment_id)
    _hold(listing)
    statement = statement.strip()
    if not statement:
        raise Refused(_("Write down what the operator stated."))
    if hasattr(listing, "waiver"):
        raise WrongState("waive", listing.state)
    service = getattr(listing, "service", None)
    if service and not service.served_on <= waived_on <= timezone.localtime(at).date():
        raise Refused(_("A waiver lies between service and today."))
    move(listing, WAIVE)
    waiver = Waiver.objects.create(
        listing=listing,
        waived_on=waived_on,
        statement=statement,
        proof=_kept(proof, listing, by),
        recorded_by=by,
        recorded_at=at,
    )
    audit.record(by, "listing.waived", listing, waived_on=waived_on.isoformat())
    letters.waived(listing)
    return waiver


@transaction.atomic
def lodge(listing: Listing, *, by: User, statement: str, at: datetime | None = None) -> Objection:
    """Object 陈述申辩, as the owner or as an officer who writes down what the operator said. It stops publication."""
    at = at or timezone.now()
    if not access.can(by, Can.OBJECT, listing):
        _may(by, Can.SERVE_NOTICE, listing.edition)
    _hold(listing)
    statement = statement.strip()
    if not statement:
        raise Refused(_("What do you object to? Write it in your own words."))
    if len(statement) > 2000:
        raise Refused(_("At most 2000 characters."))
    if listing.state == _State.SERVED and not listing.window_is_open(at):
        raise Refused(_("The time to object has ended, or was waived."))
    move(listing, OBJECT)
    objection = Objection.objects.create(listing=listing, statement=statement, lodged_by=by, lodged_at=at)
    audit.record(by, "objection.lodged", objection)
    return objection


@transaction.atomic
def decide(objection: Objection, *, by: User, uphold: bool, answer: str, at: datetime | None = None) -> None:
    """Decide an objection: uphold the listing, or overturn it. Only by somebody who took no part in it."""
    at = at or timezone.now()
    listing = objection.listing
    _may(by, Can.DECIDE_OBJECTION, listing.edition)
    _impartial(by, listing.establishment_id)
    _hold(listing)
    answer = answer.strip()
    if by.pk in took_part(listing) | {objection.lodged_by_id}:
        raise Refused(_("You took part in this listing: somebody else decides the objection."))
    if not answer:
        raise Refused(_("The operator gets a reasoned answer."))
    move(objection, REJECT if uphold else ACCEPT, decided_by=by, decided_at=at, answer=answer)
    if uphold:
        move(listing, UPHOLD)
    else:
        move(listing, OVERTURN, dropped_why=answer[:500])
    audit.record(by, "objection.decided", objection, upheld=uphold)
    letters.decided(objection)


@transaction.atomic
def drop(listing: Listing, *, by: User, why: str) -> None:
    """Take a listing off the draft, with a reason."""
    _may(by, Can.DRAFT_EDITION, listing.edition)
    _impartial(by, listing.establishment_id)
    _hold(listing)
    why = why.strip()
    if not why:
        raise Refused(_("Why is it taken off?"))
    was_noticed = listing.noticed_at is not None
    move(listing, DROP, dropped_why=why[:500])
    audit.record(by, "listing.dropped", listing, why=why[:500])
    if was_noticed:
        letters.dropped(listing)


@transaction.atomic
def publish(edition: Edition, *, by: User, at: datetime | None = None) -> None:
    """Publish for good: seal every listing, append the leaf, close the rows, in one transaction; then sign.

    Refused for everybody who took part in it or decided on it, for an empty edition, and while anything is in
    the way of a listing. WrongState for whoever comes second.
    """
    at = at or timezone.now()
    _may(by, Can.PUBLISH_EDITION, edition)
    _still_a_draft(edition)
    listings = list(
        edition.listings.kept()
        .select_for_update(of=("self",))
        .select_related("edition__authority", "establishment", "identity", "service", "waiver")
        .order_by("colour", "pk")
    )
    if by.pk == edition.drafted_by_id or any(by.pk in took_part(listing) for listing in listings):
        raise Refused(_("Nobody publishes what they drafted, inspected or served."))
    _impartial(by, *(listing.establishment_id for listing in listings))
    if by.pk in set(Objection.objects.filter(listing__edition=edition).values_list("decided_by_id", flat=True)):
        raise Refused(_("Whoever decided an objection does not publish the edition."))
    if not listings:
        raise Refused(_("An empty edition is not published."))
    in_the_way = path.obstacles(listings, at)
    for listing in listings:
        if found := in_the_way[listing.pk]:
            raise Refused(format_lazy("{}: {}", str(listing.establishment), " ".join(found)))
    today = timezone.localtime(at).date()
    for place, listing in enumerate(listings):
        term_until = edition.rules.term(listing.colour, listing.rule, today)
        listing.identity.salt = face.fresh_salt()
        listing.identity.save(update_fields=["salt"])
        move(
            listing,
            SEAL[Listing.Colour(listing.colour)],
            finding=face.finding(listing, term_until),
            finding_salt=face.fresh_salt(),
            place=place,
            term_until=term_until,
            sealed_at=at,
        )
    entry = translog.append(face.leaf(edition, listings, publisher=by, at=at))
    move(edition, PUBLISH, published_by=by, published_at=at, entry=entry)
    audit.record(by, "edition.published", edition, entry=entry.seq, listings=len(listings))
    for listing in listings:
        letters.published(listing)
    transaction.on_commit(lambda: settle(at), robust=True)  # whatever fails here, the sweep repairs


def settle(at: datetime) -> None:
    """Sign what is unsigned, then write the static copy: entries, checkpoints, keys, editions. Idempotent.

    LogBroken, with nothing signed or written, when rows are not what was signed. OSError when the copy has no room:
    signed it is all the same.
    """
    newest = translog.sign(at)
    if newest is None:
        return
    with transaction.atomic():
        translog.hold()  # so that a slower process never turns the copy back
        for edition in Edition.objects.published().filter(entry__seq__lt=newest.size).order_by("entry__seq"):
            translog.write(f"editions/{edition.code}.json", face.document_bytes(edition, at))
        translog.mirror()


def took_part(listing: Listing) -> set[int]:
    """Who may neither decide nor publish it: drafter, who picked it, who issued or served the notice or recorded the
    waiver, the inspectors of its evidence."""
    people = {
        listing.edition.drafted_by_id,
        listing.picked_by_id,
        listing.noticed_by_id,
    }
    for record in ("service", "waiver"):
        if recorded := getattr(listing, record, None):
            people.add(recorded.recorded_by_id)
    for visit in Inspection.objects.filter(pk__in=listing.evidence):
        people |= {visit.lead_id, visit.second_id}
    return {person for person in people if person is not None}


def may(by: User, capability: Can, subject: access.Scoped) -> bool:
    """An edition is the act of one bureau, taken by its own officers; a superior one's may decide objections."""
    _ids, divisions = access.reach(by, capability)
    if subject.scope.division in divisions:
        return True
    return capability == Can.DECIDE_OBJECTION and access.can(by, capability, subject)


def _may(by: User, capability: Can, subject: access.Scoped) -> None:
    if not may(by, capability, subject):
        raise Refused(_("This step belongs to another post."))


def _impartial(by: User, *establishments: int) -> None:
    if access.own(by) & set(establishments):
        raise Refused(_("You act for this kitchen yourself: a colleague takes this step."))


def _still_a_draft(edition: Edition) -> None:
    """Locks the edition, so that publishing and everything before it come one after the other."""
    state = Edition.objects.select_for_update().values_list("state", flat=True).get(pk=edition.pk)
    if state != Edition.State.DRAFT:
        raise WrongState("change", state)


def _hold(listing: Listing) -> None:
    """The listing as it is now, and nobody else moves it: what the caller read before may be a colleague's step old."""
    _still_a_draft(listing.edition)
    listing.refresh_from_db()


def _kept(proof: files.Admitted | None, listing: Listing, by: User) -> StoredFile | None:
    return files.keep(proof, by=by, owner_scope=f"authority:{listing.edition.authority_id}") if proof else None
