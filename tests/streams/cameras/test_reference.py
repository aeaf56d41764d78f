"""What the camera is meant to see: confirmed by a person, kept small, read by the relay."""

import io
import os
from datetime import timedelta

import imageio_ffmpeg
import pytest
from django.utils import timezone
from PIL import Image

from streams.cameras import reference
from streams.models import Reference
from streams.relay import truth
from streams.relay.confirmed import References
from streams.relay.fmp4 import Splitter
from sunkitchen.core.models import AuditEntry
from sunkitchen.core.workflow import Refused
from tests import builders
from tests.streams.conftest import encode
from tests.streams.relay import drawn

NOW = timezone.now()


@pytest.fixture
def posters(settings, tmp_path):
    settings.POSTERS_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def camera(restaurant, posters):
    return builders.camera(restaurant)


def lay(folder, name, picture, age=0):
    path = folder / name
    picture.convert("RGB").save(path, "JPEG", quality=90)
    at = NOW.timestamp() - age
    os.utime(path, (at, at))


@pytest.mark.real("ffmpeg")
async def test_pillow_and_the_relay_make_the_same_cells_of_one_picture():
    init, *parts = Splitter().feed(encode(1, source="testsrc2", size="1280x720", gop=10))
    seen = await truth.see(imageio_ffmpeg.get_ffmpeg_exe(), init.data, next(part.data for part in parts if part.key))
    differences = [abs(a - b) for a, b in zip(seen.gray, reference.gray_of(seen.jpeg), strict=True)]
    assert sum(differences) / len(differences) < 3


@pytest.mark.django_db
def test_the_newest_picture_good_or_not_is_confirmed_and_kept_small(camera, posters, wang):
    lay(posters, f"{camera.code}.jpg", drawn.kitchen(2), age=60)
    lay(posters, f"{camera.code}.seen.jpg", drawn.kitchen(1).resize((1280, 720)))
    row = reference.confirm(camera, by=wang, at=NOW)
    assert Image.open(io.BytesIO(row.picture)).size == (640, 360)
    assert row.taken_at.timestamp() == pytest.approx(NOW.timestamp(), abs=1)
    assert len(row.gray) == 64 * 36
    assert AuditEntry.objects.filter(verb="camera.picture_confirmed", actor=wang).exists()
    lay(posters, f"{camera.code}.jpg", drawn.kitchen(3))
    reference.confirm(camera, by=wang, at=NOW + timedelta(seconds=9))
    assert Reference.objects.get().confirmed_at == NOW + timedelta(seconds=9)


@pytest.mark.django_db
def test_nothing_plain_dark_masked_or_broken_is_confirmed(camera, posters, wang):
    with pytest.raises(Refused):
        reference.confirm(camera, by=wang, at=NOW)
    (posters / f"{camera.code}.jpg").write_bytes(b"\xff\xd8 no picture")
    with pytest.raises(Refused):
        reference.confirm(camera, by=wang, at=NOW)
    lay(posters, f"{camera.code}.jpg", Image.new("L", (640, 360), 90))
    with pytest.raises(Refused):
        reference.confirm(camera, by=wang, at=NOW)
    lay(posters, f"{camera.code}.jpg", drawn.kitchen(1))
    camera.masks = [[[0, 0], [1000, 0], [1000, 1000], [0, 1000]]]
    with pytest.raises(Refused):
        reference.confirm(camera, by=wang, at=NOW)
    assert not Reference.objects.exists()


@pytest.mark.django_db
async def test_the_relay_hears_of_a_confirmation_within_ten_seconds_and_reads_its_cells_once():
    from streams.relay.confirmed import Reading

    asked, answers, clock = [], [None], [0.0]

    async def read(code, known):
        asked.append(known)
        return answers[-1]

    references = References(read, monotonic=lambda: clock[0])
    assert await references.of("c") is None
    answers.append(Reading(NOW, drawn.gray(drawn.kitchen(1)), ()))
    assert await references.of("c") is None and len(asked) == 1
    clock[0] = 10.0
    first = await references.of("c")
    assert first.is_telling
    answers.append(Reading(NOW, None, ()))
    clock[0] = 20.0
    assert await references.of("c") is first and asked[-1] == NOW


@pytest.mark.django_db
def test_the_relays_reading_names_the_masks_and_spares_known_cells(camera, posters, wang):
    assert reference.reading(camera.code, None) is None
    lay(posters, f"{camera.code}.jpg", drawn.kitchen(1))
    camera.masks = [[[0, 0], [100, 0], [100, 100]]]
    camera.save()
    row = reference.confirm(camera, by=wang, at=NOW)
    reading = reference.reading(camera.code, None)
    assert reading.gray == row.gray and reading.masks == (((0, 0), (100, 0), (100, 100)),)
    assert reference.reading(camera.code, reading.at).gray is None


@pytest.mark.django_db
def test_owner_and_inspector_confirm_on_the_cameras_page_and_a_clerk_does_not(client, camera, posters, wang, zhao, li):
    lay(posters, f"{camera.code}.jpg", drawn.kitchen(1))
    base = f"/en/desk/kitchens/{camera.establishment.code}/cameras/{camera.code}/"
    for person, status in ((wang, 302), (zhao, 302), (li, 403)):
        client.force_login(person)
        assert client.get(base).status_code == 200
        assert client.post(f"{base}confirm/").status_code == status
    client.force_login(wang)
    assert client.get(f"{base}reference.jpg").content.startswith(b"\xff\xd8")
    assert client.get(f"{base}newest.jpg").content.startswith(b"\xff\xd8")
    assert "Confirm the newest picture instead" in client.get(base).content.decode()
