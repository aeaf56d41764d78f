"""A clerk asks, the kitchen shows it by phone, pictures stay as evidence, and nobody checks what is their own."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils import timezone, translation

from streams.models import Camera, Still, VideoCheck
from streams.phone import actions as phone
from streams.videochecks import actions as checks
from streams.videochecks import picture as pictures
from streams.videochecks.forgetting import forget_stills
from sunkitchen.core import audit, tickets
from sunkitchen.core.models import Notice, StoredFile
from sunkitchen.core.workflow import Refused, WrongState
from sunkitchen.registry.models import Credential, CredentialPage
from tests import builders
from tests.permissions_things import stored

pytestmark = pytest.mark.django_db


def verbs(check):
    return list(audit.trail(check).values_list("verb", flat=True))


def test_the_kitchens_people_are_told_what_to_show_and_where(asked, wang, permit):
    letters = Notice.objects.filter(recipient=wang, kind="videocheck.asked")
    assert {letter.channel for letter in letters} == {"desk", "sms", "email"}
    letter = letters.get(channel="desk")
    assert (
        "请对准印章" in letter.body and letter.link == f"/desk/kitchens/{permit.establishment.code}/video/{asked.pk}/"
    )
    assert asked.expires_at - asked.asked_at == timedelta(days=3) and verbs(asked) == ["videocheck.asked"]


def test_the_same_is_asked_for_once_at_a_time(asked, permit, li, now):
    with translation.override("en"), pytest.raises(Refused, match="already"):
        checks.ask(permit.establishment, credential=permit, by=li, about="premises", at=now)
    checks.ask(permit.establishment, by=li, about="premises", at=now)
    with pytest.raises(Refused):
        checks.ask(permit.establishment, by=li, about="premises", at=now)


@pytest.mark.parametrize(
    ("about", "please"), [("", ""), ("the moon", ""), ("original", "x" * 301), ("original", "a\0b"), ("premises", "\0")]
)
def test_what_makes_no_sense_is_refused_and_nothing_stored(permit, li, now, about, please):
    with pytest.raises(Refused):
        checks.ask(permit.establishment, credential=permit, by=li, about=about, please=please, at=now)
    assert not VideoCheck.objects.exists() and not Notice.objects.exists()


def test_an_original_is_that_of_one_of_the_kitchens_own_papers(permit, li, now):
    other = builders.establishment(owner=builders.user())
    for place, paper in ((permit.establishment, None), (other, permit)):
        with pytest.raises(Refused):
            checks.ask(place, credential=paper, by=li, about="original", at=now)
    for state in ("draft", "returned", "replaced"):
        paper = builders.permit(other, state=state)
        with pytest.raises(Refused):
            checks.ask(other, credential=paper, by=li, about="original", at=now)


def test_nobody_checks_their_own(permit, li, wang, now, hailan, asked, picture):
    from sunkitchen.accounts.models import Post
    from sunkitchen.registry.models import Membership

    Post.objects.create(user=wang, authority=hailan, role="clerk")
    for deed in (
        lambda: checks.ask(permit.establishment, by=wang, about="premises", at=now),
        lambda: checks.keep_still(asked, by=wang, at=now),
        lambda: checks.decide(asked, by=wang, outcome="unclear", note="x", at=now),
        lambda: checks.call_off(asked, by=wang, at=now),
    ):
        with translation.override("en"), pytest.raises(Refused, match="own"):
            deed()
    Membership.objects.create(user=li, establishment=permit.establishment, role="manager")
    with translation.override("en"), pytest.raises(Refused, match="own"):
        checks.call_off(asked, by=li, at=now)


def test_only_those_ask_who_review_papers_there(permit, zhao, qian, now):
    for person, answer in ((zhao, PermissionDenied), (qian, Http404)):
        with pytest.raises(answer):
            checks.ask(permit.establishment, credential=permit, by=person, about="original", at=now)


def test_a_phone_films_for_this_check_alone(asked, wang, now, li):
    token = checks.show(asked, by=wang, at=now)
    camera = asked.camera
    assert camera.is_check and not Camera.objects.exists() and asked.state == "under_way"
    session = phone.begin(camera.code, token, now)
    assert phone.filming(camera.code, session, now) == camera
    assert checks.show(asked, by=wang, at=now) and Camera.every.count() == 1, "another code is for the same camera"
    assert Notice.objects.filter(recipient=li, kind="videocheck.begins", channel="desk").count() == 2
    checks.show(asked, by=wang, at=now)
    assert Notice.objects.filter(recipient=li, kind="videocheck.begins", channel="desk").count() == 2


def test_no_link_after_its_time(asked, wang):
    with pytest.raises(Refused):
        checks.show(asked, by=wang, at=asked.expires_at)
    assert not Camera.every.exists()


def test_stills_stay_with_the_paper_with_who_and_when(asked, wang, li, now, picture):
    with pytest.raises(WrongState):
        checks.kept(asked, picture, by=li, at=now)  # nobody has begun to film
    checks.show(asked, by=wang, at=now)
    first = checks.kept(asked, picture, by=li, note="印章", at=now)
    checks.kept(asked, picture, by=li, at=now + timedelta(seconds=5))
    assert [(still.taken_by, still.note) for still in asked.stills.all()] == [(li, "印章"), (li, "")]
    assert first.file.kind == "image" and first.file.owner_scope == f"video checks:{asked.establishment_id}"
    assert verbs(asked).count("videocheck.kept") == 2
    with pytest.raises(Refused):
        checks.kept(asked, b"no picture at all", by=li, at=now)
    assert asked.stills.count() == 2 == StoredFile.objects.count()


def test_there_is_an_end_to_stills(asked, wang, li, now, picture, monkeypatch):
    monkeypatch.setattr(checks, "MOST_STILLS", 1)
    checks.show(asked, by=wang, at=now)
    checks.kept(asked, picture, by=li, at=now)
    with pytest.raises(Refused):
        checks.kept(asked, picture, by=li, at=now)


def test_what_was_seen_is_written_down_with_its_evidence(asked, wang, li, now, picture):
    with pytest.raises(WrongState):
        checks.decide(asked, by=li, outcome="unclear", note="没有拍", at=now)  # nothing was shown
    checks.show(asked, by=wang, at=now)
    serial = asked.camera.serial
    for outcome, note in (("agrees", ""), ("differs", ""), ("unclear", ""), ("fine", "x"), ("differs", "y" * 501)):
        with pytest.raises(Refused):
            checks.decide(asked, by=li, outcome=outcome, note=note, at=now)
    checks.kept(asked, picture, by=li, at=now)
    checks.decide(asked, by=li, outcome="agrees", note="一致", at=now)
    camera = Camera.every.get()
    assert (asked.state, asked.outcome, asked.ended_at) == ("done", "agrees", now)
    assert not camera.enabled and camera.serial == serial + 1
    assert Notice.objects.filter(recipient=wang, kind="videocheck.decided", channel="desk").exists()
    for deed in (
        lambda: checks.decide(asked, by=li, outcome="unclear", note="x", at=now),
        lambda: checks.call_off(asked, by=li, at=now),
        lambda: checks.show(asked, by=wang, at=now),
        lambda: checks.kept(asked, picture, by=li, at=now),
    ):
        with pytest.raises(WrongState):
            deed()


def test_when_it_is_over_the_link_opens_nothing_and_the_camera_goes(asked, wang, li, now):
    token = checks.show(asked, by=wang, at=now)
    code = asked.camera.code
    session = phone.begin(code, token, now)
    checks.call_off(asked, by=li, note="已到窗口办理", at=now)
    with pytest.raises(tickets.BadTicket):
        phone.begin(code, token, now)
    with pytest.raises(tickets.BadTicket):
        phone.filming(code, session, now)
    checks.sweep(now + timedelta(minutes=5))
    assert Camera.every.exists(), "the relay lets go of it first"
    checks.sweep(now + timedelta(minutes=11))
    asked.refresh_from_db()
    assert not Camera.every.exists() and asked.camera is None and asked.state == "called_off"


def test_a_sweep_takes_no_kitchens_camera(asked, wang, li, now, restaurant):
    builders.camera(restaurant)
    checks.call_off(asked, by=li, at=now)
    checks.sweep(now + timedelta(days=1))
    assert Camera.objects.count() == 1


def test_what_is_not_shown_in_time_expires_and_both_sides_are_told(asked, wang, li):
    assert checks.sweep(asked.expires_at - timedelta(seconds=1)) == 0
    assert checks.sweep(asked.expires_at) == 1 and checks.sweep(asked.expires_at) == 0
    asked.refresh_from_db()
    assert asked.state == "expired" and verbs(asked)[-1] == "videocheck.expired"
    assert Notice.objects.filter(recipient=wang, kind="videocheck.expired", channel="desk").exists()
    assert Notice.objects.filter(recipient=li, kind="videocheck.not_shown", channel="desk").exists()
    assert checks.ask(asked.establishment, credential=asked.credential, by=li, about="original", at=timezone.now())


def test_stills_go_with_their_papers_pictures_and_not_before(asked, wang, li, now, picture):
    page = CredentialPage.objects.create(credential=asked.credential, file=stored("page"), order=0)
    checks.show(asked, by=wang, at=now)
    still = checks.kept(asked, picture, by=li, at=now)
    checks.sweep(now)
    assert Still.objects.exists()
    page.delete()
    checks.sweep(now)
    assert not Still.objects.exists() and not StoredFile.objects.filter(pk=still.file_id).exists()


def test_the_words_beside_the_stills_go_with_them(asked, permit):
    VideoCheck.objects.filter(pk=asked.pk).update(note="张三的证与本人不符")
    forget_stills([permit.pk])
    asked.refresh_from_db()
    assert (asked.please, asked.note) == ("", "")


def test_stills_of_premises_stay_as_long_as_other_evidence(restaurant, wang, li, now, picture, settings):
    check = checks.ask(restaurant, by=li, about="premises", at=now)
    checks.show(check, by=wang, at=now)
    checks.kept(check, picture, by=li, at=now)
    checks.sweep(now + timedelta(days=settings.CLIP_DAYS))
    assert Still.objects.exists()
    checks.sweep(now + timedelta(days=settings.CLIP_DAYS, seconds=1))
    assert not Still.objects.exists()


def test_an_unclaimed_kitchen_is_asked_nothing(hailan, li, now):
    with pytest.raises(Refused):
        checks.ask(builders.establishment(), by=li, about="premises", at=now)


def test_a_closed_kitchen_shows_what_it_is_to_open_with(restaurant, permit, wang, li, now):
    restaurant.state = "closed"
    restaurant.save()
    check = checks.ask(restaurant, credential=permit, by=li, about="original", at=now)
    token = checks.show(check, by=wang, at=now)
    assert phone.begin(check.camera.code, token, now)
    assert Credential.objects.get().video_checks.get() == check


@pytest.mark.real("ffmpeg")
@pytest.mark.django_db(transaction=True)
async def test_a_still_is_the_keyframe_that_the_relay_holds_at_its_own_size(relay, pieces):
    relay.begin("cam1", pieces)
    relay.play("cam1", pieces, 0, 14)
    import io

    from PIL import Image

    image = Image.open(io.BytesIO(await pictures.now("cam1")))
    assert image.format == "JPEG" and image.size == (320, 180)


async def test_without_a_picture_nothing_is_kept(relay, pieces, monkeypatch):
    monkeypatch.setattr(pictures, "WAIT_SECONDS", 0.3)
    with pytest.raises(pictures.NoPicture):
        await pictures.now("nobody")
    relay.begin("cam1", pieces)
    relay.play("cam1", pieces, 0, 3)
    monkeypatch.setattr(pictures, "FRESH_SECONDS", -1)  # what it holds is old
    with pytest.raises(pictures.NoPicture):
        await pictures.now("cam1")
    assert await pictures.decoded(b"no", b"film") == b""
