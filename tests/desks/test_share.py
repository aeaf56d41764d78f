"""What an owner puts elsewhere: snippets that name the kitchen safely, and a code that leads to it."""

from html import unescape

import pytest
from django.test import Client

from sunkitchen.desks.owner.share import share
from tests import builders


@pytest.fixture
def page(wang):
    browser = Client()
    browser.force_login(wang)
    return lambda path: browser.get(path).content.decode()


def test_an_open_kitchen_has_a_badge_a_frame_and_a_code_in_the_readers_language(restaurant, page):
    said = page(f"/en/desk/kitchens/{restaurant.code}/share/")
    assert f'src="/en/badge/{restaurant.code}.svg"' in said
    assert f"/en/embed/{restaurant.code}/" in unescape(said) and 'class="qr"' in said
    assert f"/desk/kitchens/{restaurant.code}/share/" in page(f"/desk/kitchens/{restaurant.code}/")


def test_a_kitchen_that_is_not_public_yet_is_told_so_and_shows_no_broken_badge(restaurant, page):
    restaurant.state, restaurant.opened_at = "registered", None
    restaurant.save()
    said = page(f"/en/desk/kitchens/{restaurant.code}/share/")
    assert "as soon as the kitchen is open" in said and '<img src="/en/badge/' not in said


def test_a_name_cannot_break_out_of_the_snippet(settings, db):
    ours = share(builders.establishment(signboard='海"><script>上'))
    for html in (ours.badge_html, ours.frame_html):
        assert "<script" not in html and "&quot;&gt;&lt;script&gt;" in html
        assert f'"{settings.SITE_URL}/' in html
