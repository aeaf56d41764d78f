"""Who works in a kitchen: their posts, their certificates counted, their consents given and taken back."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given
from hypothesis import settings as how
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from sunkitchen.core.audit import trail
from sunkitchen.core.files import BadUpload
from sunkitchen.core.models import StoredFile
from sunkitchen.core.workflow import Refused, WrongState
from sunkitchen.registry.models import Credential, Establishment, FilmingConsent, StaffMember
from sunkitchen.registry.staff import actions as staff
from sunkitchen.registry.staff.coverage import Coverage, coverage, coverages, public_staff
from sunkitchen.registry.staff.roster import needs, roster
from tests import builders
from tests.core import corpus

TODAY = timezone.localdate()
DAY = timedelta(days=1)


@pytest.fixture
def chen(restaurant, wang):
    """陈, the cook."""
    return staff.add(restaurant, by=wang, name=" 陈  师傅 ", post="chef", joined_on=TODAY - 400 * DAY)


def test_somebody_joins_with_name_and_post(chen, restaurant, wang):
    assert (chen.name, chen.post, chen.added_by) == ("陈 师傅", "chef", wang)
    assert list(restaurant.staff.working(TODAY)) == [chen]
    assert [entry.verb for entry in trail(chen)] == ["staff.added"]


@pytest.mark.parametrize(
    ("fact", "words"),
    [
        ({"name": "  "}, "blank"),
        ({"name": "长" * 41}, "40 characters"),
        ({"post": "guest"}, "not a valid choice"),
        ({"joined_on": TODAY + 400 * DAY}, "day of joining"),
        ({"joined_on": date(1, 1, 1)}, "day of joining"),
        ({"mobile": "12345"}, "mobile number"),
    ],
)
def test_a_wrong_fact_is_refused_and_nobody_is_added(restaurant, wang, fact, words):
    facts = {"name": "陈师傅", "post": "chef", "joined_on": TODAY, **fact}
    with pytest.raises(Refused, match=words):
        staff.add(restaurant, by=wang, **facts)
    assert not StaffMember.objects.exists()


def test_nobody_starts_in_a_closed_kitchen(restaurant, wang):
    Establishment.objects.filter(pk=restaurant.pk).update(state="closed")
    restaurant.refresh_from_db()
    with pytest.raises(Refused, match="closed"):
        staff.add(restaurant, by=wang, name="陈师傅", post="chef", joined_on=TODAY)


def test_a_post_changes_and_the_trail_keeps_no_number(chen, wang):
    staff.edit(chen, by=wang, post="waiter", mobile="+86 138 0000 0009")
    assert (chen.post, chen.mobile) == ("waiter", "13800000009")
    entry = trail(chen).get(verb="staff.edited")
    assert entry.detail == {"changed": ["post", "mobile"], "post": ["chef", "waiter"]}


def test_a_certificate_is_not_handed_on_by_another_name(chen, wang):
    builders.health_certificate(chen, holder="陈 建国")
    with pytest.raises(Refused, match="another name"):
        staff.edit(chen, by=wang, name="李四")
    assert staff.edit(chen, by=wang, name="陈建国", post="waiter").name == "陈建国", "towards the paper it is corrected"


def test_a_withdrawal_while_the_photo_is_looked_at_comes_first(chen, wang, photo):
    yesterday = timezone.localdate() - timedelta(days=1)
    staff.give_consent(chen, by=wang, given_on=yesterday)
    upload = photo()
    chunks = upload.chunks

    def meanwhile(*args):
        staff.withdraw_consent(chen, by=wang)
        return chunks(*args)

    upload.chunks = meanwhile
    with pytest.raises(Refused, match="withdrawn"):
        staff.give_consent(chen, by=wang, given_on=yesterday, upload=upload)
    assert not chen.consents.filter(withdrawn_at=None).exists()


def test_who_left_does_not_work_here_any_more_and_may_come_back(chen, wang, restaurant):
    staff.leave(chen, by=wang, on=TODAY)
    assert not restaurant.staff.working(TODAY).exists() and restaurant.staff.working(TODAY - DAY).exists()
    with pytest.raises(WrongState):
        staff.leave(chen, by=wang, on=TODAY)
    with pytest.raises(Refused, match="has left"):
        staff.edit(chen, by=wang, name="别人")
    staff.stay(chen, by=wang)
    assert restaurant.staff.working(TODAY).get() == chen
    with pytest.raises(WrongState):
        staff.stay(chen, by=wang)


def test_nobody_leaves_before_they_joined(chen, wang):
    with pytest.raises(Refused, match="before they joined"):
        staff.leave(chen, by=wang, on=chen.joined_on - DAY)


# ── consent ─────────────────────────────────────────────────────────────────────────────────────────────────
def test_a_consent_is_given_once_and_withdrawn_once(chen, wang, restaurant):
    staff.give_consent(chen, by=wang, given_on=TODAY)
    with pytest.raises(WrongState):
        staff.give_consent(chen, by=wang, given_on=TODAY)
    assert coverage(restaurant, TODAY).consented == 1
    staff.withdraw_consent(chen, by=wang)
    with pytest.raises(WrongState):
        staff.withdraw_consent(chen, by=wang)
    held = coverage(restaurant, TODAY)
    assert (held.filmed, held.consented, held.objecting, held.unasked) == (1, 0, 1, 0)
    assert [entry.verb for entry in trail(chen)] == ["staff.added", "staff.consented", "staff.consent_withdrawn"]


def test_after_a_withdrawal_only_a_form_signed_since_counts(chen, wang):
    staff.give_consent(chen, by=wang, given_on=TODAY - 9 * DAY)
    staff.withdraw_consent(chen, by=wang)
    with pytest.raises(Refused, match="signed since then"):
        staff.give_consent(chen, by=wang, given_on=TODAY - DAY)
    staff.give_consent(chen, by=wang, given_on=TODAY)
    assert not StaffMember.objects.objecting(TODAY).exists()


def test_a_form_is_not_signed_in_the_future_nor_by_somebody_who_left(chen, wang):
    with pytest.raises(Refused, match="future"):
        staff.give_consent(chen, by=wang, given_on=TODAY + DAY)
    staff.leave(chen, by=wang, on=TODAY - DAY)
    with pytest.raises(Refused, match="has left"):
        staff.give_consent(chen, by=wang, given_on=TODAY)


def test_the_signed_form_is_kept_with_the_kitchens_files(chen, wang, photo):
    consent = staff.give_consent(chen, by=wang, given_on=TODAY, upload=photo("form.jpg"))
    assert consent.form.owner_scope == f"establishment:{chen.establishment_id}"


def test_a_bad_photo_of_the_form_leaves_no_consent(chen, wang):
    from django.core.files.uploadedfile import SimpleUploadedFile

    with pytest.raises(BadUpload):
        staff.give_consent(chen, by=wang, given_on=TODAY, upload=SimpleUploadedFile("form.jpg", corpus.HTML))
    assert not FilmingConsent.objects.exists() and not StoredFile.objects.exists()


def test_only_who_works_before_the_cameras_today_objects(restaurant, wang):
    people = {post: builders.staff_member(restaurant, name=post, post=post) for post in StaffMember.Post.values}
    for member in people.values():
        builders.filming_consent(member, withdrawn_at=timezone.now())
    assert {row.post for row in StaffMember.objects.objecting(TODAY)} == set(StaffMember.FILMED)
    for member in people.values():
        staff.leave(member, by=wang, on=TODAY + DAY)
    assert StaffMember.objects.objecting(TODAY).exists()
    assert not StaffMember.objects.objecting(TODAY + DAY).exists()


# ── coverage ────────────────────────────────────────────────────────────────────────────────────────────────
def test_eight_of_eight_in_force(restaurant):
    for index in range(8):
        member = builders.staff_member(restaurant, name=f"员工{index}")
        builders.filming_consent(member)
        builders.health_certificate(member, valid_through=TODAY + (20 if index == 0 else 200) * DAY)
    builders.staff_member(restaurant, name="收银", post="cashier")  # needs none and is not filmed
    held = coverage(restaurant, TODAY)
    assert held == Coverage(needed=8, in_force=8, expiring=1, filmed=8, consented=8, objecting=0, people=9)
    assert held.is_full and not held.lacking


def test_a_renewal_that_is_approved_already_expires_nobody(restaurant):
    member = builders.staff_member(restaurant)
    builders.health_certificate(member, valid_through=TODAY + 5 * DAY)
    builders.health_certificate(member, valid_from=TODAY + 6 * DAY, valid_through=TODAY + 370 * DAY)
    held = coverage(restaurant, TODAY)
    assert (held.in_force, held.expiring) == (1, 0)


def test_the_coverage_of_many_kitchens_is_one_query(restaurant):
    places = [builders.establishment(signboard=f"店{index}") for index in range(20)]
    for place in places[:10]:
        builders.health_certificate(builders.staff_member(place))
    with CaptureQueriesContext(
        connection,
    ) as queries:
        found = coverages([restaurant, *places], TODAY)
    assert len(queries) == 1
    assert sum(held.in_force for held in found.values()) == 10 and found[restaurant.pk] == Coverage()


STATES = list(Credential.State.values)


class CountsOnlyWhatHolds(TestCase):
    """Whatever is thrown together, a certificate counts only for somebody who works there, approved, on its days."""

    @how(max_examples=60, deadline=None)
    @given(
        certificates=st.lists(
            st.tuples(
                st.sampled_from(STATES), st.integers(-500, 60), st.integers(0, 700), st.sampled_from(["works", "left"])
            ),
            max_size=6,
        ),
        post=st.sampled_from(StaffMember.Post.values),
    )
    def test_coverage_never_counts_an_expired_returned_revoked_or_a_leavers_certificate(self, certificates, post):
        place = builders.establishment()
        for state, start, days, whether in certificates:
            left_on = TODAY if whether == "left" else None
            builders.health_certificate(
                builders.staff_member(place, post=post, left_on=left_on),
                state=state,
                valid_from=TODAY + start * DAY,
                valid_through=TODAY + (start + days) * DAY,
            )
        counts = [
            start <= 0 <= start + days
            for state, start, days, whether in certificates
            if state == "in_force" and whether == "works" and post in StaffMember.NEED_CERTIFICATE
        ]
        held = coverage(place, TODAY)
        assert held.in_force == sum(counts)
        assert held.expiring <= held.in_force <= held.needed <= held.people
        assert held.people == sum(whether == "works" for *_rest, whether in certificates)
        place.shows_staff = True
        public = public_staff(place, TODAY)
        assert sum(row.standing in ("in_force", "expiring") for row in public) == held.in_force
        assert len(public) == held.needed


# ── what the public reads, and what the kitchen does ────────────────────────────────────────────────────────
def test_the_public_reads_the_coverage_alone_unless_the_owner_chooses(restaurant, wang):
    builders.health_certificate(builders.staff_member(restaurant, name="欧阳娜娜", mobile="13800000009"))
    assert public_staff(restaurant, TODAY) == []
    staff.show_staff(restaurant, by=wang, shown=True)
    (row,) = public_staff(restaurant, TODAY)
    assert (row.name, row.post, row.standing) == ("欧*", "Chef", "in_force")
    assert "娜" not in repr(row) and "138" not in repr(row)
    staff.show_staff(restaurant, by=wang, shown=False)
    assert public_staff(restaurant, TODAY) == []
    assert [e.verb for e in trail(restaurant)] == ["establishment.staff_shown", "establishment.staff_hidden"]


def test_what_is_missing_comes_first(restaurant):
    fine = builders.staff_member(restaurant, name="好好")
    builders.health_certificate(fine)
    builders.filming_consent(fine)
    lapsed = builders.staff_member(restaurant, name="过期")
    builders.health_certificate(lapsed, valid_from=TODAY - 400 * DAY, valid_through=TODAY - DAY)
    builders.filming_consent(lapsed)
    waiting = builders.staff_member(restaurant, name="待审", post="waiter")
    builders.health_certificate(waiting, state="submitted")
    refuses = builders.staff_member(restaurant, name="撤回")
    builders.health_certificate(refuses)
    builders.filming_consent(refuses, withdrawn_at=timezone.now())
    builders.staff_member(restaurant, name="新人", post="dishwasher")
    rows = roster(restaurant, TODAY)
    assert [row.member.name for row in rows] == ["撤回", "新人", "过期", "待审", "好好"]
    assert [(row.certificate, row.consent) for row in rows] == [
        ("in_force", "withdrawn"),
        ("none", "unasked"),
        ("expired", "given"),
        ("submitted", "not_needed"),
        ("in_force", "given"),
    ]
    said = [need.words for need in needs(rows)]
    assert [need.level for need in needs(rows)] == ["bad", "bad", "bad", "warn"]
    assert "撤回 (Chef) has withdrawn" in said[0] and "新人 (Dishwasher) has no health" in said[1]


def test_no_consent_stands_twice_whatever_writes_it(chen, wang):
    from django.db import IntegrityError, transaction

    builders.filming_consent(chen)
    with pytest.raises(IntegrityError), transaction.atomic():
        builders.filming_consent(chen)
