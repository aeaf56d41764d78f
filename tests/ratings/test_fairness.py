"""What makes a listing fair: nobody judges in their own cause, nothing is listed twice, a name leaves with its term."""

import json
from datetime import date, timedelta

import pytest
from django.utils import translation

from ratings.editions import actions as editions
from ratings.editions import edition as face
from ratings.editions import path
from ratings.models import Edition, Listing, Waiver
from sunkitchen.accounts.models import Post
from sunkitchen.core import verify
from sunkitchen.core.models import Notice
from sunkitchen.core.workflow import Refused, WrongState
from sunkitchen.registry.models import Membership
from tests import builders

from .conftest import AFTER, MONDAY, inspected, publish

pytestmark = pytest.mark.django_db

OCTOBER = {"period_from": date(2026, 10, 1), "period_to": date(2026, 10, 31)}
WAIVED = {"waived_on": MONDAY.date(), "statement": "放弃陈述申辩。", "at": MONDAY}
OF_BLACK = {"colour": "black", "rule": "B1", "reason": "两项关键项不合格。", "document_number": "118 号"}


def as_read(listing):
    """What a page holds in its hands while a colleague takes a step."""
    return Listing.objects.select_related("edition__authority", "service", "waiver").get(pk=listing.pk)


# ── two at once ─────────────────────────────────────────────────────────────────────────────────────────────


def test_a_waiver_that_two_officers_record_at_once_is_recorded_once(served, li, zhou):
    first, second = as_read(served), as_read(served)
    editions.waive(first, by=li, **WAIVED)
    with pytest.raises(WrongState):
        editions.waive(second, by=zhou, **WAIVED)
    assert Waiver.objects.count() == 1


def test_a_waiver_dated_before_the_service_is_refused_however_old_the_page_is(noticed, li):
    before_service = as_read(noticed)
    editions.serve(noticed, by=li, method="direct", served_on=MONDAY.date(), note="签收", at=MONDAY)
    with pytest.raises(Refused):
        editions.waive(before_service, by=li, waived_on=date(2026, 11, 1), statement="放弃", at=MONDAY)


def test_an_objection_after_the_window_is_refused_however_old_the_page_is(noticed, chen, li):
    before_service = as_read(noticed)
    editions.serve(noticed, by=li, method="direct", served_on=MONDAY.date(), note="签收", at=MONDAY)
    with pytest.raises(Refused):
        editions.lodge(before_service, by=chen, statement="晚了", at=AFTER)


# ── nobody judges in their own cause ────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("step", ["serve", "waive"])
def test_whoever_served_the_notice_or_recorded_the_waiver_does_not_publish(step, draft, noticed, hailan, li, zhou, sun):
    Post.objects.create(user=li, authority=hailan, role="publisher")
    doer = {"serve": zhou, "waive": zhou, step: li}
    Listing.objects.filter(pk=noticed.pk).update(noticed_by=zhou)
    editions.serve(noticed, by=doer["serve"], method="direct", served_on=MONDAY.date(), note="签收", at=MONDAY)
    editions.waive(noticed, by=doer["waive"], **WAIVED)
    with pytest.raises(Refused):
        publish(draft, by=li, at=MONDAY)
    publish(draft, by=sun, at=MONDAY)


def test_the_inspectors_of_its_evidence_do_not_publish(draft, served, hailan, zhou, sun):
    Post.objects.create(user=zhou, authority=hailan, role="publisher")
    with pytest.raises(Refused):
        publish(draft, by=zhou, at=AFTER)
    publish(draft, by=sun, at=AFTER)


def test_an_officer_with_a_kitchen_of_their_own_does_not_pick_it(draft, good, zhao, zhou):
    Membership.objects.create(user=zhao, establishment=good, role="manager")
    with pytest.raises(Refused):
        editions.pick(draft, good, by=zhao, colour="red", reason="全部符合。", at=MONDAY)
    editions.pick(draft, good, by=zhou, colour="red", reason="全部符合。", at=MONDAY)


def test_an_officer_does_not_take_their_own_kitchen_off(served, bad, zhao, zhou):
    Membership.objects.create(user=zhou, establishment=bad, role="owner")
    with pytest.raises(Refused):
        editions.drop(served, by=zhou, why="算了")
    editions.drop(served, by=zhao, why="文书有误")


def test_an_officer_decides_no_objection_of_their_own_kitchen_and_publishes_no_edition_with_it(
    draft, served, bad, chen, sun, zheng, hailan
):
    Membership.objects.create(user=zheng, establishment=bad, role="owner")
    objection = editions.lodge(served, by=chen, statement="不服。", at=MONDAY)
    with pytest.raises(Refused):
        editions.decide(objection, by=zheng, uphold=False, answer="撤销", at=MONDAY)
    editions.decide(objection, by=sun, uphold=True, answer="维持", at=MONDAY)
    with pytest.raises(Refused):
        publish(draft, by=zheng, at=AFTER)
    publish(draft, by=builders.officer("冯发", hailan, "publisher"), at=AFTER)


# ── once and never again ────────────────────────────────────────────────────────────────────────────────────


def test_one_visit_puts_a_kitchen_on_the_black_list_once(published, hailan, bad, zhao, zhou):
    later = AFTER + timedelta(days=30)
    following = editions.draft(hailan, by=zhao, **OCTOBER, at=later)
    assert bad not in [candidate.establishment for candidate in path.candidates(following, later)]
    with pytest.raises(Refused):
        editions.pick(following, bad, by=zhao, **OF_BLACK, at=later)
    inspected(bad, zhao, zhou, failed=["shelf_life", "raw_cooked"], at=later)
    assert bad in [candidate.establishment for candidate in path.candidates(following, later)]
    editions.pick(following, bad, by=zhao, **OF_BLACK, at=later)


def test_what_an_objection_overturned_is_not_picked_again(draft, served, bad, chen, zheng, zhao):
    objection = editions.lodge(served, by=chen, statement="检查记录有误。", at=MONDAY)
    editions.decide(objection, by=zheng, uphold=False, answer="记录确有误。", at=AFTER)
    with pytest.raises(Refused):
        editions.pick(draft, bad, by=zhao, **OF_BLACK, at=AFTER)


def test_what_was_taken_off_for_a_mistake_may_be_picked_again(draft, black, bad, zhao):
    editions.drop(black, by=zhao, why="文号写错")
    editions.pick(draft, bad, by=zhao, **OF_BLACK, at=MONDAY)


# ── a name leaves with its term ─────────────────────────────────────────────────────────────────────────────


def names(raw):
    return [listing.get("identity", {}).get("signboard") for listing in json.loads(raw)["listings"]]


def test_a_black_listing_names_its_kitchen_through_the_last_day_of_its_term_and_no_longer(published, log_root):
    edition = Edition.objects.get(pk=published.pk)
    last_minute = AFTER + timedelta(days=93, minutes=-2)  # AFTER is 0:01: this is 23:59 on February the 24th
    assert names(face.document_bytes(edition, last_minute)) == ["老码头大排档", "海上明月海鲜楼"]
    assert names(face.document_bytes(edition, last_minute + timedelta(minutes=1))) == [None, "海上明月海鲜楼"]
    editions.settle(last_minute + timedelta(minutes=1))
    file = log_root / "editions" / "hailan" / "2026-1.json"
    assert "老码头" not in file.read_text()
    assert verify.main([str(file)]) == 0 and verify.main([str(log_root)]) == 0


def test_past_its_term_a_black_listing_leaves_the_kitchens_history(published, bad, good):
    over = AFTER + timedelta(days=94)
    assert Listing.objects.shown(AFTER).filter(establishment=bad).exists()
    assert not Listing.objects.shown(over).filter(establishment=bad).exists()
    assert Listing.objects.shown(over + timedelta(days=365)).filter(establishment=good).exists()


# ── what people read ────────────────────────────────────────────────────────────────────────────────────────


def test_the_letter_about_an_edition_has_words_and_whole_addresses(draft, red, served, sun, chen, settings):
    settings.SITE_URL = "https://sun.example"
    chen.language = "en"
    chen.save()
    publish(draft, by=sun, at=AFTER)
    english = Notice.objects.get(recipient=chen, kind="listing.published", channel="email")
    assert english.subject == "Edition 1 of 2026 is published, and your kitchen is on it"
    assert "Black list, until 2027-02-24" in english.body
    assert "https://sun.example/lists/hailan/2026-1.json" in english.body
    assert english.link == "/en/lists/hailan/2026-1/"
    chinese = Notice.objects.get(recipient__name="王海", kind="listing.published", channel="email")
    assert "2026 年第 1 期" in chinese.subject and "hailan/2026-1" not in chinese.subject
    assert chinese.link == "/lists/hailan/2026-1/"


def test_an_editions_page_asks_as_little_for_many_listings_as_for_one(client, draft, red, zhao, zhou, sun):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client.force_login(sun)

    def asked():
        with CaptureQueriesContext(connection) as queries, translation.override("en"):
            assert client.get(f"/office/editions/{draft.pk}/").status_code == 200
        return len(queries)

    asked()  # warms what is cached for good
    of_one = asked()
    for number in range(3):
        place = builders.establishment(owner=builders.user(), signboard=f"又一家 {number}")
        builders.permit(place, state="in_force")
        builders.camera(place)
        inspected(place, zhao, zhou)
        editions.pick(draft, place, by=zhao, colour="red", reason="全部符合。", at=MONDAY)
    assert asked() == of_one


def test_the_owner_reads_until_when_to_object_and_that_a_waiver_was_recorded(noticed, chen, li):
    editions.serve(noticed, by=li, method="direct", served_on=MONDAY.date(), note="签收", at=MONDAY)
    assert "2026-11-23" in Notice.objects.get(recipient=chen, kind="listing.served", channel="sms").body
    assert not Notice.objects.filter(kind="listing.waived").exists()
    editions.waive(noticed, by=li, **WAIVED)
    assert Notice.objects.filter(recipient=chen, kind="listing.waived", channel="sms").exists()


def test_no_kitchen_is_red_while_it_stands_on_a_black_list(published, hailan, bad, zhao, zhou, sun, zheng):
    builders.camera(bad)
    soon, over = AFTER + timedelta(days=30), AFTER + timedelta(days=100)
    inspected(bad, zhao, zhou, at=soon)
    following = editions.draft(hailan, by=zhao, **OCTOBER, at=soon)
    red = {"colour": "red", "reason": "全部条款符合。"}
    assert bad not in [candidate.establishment for candidate in path.candidates(following, soon)]
    with pytest.raises(Refused):
        editions.pick(following, bad, by=zhao, **red, at=soon)
    listing = editions.pick(following, bad, by=zhao, **red, at=over)
    assert path.obstacles([listing], soon)[listing.pk] and not path.obstacles([listing], over)[listing.pk]


def test_an_edition_is_the_act_of_its_own_bureau_and_a_superior_one_only_decides_objections(
    draft, red, served, chen, sun
):
    province = builders.authority("省局", division="99")
    above = {role: builders.officer(role, province, role) for role in ("inspector", "clerk", "publisher")}
    with pytest.raises(Refused):
        editions.drop(red, by=above["inspector"], why="上级要求")
    with pytest.raises(Refused):
        editions.waive(served, by=above["clerk"], **WAIVED)
    objection = editions.lodge(served, by=chen, statement="不服。", at=MONDAY)
    editions.decide(objection, by=above["publisher"], uphold=True, answer="维持", at=MONDAY)
    with pytest.raises(Refused):
        publish(draft, by=builders.officer("省发", province, "publisher"), at=AFTER)
    publish(draft, by=sun, at=AFTER)
