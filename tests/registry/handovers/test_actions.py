"""A kitchen goes to a new operator: what is the former's ends, what was found stays, and the code is the only key."""

import re
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils import timezone

from ratings.models import Commitment
from streams.cameras import actions as cameras
from streams.models import Camera
from streams.videochecks import actions as checks
from sunkitchen.core import audit, notices, secrets
from sunkitchen.core.models import Notice
from sunkitchen.core.workflow import Refused, WrongState
from sunkitchen.registry.credentials import actions as credentials
from sunkitchen.registry.establishments import actions as establishments
from sunkitchen.registry.handovers import actions as handovers
from sunkitchen.registry.models import (
    CredentialPage,
    HandOver,
    LedgerKey,
    Membership,
    Operatorship,
    StaffMember,
    TableImport,
)
from sunkitchen.registry.requirements import actions as requirements
from sunkitchen.registry.staff import actions as staff
from sunkitchen.registry.staff.coverage import coverage
from sunkitchen.registry.suppliers import keys
from tests import builders

pytestmark = pytest.mark.django_db
TO = {
    "name": "郑新",
    "contact": "137 0000 0009",
    "operator_name": "海澜新月餐饮有限公司",
    "uscc": "91350100M000100Y43",
}


@pytest.fixture
def offered(restaurant, wang):
    return handovers.offer(restaurant, by=wang, **TO)


def code_of(row):
    """As the message has it."""
    letter = Notice.objects.get(dedupe__startswith=f"handover:{row.pk}:")
    return re.search(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}\b", letter.body).group()


def taken(row, by, **how):
    opened = handovers.opened(by=by, kitchen=row.establishment.code, code=code_of(row))
    return handovers.take(opened, by=by, proof=opened.code_hash, **how)


def test_the_code_goes_to_the_new_owner_and_to_nobody_else(offered, wang, settings):
    [letter] = Notice.objects.all()
    assert letter.recipient is None and letter.channel == "sms" and secrets.unseal(letter.address) == "13700000009"
    assert f"/desk/take-over/?k={offered.establishment.code}" in letter.body
    code = code_of(offered).replace("-", "").lower()
    assert code not in offered.code_hash and len(offered.code_hash) == 64
    assert code not in str(list(audit.trail(offered.establishment).values()))
    assert offered.expires_at - offered.offered_at == timedelta(days=14)


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": " "},
        {"name": "x" * 61},
        {"operator_name": ""},
        {"operator_name": "a\0b"},
        {"uscc": "12"},
        {"contact": "nobody"},
        {"contact": "a@b"},
        {"contact": "1" * 300},
    ],
)
def test_what_reaches_nobody_is_not_offered(restaurant, wang, wrong):
    with pytest.raises(Refused):
        handovers.offer(restaurant, by=wang, **(TO | wrong))
    assert not HandOver.objects.exists() and not Notice.objects.exists()


def test_it_is_offered_to_one_at_a_time_and_not_all_day_long(restaurant, wang, offered):
    with pytest.raises(Refused):
        handovers.offer(restaurant, by=wang, **TO)
    for _again in range(2):
        handovers.take_back(HandOver.objects.latest("pk"), by=wang)
        handovers.offer(restaurant, by=wang, **TO)
    handovers.take_back(HandOver.objects.latest("pk"), by=wang)
    with pytest.raises(Refused, match="3"):
        handovers.offer(restaurant, by=wang, **TO)


def test_only_its_owner_offers_it(restaurant, li, qian):
    manager = builders.user()
    Membership.objects.create(user=manager, establishment=restaurant, role="manager")
    for person, answer in ((manager, PermissionDenied), (li, PermissionDenied), (qian, Http404)):
        with pytest.raises(answer):
            handovers.offer(restaurant, by=person, **TO)


def test_what_the_authority_closed_is_handed_to_nobody(restaurant, wang, li, offered, zheng):
    establishments.close(restaurant, by=li, reason="无证经营")
    with pytest.raises(Refused):
        taken(offered, zheng)
    handovers.take_back(offered, by=wang)
    with pytest.raises(Refused):
        handovers.offer(restaurant, by=wang, **TO)


def test_taking_over_ends_what_is_the_formers_and_keeps_what_was_found(restaurant, wang, zheng, li, offered, hailan):
    manager = builders.user()
    Membership.objects.create(user=manager, establishment=restaurant, role="manager")
    permit = builders.permit(restaurant, state="in_force")
    waiting = builders.permit(restaurant, kind="business_licence", valid_through=None)
    stays, leaves = (builders.staff_member(restaurant, name=name) for name in ("陈师傅", "林师傅"))
    certificate = builders.health_certificate(stays)
    camera = builders.camera(restaurant, push_key_hash="x" * 64)
    sticker = builders.sticker(restaurant)
    key = LedgerKey.objects.create(title="供货系统", establishment=restaurant, key_hash="k", made_by=wang)
    check = checks.ask(restaurant, by=li, about="premises", at=timezone.now())
    checks.show(check, by=wang, at=timezone.now())
    opened_at = restaurant.opened_at

    place = taken(offered, zheng, staying=[stays.pk])

    for row in (offered, permit, waiting, stays, leaves, certificate, camera, sticker, key, check):
        row.refresh_from_db()
    assert offered.state == "taken" and offered.taken_by == zheng and not offered.code_hash
    [former] = Operatorship.objects.all()
    assert former.operator_name == "海澜海上明月餐饮有限公司" and former.until == offered.ended_at == place.closed_at
    assert (place.operator_name, place.uscc) == (TO["operator_name"], TO["uscc"])
    assert place.state == "closed" and not place.closed_by_authority and place.opened_at == opened_at
    assert [m.user for m in Membership.objects.filter(establishment=place, ended_at=None)] == [zheng]
    assert permit.state == "revoked" and TO["operator_name"] in permit.reason and permit.revoked_by == zheng
    assert waiting.state == "draft" and certificate.state == "in_force"
    assert stays.left_on is None and leaves.left_on == timezone.localdate()
    assert not camera.enabled and camera.serial == 2 and not camera.push_key_hash
    assert sticker.revoked_at is None and key.revoked_at is not None
    assert check.state == "called_off" and not Camera.every.get(purpose="check").enabled
    told = Notice.objects.filter(kind="handover.left", channel="desk")
    assert {letter.recipient for letter in told} == {wang, manager}
    assert Notice.objects.filter(kind="handover.taken", recipient=zheng, channel="desk").exists()
    assert not Notice.objects.filter(recipient=None).exists(), "the message with the code goes"
    assert not audit.trail(place).filter(detail__icontains="13700000009").exists()


def test_who_stays_is_asked_again_before_anybody_is_filmed(restaurant, wang, zheng, offered):
    today = timezone.localdate()
    agreed, objects, unasked, waits = (
        builders.staff_member(restaurant, post=post) for post in ("chef", "chef", "plating", "waiter")
    )
    for member in (agreed, objects):
        builders.filming_consent(member)
    staff.withdraw_consent(objects, by=wang)
    camera = builders.camera(restaurant)

    place = taken(offered, zheng, staying=[agreed.pk, objects.pk, unasked.pk, waits.pk])

    held = coverage(place, today)
    assert (held.filmed, held.consented, held.objecting, held.unasked) == (3, 0, 1, 2)
    assert list(StaffMember.objects.objecting(today)) == [objects]
    assert set(StaffMember.objects.to_be_asked_anew(today)) == {agreed, unasked}
    assert audit.trail(agreed).filter(verb="staff.consent_ended").count() == 1
    camera.refresh_from_db()
    place.state = "open"
    place.save()
    for deed in (
        lambda: cameras.switch_on(camera, by=zheng),
        lambda: cameras.add_camera(place, by=zheng, zone="cold", source="phone"),
    ):
        with pytest.raises(Refused):
            deed()
    for member in (agreed, unasked):
        staff.give_consent(member, by=zheng, given_on=today)
    cameras.switch_on(camera, by=zheng)
    assert camera.is_withheld(today), "somebody said no, and it holds"
    staff.give_consent(objects, by=zheng, given_on=today)
    assert not camera.is_withheld(today) and coverage(place, today).consented == 3


def test_who_comes_afterwards_is_the_new_operators_to_ask(restaurant, zheng, offered):
    camera = builders.camera(restaurant)
    place = taken(offered, zheng)
    builders.staff_member(place, added_by=zheng)
    camera.refresh_from_db()
    cameras.switch_on(camera, by=zheng)
    assert coverage(place, timezone.localdate()).unasked == 1


def test_what_the_former_operator_signed_ends_and_what_statute_says_stays(restaurant, zhao, zheng, offered):
    signed, by_law = (
        Commitment.objects.create(
            establishment=restaurant,
            about=about,
            binding=binding,
            document_number="承诺书 1 号",
            signed_on=timezone.localdate(),
            recorded_by=zhao,
        )
        for about, binding in (("camera", "commitment"), ("ledger", "statute"))
    )
    taken(offered, zheng)
    for row in (signed, by_law):
        row.refresh_from_db()
    assert signed.ended_at == HandOver.objects.get().ended_at and TO["operator_name"] in signed.ended_why
    assert by_law.ended_at is None and audit.trail(signed).get().verb == "commitment.released"


def test_what_the_former_operator_promised_ends_and_bars_the_new_one_from_nothing(restaurant, wang, zheng, offered):
    """A word binds who signed it, whether it was still open or not kept."""
    promised = builders.undertaking(restaurant, signed_by=wang, requirement="board")
    builders.undertaking(
        restaurant, signed_by=wang, requirement="licence", state="broken", ended_at=timezone.now() - timedelta(days=1)
    )
    today = timezone.localdate()
    offers = {row.requirement.code: row.standing.offers for row in requirements.needed(restaurant, today)}
    assert "undertaking" not in offers["licence"], "who broke a word is offered none for a year"
    taken(offered, zheng)
    promised.refresh_from_db()
    assert (promised.state, promised.ended_at) == ("released", HandOver.objects.get().ended_at)
    assert TO["operator_name"] in promised.ended_why and audit.trail(promised).get().verb == "undertaking.released"
    after = {row.requirement.code: row.standing for row in requirements.needed(restaurant, today)}
    assert after["licence"].state == after["board"].state == "missing"
    assert "undertaking" in after["licence"].offers


def test_it_opens_again_with_the_new_operators_permit(restaurant, wang, zheng, li, offered):
    place = taken(offered, zheng)
    opened_at = place.opened_at
    with pytest.raises(Refused):
        establishments.reopen(place, by=zheng)
    permit = builders.permit(place, submitted_by=zheng, number="JY29999010000021")
    CredentialPage.objects.create(credential=permit, file=stored_page(), order=0)
    credentials.approve(permit, by=li)
    place.refresh_from_db()
    assert place.state == "open" and place.closed_at is None and place.opened_at == opened_at
    establishments.close(place, by=zheng)
    assert not establishments.awaits_permit(place), "closed by itself it is no hand-over any more"


def stored_page():
    from sunkitchen.core.models import StoredFile

    return StoredFile.objects.create(key="ab/page", kind="image", sha256="0" * 64, size=4, pages=1, owner_scope="test")


def test_who_takes_over_twice_has_two_former_operators(restaurant, wang, zheng, offered, qian):
    place = taken(offered, zheng)
    again = handovers.offer(
        place, by=zheng, **(TO | {"operator_name": "海澜满月餐饮有限公司", "contact": "q@example.com"})
    )
    taken(again, qian)
    newest, first = Operatorship.objects.all()
    assert newest.since == first.until and newest.operator_name == TO["operator_name"]


def test_five_wrong_codes_and_it_opens_to_nobody(restaurant, wang, zheng, offered):
    right = code_of(offered)
    for wrong in ("", "AAAA-BBBB-CCCC", right[:-1], "x" * 500, "a\0b"):
        with pytest.raises(Refused):
            handovers.opened(by=zheng, kitchen=restaurant.code, code=wrong)
    with pytest.raises(Refused):
        handovers.opened(by=zheng, kitchen=restaurant.code, code=right)
    offered.refresh_from_db()
    assert offered.tries == 5 and offered.state == "offered"


def test_the_right_code_costs_no_try_however_it_is_typed(restaurant, zheng, offered):
    for typed in (code_of(offered), code_of(offered).lower().replace("-", " ")):
        assert handovers.opened(by=zheng, kitchen=f" {restaurant.code.upper()} ", code=typed) == offered
    offered.refresh_from_db()
    assert offered.tries == 0


def test_neither_its_own_people_nor_its_supervisors_take_it_over(restaurant, wang, li, offered):
    for person in (wang, li):
        with pytest.raises(Refused):
            handovers.opened(by=person, kitchen=restaurant.code, code=code_of(offered))
        with pytest.raises(Refused):
            handovers.take(offered, by=person, proof=offered.code_hash)
    assert not Operatorship.objects.exists()


def test_without_the_code_nobody_takes_or_declines(offered, zheng):
    for proof in ("", "0" * 64):
        for deed in (handovers.take, handovers.decline):
            with pytest.raises(Refused):
                deed(offered, by=zheng, proof=proof)
    assert offered.establishment.memberships.get().user.name == "王海"


def test_taken_back_declined_or_late_it_opens_nothing(restaurant, wang, zheng, offered):
    code = code_of(offered)
    proof = offered.code_hash
    handovers.take_back(offered, by=wang)
    for deed in (
        lambda: handovers.opened(by=zheng, kitchen=restaurant.code, code=code),
        lambda: handovers.take(offered, by=zheng, proof=proof),
        lambda: handovers.take_back(offered, by=wang),
    ):
        with pytest.raises(Refused):
            deed()
    second = handovers.offer(restaurant, by=wang, **TO)
    handovers.decline(second, by=zheng, proof=second.code_hash)
    assert second.state == "refused" and Notice.objects.filter(kind="handover.declined", recipient=wang).exists()
    third = handovers.offer(restaurant, by=wang, **TO)
    with pytest.raises(WrongState):
        handovers.take(third, by=zheng, proof=third.code_hash, at=third.expires_at)
    assert handovers.sweep(third.expires_at) == 1 and handovers.sweep(third.expires_at) == 0
    third.refresh_from_db()
    assert third.state == "expired" and Notice.objects.filter(kind="handover.expired", recipient=wang).exists()


def test_who_is_no_owner_any_more_hands_nothing_over(restaurant, wang, zheng, qian, offered):
    code, proof = code_of(offered), offered.code_hash
    Membership.objects.create(user=qian, establishment=restaurant, role="owner")
    Membership.objects.filter(user=wang).update(ended_at=timezone.now())
    with pytest.raises(Refused):
        handovers.opened(by=zheng, kitchen=restaurant.code, code=code)
    for deed in (handovers.take, handovers.decline, handovers.seen):
        with pytest.raises(WrongState):
            deed(offered, by=zheng, proof=proof)
    assert not Operatorship.objects.exists()
    handovers.take_back(offered, by=qian)
    assert offered.state == "withdrawn", "who owns it now ends what the other offered"


def test_an_offer_that_ended_keeps_no_number(restaurant, wang, zheng, offered):
    assert offered.contact == "13700000009"
    handovers.take_back(offered, by=wang)
    declined = handovers.offer(restaurant, by=wang, **TO)
    handovers.decline(declined, by=zheng, proof=declined.code_hash)
    late = handovers.offer(restaurant, by=wang, **TO)
    handovers.sweep(late.expires_at)
    assert set(HandOver.objects.values_list("state", "contact")) == {
        ("withdrawn", ""),
        ("refused", ""),
        ("expired", ""),
    }
    assert not Notice.objects.filter(recipient=None).exists(), "nor does a message with its code"


def test_tables_that_the_former_operator_did_not_enter_are_forgotten(restaurant, wang, zheng, offered):
    line = {"number": 2, "cells": {"name": "陈师傅"}, "facts": {}, "why": [["no_post", ""]], "notes": []}
    waits, entered = (
        TableImport.objects.create(
            establishment=restaurant,
            sort="staff",
            name="a.csv",
            sha256="0" * 64,
            brought_by=wang,
            lines=[line],
            state=state,
        )
        for state in ("checked", "landed")
    )
    taken(offered, zheng)
    for row in (waits, entered):
        row.refresh_from_db()
    assert (waits.state, waits.lines) == ("dropped", []) and (entered.state, entered.lines) == ("landed", [])
    assert [entry.verb for entry in audit.trail(waits)] == ["table.dropped"] and not audit.trail(entered)


def test_the_keys_of_ledger_systems_end_on_record(restaurant, wang, zheng, offered):
    row, key = keys.make(by=wang, title="供货系统", establishment=restaurant)
    assert keys.holder(key, timezone.now())
    taken(offered, zheng)
    assert keys.holder(key, timezone.now()) is None
    assert [entry.verb for entry in audit.trail(row)] == ["ledger_key.made", "ledger_key.revoked"]


def test_nothing_of_it_happens_when_a_part_fails(restaurant, wang, zheng, offered, monkeypatch):
    permit = builders.permit(restaurant, state="in_force")

    def fails(*_):
        raise Refused("no")

    monkeypatch.setattr(handovers, "_when_taken", [fails])
    with pytest.raises(Refused):
        handovers.take(offered, by=zheng, proof=offered.code_hash)
    for row in (restaurant, permit, offered):
        row.refresh_from_db()
    assert restaurant.state == "open" and permit.state == "in_force" and offered.state == "offered"
    assert not Operatorship.objects.exists() and restaurant.memberships.get(ended_at=None).user == wang


def test_a_message_that_is_not_sent_yet_goes_out_once(offered, settings, tmp_path):
    settings.SMS_FILE_PATH = tmp_path
    notices.send_due(timezone.now())
    assert len(list(tmp_path.glob("*"))) == 1
