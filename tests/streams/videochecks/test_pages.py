"""The pages of a video check: who opens them, what they show, and the paper's page that keeps what was found."""

import html
import re
from datetime import timedelta

import pytest
from django.utils import timezone

from streams.models import Camera, VideoCheck
from streams.videochecks import actions as checks
from sunkitchen.core import seen
from sunkitchen.core.models import FileView
from sunkitchen.registry.models import CredentialPage
from tests import builders
from tests.permissions_things import stored

pytestmark = pytest.mark.django_db


@pytest.fixture
def shown(asked, wang, now):
    checks.show(asked, by=wang, at=now)
    return asked


def desk(check):
    return f"/desk/kitchens/{check.establishment.code}/video/{check.pk}/"


def office(check):
    return f"/office/video/{check.pk}/"


def test_a_clerk_asks_from_the_papers_review(at, li, permit):
    page = at(li).get(f"/office/papers/{permit.pk}/").content.decode()
    assert f"/office/papers/{permit.pk}/video/" in page
    answer = at(li).post(f"/office/papers/{permit.pk}/video/", {"about": "original", "please": "印章"})
    check = VideoCheck.objects.get()
    assert answer.headers["Location"] == office(check) and check.credential == permit and check.please == "印章"
    again = at(li).post(f"/office/papers/{permit.pk}/video/", {"about": "original"}, follow=True)
    assert VideoCheck.objects.count() == 1 and again.redirect_chain[-1][0] == f"/office/papers/{permit.pk}/"
    assert f'/office/papers/{permit.pk}/video/"' not in again.content.decode(), "it is asked for already"


@pytest.mark.parametrize("about", ["", "moon", "original\0", "x" * 3000])
def test_what_is_no_question_is_told_in_words(at, li, permit, about):
    answer = at(li).post(f"/office/papers/{permit.pk}/video/", {"about": about, "please": "z" * 5000})
    assert answer.status_code == 302 and not VideoCheck.objects.exists()


def test_a_clerk_asks_for_the_premises_from_the_kitchens_page(at, li, restaurant, wang):
    page = at(li).get(f"/desk/kitchens/{restaurant.code}/").content.decode()
    assert f"/office/kitchens/{restaurant.code}/video/" in page
    assert "/video/" not in at(wang).get(f"/desk/kitchens/{restaurant.code}/").content.decode()
    at(li).post(f"/office/kitchens/{restaurant.code}/video/", {"please": "请从门口拍起"})
    check = VideoCheck.objects.get()
    assert (check.about, check.credential) == ("premises", None)
    assert desk(check) in at(wang).get(f"/desk/kitchens/{restaurant.code}/").content.decode()


def test_the_owner_reads_what_to_do_and_gets_a_code_for_the_phone(at, wang, asked):
    page = at(wang).get(desk(asked)).content.decode()
    assert "请对准印章" in page and "/film/" not in page and not Camera.every.exists()
    page = at(wang).post(desk(asked) + "show/").content.decode()
    link = html.unescape(re.search(r'href="(http://testserver/film/[^"]+)"', page).group(1))
    assert '<svg class="qr"' in page or "qr" in page
    phone = at(wang).get("/en" + link.removeprefix("http://testserver"), follow=True)
    said = phone.content.decode()
    assert (
        phone.status_code == 200
        and "请对准印章" in said
        and "Guests see what it films" not in said
        and "Show the paper" in said
    )
    camera = Camera.every.get()
    assert f'data-ws="/ws/ingest/{camera.code}/"' in said


def test_after_its_time_the_owner_is_told_and_gets_no_code(at, wang, asked):
    VideoCheck.objects.update(expires_at=timezone.now() - timedelta(minutes=1))
    assert "show/" not in at(wang).get(desk(asked)).content.decode()
    answer = at(wang).post("/en" + desk(asked) + "show/")
    assert answer.status_code == 422 and "over" in answer.content.decode()


def test_the_clerk_watches_with_a_ticket_of_their_own(at, li, wang, shown):
    page = at(li).get(office(shown)).content.decode()
    assert f'data-ws="/ws/live/{shown.camera.code}/"' in page and 'data-ticket="c.' in page
    said = at(li).get(office(shown) + "live.json").json()
    assert said["ticket"].startswith("c.") and said["shows"] and said["check"] == "under_way"
    assert at(wang).get(office(shown)).status_code == 404


def test_until_somebody_films_the_clerk_is_told_so(at, li, asked):
    assert "has not begun" in at(li).get("/en" + office(asked)).content.decode()
    assert at(li).get(office(asked) + "live.json").json() == {"check": "asked", "shows": False}


def test_keeping_without_a_picture_says_so(at, li, shown, monkeypatch, settings, tmp_path):
    settings.RELAY_SOCKET = tmp_path / "no.sock"
    monkeypatch.setattr(checks.picture, "WAIT_SECONDS", 0.1)
    answer = at(li).post("/en" + office(shown) + "keep/", {"note": ""})
    assert answer.status_code == 409 and "no picture" in answer.content.decode()
    part = at(li).post(office(shown) + "keep/", {"note": ""}, headers={"X-Part": "stills"})
    assert part.status_code == 409 and "<html" not in part.content.decode()
    assert at(li).post(office(shown) + "keep/", {"note": "x" * 300}).status_code == 422


def test_kept_pictures_stand_on_the_paper_for_both_sides(at, li, wang, qian, zhao, permit, shown, picture, now):
    CredentialPage.objects.create(credential=permit, file=stored("page"), order=0)
    still = checks.kept(shown, picture, by=li, note="印章清楚", at=now)
    answer = at(li).post(office(shown) + "decide/", {"outcome": "differs", "note": "法定代表人不一致"})
    assert answer.headers["Location"] == f"/office/papers/{permit.pk}/"
    own = f"/desk/kitchens/{permit.establishment.code}/papers/{permit.pk}/"
    for person, page in ((li, f"/office/papers/{permit.pk}/"), (wang, own), (wang, desk(shown))):
        text = at(person).get("/en" + page).content.decode()
        assert f"/video-stills/{still.pk}.jpg" in text and "法定代表人不一致" in text and "It differs" in text, page
    for person, status in ((li, 200), (wang, 200), (zhao, 200), (qian, 404)):
        answer = at(person).get(f"/video-stills/{still.pk}.jpg")
        assert answer.status_code == status
        if status == 200:
            assert answer["Cache-Control"] == "private, no-store" and answer["Content-Type"] == "image/jpeg"


def test_a_health_certificates_stills_are_seen_by_those_alone_who_see_its_picture(
    at, li, sun, restaurant, wang, picture, now
):
    paper = builders.health_certificate(builders.staff_member(restaurant), submitted_by=wang, state="submitted")
    check = checks.ask(restaurant, credential=paper, by=li, about="original", at=now)
    checks.show(check, by=wang, at=now)
    still = checks.kept(check, picture, by=li, at=now)
    assert at(sun).get(f"/video-stills/{still.pk}.jpg").status_code == 404
    assert f"/video-stills/{still.pk}.jpg" not in at(sun).get(f"/office/papers/{paper.pk}/").content.decode()
    assert not FileView.objects.exists()
    assert at(li).get(f"/video-stills/{still.pk}.jpg").status_code == 200
    look = FileView.objects.get()
    assert (look.file, look.by, look.about) == (still.file, li, seen.name_of(paper.staff_member)), "the cook reads it"


@pytest.mark.parametrize(
    "sent", [{}, {"outcome": "x" * 999}, {"outcome": "differs"}, {"outcome": "agrees", "note": "n" * 999}]
)
def test_an_incomplete_decision_is_asked_for_again(at, li, shown, sent):
    assert at(li).post(office(shown) + "decide/", sent).status_code == 422
    shown.refresh_from_db()
    assert shown.state == "under_way"


def test_called_off_it_says_so_to_both(at, li, wang, shown):
    at(li).post(office(shown) + "call-off/", {"note": "已到窗口"})
    assert "已到窗口" in at(wang).get(desk(shown)).content.decode()
    assert 'data-ws="' not in at(li).get(office(shown)).content.decode()


def test_the_offices_list_has_the_open_ones_first_and_those_of_its_own_area_alone(at, li, asked, shown, hailan):
    page = at(li).get("/office/video/").content.decode()
    assert office(asked) in page
    elsewhere = builders.officer("外市", builders.authority("外市局", "888801"), "clerk")
    assert office(asked) not in at(elsewhere).get("/office/video/").content.decode()
    assert at(elsewhere).get(office(asked)).status_code == 404
