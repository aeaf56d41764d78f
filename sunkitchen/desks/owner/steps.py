"""What there is to do for a kitchen, the most pressing first: from the facts alone, each with its page."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sunkitchen.registry.models import Credential, Establishment

from ..cameras import SILENT, words
from ..links import link
from .facts import Facts

LEVELS = ["bad", "warn", "plain"]  # the public sees it, or a term runs; soon; when there is time
LEDGER_PATIENCE = 3  # days without an entry before the desk asks
MEND_SOON = 3  # days before its end an order to mend presses


@dataclass(frozen=True)
class Step:
    level: str
    words: str
    link: str
    deed: str  # what the button says


def steps(facts: Facts) -> list[Step]:
    """Nothing for a closed kitchen."""
    if facts.place.state == Establishment.State.CLOSED:
        return []
    found = [
        *_of_lists(facts),
        *_of_recalls(facts),
        *_of_supervision(facts),
        *_of_papers(facts),
        *_of_incidents(facts),
        *_of_cameras(facts),
        *_of_staff(facts),
        *_of_ledger(facts),
        *_of_photos(facts),
    ]
    return sorted((step for step in found if step.link), key=lambda step: LEVELS.index(step.level))


def _day(day: date) -> str:
    return date_format(day, "DATE_FORMAT")


def _of_lists(facts: Facts) -> Iterator[Step]:
    for listing, clock in facts.notices:
        said = _("A notice was served: you can answer it until %(day)s, before anything is published.")
        yield Step("bad", said % {"day": _day(clock.until)}, reverse("listing_desk", args=[listing.pk]), _("Answer"))


def _of_supervision(facts: Facts) -> Iterator[Step]:
    """Clocks that run for the kitchen: each with its last day."""
    for sample, last in facts.samples:
        said = _("A sample failed (%(product)s): you can ask for a retest until %(day)s.")
        page = link("sample_desk", sample.code)
        yield Step("bad", said % {"product": sample.product, "day": _day(last)}, page, _("Look at it"))
    for reminder in facts.reminders:
        late = reminder.mend_by < facts.today
        said = (
            _("The time to mend is over since %(day)s: %(about)s.")
            if late
            else _("To be mended by %(day)s: %(about)s.")
        )
        soon = late or (reminder.mend_by - facts.today).days <= MEND_SOON
        words_of = {"day": _day(reminder.mend_by), "about": reminder.get_about_display()}
        yield Step(
            "bad" if soon else "warn", said % words_of, link("kitchen_duties", facts.place.code), _("Look at it")
        )
    for visit, last, count in facts.findings:
        said = ngettext(
            "%(n)d thing that a visit found has to be mended by %(day)s.",
            "%(n)d things that a visit found have to be mended by %(day)s.",
            count,
        )
        soon = (last - facts.today).days <= MEND_SOON
        page = link("inspection_desk", visit)
        yield Step("bad" if soon else "warn", said % {"n": count, "day": _day(last)}, page, _("Look at it"))
    if facts.outlook and facts.outlook.black_ill:
        said = ngettext(
            "%(n)d rule of the black list would apply today.",
            "%(n)d rules of the black list would apply today.",
            facts.outlook.black_ill,
        )
        page = link("kitchen_outlook", facts.place.code)
        yield Step("bad", said % {"n": facts.outlook.black_ill}, page, _("What to do about it"))


def _of_recalls(facts: Facts) -> Iterator[Step]:
    for notice in facts.recalls:
        said = _("Recalled goods came here: %(goods)s. Please look for them at once, and answer.")
        page = link("recall_answer", facts.place.code, notice.pk)
        yield Step("bad", said % {"goods": notice.recall}, page, _("Answer the recall"))


def _of_papers(facts: Facts) -> Iterator[Step]:
    if facts.permit_standing in ("", "draft"):
        yield Step(
            "bad",
            _("Hand in the food business permit."),
            reverse("paper_new", args=[facts.place.code]),
            _("Hand it in"),
        )
    for paper in facts.papers:
        page = reverse("paper", args=[facts.place.code, paper.pk])
        if paper.state == Credential.State.RETURNED:
            said = _("%(paper)s was returned. Please correct it.") % {"paper": paper.get_kind_display()}
            yield Step("bad", said, page, _("Correct it"))
        elif paper.state == Credential.State.IN_FORCE and not facts.renewal(paper):
            yield from _of_term(facts, paper)


def _of_incidents(facts: Facts) -> Iterator[Step]:
    if facts.incidents:
        said = ngettext(
            "Something may be wrong with a camera's picture (a machine's hint). Please look, or say what happened.",
            "Something may be wrong with %(n)d cameras' pictures (a machine's hint). Please look, or say what happened.",
            facts.incidents,
        )
        yield Step("bad", said % {"n": facts.incidents}, reverse("incidents", args=[facts.place.code]), _("Look at it"))


def _of_term(facts: Facts, paper: Credential) -> Iterator[Step]:
    term = facts.term(paper)
    stage = term.stage(facts.today) if term else None
    if term is None or stage is None:
        return
    said = {
        "soon": _("%(paper)s expires on %(day)s. Please apply for its renewal by %(last)s."),
        "last_day": _("%(paper)s expires on %(day)s. Today is the last day to apply in time."),
        "late": _("%(paper)s expires on %(day)s. Please apply for its renewal at once."),
        "expired": _("%(paper)s expired on %(day)s. Please hand in the new one."),
    }[stage]
    facts_said = {"paper": paper.get_kind_display(), "day": _day(term.through), "last": _day(term.last)}
    page = reverse("paper_new", args=[facts.place.code]) + f"?kind={paper.kind}"
    yield Step("warn" if stage == "soon" else "bad", said % facts_said, page, _("Hand in the new one"))


def _of_cameras(facts: Facts) -> Iterator[Step]:
    page = reverse("cameras", args=[facts.place.code])
    if not facts.cameras:
        yield Step("warn", _("Add a camera, so that guests can see the kitchen."), page, _("Add a camera"))
    for camera, status in facts.cameras:
        if status.state in SILENT:
            said = _("%(zone)s: %(state)s") % {"zone": camera.get_zone_display(), "state": words(status)}
            yield Step("bad", said, page, _("Look at the camera"))


def _of_staff(facts: Facts) -> Iterator[Step]:
    page, staff = link("staff", facts.place.code), facts.staff
    if not staff.needed:
        yield Step("plain", _("Enter who works here, with their health certificates."), page, _("Enter them"))
    if staff.lacking:
        said = ngettext(
            "%(n)d person has no health certificate in force.",
            "%(n)d people have no health certificate in force.",
            staff.lacking,
        )
        yield Step("bad", said % {"n": staff.lacking}, page, _("To the staff"))
    if staff.expiring:
        said = ngettext(
            "%(n)d health certificate expires within 30 days.",
            "%(n)d health certificates expire within 30 days.",
            staff.expiring,
        )
        yield Step("warn", said % {"n": staff.expiring}, page, _("To the staff"))
    if facts.cameras and staff.objecting:
        said = _("Somebody withdrew the consent to be filmed, so the live picture is off.")
        yield Step("bad", said, page, _("To the staff"))
    elif facts.cameras and staff.unasked:
        said = ngettext(
            "%(n)d person who is filmed has not signed a consent.",
            "%(n)d people who are filmed have not signed a consent.",
            staff.unasked,
        )
        yield Step("warn", said % {"n": staff.unasked}, page, _("To the staff"))


def _of_ledger(facts: Facts) -> Iterator[Step]:
    page, last = link("delivery_new", facts.place.code), facts.ledger.last
    if last is None:
        yield Step("plain", _("Begin the purchase ledger."), page, _("Enter a delivery"))
    elif (days := (facts.today - last).days) > LEDGER_PATIENCE:
        said = ngettext("No delivery was entered for %(n)d day.", "No delivery was entered for %(n)d days.", days) % {
            "n": days
        }
        yield Step("warn", said, page, _("Enter a delivery"))


def _of_photos(facts: Facts) -> Iterator[Step]:
    if facts.missing_photos:
        said = _("Photos missing: %(subjects)s.") % {"subjects": _(", ").join(facts.missing_photos)}
        yield Step("plain", said, link("photos", facts.place.code), _("Add photos"))
