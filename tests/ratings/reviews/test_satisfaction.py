"""How it was: a few taps with a table's pass, once; nobody reads a single answer."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from ratings.models import Satisfaction
from ratings.reviews import actions, passes, totals, weeks
from sunkitchen.core.tickets import BadTicket
from sunkitchen.core.workflow import Refused
from sunkitchen.registry.stickers import actions as stickers
from tests import builders
from tests.ratings.complaints.conftest import WECHAT

pytestmark = pytest.mark.django_db
THURSDAY = datetime(2026, 11, 19, 4, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _fresh_limits():
    cache.clear()


@pytest.fixture
def sticker(restaurant):
    return builders.sticker(restaurant, table="3")


def pass_on(page):
    return page.partition('name="p" value="')[2].partition('"')[0]


def answered(place, count, *, at=THURSDAY - timedelta(days=10), overall=5, table="3"):
    Satisfaction.objects.bulk_create(
        Satisfaction(
            establishment=place, table=table, at=at, overall=overall, pass_hash=f"{table}-{at}-{overall}-{number}"
        )
        for number in range(count)
    )


@pytest.mark.parametrize("language", ["", "/en"])
def test_a_guest_scans_taps_and_is_thanked(language, sticker, restaurant):
    guest = Client(headers={"user-agent": WECHAT})
    page = guest.get(f"{language}/q/{sticker.token}")
    assert page.headers["Cache-Control"] == "no-store" and not page.cookies
    sent = {"p": pass_on(page.content.decode()), "overall": "4", "food": "5"}
    # A scanned page sends no referrer, and so no origin.
    answer = guest.post(f"{language}/say/{restaurant.code}/", sent, headers={"origin": "null"})
    assert answer.status_code == 200 and not answer.cookies and answer.headers["Cache-Control"] == "no-store"
    said = Satisfaction.objects.get()
    assert (said.overall, said.cleanliness, said.food, said.table) == (4, None, 5, "3")


def test_each_scan_has_a_pass_of_its_own_and_the_kitchens_page_has_none(client, sticker, restaurant):
    first, second = (pass_on(client.get(f"/q/{sticker.token}").content.decode()) for _ in range(2))
    assert first and second and first != second and ":" not in first
    assert not pass_on(client.get(f"/k/{restaurant.code}/").content.decode())


def test_one_pass_speaks_once(client, sticker, restaurant):
    sent = {"p": passes.of(sticker, timezone.now()), "overall": "1"}
    for _ in range(2):
        assert client.post(f"/say/{restaurant.code}/", sent).status_code == 200
    assert Satisfaction.objects.count() == 1


def test_a_pass_is_good_for_three_hours_at_its_own_table_and_kitchen(sticker, restaurant):
    dined = passes.of(sticker, THURSDAY)
    assert passes.read(dined, THURSDAY + timedelta(hours=3)) == sticker
    other = builders.establishment(signboard="邻家小馆")
    late = THURSDAY + timedelta(hours=3, seconds=1)
    for place, text, at in [
        (restaurant, dined, late),
        (other, dined, THURSDAY),
        (restaurant, dined[:-1] + ("A" if dined[-1] != "A" else "B"), THURSDAY),
        (restaurant, dined.replace(f".{sticker.pk}-", f".{sticker.pk + 1}-"), THURSDAY),
        (restaurant, "", THURSDAY),
        (restaurant, "d.1-x.0.ffffffff.AAAA", THURSDAY),
        (restaurant, "d.你好.0.ffffffff.AAAA", THURSDAY),
    ]:
        with pytest.raises(Refused):
            actions.say(place, dined=text, overall=5, at=at)
    assert not Satisfaction.objects.exists()


def test_with_its_sticker_a_pass_dies(sticker, restaurant, wang):
    dined = passes.of(sticker, timezone.now())
    stickers.rotate(sticker, by=wang)
    with pytest.raises(BadTicket):
        passes.read(dined, timezone.now())
    with pytest.raises(Refused):
        actions.say(restaurant, dined=dined, overall=5)


def test_of_a_closed_kitchen_nobody_says_how_it_was(sticker, restaurant):
    dined = passes.of(sticker, timezone.now())
    restaurant.__class__.objects.update(state="closed")
    with pytest.raises(Refused):
        actions.say(restaurant, dined=dined, overall=5)


def test_a_ticket_of_another_kind_is_no_pass(sticker, restaurant):
    from sunkitchen.core import tickets

    for text in (
        tickets.opening(f"{sticker.pk}-x", 0, THURSDAY.timestamp()),
        tickets.moment(f"{sticker.pk}-x", THURSDAY.timestamp()),
    ):
        with pytest.raises(BadTicket):
            passes.read(text, THURSDAY)


def test_a_table_says_at_most_twenty_in_three_hours(sticker, restaurant):
    for _ in range(20):
        actions.say(restaurant, dined=passes.of(sticker, THURSDAY), overall=1, at=THURSDAY)
    with pytest.raises(Refused):
        actions.say(restaurant, dined=passes.of(sticker, THURSDAY), overall=1, at=THURSDAY)
    later = THURSDAY + timedelta(hours=3, seconds=1)
    actions.say(restaurant, dined=passes.of(sticker, later), overall=5, at=later)


@pytest.mark.parametrize(
    "wrong", [{}, {"overall": ""}, {"overall": "6"}, {"overall": "x"}, {"overall": "5\0"}, {"overall": "9" * 1_000_000}]
)
def test_what_is_no_answer_is_told_so(wrong, client, sticker, restaurant):
    sent = {"p": passes.of(sticker, timezone.now()), **wrong}
    assert client.post(f"/say/{restaurant.code}/", sent).status_code in (400, 422)
    ours = {"origin": "http://testserver"}
    assert client.post(f"/say/{restaurant.code}/", {"overall": "5"}, headers=ours).status_code == 422
    assert client.post(f"/say/{restaurant.code}/", {"overall": "5", "p": "d.1-x.0.ff.AA"}).status_code == 403
    assert not Satisfaction.objects.exists()


def test_an_unknown_kitchen_is_not_found_and_reading_leads_to_the_page(client, restaurant):
    assert client.post("/say/nosuch/", {"overall": "5"}, headers={"origin": "http://testserver"}).status_code == 404
    assert client.get(f"/say/{restaurant.code}/").url == f"/k/{restaurant.code}/"


# ── what is told ────────────────────────────────────────────────────────────────────────────────────────────
def test_nine_are_no_total_and_ten_are(restaurant):
    answered(restaurant, 9)
    assert totals.of(restaurant, THURSDAY) is None
    answered(restaurant, 1, overall=2)
    found = totals.of(restaurant, THURSDAY)
    assert (found.count, found.percent, found.mean, found.face) == (10, 90, 4.7, 5)


def test_this_weeks_answers_and_those_past_ninety_days_do_not_count(restaurant):
    answered(restaurant, 10, at=THURSDAY - timedelta(hours=1))
    answered(restaurant, 10, at=THURSDAY - timedelta(days=100))
    assert totals.of(restaurant, THURSDAY) is None
    assert totals.of(restaurant, THURSDAY + timedelta(days=7)).count == 10


def test_the_public_reads_a_total_and_no_answer(client, restaurant):
    answered(restaurant, 9, at=timezone.now() - timedelta(days=10))
    assert "90%" not in client.get(f"/en/k/{restaurant.code}/").content.decode()
    answered(restaurant, 1, at=timezone.now() - timedelta(days=10), overall=1)
    assert "90%" in client.get(f"/en/k/{restaurant.code}/").content.decode()


def test_weeks_are_shown_when_they_are_over_and_had_three(restaurant):
    answered(restaurant, 2, at=THURSDAY - timedelta(days=7))
    answered(restaurant, 3, at=THURSDAY - timedelta(days=14))
    answered(restaurant, 5, at=THURSDAY)
    [week] = weeks.of(restaurant, THURSDAY)
    assert (week.count, week.shares, week.mean, week.food) == (3, (0, 0, 0, 0, 100), 5.0, None)


def test_an_answer_is_never_altered(restaurant):
    from django.db import DatabaseError, transaction

    answered(restaurant, 1)
    with pytest.raises(DatabaseError), transaction.atomic():
        Satisfaction.objects.update(overall=1)
