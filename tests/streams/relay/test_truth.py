import random
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from streams.relay import truth
from streams.relay.fmp4 import Splitter
from streams.relay.truth import CELLS, Memory, judge, moved
from tests.streams.conftest import encode

NOON = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
KITCHEN = bytes(60 + (cell * 7 + cell // 64 * 13) % 120 for cell in range(CELLS))


def at(seconds):
    return NOON + timedelta(seconds=seconds)


def noisy(picture, sigma, seed):
    chance = random.Random(seed)
    return bytes(min(255, max(0, round(cell + chance.gauss(0, sigma)))) for cell in picture)


def with_hand(picture, cell, width=2, height=2, by=40):
    changed = bytearray(picture)
    for row in range(height):
        for column in range(width):
            where = cell + row * 64 + column
            changed[where] = min(255, changed[where] + by)
    return bytes(changed)


def looks(pictures, spacing=3.0, memory=None):
    """Verdicts of pictures taken `spacing` seconds apart."""
    memory, verdicts = memory or Memory(), []
    for number, picture in enumerate(pictures):
        memory, verdict = judge(memory, picture, at(number * spacing))
        verdicts.append(verdict)
    return memory, verdicts


def test_equal_pictures_over_twenty_seconds_are_a_still_one_since_the_first():
    _, verdicts = looks([KITCHEN] * 9)
    assert [verdict.still_since for verdict in verdicts] == [None] * 7 + [NOON] * 2


def test_two_rare_looks_prove_nothing_and_the_third_does():
    _, verdicts = looks([KITCHEN] * 3, spacing=30.0)
    assert [verdict.still_since for verdict in verdicts] == [None, None, NOON]


def test_sensor_noise_on_a_frozen_picture_is_still():
    _, verdicts = looks([noisy(KITCHEN, 1.2, seed) for seed in range(20)])
    assert all(verdict.still_since for verdict in verdicts[7:])


def test_a_lamp_or_the_exposure_is_no_movement():
    _, verdicts = looks([bytes(cell + shift for cell in KITCHEN) for shift in (0, 15, 40, 3)], spacing=10.0)
    assert verdicts[-1].still_since


@pytest.mark.parametrize("hand", [{"width": 1, "height": 1, "by": 20}, {"width": 2, "height": 1, "by": 10}, {"by": 10}])
def test_a_small_thing_that_moves_is_enough(hand):
    pictures = [with_hand(KITCHEN, 700 + 5 * step, **hand) for step in range(6)]
    _, verdicts = looks([noisy(picture, 0.8, seed) for seed, picture in enumerate(pictures)])
    assert not any(verdict.still_since for verdict in verdicts)


def test_a_still_picture_is_live_again_with_its_first_change():
    memory, _ = looks([KITCHEN] * 5)
    memory, verdict = judge(memory, with_hand(KITCHEN, 900), at(15))
    assert verdict.still_since is None and verdict.changed and verdict.fine


def test_pictures_taken_within_a_moment_prove_nothing():
    _, verdicts = looks([KITCHEN] * 5, spacing=0.4)
    assert not any(verdict.still_since for verdict in verdicts)


def test_the_memory_of_a_frozen_camera_is_longer_than_its_connection():
    memory, _ = looks([KITCHEN] * 3)
    _, verdict = judge(memory, noisy(KITCHEN, 1, 1), at(600))
    assert verdict.still_since == NOON


def test_a_change_that_creeps_is_a_change():
    creeping = [with_hand(KITCHEN, 900, width=6, height=6, by=2 * step) for step in range(8)]
    _, verdicts = looks(creeping)
    assert any(verdict.changed for verdict in verdicts[1:])


def test_dark_is_dark_and_no_poster():
    _, (verdict,) = looks([bytes([12]) * CELLS])
    assert verdict.dark and not verdict.fine
    _, (verdict,) = looks([bytes([25]) * CELLS])
    assert not verdict.dark


def test_a_picture_of_another_size_is_refused():
    with pytest.raises(ValueError):
        judge(Memory(), b"\0" * 10, NOON)


async def seen(binary, film):
    init, *parts = Splitter().feed(film)
    return [await truth.see(binary, init.data, part.data) for part in parts if part.key]


@pytest.mark.real("ffmpeg")
async def test_keyframes_of_a_moving_film_move_and_make_posters(ffmpeg_binary):
    pictures = await seen(ffmpeg_binary, encode(4, size="1280x720", rate=10, gop=10))
    assert all(len(picture.gray) == CELLS and picture.jpeg.startswith(b"\xff\xd8") for picture in pictures)
    assert all(moved(a.gray, b.gray) for a, b in pairwise(pictures))


@pytest.mark.real("ffmpeg")
async def test_a_frozen_picture_stays_still_through_noise_and_a_poor_encoder(ffmpeg_binary):
    noise = "-vf loop=-1:1:0,noise=alls=14:allf=t -b:v 300k"
    pictures = await seen(ffmpeg_binary, encode(6, source="testsrc2", size="640x360", gop=10, extra=noise))
    assert not any(moved(pictures[0].gray, picture.gray) for picture in pictures[1:])


@pytest.mark.real("ffmpeg")
async def test_what_is_no_keyframe_is_not_seen(ffmpeg_binary):
    assert await truth.see(ffmpeg_binary, b"rubbish" * 100, b"more") is None
    assert await truth.see("/nowhere/ffmpeg", b"", b"") is None
