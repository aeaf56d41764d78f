"""The approval chain: in order, each officer once, never who took part, and of exactly the content as it is."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from ratings.editions import actions as editions
from ratings.editions import approving, evidence
from ratings.editions.approvals import Approval, ApprovalStage
from ratings.models import Listing
from sunkitchen.accounts.models import Post
from sunkitchen.core import audit, files
from sunkitchen.core.workflow import Refused
from tests import builders
from tests.ratings.conftest import AFTER, MONDAY
from tests.ratings.test_pages import builders_photo

pytestmark = pytest.mark.django_db


def says_yes(edition, officer, at=AFTER):
    return approving.approve(edition, by=officer, opinion="同意。", at=at)


def test_the_stages_speak_in_their_order_and_then_all_have_agreed(draft, red, served, stages, ma, qin, fan):
    with pytest.raises(Refused):
        says_yes(draft, qin)
    for officer in (ma, qin, fan):
        says_yes(draft, officer)
    assert approving.in_the_way(draft, approving.digest(draft)) == ""
    with pytest.raises(Refused):
        says_yes(draft, fan)


def test_an_officer_speaks_once_though_two_stages_name_them(draft, red, served, hailan, sun, ma):
    approving.set_chain(hailan, by=sun, stages=[("一", "", [ma]), ("二", "", [ma])], at=MONDAY)
    says_yes(draft, ma)
    with pytest.raises(Refused):
        says_yes(draft, ma)


def test_neither_the_drafter_nor_who_made_the_evidence_approves(draft, red, served, hailan, sun, zhao, zhou, li):
    for person in (zhao, zhou, li):  # drafted and inspected; inspected; issued and served the notice
        approving.set_chain(hailan, by=sun, stages=[("承办", "", [person])], at=MONDAY)
        with pytest.raises(Refused):
            says_yes(draft, person)


def test_nobody_approves_while_something_is_in_the_way(draft, red, served, stages, ma):
    with pytest.raises(Refused):
        says_yes(draft, ma, at=MONDAY)
    assert not Approval.objects.exists()


def test_an_opinion_is_written(draft, red, served, stages, ma):
    for opinion in ("", "  ", "字" * 501):
        with pytest.raises(Refused):
            approving.approve(draft, by=ma, opinion=opinion, at=AFTER)


def test_a_refusal_stops_the_chain_until_the_content_is_another(draft, red, served, stages, ma, qin, zhao):
    says_yes(draft, ma)
    approving.refuse(draft, by=qin, opinion="红榜事实待补。", at=AFTER)
    with pytest.raises(Refused):
        says_yes(draft, qin)
    editions.drop(red, by=zhao, why="事实待补。")
    says_yes(draft, ma)
    says_yes(draft, qin)


def test_without_a_chain_nobody_publishes_and_is_told_so(draft, red, served, sun):
    with pytest.raises(Refused) as refused:
        editions.publish(draft, by=sun, at=AFTER)
    assert refused.value.args[0] == approving.NO_CHAIN


CHANGES = {
    "a listing more": lambda draft, red, served, zhao, kitchen: editions.pick(
        draft, kitchen, by=zhao, colour="red", reason="全部条款符合。", at=AFTER
    ),
    "a listing less": lambda draft, red, served, zhao, kitchen: editions.drop(red, by=zhao, why="改日。"),
    "evidence": lambda draft, red, served, zhao, kitchen: attached(served, zhao),
}


def attached(listing, by, title="后厨"):
    with files.admitting([builders_photo()]) as (file,):
        return evidence.attach(listing, by=by, file=file, title=title, at=AFTER)


@pytest.mark.parametrize("change", CHANGES)
def test_what_was_approved_counts_no_longer_once_the_content_changed(
    agreed, red, served, zhao, zhou, sun, ma, change, settings, tmp_path
):
    settings.FILES_ROOT = tmp_path / "files"
    from tests.ratings.conftest import inspected

    third = builders.establishment(owner=builders.user("三"), signboard="渔歌小馆", operator_name="渔歌餐饮店")
    builders.permit(third, submitted_by=zhao, state="in_force", number="JY29999010000039")
    builders.camera(third)
    inspected(third, zhao, zhou)
    before = approving.digest(agreed)
    CHANGES[change](agreed, red, served, zhao, third)
    assert approving.digest(agreed) != before
    with pytest.raises(Refused):
        editions.publish(agreed, by=sun, at=AFTER)
    course = approving.said(agreed, approving.digest(agreed))
    assert [(row.approval, bool(row.before)) for row in course] == [(None, True)] * 3
    says_yes(agreed, ma)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ratings_listing SET reason = '改了' WHERE colour = 'black'",
        "UPDATE ratings_listing SET document_number = '别的'",
        "UPDATE ratings_listingidentity SET address = '别处'",
        "UPDATE ratings_edition SET rule_version = '2026-2'",
        "UPDATE ratings_edition SET period_to = '2026-11-01'",
    ],
)
def test_even_a_change_past_the_actions_voids_what_was_approved(agreed, sun, statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)
    agreed.refresh_from_db()
    assert approving.in_the_way(agreed, approving.digest(agreed))


def test_a_new_chain_speaks_anew(agreed, hailan, sun, ma):
    approving.set_chain(hailan, by=sun, stages=[("局长办公会", "", [ma])], at=AFTER)
    with pytest.raises(Refused):
        editions.publish(agreed, by=sun, at=AFTER)
    says_yes(agreed, ma)
    editions.publish(agreed, by=sun, at=AFTER)
    assert ApprovalStage.objects.filter(ended_at=None).count() == 1


def test_a_chain_names_officers_of_its_own_bureau_and_is_set_by_a_publisher(hailan, sun, zhao, li, wu, wang):
    for stages in (
        [],
        [("", "", [li])],
        [("科", "", [])],
        [("科", "", [wang])],
        [("科", "", [wu])],
        [("科" * 41, "", [li])],
    ):
        with pytest.raises(Refused):
            approving.set_chain(hailan, by=sun, stages=stages, at=MONDAY)
    for person in (zhao, li, wu, wang):
        with pytest.raises(Refused):
            approving.set_chain(hailan, by=person, stages=[("科", "", [li])], at=MONDAY)
    approving.set_chain(hailan, by=sun, stages=[("科", "", [li])], at=MONDAY)
    assert [entry.verb for entry in audit.trail(hailan)][-1] == "chain.set"


def test_whoever_lost_the_post_does_not_speak(draft, red, served, stages, ma):
    Post.objects.filter(user=ma).update(ended_at=AFTER - timedelta(days=1))
    with pytest.raises(Refused):
        says_yes(draft, ma)


@pytest.mark.parametrize(
    "statement",
    ["UPDATE ratings_approval SET agreed = NOT agreed", "DELETE FROM ratings_approval"],
)
def test_what_was_said_is_never_altered(agreed, statement):
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_the_digest_of_what_was_attached_is_published(agreed, served, zhao, sun, ma, qin, fan, settings, tmp_path):
    settings.FILES_ROOT = tmp_path / "files"
    row = attached(served, zhao)
    with pytest.raises(Refused):
        attached(served, zhao, "再来一次")
    for officer in (ma, qin, fan):
        says_yes(agreed, officer)
    editions.publish(agreed, by=sun, at=AFTER)
    assert Listing.objects.get(pk=served.pk).finding["files"] == [row.file.sha256]
    with pytest.raises(Refused):
        attached(Listing.objects.get(pk=served.pk), zhao)


def test_the_approval_sheet_shows_every_stage_before_and_after_publishing(browse, agreed, sun, wu):
    url = f"/office/editions/{agreed.pk}/approvals.html"
    before = browse(wu).get(url).content.decode()
    assert before.count("【同意】") == 3 and approving.digest(agreed) in before
    content = approving.digest(agreed)
    editions.publish(agreed, by=sun, at=AFTER)
    after = browse(wu).get(url).content.decode()
    assert all(words in after for words in ("马科", "秦法", "范局", "孙发", content))
