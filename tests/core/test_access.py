import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import Http404
from hypothesis import given
from hypothesis import strategies as st

from sunkitchen.accounts.models import User
from sunkitchen.core import access
from sunkitchen.core.access import CAPABILITIES, Can, Grant, Role, Scope
from sunkitchen.registry.models import Establishment, Membership
from tests import builders

# By hand, on purpose: whoever changes who may what changes it twice and sees it in the review.
TABLE = {
    "owner": "see_kitchen edit_kitchen hand_in_papers see_papers see_health set_up_camera print_stickers keep_staff keep_ledger "
    "run_kitchen close_kitchen hand_over remove_photo object answer_incident",
    "manager": "see_kitchen edit_kitchen hand_in_papers see_papers see_health print_stickers keep_staff keep_ledger remove_photo "
    "answer_incident",
    "clerk": "see_office see_kitchen see_papers see_health review_papers serve_notice close_kitchen remove_photo import_register "
    "invite_owners keep_clips see_clips approve_edition draw_visits set_risk handle_complaint trace_goods",
    "inspector": "see_office see_kitchen see_papers see_health inspect draft_edition serve_notice remove_photo "
    "keep_clips see_clips approve_edition handle_complaint trace_goods",
    "publisher": "see_office see_kitchen see_papers decide_objection publish_edition see_clips approve_edition "
    "amend_listing arrange_lists arrange_review",
    "auditor": "see_office see_kitchen see_papers see_audit",
    "admin": "see_office see_kitchen see_papers see_audit appoint run_relay",
}


def test_who_may_what_is_as_agreed():
    assert {role.value: set(map(str, able)) for role, able in CAPABILITIES.items()} == {
        role: set(able.split()) for role, able in TABLE.items()
    }


def test_every_capability_is_somebodys():
    assert set().union(*CAPABILITIES.values()) == set(Can)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Can.DRAFT_EDITION, Can.PUBLISH_EDITION),
        (Can.INSPECT, Can.PUBLISH_EDITION),
        (Can.HAND_IN_PAPERS, Can.REVIEW_PAPERS),
        (Can.OBJECT, Can.DECIDE_OBJECTION),
        (Can.DRAFT_EDITION, Can.DECIDE_OBJECTION),
        (Can.DRAFT_EDITION, Can.ARRANGE_LISTS),
        (Can.DRAW_VISITS, Can.INSPECT),
        (Can.ARRANGE_REVIEW, Can.REVIEW_PAPERS),
    ],
)
def test_no_single_role_holds_both_ends(one, other):
    assert not [role for role, able in CAPABILITIES.items() if {one, other} <= able]


def test_an_owner_reaches_their_kitchen_and_no_other(wang, restaurant):
    rival = builders.establishment(owner=builders.user("郑邻"))
    access.require(wang, Can.EDIT_KITCHEN, restaurant)
    with pytest.raises(Http404):
        access.require(wang, Can.EDIT_KITCHEN, rival)
    assert list(Establishment.objects.within(wang, Can.EDIT_KITCHEN)) == [restaurant]


def test_a_clerk_reaches_the_divisions_of_the_authority(li, restaurant):
    elsewhere = builders.establishment(division="888801")
    access.require(li, Can.REVIEW_PAPERS, restaurant)
    with pytest.raises(Http404):
        access.require(li, Can.REVIEW_PAPERS, elsewhere)
    assert list(Establishment.objects.within(li, Can.REVIEW_PAPERS)) == [restaurant]


def test_a_provincial_officer_reaches_every_city_of_the_province(restaurant):
    province = builders.authority("省局", "99")
    officer = builders.officer("省", province, "clerk")
    assert access.can(officer, Can.REVIEW_PAPERS, restaurant)


def test_an_insider_without_the_right_is_refused_not_fooled(li, restaurant):
    with pytest.raises(PermissionDenied):
        access.require(li, Can.INSPECT, restaurant)


def test_strangers_and_anonymous_readers_learn_nothing(qian, restaurant):
    for user in (qian, AnonymousUser(), None):
        with pytest.raises(Http404):
            access.require(user, Can.SEE_KITCHEN, restaurant)
        assert not Establishment.objects.within(user, Can.SEE_KITCHEN).exists()
        assert not access.may_anywhere(user, Can.SEE_KITCHEN)


def test_an_owner_is_a_stranger_to_the_authority(wang, restaurant, hailan):
    with pytest.raises(Http404):
        access.require(wang, Can.OBJECT, hailan)


def test_an_ended_membership_grants_nothing(wang, restaurant, django_user_model):
    from django.utils import timezone

    Membership.objects.filter(user=wang).update(ended_at=timezone.now())
    assert not access.can(wang, Can.SEE_KITCHEN, restaurant)


def test_a_closed_account_can_nothing(wang, restaurant):
    User.objects.filter(pk=wang.pk).update(is_active=False)
    wang.refresh_from_db()
    assert not access.can(wang, Can.SEE_KITCHEN, restaurant)


def test_the_administrator_sees_everything_and_decides_nothing(restaurant):
    admin = builders.user("管理员", is_superuser=True)
    access.require(admin, Can.SEE_KITCHEN, restaurant)
    for deciding in (Can.REVIEW_PAPERS, Can.INSPECT, Can.PUBLISH_EDITION, Can.DECIDE_OBJECTION, Can.EDIT_KITCHEN):
        with pytest.raises(PermissionDenied):
            access.require(admin, deciding, restaurant)


def test_two_grants_do_not_lend_each_other_their_scope(wang, restaurant, hailan):
    """An owner in one city who is clerk in another reviews nothing at home."""
    elsewhere = builders.authority("外市", "888801")
    from sunkitchen.accounts.models import Post

    Post.objects.create(user=wang, authority=elsewhere, role="clerk")
    assert access.may_anywhere(wang, Can.REVIEW_PAPERS)
    with pytest.raises(PermissionDenied):
        access.require(wang, Can.REVIEW_PAPERS, restaurant)


divisions = st.text("0123456789", min_size=2, max_size=12)


@given(prefix=divisions, division=divisions, establishment=st.integers(1, 5) | st.none())
def test_a_division_grant_covers_exactly_what_its_prefix_begins(prefix, division, establishment):
    grant = Grant(Role.CLERK, division=prefix)
    assert grant.covers(Scope(establishment, division)) == (division[: len(prefix)] == prefix)


@given(mine=st.integers(1, 5), theirs=st.integers(1, 5) | st.none(), division=divisions)
def test_a_kitchen_grant_covers_exactly_its_kitchen(mine, theirs, division):
    assert Grant(Role.OWNER, establishment=mine).covers(Scope(theirs, division)) == (mine == theirs)


def test_a_grant_over_nothing_covers_nothing():
    assert not Grant(Role.CLERK).covers(Scope(1, "999901"))
