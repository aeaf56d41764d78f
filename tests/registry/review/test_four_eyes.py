"""Where an authority wants four eyes: one officer approves, another one brings it into force."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.http import Http404

from sunkitchen.core.audit import trail
from sunkitchen.core.models import Notice
from sunkitchen.core.workflow import Refused, WrongState
from sunkitchen.registry.credentials import actions as credentials
from sunkitchen.registry.credentials import four_eyes, timeline
from sunkitchen.registry.models import Credential, Membership
from tests import builders

TODAY = date(2026, 11, 22)


def test_the_first_approval_leaves_it_waiting_and_the_second_brings_it_into_force(waiting, careful, li, lu, wang):
    assert credentials.approve(waiting, by=li, today=TODAY) is False
    assert (waiting.state, waiting.endorsed_by, waiting.reviewed_by) == ("submitted", li, None)
    assert not Notice.objects.filter(recipient=wang, kind="credential.approved").exists()
    waiting.establishment.refresh_from_db()
    assert waiting.establishment.state == "registered"
    assert credentials.approve(waiting, by=lu, today=TODAY) is True
    assert (waiting.state, waiting.endorsed_by, waiting.reviewed_by) == ("in_force", li, lu)
    waiting.establishment.refresh_from_db()
    assert waiting.establishment.state == "open"


def test_the_first_officer_is_not_the_second(waiting, careful, li):
    credentials.approve(waiting, by=li, today=TODAY)
    with pytest.raises(Refused, match="a colleague"):
        credentials.approve(waiting, by=li, today=TODAY)
    waiting.refresh_from_db()
    assert waiting.state == "submitted"


def test_the_database_itself_refuses_one_person_as_both(waiting, careful, li):
    credentials.approve(waiting, by=li, today=TODAY)
    with pytest.raises(IntegrityError), transaction.atomic():
        Credential.objects.filter(pk=waiting.pk).update(reviewed_by=li)


def test_the_owner_sees_that_a_second_officer_looks_at_it_and_no_names(waiting, careful, li):
    credentials.approve(waiting, by=li, today=TODAY)
    stops = timeline.stops(waiting)
    assert "a second one" in str(stops[-1].words) and li.name not in str(stops)


def test_what_was_changed_meanwhile_starts_anew(waiting, careful, li, lu, wang):
    credentials.approve(waiting, by=li, today=TODAY)
    seen = waiting.submitted_at
    credentials.withdraw(waiting, by=wang)
    assert waiting.endorsed_by is None
    credentials.revise(waiting, by=wang, holder="海澜别家餐饮有限公司")
    credentials.submit(waiting, by=wang)
    with pytest.raises(WrongState):
        credentials.approve(waiting, by=lu, seen=seen, today=TODAY)
    assert credentials.approve(waiting, by=lu, today=TODAY) is False
    assert (waiting.state, waiting.endorsed_by) == ("submitted", lu)


def test_the_second_officer_may_return_it_and_so_may_the_first(waiting, careful, li, lu, wang):
    credentials.approve(waiting, by=li, today=TODAY)
    credentials.send_back(waiting, by=lu, reason="请重拍")
    assert (waiting.state, waiting.endorsed_by) == ("returned", None)
    credentials.submit(waiting, by=wang)
    credentials.approve(waiting, by=li, today=TODAY)
    credentials.send_back(waiting, by=li, reason="看错了，请重拍")
    assert (waiting.state, waiting.endorsed_by, waiting.reviewed_by) == ("returned", None, li)


def test_other_kinds_and_other_authorities_take_one_pair_of_eyes(waiting, li, sun, hailan):
    four_eyes.arrange(hailan, by=sun, kinds=["business_licence"])
    assert credentials.approve(waiting, by=li, today=TODAY) is True
    abroad = builders.authority("外市市场监督管理局", "888801")
    clerk = builders.officer("外审", abroad, "clerk")
    place = builders.establishment(division="888801", signboard="外市小店")
    four_eyes.arrange(hailan, by=sun, kinds=["food_permit"])
    assert credentials.approve(builders.permit(place), by=clerk, today=TODAY) is True


def test_the_city_above_wants_them_for_its_counties_too(waiting, li, sun):
    city = builders.authority("海澜地区市场监督管理局", "9999", slug="hailan-city")
    four_eyes.arrange(city, by=builders.officer("上发", city, "publisher"), kinds=["food_permit"])
    assert credentials.approve(waiting, by=li, today=TODAY) is False


def test_when_they_are_not_wanted_any_more_the_first_officer_decides_alone(waiting, careful, li, sun, hailan):
    credentials.approve(waiting, by=li, today=TODAY)
    four_eyes.arrange(hailan, by=sun, kinds=[])
    assert credentials.approve(waiting, by=li, today=TODAY) is True
    assert (waiting.state, waiting.endorsed_by, waiting.reviewed_by) == ("in_force", None, li)


def test_who_looks_a_paper_up_in_another_register_is_the_first_officer(newcomer, facts, careful, li, lu):
    paper = credentials.share(newcomer, by=li, **{**facts, "holder": newcomer.operator_name})
    assert (paper.state, paper.endorsed_by) == ("submitted", li)
    with pytest.raises(Refused):
        credentials.approve(paper, by=li, today=TODAY)
    assert credentials.approve(paper, by=lu, today=TODAY) is True
    assert (paper.state, paper.endorsed_by, paper.reviewed_by) == ("in_force", li, lu)


def test_a_colleague_of_the_family_shop_is_neither_the_first_nor_the_second(waiting, careful, li, lu):
    Membership.objects.create(user=li, establishment=waiting.establishment, role="manager")
    with pytest.raises(Refused, match="their own"):
        credentials.approve(waiting, by=li, today=TODAY)
    credentials.approve(waiting, by=lu, today=TODAY)
    with pytest.raises(Refused, match="their own"):
        credentials.approve(waiting, by=li, today=TODAY)


def test_a_decided_paper_is_not_endorsed_afterwards(waiting, careful, li, lu):
    theirs = Credential.objects.get(pk=waiting.pk)
    credentials.send_back(waiting, by=li, reason="请重拍")
    with pytest.raises(WrongState):
        credentials.approve(theirs, by=lu, today=TODAY)
    waiting.refresh_from_db()
    assert (waiting.state, waiting.endorsed_by) == ("returned", None)


def test_a_publisher_arranges_it_and_the_trail_says_so(hailan, sun, li, qian):
    row = four_eyes.arrange(hailan, by=sun, kinds=["food_permit", "passport"])
    assert row.four_eyes == ["food_permit"]
    assert trail(row).get().detail == {"kinds": ["food_permit"]}
    four_eyes.arrange(hailan, by=sun, kinds=["food_permit"])
    assert trail(row).count() == 1
    with pytest.raises(PermissionDenied):
        four_eyes.arrange(hailan, by=li, kinds=[])
    with pytest.raises(Http404):
        four_eyes.arrange(hailan, by=qian, kinds=[])


def test_the_arrangements_tell_the_hours_and_a_publisher_changes_them(hailan, sun, li, zhao, at):
    url, form = "/en/office/papers/policy/", f"/en/office/talks/hours/{hailan.slug}/"
    page = at(zhao).get(url).content.decode()
    assert "Monday – Friday" in page and "08:30-12:00, 14:00-17:30" in page and form not in page
    assert at(zhao).get(form).status_code == 403
    assert form in at(sun).get(url).content.decode() and form in at(li).get(url).content.decode()
    assert at(sun).post(form, {"day0": "09:00-16:00", "day5": "9:00-11:30"}).status_code == 302
    page = at(zhao).get(url).content.decode()
    assert "09:00-16:00" in page and "Tuesday – Friday" in page and "closed" in page and "09:00-11:30" in page
    assert trail(hailan.office_hours).get().actor == sun
