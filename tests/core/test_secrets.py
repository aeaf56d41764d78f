import pytest
from hypothesis import given
from hypothesis import strategies as st

from sunkitchen.core import secrets

CANARY = "rtsp://admin:canary-4711@10.0.0.9/h264"


@given(text=st.text(st.characters(exclude_categories=["Cs"])))
def test_what_was_sealed_opens_again(text):
    assert secrets.unseal(secrets.seal(text)) == text


def test_the_sealed_text_shows_nothing_and_is_new_each_time():
    one, other = secrets.seal(CANARY), secrets.seal(CANARY)
    assert "canary" not in one
    assert one != other


def test_after_a_rotation_old_seals_still_open_and_new_ones_use_the_new_key(settings):
    old = settings.FIELD_KEYS
    sealed = secrets.seal(CANARY)
    settings.FIELD_KEYS = ["a new key that is long enough for us", *old]
    assert secrets.unseal(sealed) == CANARY
    fresh = secrets.seal(CANARY)
    settings.FIELD_KEYS = old
    with pytest.raises(ValueError, match="none of SUNKITCHEN_FIELD_KEYS"):
        secrets.unseal(fresh)


@pytest.mark.parametrize("broken", ["x", "gAAAAA", "密"])
def test_a_broken_seal_is_one_clear_error_without_the_secret(broken):
    with pytest.raises(ValueError, match="opens with none"):
        secrets.unseal(broken)


def test_nothing_stays_nothing():
    assert secrets.seal("") == secrets.unseal("") == ""
