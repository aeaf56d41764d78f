"""Every write of a draw: committed to before anybody knows the seed, held, and its visits begun."""

import secrets as dice
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from ratings.inspections import actions as inspections
from ratings.inspections.models import Inspection
from ratings.plan import classes
from sunkitchen.accounts.models import Authority, Post, User
from sunkitchen.core import access, audit, locks, secrets, translog, workdays
from sunkitchen.core.access import Can
from sunkitchen.core.workflow import Refused, Step, WrongState, move
from sunkitchen.registry.models import Establishment, Membership

from . import letters, redraw
from .models import Assignment, Draw

HOLD = Step("hold", {Draw.State.COMMITTED}, Draw.State.DRAWN)
MOST = 2000  # kitchens drawn at once


@dataclass(frozen=True)
class Pool:
    """What is drawn from, as it is published, and the codes of kitchens that two inspectors can't be found for."""

    published: dict[str, Any]
    left_out: list[str]


def officers(authority: Authority) -> dict[str, Post]:
    """The inspectors of the authority by enforcement number. Refused when two carry the same."""
    posts = Post.objects.held().filter(authority=authority, role=Post.Role.INSPECTOR).exclude(enforcement_number="")
    found: dict[str, Post] = {}
    for post in posts.select_related("user"):
        number = _plain(post.enforcement_number)
        if number in found:
            raise Refused(_("Two inspectors carry the enforcement number %(number)s.") % {"number": number})
        found[number] = post
    return found


def pool_of(authority: Authority, categories: Iterable[str] = (), declared: Iterable[tuple[str, str]] = ()) -> Pool:
    """Every open kitchen of the area (of these categories) with its weight, every inspector, every conflict.

    Who acts for a kitchen has a conflict with it; `declared` are more, as (enforcement number, kitchen's code).
    """
    posts = officers(authority)
    open_ones = Establishment.objects.filter(
        division__startswith=authority.division, state=Establishment.State.OPEN
    ).order_by("code")
    if categories := list(categories):
        open_ones = open_ones.filter(category__in=categories)
    kitchens = [
        {"code": code, "division": division, "weight": classes.WEIGHTS[letter]}
        for code, division, letter in classes.classed(open_ones).values_list("code", "division", "letter")
    ]
    codes = {kitchen["code"] for kitchen in kitchens}
    number_of = {post.user_id: number for number, post in posts.items()}
    acting = Membership.objects.filter(user__in=number_of, ended_at=None).values_list("user", "establishment__code")
    conflicts = {(number_of[user], code) for user, code in acting if code in codes}
    for number, code in declared:
        if number not in posts or code not in codes:
            raise Refused(
                _("A conflict names %(number)s and %(code)s: one of them is not in the pool.")
                % {"number": number, "code": code}
            )
        conflicts.add((number, code))
    held = {code: 0 for _number, code in conflicts}
    for _number, code in conflicts:
        held[code] += 1
    left_out = sorted(code for code, count in held.items() if len(posts) - count < 2)
    return Pool(
        {
            "kitchens": [kitchen for kitchen in kitchens if kitchen["code"] not in left_out],
            "inspectors": sorted(posts),
            "conflicts": sorted([number, code] for number, code in conflicts if code not in left_out),
        },
        left_out,
    )


@transaction.atomic
def commit(
    authority: Authority,
    *,
    by: User,
    title: str,
    kitchens: int,
    beacon: str = "",
    categories: Iterable[str] = (),
    declared: Iterable[tuple[str, str]] = (),
    at: datetime | None = None,
) -> Draw:
    """Freeze the pool, seal a seed that nobody has seen, and put the hashes of both into the published log.

    `beacon` names a public number that nobody knows yet, and that is mixed in: without one the office could have
    tried many seeds, and every page of the draw says so.
    """
    access.require(by, Can.DRAW_VISITS, authority)
    at, title, beacon = at or timezone.now(), _plain(title), _plain(beacon)
    if not title:
        raise Refused(_("Please say what the draw is for."))
    pool = pool_of(authority, categories, declared)
    _must_not_be_drawn(by, pool.published)
    if len(pool.published["inspectors"]) < 2:
        raise Refused(_("A draw needs two inspectors with enforcement numbers."))
    if not 0 < kitchens <= min(MOST, len(pool.published["kitchens"])):
        raise Refused(
            _("Between 1 and %(most)d kitchens can be drawn here.")
            % {"most": min(MOST, len(pool.published["kitchens"]))}
        )
    seed = dice.token_bytes(32).hex()
    locks.hold(f"draws of {authority.slug}")
    year = timezone.localtime(at).year
    last = Draw.objects.filter(authority=authority, year=year).aggregate(last=Max("number"))["last"] or 0
    leaf: dict[str, Any] = {
        "kind": "draw.committed",
        "draw": f"{authority.slug}/{year}-{last + 1}",
        "title": title,
        "kitchens": kitchens,
        "pool_sha256": redraw.sha256(redraw.canonical(pool.published)),
        "commitment": redraw.sha256(bytes.fromhex(seed)),
        "beacon": beacon,
        "at": _written(at),
    }
    draw = Draw.objects.create(
        authority=authority,
        year=year,
        number=last + 1,
        title=title,
        kitchens=kitchens,
        pool=pool.published,
        pool_sha256=leaf["pool_sha256"],
        commitment=leaf["commitment"],
        sealed_seed=secrets.seal(seed),
        beacon=beacon,
        committed_by=by,
        committed_at=at,
        committed_entry=translog.append(leaf),
    )
    audit.record(by, "draw.committed", draw, pool=len(pool.published["kitchens"]), left_out=pool.left_out[:50])
    _settle(at)
    return draw


@transaction.atomic
def hold(draw: Draw, *, by: User, beacon_value: str = "", at: datetime | None = None) -> Draw:
    """Draw the kitchens and their inspectors, once. The outcome's hash goes into the log at once; what it says is
    public when the visits are over (`document.is_shown`), so that no kitchen is warned."""
    access.require(by, Can.DRAW_VISITS, draw.authority)
    at, beacon_value = at or timezone.now(), _plain(beacon_value)
    if draw.state != Draw.State.COMMITTED:
        raise WrongState(HOLD.name, draw.state)
    _must_not_be_drawn(by, draw.pool)
    if draw.beacon and not beacon_value:
        raise Refused(_("The public number was named before: please enter its value."))
    if beacon_value and not draw.beacon:
        raise Refused(_("No public number was named before, so none is mixed in now."))
    posts = officers(draw.authority)
    if gone := sorted(set(draw.pool["inspectors"]) - set(posts)):
        raise Refused(
            _("%(numbers)s no longer inspect here. Commit to a new draw; this one stays on record.")
            % {"numbers": "、".join(gone)}
        )
    seed = secrets.unseal(draw.sealed_seed)
    if redraw.sha256(redraw.canonical(draw.pool)) != draw.pool_sha256 or not _kept(seed, draw.commitment):
        raise Refused(_("The pool or the seed is not what was committed to. Tell your administrator."))
    drawn = redraw.draw(draw.pool, draw.kitchens, seed, beacon_value)
    outcome = {"seed": seed, "beacon_value": beacon_value, "assignments": drawn}
    leaf = {
        "kind": "draw.drawn",
        "draw": draw.code,
        "committed": draw.committed_entry.seq,
        "outcome_sha256": redraw.sha256(redraw.canonical(outcome)),
        "at": _written(at),
    }
    places = {place.code: place for place in Establishment.objects.filter(code__in=[code for code, _a, _b in drawn])}
    due_on = workdays.add(timezone.localtime(at).date(), settings.DRAW_VISIT_WORKDAYS).day
    Assignment.objects.bulk_create(
        Assignment(
            draw=draw,
            position=position,
            establishment=places[code],
            lead=posts[lead].user,
            second=posts[second].user,
            due_on=due_on,
        )
        for position, (code, lead, second) in enumerate(drawn, start=1)
    )
    move(
        draw,
        HOLD,
        seed=seed,
        beacon_value=beacon_value,
        drawn_by=by,
        drawn_at=at,
        drawn_entry=translog.append(leaf),
    )
    audit.record(by, "draw.drawn", draw, kitchens=len(drawn))
    letters.drawn(draw)
    _settle(at)
    return draw


@transaction.atomic
def begin_visit(assignment: Assignment, *, by: User, at: datetime | None = None) -> Inspection:
    """The visit that was drawn, by the two who were drawn. Begun twice, it is the same visit."""
    locks.hold(f"assignment {assignment.pk}")
    assignment.refresh_from_db()
    if assignment.inspection:
        return assignment.inspection
    if by.pk not in (assignment.lead_id, assignment.second_id):
        raise Refused(_("Only the two inspectors who were drawn make this visit."))
    other = assignment.second if by.pk == assignment.lead_id else assignment.lead
    visit = inspections.begin(assignment.establishment, by=by, second=other, kind=Inspection.Kind.RANDOM, at=at)
    visited(assignment, visit, by=by)
    return visit


@transaction.atomic
def visited(assignment: Assignment, inspection: Inspection, *, by: User) -> None:
    """This visit is the one that was drawn. Refused when it is another kitchen's, or other officers'."""
    drawn = {assignment.lead_id, assignment.second_id}
    if (
        inspection.establishment_id != assignment.establishment_id
        or {inspection.lead_id, inspection.second_id} != drawn
    ):
        raise Refused(_("This visit is not the one that was drawn."))
    if by.pk not in drawn:
        raise Refused(_("Only the two inspectors who were drawn make this visit."))
    if not Assignment.objects.filter(pk=assignment.pk, inspection=None).update(inspection=inspection):
        raise WrongState("visit")
    assignment.inspection = inspection
    audit.record(by, "draw.visit_begun", assignment, inspection=inspection.pk)


# ── parts ───────────────────────────────────────────────────────────────────────────────────────────────────


def _plain(text: str) -> str:
    """As the log takes it: NFC, one space where there were several."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def _written(at: datetime) -> str:
    return timezone.localtime(at).isoformat(timespec="seconds")


def _kept(seed: str, commitment: str) -> bool:
    return bool(seed) and redraw.sha256(bytes.fromhex(seed)) == commitment


def _must_not_be_drawn(by: User, pool: dict[str, Any]) -> None:
    numbers = Post.objects.held().filter(user=by).exclude(enforcement_number="").values_list("enforcement_number")
    if {_plain(number) for (number,) in numbers} & set(pool["inspectors"]):
        raise Refused(_("Whoever may be drawn takes no part in drawing."))


def _settle(at: datetime) -> None:
    transaction.on_commit(lambda: translog.settle(at), robust=True)  # whatever fails here, the sweep repairs
