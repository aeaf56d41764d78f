"""The operator's word: who may give it, when it counts, and what becomes of it."""

from datetime import date, timedelta

import pytest
from django.utils import timezone, translation

from sunkitchen.core import audit
from sunkitchen.core.models import Notice
from sunkitchen.core.workflow import Refused, WrongState
from sunkitchen.registry.models import Credential, Undertaking
from sunkitchen.registry.requirements import actions as requirements
from tests import builders

TODAY = timezone.localdate()
DAY = timedelta(days=1)


def sign(place, wang, code="licence", today=TODAY, **fields):
    given = {"name": "王海", "kitchen": place.signboard, "agreed": True, **fields}
    return requirements.undertake(place, code, by=wang, today=today, **given)


def one(place, code, today=TODAY):
    return next(row for row in requirements.needed(place, today) if row.requirement.code == code)


def licence(place, wang, state="in_force", **fields):
    given = {"kind": "business_licence", "number": "91350100M000100Y43", "valid_through": None, **fields}
    return builders.permit(place, submitted_by=wang, state=state, **given)


def test_who_signs_is_promised_to_bring_it_and_told(restaurant, wang):
    row = sign(restaurant, wang)
    assert (row.state, row.due_on, row.version) == ("open", TODAY + 30 * DAY, "2026-1+33-2026-1")
    assert "海上明月海鲜楼" in row.text
    assert one(restaurant, "licence").standing.state == "promised"
    assert not one(restaurant, "licence").is_met
    assert audit.trail(row).get().verb == "undertaking.signed"
    assert Notice.objects.filter(kind="undertaking.signed", recipient=wang, channel="desk").count() == 1


def test_who_reads_english_signs_both_and_the_chinese_binds(restaurant, wang):
    with translation.override("en"):
        text = sign(restaurant, wang).text
    assert text.startswith("本人代表")
    assert "I undertake" in text


@pytest.mark.parametrize(
    "wrong", [{"agreed": False}, {"kitchen": "别家小馆"}, {"name": "  "}, {"name": "王" * 61}, {"kitchen": ""}]
)
def test_a_signature_that_is_none_binds_nobody(restaurant, wang, wrong):
    with pytest.raises(Refused):
        sign(restaurant, wang, **wrong)
    assert not Undertaking.objects.exists()


def test_the_name_is_compared_as_people_type_it(restaurant, wang):
    assert sign(restaurant, wang, kitchen=" 海上明月 海鲜楼 ").pk


@pytest.mark.parametrize("code", ["permit", "health", "nothing"])
def test_what_is_not_offered_is_not_promised(restaurant, wang, code):
    with pytest.raises(Refused):
        sign(restaurant, wang, code)


def test_a_stranger_signs_for_nobody(restaurant, qian, li):
    for person in (qian, li):
        with pytest.raises(Refused):
            sign(restaurant, person)


def test_nobody_gives_the_same_word_twice(restaurant, wang):
    sign(restaurant, wang)
    with pytest.raises(Refused):
        sign(restaurant, wang)
    assert Undertaking.objects.count() == 1


def test_what_is_there_is_not_promised(restaurant, wang):
    licence(restaurant, wang)
    with pytest.raises(Refused, match=r"."):
        sign(restaurant, wang)


def test_it_is_kept_by_itself_when_the_paper_is_approved(restaurant, wang):
    row = sign(restaurant, wang)
    licence(restaurant, wang)
    assert one(restaurant, "licence").standing.state == "met"
    assert requirements.settle(TODAY + DAY) == 1
    row.refresh_from_db()
    assert (row.state, row.ended_by) == ("kept", None)
    assert requirements.settle(TODAY + DAY) == 0


def test_it_is_broken_the_day_after_said_once_and_no_other_is_taken_for_a_year(restaurant, wang):
    row = sign(restaurant, wang)
    assert requirements.settle(row.due_on) == 0
    late = row.due_on + DAY
    assert one(restaurant, "licence", late).standing.state == "broken"  # before any sweep
    assert requirements.settle(late) == 1
    assert requirements.settle(late) == 0
    row.refresh_from_db()
    assert row.state == "broken"
    assert one(restaurant, "licence", late).level == "bad"
    assert Notice.objects.filter(kind="undertaking.broken", recipient=wang, channel="desk").count() == 1
    with pytest.raises(Refused):
        sign(restaurant, wang, "board", today=late)
    ended = timezone.localdate(row.ended_at)
    assert sign(restaurant, wang, "board", today=date(ended.year + 1, ended.month, min(ended.day, 28)) + 5 * DAY).pk


def test_a_paper_handed_in_by_its_day_is_waited_for(restaurant, wang):
    row = sign(restaurant, wang)
    paper = licence(restaurant, wang, state="submitted")
    late = row.due_on + 3 * DAY
    assert requirements.settle(late) == 0
    Credential.objects.filter(pk=paper.pk).update(state="returned")
    assert requirements.settle(late) == 1
    row.refresh_from_db()
    assert row.state == "broken"


def test_reminders_come_before_its_day_each_once(restaurant, wang):
    row = sign(restaurant, wang)
    for days in (10, 7, 6, 3, 1, 1, 0):
        requirements.settle(row.due_on - days * DAY)
    kinds = Notice.objects.filter(recipient=wang, channel="desk", kind__startswith="undertaking.due")
    assert sorted(kinds.values_list("kind", flat=True)) == ["undertaking.due_1", "undertaking.due_7"]


def test_the_authority_releases_with_a_reason_and_once(restaurant, wang, li):
    row = sign(restaurant, wang)
    with pytest.raises(Refused):
        requirements.release(row, by=li, reason=" ")
    requirements.release(row, by=li, reason="执照已在总公司名下，另行登记。")
    assert (row.state, row.ended_by) == ("released", li)
    assert one(restaurant, "licence").standing.state == "missing"
    with pytest.raises(WrongState):
        requirements.release(row, by=li, reason="再来一次")
    assert sign(restaurant, wang).state == "open"  # nobody broke their word


def test_nobody_releases_their_own_kitchen(restaurant, wang, hailan):
    from sunkitchen.registry.models import Membership

    both = builders.officer("两头", hailan, "clerk")
    Membership.objects.create(user=both, establishment=restaurant, role="owner")
    row = sign(restaurant, wang)
    with pytest.raises(Refused):
        requirements.release(row, by=both, reason="自己人")


def test_a_word_that_has_ended_is_never_rewritten(restaurant, wang, li):
    from django.db import DatabaseError, transaction

    row = sign(restaurant, wang)
    requirements.release(row, by=li, reason="另行登记")
    with pytest.raises(DatabaseError), transaction.atomic():
        Undertaking.objects.filter(pk=row.pk).update(ended_why="改写")


def test_a_closed_kitchen_breaks_no_word(restaurant, wang):
    row = sign(restaurant, wang)
    type(restaurant).objects.filter(pk=restaurant.pk).update(state="closed")
    assert requirements.settle(row.due_on + DAY) == 0


def test_a_place_on_the_list_is_what_the_category_is_asked_for(restaurant):
    codes = [row.requirement.code for row in requirements.needed(restaurant, TODAY)]
    assert codes[0] in {"permit", "licence", "health", "ledger", "board"}
    assert "camera" not in codes
    assert "filmed_sign" not in codes
    builders.camera(restaurant)
    assert "filmed_sign" in [row.requirement.code for row in requirements.needed(restaurant, TODAY)]


def test_an_expired_and_a_revoked_permit_are_never_met(restaurant, wang):
    permit = builders.permit(restaurant, submitted_by=wang, state="in_force")
    assert one(restaurant, "permit").is_met
    late = permit.valid_through + DAY
    assert (one(restaurant, "permit", late).is_met, one(restaurant, "permit", late).level) == (False, "bad")
    Credential.objects.filter(pk=permit.pk).update(state="revoked", revoked_at=timezone.now(), reason="吊销")
    assert one(restaurant, "permit").standing.state == "revoked"


def test_of_two_who_sign_at_once_one_has_given_it(restaurant, wang, monkeypatch):
    look = requirements.offered

    def and_another_signs(place, *arguments):
        found = look(place, *arguments)
        builders.undertaking(place, requirement="licence")
        return found

    monkeypatch.setattr(requirements, "offered", and_another_signs)
    with pytest.raises(WrongState):
        sign(restaurant, wang)
