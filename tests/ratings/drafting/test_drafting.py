"""Drafts are computed, picked from, set aside; a period's end opens the next one, once."""

import threading
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.utils import translation

from ratings.editions import drafting, outlook, scheduling
from ratings.models import Complaint, Edition, Proposal, Sample, Schedule
from sunkitchen.core.models import Notice
from sunkitchen.core.workflow import Refused, WrongState
from tests import builders
from tests.ratings.conftest import MONDAY

pytestmark = pytest.mark.django_db
OCTOBER = {"period_from": date(2026, 10, 1), "period_to": date(2026, 10, 31)}


@pytest.fixture
def opened(hailan, zhao, good, bad):
    return drafting.draft(hailan, by=zhao, **OCTOBER, at=MONDAY)


def proposed(edition):
    return {row.establishment.signboard: row for row in edition.proposals.select_related("establishment")}


def test_a_draft_of_a_small_city_has_its_proposals_at_once(opened, good, bad):
    rows = proposed(opened)
    assert opened.computed_at == MONDAY and opened.kitchens == 2
    assert (rows[good.signboard].colour, rows[bad.signboard].colour) == ("red", "black")
    assert rows[bad.signboard].rules == ["B1"]
    assert rows[bad.signboard].facts["inspection"] == "fails"


def test_a_large_citys_draft_waits_for_the_worker(hailan, zhao, good, bad, monkeypatch):
    monkeypatch.setattr(drafting, "AT_ONCE", 1)
    edition = drafting.draft(hailan, by=zhao, **OCTOBER, at=MONDAY)
    assert edition.computed_at is None and not edition.proposals.exists()
    assert drafting.compute_waiting(MONDAY) == 1
    edition.refresh_from_db()
    assert edition.kitchens == 2 and edition.proposals.count() == 2
    assert drafting.compute_waiting(MONDAY) == 0


def test_computing_again_keeps_what_was_set_aside_with_its_reason(opened, bad, zhao):
    drafting.set_aside(proposed(opened)[bad.signboard], by=zhao, why="正在复查。", at=MONDAY)
    drafting.compute_again(opened, by=zhao, at=MONDAY)
    assert proposed(opened)[bad.signboard].set_aside_why == "正在复查。"
    assert opened.proposals.count() == 2


def test_what_was_picked_is_not_proposed_again(opened, good, zhao):
    drafting.pick(opened, good, by=zhao, colour="red", reason="全部符合。", at=MONDAY)
    drafting.compute_again(opened, by=zhao, at=MONDAY)
    assert good.signboard not in proposed(opened)


@pytest.mark.parametrize("who", ["li", "sun", "wang", "qian"])
def test_only_who_drafts_sets_aside_or_computes(opened, bad, who, request):
    person = request.getfixturevalue(who)
    row = proposed(opened)[bad.signboard]
    with pytest.raises(Refused):
        drafting.set_aside(row, by=person, why="不列", at=MONDAY)
    with pytest.raises(Refused):
        drafting.compute_again(opened, by=person, at=MONDAY)
    with pytest.raises(Refused):
        drafting.pick(opened, bad, by=person, colour="black", rule="B1", reason="x", document_number="1", at=MONDAY)
    assert Proposal.objects.get(pk=row.pk).set_aside_at is None


def test_setting_aside_needs_a_reason_and_happens_once(opened, bad, zhao):
    row = proposed(opened)[bad.signboard]
    with pytest.raises(Refused):
        drafting.set_aside(row, by=zhao, why="  ")
    drafting.set_aside(row, by=zhao, why="正在复查。")
    with pytest.raises(WrongState):
        drafting.set_aside(row, by=zhao, why="又一次。")


def test_an_officer_sets_nothing_aside_of_their_own_kitchen(opened, bad, zhao):
    from sunkitchen.registry.models import Membership

    Membership.objects.create(user=zhao, establishment=bad, role="owner")
    with pytest.raises(Refused):
        drafting.set_aside(proposed(opened)[bad.signboard], by=zhao, why="自家的店。")


@pytest.mark.parametrize("state", ["scheduled", "published"])
def test_what_is_released_is_neither_computed_nor_set_aside(opened, bad, zhao, state):
    row = proposed(opened)[bad.signboard]
    Edition.objects.filter(pk=opened.pk).update(**_as(state, opened))
    for refused in (
        lambda: drafting.set_aside(row, by=zhao, why="晚了"),
        lambda: drafting.compute(opened, at=MONDAY),
        lambda: drafting.compute_again(opened, by=zhao, at=MONDAY),
    ):
        with pytest.raises(WrongState):
            refused()
    assert opened.proposals.count() == 2


def _as(state, edition):
    from sunkitchen.core import translog

    someone = builders.officer("孙乙", edition.authority, "publisher")
    if state == "scheduled":
        return {"state": state, "released_by": someone, "release_at": MONDAY}
    entry = translog.append({"kind": "edition", "code": "x"})
    return {"state": state, "published_by": someone, "published_at": MONDAY, "entry": entry}


@pytest.fixture
def failed_sample(good, hailan, zhao, zhou):
    return Sample.objects.create(
        establishment=good, authority=hailan, product="带鱼", quantity="1", seal="1", retained="1", lead=zhao,
        second=zhou, state="confirmed", served_on=date(2026, 10, 5), final_on=date(2026, 10, 20),
    )  # fmt: skip


def test_a_failed_sample_lists_once_and_its_officers_took_part(failed_sample, hailan, good, zhao, zhou, sun):
    from ratings.editions import actions

    edition = drafting.draft(hailan, by=sun_as_inspector(hailan), **OCTOBER, at=MONDAY)
    by = edition.drafted_by
    assert proposed(edition)[good.signboard].rules == ["B3"]
    listing = drafting.pick(
        edition, good, by=by, colour="black", rule="B3", reason="抽检不合格。", document_number="1 号", at=MONDAY
    )
    assert listing.facts["failed_samples_ids"] == str(failed_sample.pk)
    assert {zhao.pk, zhou.pk} <= actions.took_part(listing)
    again = drafting.draft(hailan, by=by, **OCTOBER, at=MONDAY)
    assert good.signboard not in proposed(again)
    with pytest.raises(Refused):
        drafting.pick(
            again, good, by=by, colour="black", rule="B3", reason="抽检不合格。", document_number="1 号", at=MONDAY
        )


def sun_as_inspector(hailan):
    return builders.officer("何查", hailan, "inspector", enforcement_number="HL-9")


def test_a_black_listing_publishes_nothing_of_a_complaint_that_is_not_decided(opened, bad, zhao):
    Complaint.objects.create(kind="lead", establishment=bad, category="dirt", said="脏", state="investigating")
    listing = drafting.pick(
        opened, bad, by=zhao, colour="black", rule="B1", reason="不符合。", document_number="1 号", at=MONDAY
    )
    assert "open_cases" not in listing.facts and listing.facts["inspection"] == "fails"


def test_the_outlook_says_how_a_kitchen_stands_against_every_rule(good, bad):
    well = {one.rule.code: one.is_well for one in outlook.of(good, MONDAY)}
    assert all(well.values())
    badly = [one for one in outlook.of(bad, MONDAY) if not one.is_well]
    assert {"B1", "R2", "R3"} <= {one.rule.code for one in badly}
    assert all(one.rule.do_zh for one in badly)


# ── the rhythm ──────────────────────────────────────────────────────────────────────────────────────────────
@pytest.fixture
def rhythm(hailan, zhao, sun):
    return scheduling.arrange(
        hailan, by=sun, rhythm="monthly", begins_on=date(2026, 10, 1), hour=9, drafter=zhao, at=MONDAY
    )


def test_a_periods_end_opens_the_draft_once(rhythm, zhao, good):
    eve = datetime(2026, 10, 31, 15, 59, tzinfo=UTC)  # 23:59 in Shanghai
    assert scheduling.open_due(eve) == []
    [edition] = scheduling.open_due(eve + timedelta(minutes=1))
    assert (edition.period_from, edition.period_to) == (date(2026, 10, 1), date(2026, 10, 31))
    assert edition.drafted_by == zhao and edition.computed_at
    assert scheduling.open_due(MONDAY) == []
    assert Notice.objects.filter(recipient=zhao, kind="listing.drafted", channel="desk").count() == 1


def test_a_paused_rhythm_opens_nothing(rhythm):
    Schedule.objects.update(paused=True)
    assert scheduling.open_due(MONDAY) == []


def test_where_nobody_drafts_any_more_the_office_is_told_once_and_nothing_opens(rhythm, hailan, zhao, sun, zhou):
    zhao.posts.update(ended_at=MONDAY)
    for _sweep in range(2):
        assert scheduling.open_due(MONDAY) == []
    told = Notice.objects.filter(kind="listing.undrafted", channel="desk")
    assert set(told.values_list("recipient", flat=True)) == {sun.pk, zhou.pk}
    assert not Edition.objects.exists()


@pytest.mark.parametrize("who", ["zhao", "li", "wang", "qian"])
def test_only_a_publisher_sets_the_rhythm(hailan, zhao, who, request):
    with pytest.raises(Refused):
        scheduling.arrange(
            hailan, by=request.getfixturevalue(who), rhythm="monthly", begins_on=date(2026, 10, 1), hour=9, drafter=zhao
        )


@pytest.mark.parametrize(
    "wrong", [{"rhythm": "daily"}, {"hour": 24}, {"hour": -1}, {"begins_on": date(1, 1, 1)}, {"drafter": "sun"}]
)
def test_a_rhythm_that_cannot_be_is_refused(hailan, zhao, sun, wrong):
    fields = {"rhythm": "weekly", "begins_on": date(2026, 10, 1), "hour": 9, "drafter": zhao, **wrong}
    fields["drafter"] = sun if fields["drafter"] == "sun" else fields["drafter"]
    with pytest.raises(Refused):
        scheduling.arrange(hailan, by=sun, **fields)


@pytest.mark.django_db(transaction=True)
def test_two_sweeps_at_once_open_one_draft(rhythm, good):
    found = []

    def sweep():
        try:
            found.extend(scheduling.open_due(MONDAY))
        finally:
            connection.close()

    sweeps = [threading.Thread(target=sweep) for _ in range(2)]
    for one in sweeps:
        one.start()
    for one in sweeps:
        one.join(60)
    assert len(found) == 1 and Edition.objects.count() == 1


# ── pages ───────────────────────────────────────────────────────────────────────────────────────────────────
def page(client, who, path, data=None):
    client.force_login(who)
    with translation.override("en"):
        return client.post(path, data) if data is not None else client.get(path)


def test_an_officer_picks_from_the_page_and_sets_aside_on_it(opened, good, bad, zhao, client):
    path = f"/en/office/editions/{opened.pk}/proposals/"
    body = page(client, zhao, path).content.decode()
    assert bad.signboard in body and good.signboard not in body, "black comes first"
    assert good.signboard in page(client, zhao, f"{path}?show=red").content.decode()
    assert good.signboard not in page(client, zhao, f"{path}?show=red&q=xyz").content.decode()
    rows = proposed(opened)
    black = {
        "do": "pick",
        "proposal": rows[bad.signboard].pk,
        "rule": "B1",
        "reason": "不符合。",
        "document_number": "",
    }
    assert page(client, zhao, path, black).status_code == 422
    assert page(client, zhao, path, {**black, "document_number": "1 号"}).status_code == 302
    assert opened.listings.get().establishment == bad
    aside = {"do": "aside", "proposal": rows[good.signboard].pk, "why": "先等等。"}
    assert page(client, zhao, path, aside).status_code == 302
    assert "先等等。" in page(client, zhao, f"{path}?show=aside").content.decode()


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"do": "pick"},
        {"do": "pick", "proposal": "x"},
        {"do": "aside", "proposal": "1\x00"},
        {"do": "aside", "proposal": 2**70, "why": "x"},
        {"do": "rm -rf"},
    ],
)
def test_what_no_form_of_ours_sends_is_answered_with_words(opened, zhao, client, data):
    assert page(client, zhao, f"/en/office/editions/{opened.pk}/proposals/", data).status_code == 422


def test_a_publisher_sets_the_rhythm_on_its_page(hailan, zhao, sun, client):
    path = "/en/office/lists/schedule/"
    fields = {"authority": hailan.pk, "rhythm": "weekly", "begins_on": "2026-11-02", "hour": "9", "drafter": zhao.pk}
    assert page(client, sun, path, {**fields, "hour": "99"}).status_code == 422
    assert page(client, sun, path, fields).status_code == 302
    assert Schedule.objects.get().rhythm == "weekly"
    assert "Every week" in page(client, zhao, path).content.decode()


@pytest.mark.parametrize("language", ["", "en/"])
def test_everybody_reads_every_version_of_the_rules(db, client, language):
    for path in ("lists/rules/", "lists/rules/2026-4/", "lists/rules/2026-2/"):
        body = client.get(f"/{language}{path}").content.decode()
        for text in ("B1", "第三十三条", "第 1 条", "2026"):
            assert text in body
    assert client.get(f"/{language}lists/rules/1999-1/").status_code == 404
