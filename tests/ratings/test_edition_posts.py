"""Which step of an edition belongs to which post."""

from datetime import date

import pytest

from ratings.editions import actions as editions
from ratings.models import Edition
from sunkitchen.core.workflow import Refused
from tests import builders

from .conftest import MONDAY, publish

STEPS = {
    "draft": {"zhao"},
    "pick": {"zhao"},
    "notice": {"li", "zhao"},
    "serve": {"li", "zhao"},
    "waive": {"li", "zhao"},
    "lodge": {"li", "zhao", "chen"},
    "decide": {"sun"},
    "drop": {"zhao"},
    "publish": {"sun"},
}
PEOPLE = ["zhao", "li", "sun", "wu", "chen", "qian", "foreign"]


@pytest.mark.parametrize("person", PEOPLE)
@pytest.mark.parametrize("step", STEPS)
def test_a_step_belongs_to_its_posts(request, step, person, draft, good, hailan, li, zhao, zhou):
    elsewhere = builders.authority("别市局", division="999902")
    foreign = builders.officer("外", elsewhere, "publisher", enforcement_number="X-1")
    for role in ("inspector", "clerk"):
        from sunkitchen.accounts.models import Post

        Post.objects.create(user=foreign, authority=elsewhere, role=role, enforcement_number="X-1")
    by = foreign if person == "foreign" else request.getfixturevalue(person)
    made_by = zhou  # so that nobody of the table took part before
    Edition.objects.filter(pk=draft.pk).update(drafted_by=made_by)
    draft.refresh_from_db()
    bad = request.getfixturevalue("bad")
    red = editions.pick(draft, good, by=made_by, colour="red", reason="符合", at=MONDAY)
    listing = None
    if step not in ("draft", "pick", "publish"):
        listing = editions.pick(
            draft, bad, by=made_by, colour="black", rule="B1", reason="不合格", document_number="9 号", at=MONDAY
        )
    if step in ("serve", "waive", "lodge", "decide"):
        editions.notice(listing, by=made_by, at=MONDAY)
    if step in ("waive", "lodge", "decide"):
        editions.serve(listing, by=made_by, method="direct", served_on=MONDAY.date(), note="签收", at=MONDAY)
    objection = (
        editions.lodge(listing, by=request.getfixturevalue("chen"), statement="x", at=MONDAY)
        if step == "decide"
        else None
    )
    october = {"period_from": date(2026, 10, 1), "period_to": date(2026, 10, 31), "at": MONDAY}
    act = {
        "draft": lambda: editions.draft(hailan, by=by, **october),
        "pick": lambda: editions.pick(
            draft, bad, by=by, colour="black", rule="B1", reason="不合格", document_number="9 号", at=MONDAY
        ),
        "notice": lambda: editions.notice(listing, by=by, at=MONDAY),
        "serve": lambda: editions.serve(
            listing, by=by, method="direct", served_on=MONDAY.date(), note="签收", at=MONDAY
        ),
        "waive": lambda: editions.waive(listing, by=by, waived_on=MONDAY.date(), statement="放弃", at=MONDAY),
        "lodge": lambda: editions.lodge(listing, by=by, statement="不服", at=MONDAY),
        "decide": lambda: editions.decide(objection, by=by, uphold=True, answer="维持", at=MONDAY),
        "drop": lambda: editions.drop(red, by=by, why="改日"),
        "publish": lambda: publish(draft, by=by, at=MONDAY),
    }[step]
    if person in STEPS[step]:
        act()
    else:
        with pytest.raises(Refused):
            act()
