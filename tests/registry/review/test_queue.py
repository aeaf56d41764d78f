"""The queue: what waits, how long against the promise, at whose desk; and what of it a clerk wants to see."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone

from sunkitchen.registry.consultations import arranging
from sunkitchen.registry.credentials import actions as credentials
from sunkitchen.registry.credentials import on_desk, promise, queue
from sunkitchen.registry.credentials.queue import Wish
from sunkitchen.registry.models import Credential, Membership, OfficeHours
from tests import builders

FRIDAY = datetime(2026, 11, 20, 2, tzinfo=UTC)  # 10:00 here
MONDAY = datetime(2026, 11, 23, 2, tzinfo=UTC)


@pytest.fixture
def papers(hailan, wang):
    """Four that wait, handed in one hour after another: a permit, a licence, a certificate, a permit elsewhere."""
    place = builders.establishment(owner=wang, signboard="老码头", category="large")
    snack = builders.establishment(owner=wang, signboard="小海面馆", category="snack", division="999901001")
    cook = builders.staff_member(place)
    rows = [
        builders.permit(place, number="JY29999010000013"),
        builders.permit(snack, kind="business_licence", number="91999901MADEM0001X", valid_through=None),
        builders.health_certificate(cook, submitted_by=wang, state="submitted"),
        builders.permit(snack, number="JY29999010000999", holder="另一家"),
    ]
    for hour, row in enumerate(rows):
        Credential.objects.filter(pk=row.pk).update(submitted_at=FRIDAY + timedelta(hours=hour))
        row.refresh_from_db()
    return rows


def wished(li, at=MONDAY, **wish):
    return list(queue.rows(li, Wish(**wish), at))


def test_the_oldest_comes_first_and_nothing_of_another_authority(papers, li):
    abroad = builders.establishment(division="888801")
    builders.permit(abroad)
    assert wished(li) == papers


@pytest.mark.parametrize(
    ("wish", "found"),
    [
        ({"kind": "food_permit"}, [0, 3]),
        ({"category": "snack"}, [1, 3]),
        ({"division": "999901001"}, [1, 3]),
        ({"q": "老码头"}, [0, 2]),
        ({"q": "laomatou"}, [0, 2]),
        ({"q": "lmt"}, [0, 2]),
        ({"q": "jy2999901000001"}, [0]),
        ({"q": "xhmg 0999"}, [3]),
        ({"q": "nobody"}, []),
        ({"kind": "food_permit", "category": "large"}, [0]),
    ],
)
def test_a_clerk_sees_what_was_wished_for(papers, li, wish, found):
    assert wished(li, **wish) == [papers[index] for index in found]


def test_renewals_are_those_that_follow_a_paper_in_force(papers, li):
    old = builders.permit(papers[0].establishment, state="in_force", valid_from=date(2020, 1, 1))
    Credential.objects.filter(pk=papers[0].pk).update(renews=old)
    assert wished(li, renewals=True) == [papers[0]]


def test_doubts_are_what_a_check_warns_of(papers, li):
    assert papers[3] in wished(li, doubts=True) and papers[2] not in wished(li, doubts=True)


def test_what_a_colleague_has_open_is_said_and_passed_over(papers, li, lu):
    on_desk.lay(papers[1], by=lu, at=MONDAY)
    on_desk.lay(papers[2], by=li, at=MONDAY)
    assert wished(li, whose="colleague") == [papers[1]]
    assert wished(li, whose="mine") == [papers[2]]
    assert wished(li, whose="free") == [papers[0], papers[3]]
    assert queue.following(li, Wish(), MONDAY, papers[0]) == papers[2]
    assert queue.following(lu, Wish(), MONDAY, papers[0]) == papers[1]


def test_a_paper_left_open_is_free_again_after_a_while(papers, li, lu):
    on_desk.lay(papers[1], by=lu, at=MONDAY)
    later = MONDAY + on_desk.FOR + timedelta(seconds=1)
    assert queue.following(li, Wish(), later, papers[0]) == papers[1]
    assert on_desk.lay(papers[1], by=li, at=later).by == li


def test_whoever_opens_it_second_learns_who_was_first_and_may_decide(waiting, li, lu):
    assert on_desk.lay(waiting, by=li, at=MONDAY).by == li
    assert on_desk.lay(waiting, by=lu, at=MONDAY).by == li
    assert on_desk.colleague(waiting, lu, MONDAY).by == li and on_desk.colleague(waiting, li, MONDAY) is None
    assert credentials.approve(waiting, by=lu, today=date(2026, 11, 22)) is True


def test_a_clerk_is_not_led_to_the_familys_papers_nor_to_what_they_approved_first(papers, li):
    Membership.objects.create(user=li, establishment=papers[1].establishment, role="manager")
    Credential.objects.filter(pk=papers[2].pk).update(endorsed_by=li, endorsed_at=MONDAY)
    assert queue.following(li, Wish(), MONDAY, papers[0]) is None


def test_after_the_last_one_there_is_none(papers, li):
    assert queue.following(li, Wish(), MONDAY, papers[3]) is None
    assert queue.following(li, Wish(kind="food_permit"), MONDAY, papers[0]) == papers[3]
    assert queue.following(li, Wish(doubts=True), MONDAY, papers[0]) in papers[1:]


def test_the_queries_do_not_grow_with_the_papers(papers, li, django_assert_max_num_queries):
    def look():
        rows = queue.page(queue.rows(li, Wish(), MONDAY)[:50])
        return len(queue.shown(rows, li, MONDAY))

    with django_assert_max_num_queries(6):
        assert look() == 4
    for index in range(20):
        builders.permit(builders.establishment(signboard=f"第{index}家"))
    with django_assert_max_num_queries(6):
        assert look() == 24


def test_counts_tell_how_many_wait_longer_than_promised(papers, li, settings):
    settings.REVIEW_WORKDAYS = 1
    assert queue.counts(li, FRIDAY).late == 0
    assert queue.counts(li, MONDAY).late == 0  # Monday is the last day of the promise
    late = queue.counts(li, MONDAY + timedelta(days=1))
    assert (late.all, late.late) == (4, 4) and late.kinds["food_permit"] == 2


@pytest.mark.parametrize(
    ("since", "today", "days", "pressing"),
    [
        (date(2026, 11, 20), date(2026, 11, 20), 0, "ok"),
        (date(2026, 11, 20), date(2026, 11, 22), 0, "ok"),  # over a weekend
        (date(2026, 11, 20), date(2026, 11, 24), 2, "ok"),
        (date(2026, 11, 20), date(2026, 11, 25), 3, "warn"),
        (date(2026, 11, 20), date(2026, 11, 26), 4, "bad"),
        (date(2026, 9, 30), date(2026, 10, 8), 1, "ok"),  # the holidays of October
    ],
)
def test_age_is_told_in_working_days_and_against_the_promise(since, today, days, pressing):
    assert (promise.waited(since, today), promise.pressing(since, today, 3)) == (days, pressing)


def local(day, hour, minute=0):
    return timezone.make_aware(datetime(2026, 11, day, hour, minute))


@pytest.fixture
def nine_to_five(hailan, sun):
    return arranging.keep_hours(hailan, by=sun, week=[*[[["09:00", "17:00"]]] * 5, [], []])


@pytest.mark.parametrize(
    ("begin", "end", "hours"),
    [
        (local(20, 10), local(20, 12), 2),
        (local(20, 16), local(23, 10), 2),  # Friday to Monday
        (local(20, 20), local(21, 12), 0),  # after hours, then a Saturday
        (local(20, 8), local(20, 18), 8),
    ],
)
def test_hours_are_those_in_which_the_office_is_open(nine_to_five, begin, end, hours):
    assert promise.figure([(begin, end, "999901001")], 3, promise.open_hours()).median == hours


def test_an_authority_without_hours_of_its_own_keeps_those_of_the_one_above_or_the_usual_ones(nine_to_five, lu):
    begin, end, hours_of = local(20, 8), local(20, 18), promise.open_hours()
    assert promise.figure([(begin, end, "888801")], 3, hours_of).median == 7  # 08:30-12:00, 14:00-17:30
    town = builders.authority("楚门市场监督管理所", "999901002", slug="chumen")
    builders.officer("所长", town, "publisher")
    OfficeHours.objects.create(authority=town, hours=[*[[["10:00", "12:00"]]] * 5, [], []])
    hours_of = promise.open_hours()
    assert [promise.figure([(begin, end, where)], 3, hours_of).median for where in ("999901002", "999901001")] == [2, 8]


def test_a_made_up_working_day_counts_and_a_holiday_does_not(nine_to_five):
    begin = timezone.make_aware(datetime(2026, 2, 13, 16))  # the last hour before the days of spring
    of = promise.open_hours()
    assert promise.figure([(begin, timezone.make_aware(datetime(2026, 2, 14, 12)), "999901")], 3, of).median == 4
    assert promise.figure([(begin, timezone.make_aware(datetime(2026, 2, 18, 12)), "999901")], 3, of).median == 9


def test_the_figure_is_a_median_and_what_nine_of_ten_stay_below(nine_to_five):
    since = local(16, 9)
    terms = [(since, since + timedelta(minutes=30 * turn), "999901") for turn in range(1, 11)]
    figure = promise.figure([*terms, (local(2, 9), local(20, 9), "999901")], 3, promise.open_hours())
    assert (figure.decided, figure.median, figure.late) == (11, 3.0, 1)
    assert figure.ninetieth == 5.0
    assert promise.figure([], 3, promise.open_hours()) is None


def test_every_submission_counts_a_returned_one_too(waiting, li, wang):
    credentials.send_back(waiting, by=li, reason="请重拍")
    credentials.submit(waiting, by=wang)
    credentials.approve(waiting, by=li, today=date(2026, 11, 22))
    terms = promise.decided(li, timezone.now())
    assert len(terms) == 2 and all(begin <= end and division == "999901" for begin, end, division in terms)


# ── the page ─────────────────────────────────────────────────────────────────────────────────────────────────
def test_the_page_shows_age_doubts_and_whose_desk(papers, li, lu, at):
    on_desk.lay(papers[0], by=lu, at=timezone.now())
    page = at(li).get("/en/office/papers/").content.decode()
    assert "老码头" in page and "working day" in page and "open at 陆核" in page and "name on the paper" in page
    assert page.index("老码头") < page.index("小海面馆")


@pytest.mark.parametrize(
    "query", ["kind=passport", "q=%00", "q=" + "x" * 500, "division=" + "9" * 99, "whose=everybody"]
)
def test_a_wish_that_makes_no_sense_is_told_in_words(papers, li, at, query):
    response = at(li).get(f"/en/office/papers/?{query}")
    assert response.status_code == 422 and "errorlist" in response.content.decode()


@pytest.mark.parametrize("page", ["0", "-1", "99999999999999999999", "x"])
def test_a_page_that_is_not_there_is_the_nearest_one(papers, li, at, page):
    assert at(li).get(f"/en/office/papers/?page={page}").status_code == 200


def test_a_wish_goes_along_from_paper_to_paper(papers, li, at):
    first, last = papers[0], papers[3]
    page = at(li).get(f"/en/office/papers/{first.pk}/?kind=food_permit").content.decode()
    assert f'data-next="/en/office/papers/{last.pk}/?kind=food_permit"' in page
    answer = at(li).post(f"/en/office/papers/{first.pk}/skip/?kind=food_permit")
    assert answer["Location"] == f"/en/office/papers/{last.pk}/?kind=food_permit"


def test_a_wish_for_doubts_looks_into_the_oldest_alone_and_says_so(papers, li, at, monkeypatch):
    monkeypatch.setattr(queue, "AT_ONCE", 1)
    everything = wished(li, doubts=True)
    page = at(li).get("/en/office/papers/?doubts=on").content.decode()
    assert "Of the oldest" not in page
    monkeypatch.setattr(queue, "MOST_LOOKED", 2)
    assert wished(li, doubts=True) == [row for row in everything if row in papers[:2]]
    assert "Of the oldest 2 alone" in at(li).get("/en/office/papers/?doubts=on").content.decode()
