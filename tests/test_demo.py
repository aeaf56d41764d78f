"""The demo: invented from end to end, made once, never beside real kitchens."""

import itertools
import re

import pytest

from ratings.editions.models import Edition
from streams.cameras import keys
from streams.models import Camera
from sunkitchen.accounts.models import User
from sunkitchen.demo import film, scenes, stage, town
from sunkitchen.registry import numbers
from sunkitchen.registry.models import Establishment
from tests.real.site import ROOT

FFMPEG = "/nowhere/ffmpeg"  # the loops lie there already


@pytest.fixture
def demo(db, settings, tmp_path):
    settings.VAR = tmp_path
    settings.FILES_ROOT, settings.LOG_ROOT = tmp_path / "files", tmp_path / "log"
    (tmp_path / "demo").mkdir()
    for scene in scenes.SCENES:
        (tmp_path / "demo" / f"{scene}.ts").touch()
    assert stage.make(FFMPEG, lambda text: None, count=3)
    return tmp_path / "demo"


def pushing():
    return {camera.code: camera.push_key_hash for camera in Camera.objects.all()}


def test_every_kitchen_is_marked_and_invented(demo):
    assert Establishment.objects.count() == 3
    assert not Establishment.objects.exclude(is_demo=True, division="999901", state="open").exists()
    editions = Edition.objects.published()
    assert sorted(editions.values_list("listings__colour", flat=True)) == ["black", "red", "red"]


def test_boxes_push_with_keys_that_fit(demo):
    commands = stage.pushers(FFMPEG, 8000)
    assert len(commands) == 3
    for _name, command in commands:
        code, key = re.fullmatch(r"http://127\.0\.0\.1:8000/ingest/([^/]+)/([^/]+)", command[-1]).groups()
        assert keys.fits(key, pushing()[code])


def test_a_lost_key_is_made_anew_and_a_kept_one_stays(demo):
    stage.pushers(FFMPEG, 8000)
    before = pushing()
    stage.pushers(FFMPEG, 8000)
    assert pushing() == before
    (demo / "push-keys.json").unlink()
    stage.pushers(FFMPEG, 8000)
    assert not set(pushing().values()) & set(before.values())


def test_people_sign_in_with_the_password_that_was_printed(demo):
    password = (demo / "password").read_text()
    assert password in stage.sign_ins()[0]
    assert all(user.check_password(password) for user in User.objects.filter(email__endswith="@demo.example")[:3])


def test_secrets_of_the_demo_are_its_owners_alone(demo):
    stage.pushers(FFMPEG, 8000)
    for name in ("password", "push-keys.json"):
        assert (demo / name).stat().st_mode & 0o777 == 0o600


def test_no_demo_beside_real_kitchens(restaurant):
    assert not stage.make(FFMPEG, lambda text: None)
    assert stage.pushers(FFMPEG, 8000) == []
    assert stage.showpiece() == ""
    assert stage.sign_ins() == []


@pytest.mark.parametrize("kitchen", town.kitchens(), ids=lambda kitchen: kitchen.signboard)
def test_invented_numbers_pass_their_check_digits(kitchen):
    assert numbers.food_permit_passes(numbers.food_permit(kitchen.permit))
    assert numbers.food_permit_division(kitchen.permit) == "999901"
    assert numbers.uscc_passes(numbers.uscc(kitchen.uscc))


@pytest.mark.parametrize("scene", scenes.SCENES)
def test_a_loop_moves_from_keyframe_to_keyframe(scene):
    """A picture that stood still would rightly be called so by the relay."""
    kept = [frame for number, frame in enumerate(scenes.frames(scene)) if number % film.GOP == 0]
    for one, other in itertools.pairwise(kept):
        changed = sum(a != b for a, b in zip(one.convert("L").tobytes(), other.convert("L").tobytes(), strict=True))
        assert changed > 0.01 * scenes.WIDTH * scenes.HEIGHT


def test_a_full_disk_while_the_loop_is_written_is_told(tmp_path):
    full = ROOT / "tests" / "real" / "full_disk.sh"
    with pytest.raises(OSError, match="No space left on device"):
        film.encode(str(full), scenes.frames("stove"), tmp_path / "stove.ts")
