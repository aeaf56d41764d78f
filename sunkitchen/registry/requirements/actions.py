"""What a kitchen still needs, and the operator's word for what is to come: given, kept, broken, released."""

import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from sunkitchen.accounts.models import User
from sunkitchen.core import audit
from sunkitchen.core.workflow import Refused, Step, WrongState, move

from ..checked import checked
from ..credentials.guards import acts_for
from ..establishments import actions as establishments
from ..establishments.models import Establishment
from . import holding, letters, rules, words
from . import needed as judging
from .models import OwnCheck, Undertaking
from .needed import Held, Standing
from .rules import Requirement, RuleSet

State = Undertaking.State
KEEP = Step("keep", {State.OPEN}, State.KEPT)
BREAK = Step("break", {State.OPEN}, State.BROKEN)
RELEASE = Step("release", {State.OPEN}, State.RELEASED)
REMIND_DAYS = (7, 1)  # before an undertaking is due: once within each


@dataclass(frozen=True)
class Offer:
    """A way that is open: its button, and where it leads."""

    way: str
    words: str
    link: str


@dataclass(frozen=True)
class Needed:
    """One requirement of this kitchen, and how it stands. `link` is where the owner sees to it, "" where nothing is."""

    requirement: Requirement
    standing: Standing
    title: str
    help: str
    basis: str
    words: str  # how it stands, in one line
    came: str  # by which way it is met, or is under way; "" where it is missing
    level: str  # bad, warn or ok
    link: str
    offers: tuple[Offer, ...]

    @property
    def is_met(self) -> bool:
        return self.standing.is_met


def needed(place: Establishment, today: date) -> list[Needed]:
    """All that this kitchen must hold on that day, what is missing first. A broken word, an expired or a revoked paper
    never counts as met."""
    ruleset, held = rules.of(place.division, today), holding.of(place, today)
    language = get_language() or ""
    found = [
        _said(place, rule, judging.judge(rule, held, today, ruleset.barred_months), language)
        for rule in ruleset.of(place.category)
        if judging.applies(rule, held)
    ]
    return sorted(found, key=lambda one: ("bad", "warn", "ok").index(one.level))


def requirement_of(place: Establishment, code: str, today: date) -> tuple[Requirement, Standing, Held, RuleSet]:
    """One requirement of this kitchen and how it stands. Refused when it is not asked of it."""
    ruleset = rules.of(place.division, today)
    rule = next((rule for rule in ruleset.of(place.category) if rule.code == code), None)
    if rule is None:
        raise Refused(_("This is not asked of this kitchen."))
    held = holding.of(place, today)
    if not judging.applies(rule, held):
        raise Refused(_("This is not asked of this kitchen."))
    return rule, judging.judge(rule, held, today, ruleset.barred_months), held, ruleset


def offered(place: Establishment, code: str, way: str, today: date) -> tuple[Requirement, Standing, RuleSet]:
    """The same, where that way is open now. Refused, with the reason, when it is not."""
    rule, standing, _held, ruleset = requirement_of(place, code, today)
    if way in standing.offers:
        return rule, standing, ruleset
    if standing.is_met or standing.state == judging.WAITING:
        raise Refused(_("Nothing is missing here any more."))
    if way == rules.UNDERTAKING and way in rule.ways and standing.state != judging.PROMISED:
        raise Refused(_("No undertaking is offered now: an earlier one was not kept, or the paper was revoked."))
    raise Refused(_("This way is not open for it now."))


# ── the operator's word ─────────────────────────────────────────────────────────────────────────────────────
def promise(place: Establishment, rule: Requirement, today: date) -> tuple[str, date]:
    """The words to sign today, and the day they name. In Chinese, with the reader's language below where it is another."""
    assert rule.promise is not None
    due = today + timedelta(days=rule.promise.days)
    spoken = [("zh-hans", rule.promise.text.zh, rule.title.zh)]
    if (get_language() or "").startswith("en"):
        spoken.append(("en", rule.promise.text.en, rule.title.en))
    parts = []
    for language, text, title in spoken:
        with translation.override(language):
            names = {"kitchen": place.signboard, "operator": place.operator_name, "title": title}
            parts.append(text % {**names, "due": date_format(due, "DATE_FORMAT")})
    return "\n\n".join(parts), due


def undertake(
    place: Establishment, code: str, *, by: User, name: str, kitchen: str, agreed: bool, today: date | None = None
) -> Undertaking:
    """The operator signs: their name, a tick, and the kitchen's signboard typed again. Refused when that is not so."""
    today = today or timezone.localdate()
    if not acts_for(by, place):
        raise Refused(_("Only the kitchen's own people sign for it."))
    if place.state == Establishment.State.CLOSED and not establishments.changes_hands(place):
        raise Refused(_("This kitchen has closed."))
    if not agreed:
        raise Refused(_("Please tick that you have read it and mean it."))
    if _plain(kitchen) != _plain(place.signboard):
        raise Refused(_("That is not the kitchen's name: please type “%(name)s”.") % {"name": place.signboard})
    with transaction.atomic():
        Establishment.objects.select_for_update().get(pk=place.pk)
        rule, _standing, ruleset = offered(place, code, rules.UNDERTAKING, today)
        text, due = promise(place, rule, today)
        row = Undertaking(
            establishment=place,
            requirement=rule.code,
            version=ruleset.version,
            text=text,
            signed_name=" ".join(name.split()),
            signed_by=by,
            due_on=due,
        )
        checked(row, exclude={"ended_at", "ended_by"}, alone=True)
        try:
            with transaction.atomic():
                row.save()
        except IntegrityError:
            raise WrongState("undertake") from None
        audit.record(by, "undertaking.signed", row, requirement=rule.code, due=due.isoformat(), rules=ruleset.version)
        letters.signed(row, rule)
    return row


@transaction.atomic
def release(row: Undertaking, *, by: User, reason: str) -> None:
    """The authority lets the operator out of their word, with a reason that they read. WrongState once it has ended."""
    reason = " ".join(reason.split())
    if acts_for(by, row.establishment):
        raise Refused(_("Nobody decides about their own kitchen. Please ask a colleague."))
    if not reason:
        raise Refused(_("Please write why: the kitchen reads it."))
    if len(reason) > 300:
        raise Refused(_("A reason has at most %(most)s characters.") % {"most": 300})
    move(row, RELEASE, ended_at=timezone.now(), ended_by=by, ended_why=reason)
    audit.record(by, "undertaking.released", row, reason=reason)
    letters.released(row, title_of(row))


def end_with_operator(establishment: Establishment, *, by: User, reason: str, at: datetime) -> int:
    """What the former operator promised binds nobody who did not sign; how many. Inside a hand-over's transaction."""
    rows = list(Undertaking.objects.filter(establishment=establishment, state=State.OPEN))
    for row in rows:
        move(row, RELEASE, ended_at=at, ended_by=by, ended_why=reason[:300])
        audit.record(by, "undertaking.released", row, why=reason[:300])
    return len(rows)


def settle(today: date) -> int:
    """Open undertakings whose paper came are kept, those past their day are broken, those near it are reminded of;
    how many ended. Safe to call at any hour."""
    ended = 0
    open_ones = Undertaking.objects.filter(state=State.OPEN).select_related("establishment")
    for row in open_ones.order_by("due_on", "pk"):
        try:
            ended += _settle(row, today)
        except WrongState:
            continue  # somebody was faster
    return ended


def _settle(row: Undertaking, today: date) -> bool:
    place = row.establishment
    ruleset, held = rules.of(place.division, today), holding.of(place, today)
    rule = next((rule for rule in ruleset.of(place.category) if rule.code == row.requirement), None)
    fate = "kept"  # what is not asked any more is not owed any more
    if rule is not None and judging.applies(rule, held):
        fate = judging.keeps(rule, held, holding.given(row), today, ruleset.barred_months)
    if fate == "open" or (fate == "broken" and place.state == Establishment.State.CLOSED):
        days = (row.due_on - today).days
        stage = min((stage for stage in REMIND_DAYS if 0 <= days <= stage), default=None)
        if stage is not None and fate == "open":
            letters.due(row, title_of(row), stage)
        return False
    with transaction.atomic():
        if fate == "kept":
            move(row, KEEP, ended_at=timezone.now())
            audit.record(None, "undertaking.kept", row)
        else:
            move(row, BREAK, ended_at=timezone.now())
            audit.record(None, "undertaking.broken", row)
            letters.broken(row, title_of(row), ruleset.barred_months)
    return True


# ── words ───────────────────────────────────────────────────────────────────────────────────────────────────
def title_of(row: Undertaking | OwnCheck) -> rules.Words:
    """What it is about, as the rules of these days call it; its code where they know it no more."""
    place = row.establishment
    for rule in rules.of(place.division, timezone.localdate()).requirements:
        if rule.code == row.requirement:
            return rule.title
    return rules.Words(row.requirement, row.requirement)


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split()).casefold()


def _said(place: Establishment, rule: Requirement, found: Standing, language: str) -> Needed:
    offers = tuple(Offer(way, words.way(rule, way), _link(place, rule, way, found)) for way in found.offers)
    return Needed(
        requirement=rule,
        standing=found,
        title=rule.title.said(language),
        help=rule.help.said(language),
        basis=rule.basis.said(language),
        words=words.state(rule, found),
        came=str(words.CAME[found.way]) if found.way and rule.sort == rules.PAPER else "",
        level=found.level,
        link=_link(place, rule, rules.UPLOAD, found),
        offers=offers,
    )


ROOMS = {
    rules.PHOTO: "photos",
    rules.LEDGER: "ledger",
    rules.STAFF: "staff",
    rules.POST: "staff",
    rules.CAMERA: "cameras",
}
PAGES = {
    rules.SHARED: "kitchen_shared",
    rules.OWN_CHECK: "kitchen_own_check",
    rules.UNDERTAKING: "kitchen_undertake",
}


def _link(place: Establishment, rule: Requirement, way: str, found: Standing) -> str:
    if way in PAGES:
        return reverse(PAGES[way], args=[place.code, rule.code])
    if rule.sort in ROOMS:
        return reverse(ROOMS[rule.sort], args=[place.code])
    if found.paper is not None and found.state in (judging.RETURNED, judging.WAITING, *judging.GOOD[:1]):
        return reverse("paper", args=[place.code, found.paper])
    return f"{reverse('paper_new', args=[place.code])}?kind={rule.papers[0]}"
