"""The way to an edition: who may take which step, and what is in the way."""

import json
import threading
from datetime import date, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from ratings.editions import actions as editions
from ratings.editions import path
from ratings.models import Edition, Listing, ListingIdentity, Objection, Waiver
from sunkitchen.core import audit, verify
from sunkitchen.core.models import LogEntry, Notice
from sunkitchen.core.workflow import Refused, WrongState
from tests import builders

from .conftest import AFTER, FRIDAY_LATE, MONDAY, agree, publish

pytestmark = pytest.mark.django_db


def test_an_edition_with_one_red_and_one_black_listing_is_published(published, red, served, sun):
    published.refresh_from_db()
    assert published.code == "hailan/2026-1"
    assert published.state == "published" and published.published_by == sun
    assert list(published.listings.published().values_list("colour", flat=True).order_by("place")) == ["black", "red"]
    assert Edition.objects.published().get() == published


def test_the_rules_propose_both_kitchens_with_reasons(draft, good, bad):
    proposed = path.candidates(draft, MONDAY)
    assert [(c.establishment, c.verdict.colour) for c in proposed] == [(bad, "black"), (good, "red")]
    assert [finding.rule.code for finding in proposed[0].verdict.black] == ["B1"]


def test_the_number_counts_up_within_the_year(draft, hailan, zhou):
    second = editions.draft(hailan, by=zhou, period_from=date(2026, 10, 1), period_to=date(2026, 10, 31), at=MONDAY)
    assert (draft.number, second.number) == (1, 2)


@pytest.mark.parametrize(
    ("first", "last"), [(date(2026, 10, 31), date(2026, 10, 1)), (date(2026, 11, 1), date(2026, 12, 1))]
)
def test_a_period_that_is_reversed_or_still_running_is_refused(hailan, zhao, first, last):
    with pytest.raises(Refused):
        editions.draft(hailan, by=zhao, period_from=first, period_to=last, at=MONDAY)


# ── picking ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_kitchen_that_the_rules_do_not_propose_is_not_picked(draft, good, bad, zhao):
    with pytest.raises(Refused):
        editions.pick(draft, bad, by=zhao, colour="red", reason="很好", at=MONDAY)
    with pytest.raises(Refused):
        editions.pick(draft, good, by=zhao, colour="black", rule="B1", reason="不好", document_number="1 号", at=MONDAY)


@pytest.mark.parametrize("reason", ["", "  ", "老码头大排档两项不合格"])
def test_a_reason_is_written_and_names_nobody(draft, bad, zhao, reason):
    with pytest.raises(Refused):
        editions.pick(draft, bad, by=zhao, colour="black", rule="B1", reason=reason, document_number="1 号", at=MONDAY)
    assert not Listing.objects.exists()


def test_a_black_listing_names_its_document(draft, bad, zhao):
    with pytest.raises(Refused):
        editions.pick(draft, bad, by=zhao, colour="black", rule="B1", reason="不合格", at=MONDAY)


def test_a_kitchen_stands_once_on_an_edition(black, draft, bad, zhao):
    with pytest.raises(Refused):
        editions.pick(draft, bad, by=zhao, colour="black", rule="B1", reason="再来", document_number="2 号", at=MONDAY)


def test_a_kitchen_of_another_city_is_not_picked(draft, zhao, chen):
    elsewhere = builders.establishment(owner=chen, division="999902")
    builders.permit(elsewhere, submitted_by=chen, state="in_force", valid_through=date(2026, 1, 1))
    with pytest.raises(Refused):
        editions.pick(
            draft, elsewhere, by=zhao, colour="black", rule="B2", reason="过期", document_number="3 号", at=MONDAY
        )


# ── the window ──────────────────────────────────────────────────────────────────────────────────────────────


def test_before_the_windows_end_nobody_publishes(draft, red, served, sun):
    assert served.window.day == date(2026, 11, 23)
    with pytest.raises(Refused):
        publish(draft, by=sun, at=FRIDAY_LATE)
    publish(draft, by=sun, at=AFTER)


def test_the_operators_waiver_ends_the_window_early(draft, red, served, sun, li):
    with pytest.raises(Refused):
        publish(draft, by=sun, at=MONDAY)
    editions.waive(served, by=li, waived_on=MONDAY.date(), statement="无异议，放弃陈述申辩。", at=MONDAY)
    publish(draft, by=sun, at=MONDAY)
    assert Listing.objects.get(pk=served.pk).finding["waived_on"] == "2026-11-16"


def test_a_waiver_is_recorded_once_and_in_the_operators_words(served, li):
    with pytest.raises(Refused):
        editions.waive(served, by=li, waived_on=MONDAY.date(), statement=" ", at=MONDAY)
    editions.waive(served, by=li, waived_on=MONDAY.date(), statement="放弃", at=MONDAY)
    with pytest.raises(WrongState):
        editions.waive(served, by=li, waived_on=MONDAY.date(), statement="放弃", at=MONDAY)
    assert Waiver.objects.count() == 1


def test_a_waiver_before_service_is_refused(noticed, li):
    with pytest.raises(Refused):
        editions.waive(noticed, by=li, waived_on=MONDAY.date(), statement="放弃", at=MONDAY)


def test_without_notice_or_service_nobody_publishes(draft, black, sun, li):
    with pytest.raises(Refused):
        publish(draft, by=sun, at=AFTER)
    editions.notice(black, by=li, at=MONDAY)
    with pytest.raises(Refused):
        publish(draft, by=sun, at=AFTER)


@pytest.mark.parametrize(
    "how",
    [
        {"method": "direct", "served_on": date(2026, 11, 16), "note": ""},
        {"method": "electronic", "served_on": date(2026, 11, 16), "note": "微信"},
        {"method": "direct", "served_on": date(2026, 11, 15), "note": "早了"},
        {"method": "direct", "served_on": date(2026, 11, 17), "note": "明天"},
        {"method": "pigeon", "served_on": date(2026, 11, 16), "note": "信鸽"},
    ],
)
def test_service_without_proof_or_out_of_time_is_refused(noticed, li, how):
    with pytest.raises(Refused):
        editions.serve(noticed, by=li, at=MONDAY, **how)
    noticed.refresh_from_db()
    assert noticed.state == "noticed"


# ── objections ──────────────────────────────────────────────────────────────────────────────────────────────


def test_an_open_objection_stops_publication(draft, red, served, chen, sun, zheng):
    objection = editions.lodge(served, by=chen, statement="当天已整改。", at=MONDAY)
    with pytest.raises(Refused):
        publish(draft, by=sun, at=AFTER)
    editions.decide(objection, by=zheng, uphold=True, answer="整改不影响当日检查结果。", at=AFTER)
    publish(draft, by=sun, at=AFTER)
    assert Listing.objects.get(pk=served.pk).finding["objections"][0]["outcome"] == "rejected"


def test_an_accepted_objection_takes_the_listing_off(draft, red, served, chen, zheng, sun):
    objection = editions.lodge(served, by=chen, statement="检查记录有误。", at=MONDAY)
    editions.decide(objection, by=zheng, uphold=False, answer="记录确有误。", at=AFTER)
    publish(draft, by=sun, at=AFTER)
    assert [listing.colour for listing in draft.listings.published()] == ["red"]
    assert Notice.objects.filter(recipient=chen, kind__startswith="listing.decided").exists()


def test_only_somebody_who_took_no_part_decides(served, chen, hailan, sun, zheng):
    objection = editions.lodge(served, by=chen, statement="不服。", at=MONDAY)
    drafter = served.edition.drafted_by
    inspector = builders.user("兼职")
    from sunkitchen.accounts.models import Post

    Post.objects.create(user=drafter, authority=hailan, role="publisher")
    with pytest.raises(Refused):
        editions.decide(objection, by=drafter, uphold=True, answer="维持", at=AFTER)
    with pytest.raises(Refused):
        editions.decide(objection, by=inspector, uphold=True, answer="维持", at=AFTER)
    editions.decide(objection, by=zheng, uphold=True, answer="维持", at=AFTER)
    with pytest.raises(Refused):
        publish(served.edition, by=zheng, at=AFTER)


def test_an_objection_after_the_window_is_refused_and_one_in_its_last_minute_is_not(served, chen):
    with pytest.raises(Refused):
        editions.lodge(served, by=chen, statement="晚了", at=AFTER)
    editions.lodge(served, by=chen, statement="还来得及", at=FRIDAY_LATE)


def test_a_second_objection_waits_for_the_first(served, chen):
    editions.lodge(served, by=chen, statement="一", at=MONDAY)
    with pytest.raises(WrongState):
        editions.lodge(served, by=chen, statement="二", at=MONDAY)
    assert Objection.objects.count() == 1


def test_an_objection_is_decided_once(served, chen, zheng, sun):
    objection = editions.lodge(served, by=chen, statement="一", at=MONDAY)
    again = Objection.objects.get(pk=objection.pk)
    editions.decide(objection, by=zheng, uphold=True, answer="维持", at=AFTER)
    with pytest.raises(WrongState):
        editions.decide(again, by=sun, uphold=False, answer="撤销", at=AFTER)


# ── publishing ──────────────────────────────────────────────────────────────────────────────────────────────


def test_nobody_publishes_what_they_drafted(draft, red, hailan, zhao, sun):
    from sunkitchen.accounts.models import Post

    Post.objects.create(user=zhao, authority=hailan, role="publisher")
    with pytest.raises(Refused):
        publish(draft, by=zhao, at=AFTER)
    publish(draft, by=sun, at=AFTER)


def test_an_empty_edition_is_not_published(draft, sun):
    with pytest.raises(Refused):
        publish(draft, by=sun, at=AFTER)


def test_a_red_listing_whose_rule_fails_meanwhile_stops_the_edition(draft, red, good, sun):
    good.cameras.update(enabled=False)
    with pytest.raises(Refused):
        publish(draft, by=sun, at=AFTER)
    good.cameras.update(enabled=True)
    publish(draft, by=sun, at=AFTER)


def test_of_two_publishers_one_wins(draft, red, sun, zheng):
    seen_by_both = Edition.objects.get(pk=draft.pk)
    publish(draft, by=sun, at=AFTER)
    with pytest.raises(WrongState):
        publish(seen_by_both, by=zheng, at=AFTER)
    assert LogEntry.objects.count() == 1


def test_of_two_publishers_at_the_same_moment_one_wins(transactional_db, draft, red, sun, zheng, log_root):
    gate, outcomes = threading.Barrier(2), []
    agree(draft, AFTER)

    def press(publisher):
        try:
            gate.wait()
            editions.publish(Edition.objects.get(pk=draft.pk), by=publisher, at=AFTER)
            outcomes.append("published")
        except WrongState:
            outcomes.append("too late")
        finally:
            connection.close()

    presses = [threading.Thread(target=press, args=[publisher]) for publisher in (sun, zheng)]
    for one in presses:
        one.start()
    for one in presses:
        one.join()
    assert sorted(outcomes) == ["published", "too late"]
    assert LogEntry.objects.count() == 1
    assert verify.main([str(log_root)]) == 0  # signed and written after the commit, by whoever won


def test_nothing_changes_on_a_published_edition(published, red, served, good, li, zhao, chen, bad):
    listing = Listing.objects.get(pk=served.pk)
    for step in (
        lambda: editions.drop(listing, by=zhao, why="x"),
        lambda: editions.lodge(listing, by=chen, statement="x", at=MONDAY),
        lambda: editions.notice(listing, by=li, at=MONDAY),
    ):
        with pytest.raises(Refused):
            step()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ratings_edition SET published_by_id = drafted_by_id",
        "UPDATE ratings_edition SET number = 7",
        "DELETE FROM ratings_edition",
        "UPDATE ratings_listing SET reason = '改了'",
        "UPDATE ratings_listing SET state = 'dropped'",
        "DELETE FROM ratings_listing",
        "UPDATE ratings_service SET served_on = '2020-01-01'",
        "DELETE FROM ratings_waiver",
        "UPDATE core_logentry SET leaf_hash = ''",
        "DELETE FROM core_logentry",
        "UPDATE ratings_inspection SET grade = 'A'",
    ],
)
def test_the_database_itself_refuses_to_alter_what_was_published(draft, red, served, li, sun, statement):
    editions.waive(served, by=li, waived_on=MONDAY.date(), statement="放弃", at=MONDAY)
    publish(draft, by=sun, at=AFTER)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_raw_sql_cannot_approve_its_own_draft(draft, red):
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE ratings_edition SET published_by_id = drafted_by_id")


def test_every_step_is_in_the_audit_trail(published, served):
    verbs = [entry.verb for entry in audit.trail(served)]
    assert verbs == ["listing.picked", "listing.noticed", "listing.served"]
    assert [entry.verb for entry in audit.trail(published)] == [
        "edition.drafted",
        "edition.approved",
        "edition.approved",
        "edition.released",
        "edition.published",
    ]


def test_the_owners_are_told_with_a_link_to_the_proof(published, chen):
    notice = Notice.objects.get(recipient=chen, kind="listing.published", channel="desk")
    assert notice.link == "/lists/hailan/2026-1/" and "/lists/hailan/2026-1.json" in notice.body


# ── standing ────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_standing_ends_with_its_term(published, good, bad):
    assert Listing.objects.standing(bad, AFTER).colour == "black"
    assert Listing.objects.standing(good, AFTER).colour == "red"
    assert Listing.objects.get(establishment=bad).term_until == date(2027, 2, 24)
    assert Listing.objects.get(establishment=good).term_until == date(2027, 5, 24)
    assert Listing.objects.standing(bad, AFTER + timedelta(days=93)) is None


def test_a_red_standing_is_silent_while_a_fact_fails(published, good):
    good.cameras.update(enabled=False)
    assert Listing.objects.standing(good, AFTER) is None


def test_an_erased_identity_leaves_the_listing(published, served):
    ListingIdentity.objects.filter(listing=served).delete()
    from ratings.editions import edition

    document = json.loads(edition.document_bytes(Edition.objects.get(pk=published.pk), AFTER))
    assert "identity" not in document["listings"][0] and document["listings"][0]["finding"]
