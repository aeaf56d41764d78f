"""The demo: invented from end to end, a year of it told in order by the same actions that people's clicks call."""

import itertools
import re
from datetime import date, timedelta

import pytest
from django.db import transaction
from django.test import override_settings
from django.utils import timezone

from ratings.editions import edition as face
from ratings.editions.afterwards import Amendment, Rectification
from ratings.editions.models import Edition, Listing, Objection
from ratings.inspections.models import Inspection
from streams.cameras import keys
from streams.models import Camera
from sunkitchen.accounts.models import User
from sunkitchen.core import translog, verify, workdays
from sunkitchen.core.models import AuditEntry, Checkpoint, Notice
from sunkitchen.demo import cast, clock, film, parts, scenes, stage, town
from sunkitchen.registry import numbers
from sunkitchen.registry.models import Credential, Delivery, Establishment, StaffMember
from sunkitchen.registry.staff.coverage import coverages
from tests.real.site import ROOT

FFMPEG = "/nowhere/ffmpeg"  # the loops lie there already
KITCHENS = town.FOR_STORIES


@pytest.fixture(scope="module")
def told(django_db_setup, django_db_blocker, tmp_path_factory):
    """The demo's first thirty kitchens, to whom all that happens happens: told once for this module."""
    var = tmp_path_factory.mktemp("var")
    (var / "demo").mkdir()
    for scene in scenes.SCENES:
        (var / "demo" / f"{scene}.ts").touch()
    places = {"VAR": var, "FILES_ROOT": var / "files", "LOG_ROOT": var / "log"}
    with django_db_blocker.unblock(), override_settings(**places), transaction.atomic():
        assert stage.make(FFMPEG, lambda text: None, count=KITCHENS)
        yield var / "demo"
        transaction.set_rollback(True)


@pytest.fixture
def demo(told, db):
    return told


# ── who is in it ────────────────────────────────────────────────────────────────────────────────────────────
def test_the_town_has_206_kitchens_and_no_two_alike():
    kitchens = town.kitchens()
    assert len(kitchens) == town.SIZE == 206
    for name in ("serial", "signboard", "operator", "permit", "uscc", "phone", "address"):
        assert len({getattr(kitchen, name) for kitchen in kitchens}) == 206, name
    assert {kitchen.category for kitchen in kitchens} == set(Establishment.Category.values)
    assert {cuisine for kitchen in kitchens for cuisine in kitchen.cuisines} == set(Establishment.Cuisine.values)
    assert 1500 <= sum(kitchen.staff for kitchen in kitchens if kitchen.owner) <= 1700
    assert any(kitchen.owner is None for kitchen in kitchens)


def test_invented_numbers_pass_their_check_digits():
    for kitchen in town.kitchens():
        assert numbers.food_permit_passes(numbers.food_permit(kitchen.permit)), kitchen
        assert numbers.food_permit_division(kitchen.permit) == "999901"
        assert numbers.uscc_passes(numbers.uscc(kitchen.uscc)), kitchen


def test_every_kitchen_stands_far_out_at_sea():
    """Within five kilometres of a point of the open Pacific: no map shows a real street below it."""
    for kitchen in town.kitchens():
        assert abs(float(kitchen.latitude) - 28.5) < 0.05
        assert abs(float(kitchen.longitude) - 150.0) < 0.05


def test_eight_cameras_show_eight_kitchens():
    shown = [scene for kitchen in town.kitchens() for _zone, scene in kitchen.cameras if scene]
    assert sorted(shown) == sorted(scenes.SCENES)
    assert len(shown) == 8


def test_who_plays_a_part_is_there_and_has_an_owner():
    named = {*parts.RED, *parts.WAYS, parts.LAPSED, parts.CLOSED, parts.RETURNED, parts.RENEWING, parts.NEWCOMER}
    assert max(named) <= town.FOR_STORIES
    assert all(kitchen.owner for kitchen in town.kitchens()[: town.FOR_STORIES])


def test_whatever_the_day_every_window_ends_before_its_edition():
    """Holidays move office days; a demo that is told on the wrong day must not be refused."""
    first = date(2026, 11, 1)
    for today in (first + timedelta(days=number) for number in range(0, 500, 3)):
        for edition in range(1, parts.EDITIONS + 1):
            drafted, published = parts.drafted_on(edition, today), parts.published_on(edition, today)
            served = workdays.add(drafted, 1).day
            window = workdays.add(served, 5).day
            decided = workdays.add(workdays.add(served, 3).day, 4).day
            assert drafted < served < window < published <= today, (today, edition)
            assert decided < published, (today, edition)
        served = parts.drafted_on(parts.EDITIONS + 1, today)
        assert workdays.add(served, 5).day >= today, today


# ── what is told ────────────────────────────────────────────────────────────────────────────────────────────
def test_every_kitchen_is_marked_and_invented(demo):
    assert Establishment.objects.count() == KITCHENS
    assert not Establishment.objects.exclude(is_demo=True, division="999901").exists()
    states = dict.fromkeys(["open"], KITCHENS - 2) | {"closed": 1, "registered": 1}
    assert {state: Establishment.objects.filter(state=state).count() for state in states} == states


def test_editions_are_numbered_without_a_hole(demo):
    assert Edition.objects.published().count() == 11
    by_year = {}
    for year, number in Edition.objects.order_by("drafted_at").values_list("year", "number"):
        by_year.setdefault(year, []).append(number)
    assert all(found == list(range(1, len(found) + 1)) for found in by_year.values())


def test_every_edition_verifies_under_a_checkpoint_of_its_own(demo):
    assert Checkpoint.objects.count() == 11
    trusted = verify.read_keys(translog.keys())
    for edition in Edition.objects.published():
        raw = face.document_bytes(edition, timezone.now())
        leaf, place, _amended = verify.check_edition(raw, trusted, lambda line: None)
        assert (leaf["code"], place) == (edition.code, edition.entry.seq)


def test_nobody_publishes_what_they_had_a_part_in(demo):
    for edition in Edition.objects.published():
        took_part = {edition.drafted_by_id}
        took_part |= set(edition.listings.values_list("service__recorded_by", flat=True))
        took_part |= set(Objection.objects.filter(listing__edition=edition).values_list("decided_by", flat=True))
        assert edition.published_by_id not in took_part


def test_every_black_listing_was_served_and_its_window_had_ended(demo):
    black = Listing.objects.published().filter(colour="black")
    assert black.count() >= 8
    for listing in black:
        assert listing.service.served_on >= timezone.localtime(listing.noticed_at).date()
        assert not listing.window_is_open(listing.edition.published_at)


def test_one_black_listing_runs_and_the_others_have_ended(demo):
    running = Listing.objects.running(timezone.now()).filter(colour="black")
    assert [listing.establishment.signboard for listing in running] == ["老码头大排档"]


def test_every_edition_was_approved_in_three_stages_and_came_out_at_its_hour(demo):
    for edition in Edition.objects.published():
        assert [approval.agreed for approval in edition.approvals.all()] == [True] * 3
        assert timezone.localtime(edition.published_at).hour == 9


def test_what_was_published_was_amended_in_every_way(demo):
    kinds = sorted(Amendment.objects.values_list("kind", flat=True))
    assert kinds == ["correction", "removal", "stay", "withdrawal"]
    assert Amendment.objects.get(kind="stay").lifted_at
    assert sorted(Rectification.objects.values_list("state", flat=True)) == ["asked", "verified"]


def test_objections_were_decided_both_ways_and_one_is_open(demo):
    assert sorted(Objection.objects.values_list("state", flat=True)) == ["accepted", "open", "rejected", "rejected"]
    open_one = Objection.objects.get(state="open")
    assert open_one.listing.edition.state == "draft"
    in_its_window = Listing.objects.get(state="served", edition__state="draft")
    assert in_its_window.window_is_open(timezone.now())


def test_most_visits_conform_and_few_fail(demo):
    results = list(Inspection.objects.closed().values_list("result", flat=True))
    assert len(results) >= 2 * (KITCHENS - 5)
    assert results.count("conforms") > 3 * results.count("mostly") > 0
    assert results.count("fails") == len(parts.WAYS)
    assert not Inspection.objects.filter(state="draft").exists()


def test_the_clerks_desk_has_papers_and_one_was_returned(demo):
    waiting = Credential.objects.waiting().values_list("establishment__signboard", flat=True)
    assert len(waiting) == 3 + 6  # six certificates: demo/desk.py
    assert "海澜中学食堂" in waiting
    assert Credential.objects.waiting().exclude(endorsed_by=None).get().kind == "business_licence"
    assert Credential.objects.filter(state="returned").count() == 1


def test_most_people_hold_a_certificate_in_force(demo):
    standing = coverages(Establishment.objects.all(), timezone.localdate())
    needed, held = (sum(getattr(c, name) for c in standing.values()) for name in ("needed", "in_force"))
    assert 0.9 < held / needed < 1
    assert sum(c.expiring for c in standing.values()) >= 3
    showpiece = Establishment.objects.get(signboard="海上明月海鲜楼")
    assert standing[showpiece.pk].is_full
    assert not any(c.unasked or c.objecting for pk, c in standing.items() if Camera.objects.filter(establishment=pk))


def test_the_ledger_reaches_to_the_last_days(demo):
    today = timezone.localdate()
    assert Delivery.objects.counting().filter(received_on__gte=today - timedelta(days=3)).exists()
    assert Delivery.objects.filter(received_on__lt=today - timedelta(days=40)).count() == 0
    assert Delivery.objects.exclude(voided_at=None).count() == 1


def test_the_trail_is_in_order_and_nothing_lies_ahead(demo):
    moments = list(AuditEntry.objects.order_by("pk").values_list("at", flat=True))
    assert moments == sorted(moments)
    assert moments[-1] <= timezone.now()
    assert timezone.now() - moments[0] > timedelta(days=400)


def test_mail_goes_to_the_few_who_have_a_sign_in(demo):
    addresses = set(Notice.objects.filter(channel="email").values_list("address", flat=True))
    assert addresses <= {person.email for person in cast.PEOPLE}
    assert Notice.objects.filter(channel="email").count() < 200


def test_telling_it_again_changes_nothing(demo):
    def rows():
        return [
            model.objects.count() for model in (Establishment, StaffMember, AuditEntry, Notice, Edition, Credential)
        ]

    before = rows()
    assert stage.make(FFMPEG, lambda text: None, count=KITCHENS)
    assert rows() == before


# ── its boxes, its people ───────────────────────────────────────────────────────────────────────────────────
def pushing():
    return {camera.code: camera.push_key_hash for camera in Camera.objects.all()}


def test_boxes_push_with_keys_that_fit(demo):
    commands = stage.pushers(FFMPEG, 8000)
    assert len(commands) == 8
    for _name, command in commands:
        code, key = re.fullmatch(r"http://127\.0\.0\.1:8000/ingest/([^/]+)/([^/]+)", command[-1]).groups()
        assert keys.fits(key, pushing()[code])


def test_one_camera_more_is_honestly_off(demo):
    assert Camera.objects.count() == 9
    assert Camera.objects.get(enabled=False).establishment.signboard == "银滩寿司"


def test_a_lost_key_is_made_anew_and_a_kept_one_stays(demo):
    stage.pushers(FFMPEG, 8000)
    before = pushing()
    stage.pushers(FFMPEG, 8000)
    assert pushing() == before
    (demo / "push-keys.json").unlink()
    stage.pushers(FFMPEG, 8000)
    changed = {code for code, digest in pushing().items() if digest != before[code]}
    assert len(changed) == 8


def test_people_sign_in_with_the_password_that_was_printed(demo):
    password = (demo / "password").read_text()
    lines = stage.sign_ins()
    assert password in lines[0]
    assert len(lines) == 1 + len(cast.PEOPLE)
    assert User.objects.get(email="wang@demo.example").check_password(password)
    assert not User.objects.filter(email__endswith=".invalid").first().has_usable_password()


def test_secrets_of_the_demo_are_its_owners_alone(demo):
    stage.pushers(FFMPEG, 8000)
    for name in ("password", "push-keys.json"):
        assert (demo / name).stat().st_mode & 0o777 == 0o600


# ── its pictures, its clock ─────────────────────────────────────────────────────────────────────────────────
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


def test_a_loop_that_cannot_be_drawn_beside_the_telling_is_told_too(tmp_path):
    full = ROOT / "tests" / "real" / "full_disk.sh"
    with pytest.raises(OSError, match="No space left on device"), film.drawing(str(full), ["stove"], tmp_path):
        pass


def test_the_clock_is_turned_back_and_comes_back():
    now = timezone.now()
    with clock.as_of(now - timedelta(days=300)):
        assert now - timezone.now() > timedelta(days=299)
    assert timezone.now() >= now


# ── samples, orders to mend, an outbreak ────────────────────────────────────────────────────────────────────
def test_a_sample_stands_at_every_step_of_its_way(demo):
    from ratings.models import Outbreak, Reminder, Sample

    assert set(Sample.objects.values_list("state", flat=True)) == {state.value for state in Sample.State}
    assert Sample.objects.failed().count() == 1
    assert not Sample.objects.failed().filter(establishment__listings__colour="red").exists()
    assert Reminder.objects.standing().filter(mend_by__lt=timezone.localdate()).count() == 1
    assert Outbreak.objects.standing().count() == 1
