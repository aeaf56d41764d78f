"""A shared page is rendered once for a crowd, never shown longer than its seconds, and never to another host."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import time_machine
from django.http import Http404, HttpResponse
from django.middleware.csrf import get_token
from django.test import RequestFactory
from django.urls import get_resolver
from django.utils import timezone, translation

from sunkitchen.core import tickets
from sunkitchen.public import answers
from sunkitchen.public.answers import shared
from tests import builders

NOW = "2026-11-22T08:00:00+08:00"


@pytest.fixture(autouse=True)
def kept_pages(settings):
    settings.PAGE_CACHE = True
    settings.ALLOWED_HOSTS = ["testserver", "other.example"]
    answers.forget()
    yield
    answers.forget()


class Counted:
    """A shared page that says how often it was rendered."""

    def __init__(self, seconds=15, reads=("page",), answer=None):
        self.times = 0
        self.answer = answer or (lambda request: HttpResponse(f"{self.times} {request.GET.urlencode()}"))

        @shared(seconds=seconds, reads=reads)
        def view(request):
            self.times += 1
            return self.answer(request)

        self.view = view

    def __call__(self, path="/", method="GET", **headers):
        return self.view(getattr(RequestFactory(), method.lower())(path, **headers))


def max_age(response):
    return int(response.headers["Cache-Control"].removeprefix("public, max-age="))


def test_a_second_reader_gets_the_same_copy():
    page = Counted()
    assert page().content == page().content
    assert page.times == 1


def test_a_copy_is_never_shown_longer_than_its_seconds_in_total():
    page = Counted()
    with time_machine.travel(NOW, tick=False) as clock:
        assert max_age(page()) == 15
        clock.shift(9.2)
        assert (max_age(page()), page.times) == (5, 1), "who keeps it keeps it for what is left"
        clock.shift(5.9)
        page()
        assert page.times == 2


def test_shortly_before_its_end_one_reader_renders_it_and_the_others_do_not_wait():
    page = Counted()
    inner = {}

    def answer(request):
        if page.times == 2:
            inner["other"] = page().content  # comes while the second is being rendered
        return HttpResponse(str(page.times))

    page.answer = answer
    with time_machine.travel(NOW, tick=False) as clock:
        page()
        clock.shift(12.5)
        assert page().content == b"2"
        assert inner["other"] == b"1"
        assert page().content == b"2" and page.times == 2


def test_a_crowd_on_a_page_that_nobody_has_renders_it_once():
    gate = threading.Barrier(8)
    begun = threading.Event()

    def answer(request):
        begun.wait(0.3)  # long enough for the others to arrive
        return HttpResponse("whole")

    page = Counted(answer=answer)

    def reader(number):
        gate.wait(5)
        return page().content

    with ThreadPoolExecutor(8) as crowd:
        assert set(crowd.map(reader, range(8))) == {b"whole"}
    assert page.times == 1


def test_what_one_process_rendered_another_shows(monkeypatch):
    page = Counted()
    page()
    answers._near.clear()  # another process has none of its own
    page()
    assert page.times == 1


def test_a_process_remembers_so_many_pages_and_no_more(monkeypatch):
    monkeypatch.setattr(answers, "NEAR_PAGES", 3)
    page = Counted()
    for number in range(10):
        page(f"/?page={number}")
    assert len(answers._near) == 3


def test_hosts_and_languages_never_share_a_copy():
    page = Counted()
    with translation.override("zh-hans"):
        page(HTTP_HOST="testserver")
        page(HTTP_HOST="other.example")
    assert page.times == 2
    with translation.override("en"):
        page()
    assert page.times == 3


def test_a_query_that_the_page_does_not_read_neither_makes_a_copy_nor_stands_on_it():
    page = Counted()
    plain = page("/").content
    for path in ("/?from=timeline&isappinstalled=0", "/?x=<script>", "/?utm_source=a", "/?page"):
        page(path)
    assert page.times <= 2
    assert page("/?from=singlemessage").content == plain
    assert page("/?page=2&from=x").content == page("/?from=y&page=2").content


def test_the_order_of_a_query_makes_no_second_copy():
    page = Counted(reads=["a", "b"])
    assert page("/?a=1&b=2").content == page("/?b=2&a=1").content
    assert page.times == 1


def test_a_query_without_end_is_answered_and_kept_by_nobody():
    page = Counted()
    for _ in range(2):
        page("/?page=" + "9" * 300)
    assert page.times == 2


def test_a_page_that_does_not_say_what_it_reads_is_kept_only_without_a_query():
    page = Counted(reads=None)
    page(), page()
    assert page.times == 1
    page("/?q=1"), page("/?q=1")
    assert page.times == 3


@pytest.mark.parametrize(
    "answer",
    [
        lambda request: HttpResponse("busy", status=503),
        lambda request: HttpResponse("x" * 1_000_001),
        lambda request: _with_cookie(HttpResponse("yours")),
        lambda request: HttpResponse(get_token(request)),
        lambda request: HttpResponse("by cookie", headers={"Vary": "Cookie"}),
    ],
    ids=["an error", "too large", "a cookie", "a form's token", "varies by cookie"],
)
def test_what_is_not_one_page_for_all_is_not_kept(answer):
    page = Counted(answer=answer)
    page(), page()
    assert page.times == 2


def _with_cookie(response):
    response.set_cookie("whose", "mine")
    return response


def test_a_page_that_is_not_there_is_asked_for_each_time():
    def answer(request):
        raise Http404

    page = Counted(answer=answer)
    for _ in range(2):
        with pytest.raises(Http404):
            page()
    assert page.times == 2


def test_only_reading_is_kept():
    page = Counted()
    page(method="POST"), page(method="POST")
    assert page.times == 2
    page(method="HEAD"), page()
    assert page.times == 3


def test_a_browser_that_has_the_copy_is_told_so():
    page = Counted(answer=lambda request: HttpResponse("the same"))
    tag = page().headers["ETag"]
    again = page(HTTP_IF_NONE_MATCH=tag)
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["ETag"] == tag and "max-age" in again.headers["Cache-Control"]
    assert page(HTTP_IF_NONE_MATCH='"another"').status_code == 200


# ── the real pages ──────────────────────────────────────────────────────────────────────────────────────────
def shared_views():
    def walk(resolver):
        for entry in resolver.url_patterns:
            if hasattr(entry, "url_patterns"):
                yield from walk(entry)
            elif hasattr(entry.callback, "shared_for"):
                yield entry.name, entry.callback

    return dict(walk(get_resolver()))


def test_every_shared_page_says_what_it_reads():
    views = shared_views()
    assert len(views) > 8
    assert [name for name, view in views.items() if view.reads is None] == []


@pytest.mark.django_db
def test_a_kept_kitchen_page_costs_no_query(client, red_kitchen, django_assert_num_queries):
    first = client.get(f"/k/{red_kitchen.code}/")
    with django_assert_num_queries(0):
        again = client.get(f"/k/{red_kitchen.code}/")
    assert again.content == first.content
    assert not again.cookies


@pytest.mark.django_db
def test_the_ticket_of_a_kept_page_opens_until_the_pages_last_moment(client, red_kitchen, settings):
    import re

    camera = red_kitchen.cameras.get()
    with time_machine.travel(NOW, tick=False) as clock:
        client.get(f"/k/{red_kitchen.code}/")
        clock.shift(settings.TICKET_PAGE_SECONDS - 0.5)
        html = client.get(f"/k/{red_kitchen.code}/").content.decode()
        ticket = re.search(r'data-ticket="([^"]+)"', html)[1]
        clock.shift(settings.TICKET_SPARE_SECONDS - 60)
        assert tickets.read(ticket, tickets.OPENING, camera.code, camera.serial, timezone.now().timestamp())


@pytest.mark.django_db
def test_a_camera_that_is_switched_off_is_gone_from_the_page_within_its_seconds(client, red_kitchen, settings):
    with time_machine.travel(NOW, tick=False) as clock:
        assert b"data-ticket" in client.get(f"/k/{red_kitchen.code}/").content
        red_kitchen.cameras.update(enabled=False)
        clock.shift(settings.TICKET_PAGE_SECONDS)
        assert b"data-ticket" not in client.get(f"/k/{red_kitchen.code}/").content


@pytest.mark.django_db
def test_a_revoked_sticker_is_dead_at_once(client, restaurant):
    sticker = builders.sticker(restaurant)
    assert client.get(f"/q/{sticker.token}").status_code == 200
    sticker.revoked_at = timezone.now()
    sticker.save()
    assert client.get(f"/q/{sticker.token}").status_code == 404


@pytest.mark.django_db
def test_nobody_reads_a_page_that_was_rendered_for_them_alone(client, restaurant, wang):
    """An owner's look fills the cache with what anybody sees."""
    client.force_login(wang)
    mine = client.get(f"/k/{restaurant.code}/")
    client.logout()
    theirs = client.get(f"/k/{restaurant.code}/")
    assert mine.content == theirs.content
