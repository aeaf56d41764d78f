"""The kitchen page: its order, its honesty about pictures and papers, its cost."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from ratings.inspections import checklists
from ratings.models import Amendment, Complaint, Finding
from sunkitchen.core import tickets, translog
from tests import builders
from tests.public import rows


def at(kitchen):
    return f"/en/k/{kitchen.code}/"


def test_the_live_picture_comes_first_then_who_verdict_grade_papers_and_the_address(read, red_kitchen, edition):
    page = read(at(red_kitchen))
    assert page.says(
        "Picture of",
        "海上明月海鲜楼",
        "Red list",
        "Inspection passed · Papers in force · Red list",
        "9.4 of 10",
        "(36 days ago)",
        "Clean record for",
        "Food business permit",
        "2029-05-12",
        "热食类食品制售",
        "Scanning never asks for money",
        settings.SITE_HOST,
    )


def test_the_player_finds_camera_ticket_and_addresses_on_the_video(read, red_kitchen):
    camera = red_kitchen.cameras.get()
    (video,) = [attributes for tag, attributes in read(at(red_kitchen)).tags if tag == "video"]
    assert video["data-ws"] == f"/ws/live/{camera.code}/"
    assert video["data-hls"] == f"/live/{camera.code}/{video['data-ticket']}/index.m3u8"
    assert tickets.read(video["data-ticket"], "o", camera.code, camera.serial, timezone.now().timestamp())
    assert video["data-refresh"] == f"/en/k/{red_kitchen.code}/live.json?camera={camera.code}"


def test_an_interrupted_picture_says_since_when_and_why_and_that_the_old_one_is_old(read, black_kitchen):
    camera = black_kitchen.cameras.get()
    since, taken = (f"{timezone.localtime(t):%H:%M}" for t in (camera.since, camera.poster_at))
    page = read(at(black_kitchen))
    assert page.says("Not live", f"No picture since {since}"[:16], "Reason: the camera cannot be reached.")
    assert page.says(f"{taken}. It is not live.")


def test_a_relay_that_is_silent_is_not_believed(read, red_kitchen):
    red_kitchen.cameras.update(seen_at=timezone.now() - timedelta(minutes=2))
    assert read(at(red_kitchen)).says("Reason: our own relay is not running.")


def test_a_still_picture_is_never_called_live_by_the_page(read, red_kitchen):
    page = read(at(red_kitchen))
    assert "Live" not in page.text
    assert not any(attributes.get("data-state") == "live" for _tag, attributes in page.tags)


def test_an_expired_paper_is_shown_as_expired(read, black_kitchen):
    page = read(at(black_kitchen))
    assert page.says("Food business permit expired", "Papers", "expired", "JY29999010000021")
    assert "in force, through" not in page.text


def test_a_paper_that_was_only_handed_in_is_not_public(read, restaurant, permit):
    page = read(at(restaurant))
    assert page.says("no paper on record", "No paper of this kitchen has been approved here.")
    assert permit.number not in " ".join(page.text)


def test_a_listing_stands_with_facts_rule_basis_document_statement_and_term(read, black_kitchen, edition):
    until = black_kitchen.listings.get().term_until
    assert read(at(black_kitchen)).says(
        "Black list",
        "3 points need attention: black list, Food business permit expired, inspection not passed",
        "on the black list, edition 11 of 2026",
        "操作台面积垢，生熟混放。",
        "B1: The inspection found",
        "食品安全法",
        "海市监责改〔2026〕31 号",
        "已停业整改三天，请求复查。",
        f"{until:%Y-%m-%d}",
        "no joint sanction",
    )


def test_a_listing_past_its_term_leaves_the_page(read, black_kitchen):
    rows.edition(
        black=[(black_kitchen, "B1", "操作台面积垢。", "")],
        term_until=timezone.localdate() - timedelta(days=1),
        days_ago=100,
    )
    page = read(at(black_kitchen))
    assert page.says("On no list")
    assert "Black list" not in page.text


def test_a_red_seal_goes_the_hour_a_fact_fails(read, red_kitchen, edition):
    red_kitchen.cameras.update(enabled=False)
    page = read(at(red_kitchen))
    assert page.says("On no list")
    assert "Red list" not in page.text


def test_zones_are_links_that_the_server_answers(read, red_kitchen):
    washing = builders.camera(red_kitchen, zone="washing")
    page = read(f"{at(red_kitchen)}?camera={washing.code}")
    (video,) = [attributes for tag, attributes in page.tags if tag == "video"]
    assert video["data-ws"] == f"/ws/live/{washing.code}/"
    assert [a["href"] for _t, a in page.tags if a.get("aria-current")] == [f"?camera={washing.code}"]
    read(f"{at(red_kitchen)}?camera=nonsense")


def test_a_camera_that_is_switched_off_is_not_on_the_page(read, red_kitchen):
    red_kitchen.cameras.update(enabled=False)
    page = read(at(red_kitchen))
    assert page.says("The kitchen switched the camera off.") and "video" not in [tag for tag, _ in page.tags]


def test_a_kitchen_without_a_camera_says_so(read, red_kitchen):
    red_kitchen.cameras.all().delete()
    assert read(at(red_kitchen)).says("No picture: this kitchen shows no camera.")


def test_a_kitchen_that_never_opened_is_not_found_and_a_closed_one_says_so(read, db):
    read(at(builders.establishment(state="registered")), status=404)
    assert read(at(builders.establishment(state="closed"))).says("This kitchen has closed.")


def test_a_page_costs_at_most_twelve_queries(
    client, red_kitchen, black_kitchen, edition, django_assert_max_num_queries
):
    for zone in ("cutting", "washing", "cold"):
        builders.camera(red_kitchen, zone=zone)
    for kitchen in (red_kitchen, black_kitchen):
        with django_assert_max_num_queries(12):
            client.get(at(kitchen))


def test_the_page_may_be_cached_as_long_as_its_ticket_allows(client, red_kitchen):
    answer = client.get(at(red_kitchen))
    assert answer["Cache-Control"] == f"public, max-age={settings.TICKET_PAGE_SECONDS}"


def test_the_state_for_scripts_has_ticket_state_since_why_and_words(client, black_kitchen):
    camera = black_kitchen.cameras.get()
    answer = client.get(f"/en/k/{black_kitchen.code}/live.json?camera={camera.code}")
    said = answer.json()
    assert (said["state"], said["since"], said["why"]) == ("stalled", camera.since.isoformat(), "unreachable")
    assert said["words"].startswith("No picture since")
    assert tickets.read(said["ticket"], "o", camera.code, camera.serial, timezone.now().timestamp())
    assert "max-age=0" in answer["Cache-Control"]
    assert client.get(f"/en/k/{black_kitchen.code}/live.json?camera=other").status_code == 404


def test_the_last_picture_is_served_and_of_a_camera_switched_off_no_more(client, red_kitchen, settings, tmp_path):
    settings.POSTERS_ROOT = tmp_path
    camera = red_kitchen.cameras.get()
    path = f"/k/{red_kitchen.code}/poster/{camera.code}.jpg"
    assert client.get(path).status_code == 404
    (tmp_path / f"{camera.code}.jpg").write_bytes(b"\xff\xd8 a picture")
    answer = client.get(path)
    assert (answer["Content-Type"], b"".join(answer)) == ("image/jpeg", b"\xff\xd8 a picture")
    red_kitchen.cameras.update(enabled=False)
    assert client.get(path).status_code == 404


def test_the_history_has_every_inspection_and_listing(read, red_kitchen, edition):
    assert read(f"{at(red_kitchen)}history/").says(
        "Inspections", "9.4 of 10", "8.6 of 10", "Red and black lists", "Edition 11 of 2026"
    )


def test_a_renewal_yet_to_begin_does_not_hide_the_paper_in_force(read, red_kitchen):
    today = timezone.localdate()
    builders.permit(
        red_kitchen,
        state="in_force",
        number="JY29999010000021",
        valid_from=today + timedelta(days=20),
        valid_through=today + timedelta(days=2000),
    )
    page = read(at(red_kitchen))
    assert page.says("Papers in force", "2029-05-12")
    assert "not in force yet" not in " ".join(page.text)


def test_past_its_term_a_black_listing_is_told_neither_on_the_page_nor_in_the_history(read, black_kitchen):
    rows.edition(
        black=[(black_kitchen, "B1", "操作台面积垢。", "我是老板陈某。")],
        term_until=timezone.localdate() - timedelta(days=1),
        days_ago=100,
    )
    assert read(f"{at(black_kitchen)}history/").says("No listing to show")
    words = " ".join(read("/en/lists/hailan/2026-11/").text)
    assert "操作台面积垢" in words and "陈某" not in words


# ── the track record ────────────────────────────────────────────────────────────────────────────────────────
def test_the_track_record_tells_clean_since_the_scores_and_how_often_somebody_came(read, red_kitchen):
    first = timezone.localdate() - timedelta(days=400)
    page = read(at(red_kitchen))
    assert page.says("A excellent", "(36 days ago)", "Clean record for 1 year 1 month", f"since the visit of {first}")
    assert page.says("Scores of the visits", "1 visit in the last 12 months")
    (line,) = [
        attributes for tag, attributes in page.tags if tag == "svg" and "Scores" in attributes.get("aria-label", "")
    ]
    assert line["role"] == "img" and f"{first} 8.6" in line["aria-label"] and line["aria-label"].endswith("9.4")


def test_one_visit_makes_no_line(read, black_kitchen):
    assert "Scores of the visits" not in " ".join(read(at(black_kitchen)).text)


def test_an_incident_takes_the_grade_at_once_and_ends_the_clean_period(read, red_kitchen):
    rows.outbreak(red_kitchen)
    page = read(at(red_kitchen))
    assert page.says("No grade", "for 6 months after an incident")
    assert "A excellent" not in page.text and "Clean record" not in " ".join(page.text)


def test_an_incident_that_was_taken_back_takes_nothing(read, red_kitchen):
    who = rows.outbreak(red_kitchen, revoked_at=timezone.now(), revoked_why="误报").confirmed_by
    assert who and read(at(red_kitchen)).says("A excellent", "Clean record for")


def test_a_failed_sample_ends_the_clean_period_until_a_visit_and_leaves_the_grade(read, red_kitchen):
    rows.sample(red_kitchen)
    page = read(at(red_kitchen))
    assert page.says("A excellent") and "Clean record" not in " ".join(page.text)
    rows.inspection(red_kitchen, days_ago=1)
    assert read(at(red_kitchen)).says("Clean record for 1 day")


def test_without_a_permit_in_force_no_grade_is_shown(read, red_kitchen):
    red_kitchen.credentials.update(valid_through=timezone.localdate() - timedelta(days=1))
    page = read(at(red_kitchen))
    assert page.says("No grade", "no food permit in force") and "A excellent" not in page.text


def test_a_table_and_the_screen_in_the_dining_room_show_the_same_grade(read, red_kitchen, client):
    rows.outbreak(red_kitchen)
    token = builders.sticker(red_kitchen).token
    for path in (f"/en/k/{red_kitchen.code}/kiosk/", f"/q/{token}"):
        text = client.get(path, headers={"accept-language": "en"}).content.decode()
        assert "A excellent" not in text and "A 优秀" not in text


# ── the history ─────────────────────────────────────────────────────────────────────────────────────────────
def test_the_history_tells_what_a_visit_found_and_when_it_was_seen_mended(read, black_kitchen):
    bad = black_kitchen.inspections.get()
    again = rows.inspection(black_kitchen, days_ago=2, kind="follow_up")
    today = timezone.localdate()
    first, second = (item.code for item in checklists.load(bad.checklist).items[:2])
    for item, fixed in ((first, again), (second, None)):
        Finding.objects.create(
            inspection=bad,
            item=item,
            note="现场负责人陈某在场",
            found_on=today - timedelta(days=12),
            mend_by=today,
            fixed_in=fixed,
            fixed_on=today - timedelta(days=2) if fixed else None,
        )
    page = read(f"{at(black_kitchen)}history/")
    assert page.says(
        "Re-inspection", "Does not conform", f"fixed on {today - timedelta(days=2)}", f"to be mended by {today}"
    )
    assert "陈某" not in " ".join(page.text)


def test_the_history_tells_final_samples_and_no_others(read, red_kitchen):
    rows.sample(red_kitchen, days_ago=30, state="passed")
    rows.sample(red_kitchen, days_ago=20)
    rows.sample(red_kitchen, days_ago=10, state="served", batch="不应公开")
    assert read(f"{at(red_kitchen)}history/").says(
        "Samples", "卤水拼盘", "Failed", "卤水拼盘", "Passed", "Final results"
    )


def test_the_history_counts_complaints_by_half_years_that_are_over(read, red_kitchen):
    year = timezone.localdate().year - 1
    for upheld in (True, False):
        Complaint.objects.create(
            establishment=red_kitchen,
            kind="lead",
            category="dirt",
            said="后厨脏",
            state="closed",
            upheld=upheld,
            received_at=timezone.make_aware(datetime(year, 12, 20)),
            resolved_at=timezone.now(),
        )
    page = read(f"{at(red_kitchen)}history/")
    assert page.says("Complaints and reports", f"Second half of {year}", "2 taken up", "1 found true")
    assert "后厨脏" not in " ".join(page.text)


def test_a_withdrawn_listing_leaves_page_and_record_and_its_withdrawal_is_told(read, black_kitchen, edition):
    rows.inspection(black_kitchen, days_ago=1)
    listing = black_kitchen.listings.get()
    with transaction.atomic():
        Amendment.objects.create(
            listing=listing,
            kind="withdrawal",
            document_number="海市监撤〔2026〕1 号",
            reason="事实有误",
            by=builders.user("孙发"),
            entry=translog.append({"kind": "amendment"}),
        )
    page = read(at(black_kitchen))
    assert "Black list" not in page.text and page.says("Clean record for 1 day")
    told = read(f"{at(black_kitchen)}history/")
    assert told.says("Withdrawn on", "does not hold") and "操作台面积垢" not in " ".join(told.text)
    listing.identity.delete()
    assert "Withdrawn on" not in " ".join(read(f"{at(black_kitchen)}history/").text)


def test_no_red_seal_and_no_grade_is_handed_on(read, red_kitchen, edition):
    """The former operator's visits are in hand where the page judges, and speak for nobody else."""
    builders.operatorship(red_kitchen)
    page = read(at(red_kitchen))
    assert "Red list" not in page.text
    assert page.says("No grade")
