"""A search forgives: a wrong character that sounds right, a letter too many, one missing, two swapped."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sunkitchen.registry.establishments import near
from sunkitchen.registry.models import Establishment
from tests import builders

pytestmark = pytest.mark.django_db


@pytest.fixture
def street(db):
    return [
        builders.establishment(owner=builders.user(name), signboard=name, operator_name=f"海澜{name}餐饮有限公司")
        for name in ("老码头", "海上明月", "春风面馆", "Blue Door Cafe")
    ]


def found(text):
    ids = near.near(Establishment.objects.all(), text)
    names = Establishment.objects.in_bulk(ids)
    return [names[pk].signboard for pk in ids]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("海上名月", "海上明月"),  # right in sound
        ("春枫面馆", "春风面馆"),
        ("laomatuo", "老码头"),  # two swapped
        ("laomtou", "老码头"),  # one missing
        ("haishangmingyuee", "海上明月"),  # one too many
        ("hai shang ning yue", "海上明月"),
        ("bluedoorcaffe", "Blue Door Cafe"),
    ],
)
def test_a_slip_still_finds_the_kitchen_first(street, typed, meant):
    assert found(typed)[:1] == [meant]


@pytest.mark.parametrize("typed", ["", "lmt", "q", "火锅城中心店", "zzzzzzzzzz"])
def test_what_is_no_slip_finds_nothing(street, typed):
    assert found(typed) == []


def test_a_database_without_trigrams_forgives_by_halves(street, monkeypatch):
    monkeypatch.setattr(near, "has_trigrams", lambda: False)
    assert found("laomatuo") == ["老码头"]


@given(st.text("abcd", min_size=1, max_size=8), st.text("abcd", max_size=12))
def test_a_word_that_stands_there_is_no_distance_away_and_none_is_farther_than_its_length(word, text):
    assert near.distance(word, text + word + text) == 0
    assert (near.distance(word, text) == 0) == (word in text)
    assert near.distance(word, text) <= len(word)


def test_the_start_page_offers_what_is_close(street, client):
    page = client.get("/en/", {"q": "laomatuo"}).content.decode()
    assert "Close to it" in page and "老码头" in page
    exact = client.get("/en/", {"q": "laomatou"}).content.decode()
    assert "Close to it" not in exact and "1 kitchen found" in exact
