"""The bureau looks a paper up itself: asked, found or not, by a clerk who has no part in it."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from sunkitchen.core.models import Notice
from sunkitchen.core.workflow import Refused, WrongState
from sunkitchen.registry.credentials import actions as credentials
from sunkitchen.registry.credentials import four_eyes
from sunkitchen.registry.establishments import actions as establishments
from sunkitchen.registry.models import Credential, Membership, OwnCheck
from sunkitchen.registry.requirements import actions as requirements
from sunkitchen.registry.requirements import own_checks
from tests import builders

TODAY = timezone.localdate()
LICENCE = {
    "number": "91350100M000100Y43",
    "holder": "海澜海上明月餐饮有限公司",
    "issuer": "海澜市市场监督管理局",
    "items": "",
    "valid_from": date(2020, 1, 1),
    "valid_through": None,
}


@pytest.fixture
def lu(hailan):
    """陆, the second clerk."""
    return builders.officer("陆核", hailan, "clerk", email="lu@example.com")


def handed_over(place, by):
    at = timezone.now()
    place.operatorships.create(operator_name=place.operator_name, since=at - timedelta(days=9), until=at)
    establishments.hand_over(place, by=by, operator_name=LICENCE["holder"], uscc="", at=at)
    assert establishments.changes_hands(place)


def one(place, code):
    return next(row for row in requirements.needed(place, TODAY) if row.requirement.code == code)


def test_the_bureau_is_asked_and_has_five_working_days(restaurant, wang):
    row = own_checks.ask(restaurant, "licence", by=wang, hint="旧名 明月楼", today=date(2026, 11, 20))
    assert row.due_on == date(2026, 11, 27)
    found = one(restaurant, "licence")
    assert (found.standing.state, [offer.way for offer in found.offers]) == ("asked", ["upload"])


def test_what_is_found_is_in_force_without_being_brought(restaurant, wang, li):
    row = own_checks.ask(restaurant, "licence", by=wang)
    paper = own_checks.confirm(row, by=li, kind="business_licence", said="登记系统查到。", **LICENCE)
    row.refresh_from_db()
    assert (paper.state, paper.source, row.state, row.credential) == ("in_force", "register", "confirmed", paper)
    found = one(restaurant, "licence")
    assert found.is_met
    assert found.standing.way == "own_check"
    assert Notice.objects.filter(kind="own_check.confirmed", recipient=wang, channel="desk").exists()


def test_a_permit_that_is_found_opens_the_kitchen(wang, li):
    place = builders.establishment(owner=wang, state="registered")
    row = own_checks.ask(place, "permit", by=wang)
    facts = {**LICENCE, "number": "JY29999010000013", "valid_through": date(2031, 1, 1)}
    own_checks.confirm(row, by=li, kind="food_permit", **facts)
    place.refresh_from_db()
    assert place.state == "open"


def test_where_four_eyes_approve_a_colleague_confirms_what_one_clerk_found(restaurant, wang, li, lu, sun, hailan):
    four_eyes.arrange(hailan, by=sun, kinds=["business_licence"])
    row = own_checks.ask(restaurant, "licence", by=wang)
    paper = own_checks.confirm(row, by=li, kind="business_licence", **LICENCE)
    assert (paper.state, paper.source, paper.endorsed_by) == ("submitted", "register", li)
    assert not one(restaurant, "licence").is_met
    for nobody in (li, wang):
        with pytest.raises(Refused):
            credentials.approve(paper, by=nobody)
    assert list(Credential.objects.waiting()) == [paper]
    assert credentials.approve(paper, by=lu) is True
    assert one(restaurant, "licence").is_met
    assert one(restaurant, "licence").standing.way == "own_check"


def test_the_page_of_what_a_colleague_found_says_who_it_was(restaurant, wang, li, lu, sun, hailan, at):
    four_eyes.arrange(hailan, by=sun, kinds=["business_licence"])
    row = own_checks.ask(restaurant, "licence", by=wang)
    paper = own_checks.confirm(row, by=li, kind="business_licence", **LICENCE)
    page = at(lu).get(f"/en/office/papers/{paper.pk}/").content.decode()
    assert f"by {li.name}" in page
    assert "None" not in page


def test_what_a_colleague_does_not_find_again_goes_back_to_the_kitchen(restaurant, wang, li, lu, sun, hailan):
    four_eyes.arrange(hailan, by=sun, kinds=["business_licence"])
    row = own_checks.ask(restaurant, "licence", by=wang)
    paper = own_checks.confirm(row, by=li, kind="business_licence", **LICENCE)
    credentials.send_back(paper, by=lu, reason="登记系统里是另一家。")
    assert (paper.state, paper.endorsed_by) == ("returned", None)
    assert not one(restaurant, "licence").is_met


def test_a_kitchen_that_changed_hands_opens_with_the_permit_that_the_bureau_finds(restaurant, wang, li):
    handed_over(restaurant, li)
    requirements.undertake(restaurant, "licence", by=wang, name="王海", kitchen=restaurant.signboard, agreed=True)
    row = own_checks.ask(restaurant, "permit", by=wang)
    facts = {**LICENCE, "number": "JY29999010000013", "valid_through": date(2031, 1, 1)}
    own_checks.confirm(row, by=li, kind="food_permit", **facts)
    restaurant.refresh_from_db()
    assert restaurant.state == "open"


def test_what_is_not_found_says_where_they_looked_and_may_be_promised(restaurant, wang, li):
    row = own_checks.ask(restaurant, "licence", by=wang)
    with pytest.raises(Refused):
        own_checks.not_found(row, by=li, said=" ")
    own_checks.not_found(row, by=li, said="登记系统没有这个名称。")
    found = one(restaurant, "licence")
    assert (found.standing.state, found.level) == ("not_found", "bad")
    assert "undertaking" in [offer.way for offer in found.offers]
    assert Notice.objects.filter(kind="own_check.not_found", recipient=wang, channel="desk").exists()


def test_it_is_answered_once(restaurant, wang, li):
    row = own_checks.ask(restaurant, "licence", by=wang)
    stale = OwnCheck.objects.get(pk=row.pk)
    own_checks.not_found(row, by=li, said="没有。")
    with pytest.raises(WrongState):
        own_checks.confirm(stale, by=li, kind="business_licence", **LICENCE)
    assert not restaurant.credentials.exists()


def test_it_is_asked_once(restaurant, wang):
    own_checks.ask(restaurant, "licence", by=wang)
    with pytest.raises(Refused):
        own_checks.ask(restaurant, "licence", by=wang)


def test_another_paper_than_was_asked_for_is_refused(restaurant, wang, li):
    row = own_checks.ask(restaurant, "licence", by=wang)
    with pytest.raises(Refused):
        own_checks.confirm(row, by=li, kind="food_permit", **{**LICENCE, "number": "JY29999010000013"})
    row.refresh_from_db()
    assert row.state == "open"


def test_a_paper_that_cannot_stand_leaves_the_question_open(restaurant, wang, li):
    row = own_checks.ask(restaurant, "permit", by=wang)
    facts = {**LICENCE, "number": "JY29999010000013", "valid_through": date(2024, 1, 1)}
    with pytest.raises(Refused):
        own_checks.confirm(row, by=li, kind="food_permit", **facts)
    row.refresh_from_db()
    assert row.state == "open"


def test_nobody_confirms_what_their_own_kitchen_asked(restaurant, wang, hailan):
    both = builders.officer("两头", hailan, "clerk")
    Membership.objects.create(user=both, establishment=restaurant, role="manager")
    row = own_checks.ask(restaurant, "licence", by=wang)
    with pytest.raises(Refused):
        own_checks.confirm(row, by=both, kind="business_licence", **LICENCE)
    with pytest.raises(Refused):
        own_checks.not_found(row, by=both, said="没有。")


def test_the_kitchen_takes_it_back_and_nobody_else(restaurant, wang, li):
    row = own_checks.ask(restaurant, "licence", by=wang)
    with pytest.raises(Refused):
        own_checks.drop(row, by=li)
    own_checks.drop(row, by=wang)
    assert row.state == "dropped"
    assert one(restaurant, "licence").standing.state == "missing"


def test_of_two_who_ask_at_once_one_has_asked(restaurant, wang, monkeypatch):
    look = own_checks.offered

    def and_another_asks(place, *arguments):
        found = look(place, *arguments)
        builders.own_check(place)
        return found

    monkeypatch.setattr(own_checks, "offered", and_another_asks)
    with pytest.raises(WrongState):
        own_checks.ask(restaurant, "licence", by=wang)
