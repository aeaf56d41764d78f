"""A phone becomes a camera: its code on the desk, its link, the page that it films with. No one signs in on it."""

import html
import re
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone

from streams.cameras import actions as cameras
from streams.models import Camera
from streams.phone import actions as phone_actions
from sunkitchen.core import audit, tickets
from sunkitchen.core.workflow import Refused
from tests import builders

pytestmark = pytest.mark.django_db
WECHAT = "Mozilla/5.0 (Linux; Android 13) AppleWebKit/537.36 Chrome/86.0 Mobile MicroMessenger/8.0.49"


@pytest.fixture
def phone(restaurant, wang):
    cache.clear()
    return cameras.add_camera(restaurant, by=wang, zone="cooking", source="phone")


@pytest.fixture
def link(client, wang, phone):
    """The address in the code that Wang's desk shows."""
    client.force_login(wang, backend="allauth.account.auth_backends.AuthenticationBackend")
    page = client.post(desk_of(phone) + "film/").content.decode()
    client.logout()
    return html.unescape(re.search(r'href="([^"]+/film/[^"]+)"', page).group(1)).removeprefix("http://testserver")


@pytest.fixture(autouse=True)
def own_address(settings):
    settings.SITE_URL = "http://testserver"


def desk_of(row):
    return f"/desk/kitchens/{row.establishment.code}/cameras/{row.code}/"


def test_a_phone_is_added_without_an_address(phone, restaurant, wang):
    assert phone.source == "phone" and phone.is_sent and not phone.sealed_url
    with pytest.raises(Refused):
        cameras.add_camera(restaurant, by=wang, zone="cold", source="phone", url="rtsp://203.0.113.7/1")
    with pytest.raises(Refused):
        cameras.add_camera(restaurant, by=wang, zone="cold", source="smoke signals")
    with pytest.raises(Refused):
        cameras.rotate_push_key(phone, by=wang)


def test_the_desk_offers_a_phone_and_asks_for_no_address_of_it(client, wang, phone):
    client.force_login(wang, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert 'value="phone"' in client.get(f"/desk/kitchens/{phone.establishment.code}/cameras/add/").content.decode()
    page = client.get(desk_of(phone)).content.decode()
    assert desk_of(phone) + "film/" in page
    assert 'name="url"' not in page and "ffmpeg" not in page


def test_the_code_leads_to_a_page_that_films_for_twelve_hours(client, link, phone):
    answer = client.get(link)
    assert answer.status_code == 302 and answer.headers["Cache-Control"] == "no-store"
    page = client.get(answer.headers["Location"])
    assert page.status_code == 200
    assert page.headers["Cache-Control"] == "no-store" and "noindex" in page.headers["X-Robots-Tag"]
    assert not page.cookies and "Cookie" not in page.headers.get("Vary", "")
    text = page.content.decode()
    session = re.search(r'data-session="([^"]+)"', text).group(1)
    ends = tickets.read(session, tickets.FILMING, phone.code, phone.serial, timezone.now().timestamp()).expires
    assert ends - timezone.now().timestamp() > 11.9 * 3600
    assert f'data-ws="/ws/ingest/{phone.code}/"' in text and phone.establishment.signboard in text
    assert client.get(answer.headers["Location"]).status_code == 200, "it may be loaded again"


def test_making_a_code_is_in_the_trail_and_the_code_is_not(link, phone):
    entry = audit.trail(phone).get(verb="camera.phone_invited")
    assert entry.actor_name and "f." not in str(entry.detail)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda camera: cameras.switch_off(camera, by=builders.user(), reason="修理"),
        lambda camera: cameras.revoke_viewers(camera, by=builders.user()),
        lambda camera: type(camera.establishment).objects.filter(pk=camera.establishment_id).update(state="closed"),
        lambda camera: Camera.objects.filter(pk=camera.pk).update(source="push"),
    ],
    ids=["switched off", "revoked", "closed", "no phone any more"],
)
def test_a_code_and_a_session_end_with_what_they_were_made_for(spoil, client, link, phone):
    session = client.get(link).headers["Location"]
    spoil(phone)
    assert client.get(link).status_code == client.get(session).status_code == 404


def test_a_code_is_for_ten_minutes_and_a_session_for_twelve_hours(phone):
    now = timezone.now()
    later = now + timedelta(seconds=601)
    token = tickets.film_link(phone.code, phone.serial, now.timestamp())
    session = phone_actions.begin(phone.code, token, now)
    with pytest.raises(tickets.BadTicket):
        phone_actions.begin(phone.code, token, later)
    assert phone_actions.filming(phone.code, session, later) == phone
    with pytest.raises(tickets.BadTicket):
        phone_actions.filming(phone.code, session, now + timedelta(hours=12, seconds=1))


def test_every_wrong_token_gets_one_answer(client, phone, restaurant):
    now = timezone.now().timestamp()
    other = builders.camera(restaurant, source="phone")
    genuine = tickets.film_link(phone.code, phone.serial, now)
    paths = [
        f"/film/{phone.code}/{genuine[:-1]}{'A' if genuine[-1] != 'A' else 'B'}/",
        f"/film/{phone.code}/{tickets.film_link(other.code, other.serial, now)}/",
        f"/film/{phone.code}/{tickets.filming(other.code, other.serial, now)}/",
        f"/film/{phone.code}/{tickets.session(phone.code, phone.serial, now)}/",
        f"/film/{phone.code}/{tickets.opening(phone.code, phone.serial, now)}/",
        f"/film/{phone.code}/%00/",
        f"/film/{phone.code}/{'x' * 3000}/",
        f"/film/nothere/{genuine}/",
    ]
    answers = [client.get(path) for path in paths]
    assert {answer.status_code for answer in answers} == {404}
    body = re.compile(rb"<main.*</main>", re.DOTALL)
    assert len({body.search(answer.content).group() for answer in answers}) == 1


def test_in_wechat_the_page_says_how_to_open_a_browser(client, link):
    page = client.get(client.get(link).headers["Location"], headers={"User-Agent": WECHAT}).content.decode()
    assert 'data-state="wechat"' in page and "phone.js" not in page and "<textarea" in page


def test_a_camera_that_is_off_gets_no_code(client, wang, phone):
    cameras.switch_off(phone, by=wang, reason="修理")
    with pytest.raises(Refused):
        phone_actions.invite_phone(phone, by=wang, at=timezone.now())
    client.force_login(wang, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert client.post(desk_of(phone) + "film/").status_code == 302
