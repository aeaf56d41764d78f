"""What nobody may see: drawn by the owner, checked here, black for everybody."""

import json

import pytest
from django.urls import reverse
from django.utils import timezone

from streams.cameras import actions, masks
from streams.models import Camera, Reference
from sunkitchen.core.models import AuditEntry
from sunkitchen.core.workflow import Refused
from tests import builders

pytestmark = pytest.mark.django_db

LEFT = [[0, 0], [300, 0], [300, 1000], [0, 1000]]
CORNER = [[700, 700], [1000, 700], [1000, 1000]]


@pytest.fixture(autouse=True)
def _posters(settings, tmp_path):
    settings.POSTERS_ROOT = tmp_path


@pytest.fixture
def camera(restaurant):
    return builders.camera(restaurant)


@pytest.fixture
def desk(client, wang):
    client.force_login(wang, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def url(camera, name="camera_masks"):
    return reverse(name, args=[camera.establishment.code, camera.code])


@pytest.fixture
def objector(restaurant, wang):
    member = builders.staff_member(restaurant, added_by=wang)
    return builders.filming_consent(member, withdrawn_at=timezone.now())


# ── which are taken ─────────────────────────────────────────────────────────────────────────────────────────
def test_an_owner_masks_a_part_of_the_picture(camera, wang):
    actions.set_masks(camera, by=wang, found=[LEFT, CORNER])
    camera.refresh_from_db()
    assert camera.masks == [LEFT, CORNER] and not camera.masks_hide_objectors
    entry = AuditEntry.objects.get(verb="camera.masked")
    assert entry.detail == {"masks": 2, "percent": masks.hidden(camera.masks), "hides_objectors": False}
    assert 30 <= entry.detail["percent"] <= 36


def test_the_same_masks_may_be_taken_away(camera, wang):
    actions.set_masks(camera, by=wang, found=[LEFT], hide_objectors=True)
    actions.set_masks(camera, by=wang, found=[], hide_objectors=True)
    camera.refresh_from_db()
    assert camera.masks == [] and not camera.masks_hide_objectors  # nothing hides nobody


@pytest.mark.parametrize(
    "found",
    [
        None,
        {},
        "masks",
        [1],
        [[1, 2]],
        [[[0, 0], [1, 1]]],  # two corners
        [[[0, 0]] * 13],
        [[[0, 0], [500, 0], [500, "500"]]],
        [[[0, 0], [500, 0], [500, 500.5]]],
        [[[0, 0], [500, 0], [500, True]]],
        [[[0, 0], [500, 0], [500, 500, 3]]],
        [[[0, 0], [500, 0], [500, None]]],
        [[[-1, 0], [500, 0], [500, 500]]],
        [[[0, 0], [1001, 0], [500, 500]]],
        [[[0, 0], [10**400, 0], [500, 500]]],
        [[[100, 100], [500, 500], [900, 900]]],  # a line
        [[[100, 100]] * 3],  # a point
        [[[0, 0], [1000, 0], [1000, 1000], [0, 1000]]],  # everything
        [[[0, 0], [1000, 0], [1000, 500], [0, 500]], [[0, 500], [1000, 500], [1000, 950], [0, 950]]],
        [LEFT] * 9,
    ],
)
def test_what_is_no_mask_is_refused_and_nothing_is_stored(found, camera, wang):
    with pytest.raises(Refused):
        actions.set_masks(camera, by=wang, found=found)
    camera.refresh_from_db()
    assert camera.masks == [] and not AuditEntry.objects.filter(verb="camera.masked").exists()


@pytest.mark.parametrize(
    "text", ["{", "[" * 15_000, "[[[NaN,0],[1,1],[2,2]]]", "x" * 20_001, "[[[1e999,0],[1,1],[2,2]]]"]
)
def test_what_cannot_be_read_is_told_so(text, desk, camera):
    answer = desk.post(url(camera), {"drawn": text})
    assert answer.status_code == 422
    camera.refresh_from_db()
    assert camera.masks == []


# ── the page ────────────────────────────────────────────────────────────────────────────────────────────────
def test_the_editor_sends_what_was_drawn(desk, camera):
    answer = desk.post(url(camera), {"drawn": json.dumps([CORNER])})
    assert answer.headers["Location"] == url(camera, "camera")
    camera.refresh_from_db()
    assert camera.masks == [CORNER]
    assert "2" not in desk.get(url(camera)).context["form"].fields  # the page opens with what is saved


def test_without_script_rectangles_are_given_in_percent(desk, camera):
    desk.post(url(camera), {"x_0": "10", "y_0": "20", "width_0": "30", "height_0": "40"})
    camera.refresh_from_db()
    assert camera.masks == [[[100, 200], [400, 200], [400, 600], [100, 600]]]
    desk.post(url(camera), {"stays_0": "on", "x_1": "90", "width_1": "50", "height_1": "12.5"})
    camera.refresh_from_db()
    assert camera.masks[1] == [[900, 0], [1000, 0], [1000, 125], [900, 125]]
    desk.post(url(camera), {"stays_1": "on"})
    camera.refresh_from_db()
    assert len(camera.masks) == 1 and camera.masks[0][0] == [900, 0]


@pytest.mark.parametrize("sent", [{"x_0": "a"}, {"width_0": "101", "height_0": "5"}, {"x_0": "nan"}, {"x_0": "-1"}])
def test_a_rectangle_that_is_none_is_told_so(sent, desk, camera):
    assert desk.post(url(camera), sent).status_code == 422


def test_only_the_owner_draws(client, camera, zhao, qian):
    for person, status in ((zhao, 403), (qian, 404)):
        client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
        assert client.post(url(camera), {"drawn": "[]"}).status_code == status


def test_an_officer_reads_on_the_cameras_page_what_is_masked(client, camera, wang, zhao):
    actions.set_masks(camera, by=wang, found=[LEFT])
    client.force_login(zhao, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert "30 %" in client.get(url(camera, "camera")).content.decode()


# ── still pictures ──────────────────────────────────────────────────────────────────────────────────────────
def test_every_still_picture_of_before_is_thrown_away(camera, wang, settings, django_capture_on_commit_callbacks):
    for name in (f"{camera.code}.jpg", f"{camera.code}.seen.jpg"):
        (settings.POSTERS_ROOT / name).write_bytes(b"JPEG")
    Camera.objects.update(poster_at=timezone.now())
    Reference.objects.create(camera=camera, taken_at=timezone.now(), gray=b"", picture=b"JPEG", confirmed_by=wang)
    with django_capture_on_commit_callbacks(execute=True):
        actions.set_masks(camera, by=wang, found=[LEFT])
    camera.refresh_from_db()
    assert camera.poster_at is None and not Reference.objects.exists()
    assert not list(settings.POSTERS_ROOT.iterdir())


def test_the_page_draws_on_the_confirmed_picture_else_on_the_last_one(desk, camera, wang, settings):
    assert desk.get(url(camera, "mask_picture")).status_code == 204
    (settings.POSTERS_ROOT / f"{camera.code}.jpg").write_bytes(b"LAST")
    assert desk.get(url(camera, "mask_picture")).content == b"LAST"
    Reference.objects.create(camera=camera, taken_at=timezone.now(), gray=b"", picture=b"MEANT", confirmed_by=wang)
    assert desk.get(url(camera, "mask_picture")).content == b"MEANT"


def test_while_somebody_objects_there_is_no_picture_to_draw_on(desk, camera, objector, settings):
    (settings.POSTERS_ROOT / f"{camera.code}.jpg").write_bytes(b"LAST")
    assert desk.get(url(camera, "mask_picture")).status_code == 204


# ── whoever withdrew consent ────────────────────────────────────────────────────────────────────────────────
def test_masks_alone_show_nobody_who_objects(camera, wang, objector):
    actions.set_masks(camera, by=wang, found=[LEFT])
    assert camera.is_withheld(timezone.localdate())
    assert not Camera.objects.public().exists()


def test_the_owner_vouches_and_the_rest_is_shown(desk, camera, wang, objector):
    page = desk.get(url(camera)).content.decode()
    assert 'name="hide_objectors"' in page
    desk.post(url(camera), {"drawn": json.dumps([LEFT]), "hide_objectors": "on"})
    camera.refresh_from_db()
    assert not camera.is_withheld(timezone.localdate())
    assert Camera.objects.public().get() == camera
    entry = AuditEntry.objects.get(verb="camera.masked")
    assert entry.detail["hides_objectors"] and objector.staff_member.name not in str(entry.detail)


def test_nobody_is_asked_to_vouch_while_nobody_objects(desk, camera):
    assert 'name="hide_objectors"' not in desk.get(url(camera)).content.decode()


def test_the_word_holds_for_nobody_who_objects_later(camera, wang, objector, restaurant):
    actions.set_masks(camera, by=wang, found=[LEFT], hide_objectors=True)
    today = timezone.localdate()
    serial = camera.serial
    actions.forget_pictures(today)
    camera.refresh_from_db()
    assert camera.masks_hide_objectors
    other = builders.staff_member(restaurant, name="赵师傅", added_by=wang)
    builders.filming_consent(other, withdrawn_at=timezone.now())
    actions.forget_pictures(today)
    camera.refresh_from_db()
    assert not camera.masks_hide_objectors and camera.serial == serial + 1
    assert camera.is_withheld(today) and AuditEntry.objects.filter(verb="camera.unvouched").exists()


def test_a_masked_cameras_last_picture_stays_while_somebody_objects(camera, wang, objector, settings):
    actions.set_masks(camera, by=wang, found=[LEFT], hide_objectors=True)
    Camera.objects.update(poster_at=timezone.now())
    (settings.POSTERS_ROOT / f"{camera.code}.jpg").write_bytes(b"JPEG")
    assert actions.forget_pictures(timezone.localdate()) == 0
    assert (settings.POSTERS_ROOT / f"{camera.code}.jpg").exists()
