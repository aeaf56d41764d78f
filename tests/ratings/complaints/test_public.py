"""A diner in a noisy restaurant: two taps and a code. No cookie, no account, nothing twice."""

import io
import uuid
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from ratings.complaints import actions, carried
from ratings.models import Complainant, Complaint, ComplaintPhoto
from ratings.reviews import passes
from streams.clips import actions as clips
from streams.models import Clip, Moment
from tests import builders

from .conftest import OURS, SAID, WECHAT, form, new_url

pytestmark = pytest.mark.django_db


# ── coming in ───────────────────────────────────────────────────────────────────────────────────────────────
def test_the_first_step_is_which_of_the_two(guest, restaurant):
    page = guest.get(f"/complaints/new/?k={restaurant.code}")
    assert page.status_code == 200 and not page.cookies
    assert page.headers["Cache-Control"] == "no-store" and "noindex" in page.content.decode()
    for kind in ("lead", "dispute"):
        assert f"kind={kind}" in page.content.decode()


@pytest.mark.parametrize("language", ["", "/en"])
@pytest.mark.parametrize("kind", ["lead", "dispute"])
def test_a_guest_sends_it_and_gets_a_code(language, kind, guest, restaurant):
    assert guest.get(new_url(restaurant, kind, language)).status_code == 200
    answer = guest.post(new_url(restaurant, kind, language), form(kind), headers=OURS)
    complaint = Complaint.objects.get()
    assert answer.status_code == 302 and answer.url == f"{language}/complaints/{complaint.tracking}/"
    assert not answer.cookies
    page = guest.get(answer.url)
    assert page.status_code == 200 and not page.cookies and page.headers["Cache-Control"] == "no-store"
    said = page.content.decode()
    assert " ".join([complaint.tracking[:5], complaint.tracking[5:10], complaint.tracking[10:]]) in said
    assert "data-copy" in said and 'class="qr"' in said
    assert (complaint.kind, complaint.state, complaint.said) == (kind, "received", SAID)


def test_from_inside_wechat_it_can_be_sent_as_well(guest, restaurant):
    headers = {**OURS, "user-agent": WECHAT}
    assert guest.post(new_url(restaurant), form(), headers=headers).status_code == 302


def test_a_form_sent_twice_is_received_once(guest, restaurant):
    sent = form()
    first, second = (guest.post(new_url(restaurant), sent, headers=OURS) for _ in range(2))
    assert first.url == second.url and Complaint.objects.count() == 1


def test_a_form_of_one_kitchen_is_not_sent_about_another(guest, restaurant):
    sent, other = form(), builders.establishment(signboard="邻家小馆")
    guest.post(new_url(restaurant), sent, headers=OURS)
    answer = guest.post(new_url(other), sent, headers=OURS)
    assert answer.status_code == 422 and Complaint.objects.count() == 1
    assert Complaint.objects.get().tracking not in answer.content.decode()


@pytest.mark.parametrize("origin", [None, "null", "https://evil.example"])
def test_another_website_cannot_send_it(origin, guest, restaurant):
    headers = {"origin": origin} if origin else {}
    assert guest.post(new_url(restaurant), form(), headers=headers).status_code == 403
    assert not Complaint.objects.exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"category": ""},
        {"category": "x"},
        {"category": "other", "said": "  "},
        {"said": "a\0b"},
        {"said": "话" * 1_000_000},
        {"form": "x"},
        {"form": ""},
        {"contact": "12"},
        {"contact": "@"},
        {"contact": "a" * 300 + "@example.com"},
        {"happened_at": "2999-01-01T10:00"},
        {"happened_at": "1999-01-01T10:00"},
        {"happened_at": "yesterday"},
        {"happened_at": "0001-01-01T00:00"},
        {"happened_at": "9999-12-31T23:59"},
        {"table": "桌" * 30},
        {"p": "x" * 900},
    ],
    ids=lambda wrong: next(iter(wrong)),
)
def test_what_cannot_be_taken_is_told_why_and_nothing_is_kept(wrong, guest, restaurant):
    answer = guest.post(new_url(restaurant), form(**wrong), headers=OURS)
    assert answer.status_code in (400, 422), answer.status_code
    assert not Complaint.objects.exists() and not Complainant.objects.exists()


@pytest.mark.parametrize("missing", ["said", "name", "contact"])
def test_a_dispute_needs_a_name_a_contact_and_words(missing, guest, restaurant):
    answer = guest.post(new_url(restaurant, "dispute"), form("dispute", **{missing: ""}), headers=OURS)
    assert answer.status_code == 422 and not Complaint.objects.exists()
    assert ("13912345678" in answer.content.decode()) == (missing != "contact"), "nothing that was typed is lost"


def test_a_report_takes_two_taps(guest, restaurant):
    guest.post(new_url(restaurant), form(said=""), headers=OURS)
    assert not Complainant.objects.exists() and Complaint.objects.get().said == ""


@pytest.mark.parametrize("query", ["k=nosuch", "k=%00", "k=" + "a" * 300, "k=' OR 1=1"])
def test_an_unknown_kitchen_is_not_found(query, guest, db):
    assert guest.get(f"/complaints/new/?{query}").status_code in (400, 404)


def test_without_a_kitchen_it_says_how_to_find_one(guest, db):
    assert guest.get("/complaints/new/").url == "/complaints/"
    assert guest.get("/complaints/").status_code == 200


def test_about_a_kitchen_that_closed_one_may_still_complain(guest, restaurant):
    restaurant.__class__.objects.update(state="closed", closed_at=timezone.now())
    assert guest.post(new_url(restaurant), form(), headers=OURS).status_code == 302


def test_a_table_is_known_by_its_pass(guest, restaurant):
    dined = passes.of(builders.sticker(restaurant, table="8"), timezone.now())
    page = guest.get(f"{new_url(restaurant)}&p={dined}").content.decode()
    assert dined in page and 'value="8"' in page
    guest.post(new_url(restaurant), form(p=dined, table="8"), headers=OURS)
    other = builders.establishment(signboard="邻家小馆")
    guest.post(new_url(other), form(p=dined, table="8"), headers=OURS)
    assert [row.source for row in Complaint.objects.order_by("pk")] == ["table", "page"]


# ── limits ──────────────────────────────────────────────────────────────────────────────────────────────────
def test_past_the_limit_it_says_so_and_loses_no_text(guest, restaurant):
    said = [guest.post(new_url(restaurant), form(), headers=OURS).status_code for _ in range(9)]
    assert said == [302] * 8 + [429]
    page = guest.post(new_url(restaurant), form(), headers=OURS).content.decode()
    assert SAID in page and "12315" in page


def test_nobodys_phone_is_flooded(guest, restaurant, settings):
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "complain": "100/m/ip"}
    said = [guest.post(new_url(restaurant, "dispute"), form("dispute"), headers=OURS).status_code for _ in range(7)]
    assert said == [302] * 6 + [429]


def test_codes_are_not_guessed(guest, settings, receive):
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "follow_complaint": "5/m/ip"}
    complaint = receive()
    said = [guest.get(f"/complaints/{'0' * 13}{n}/").status_code for n in range(6)]
    assert said == [404] * 5 + [429]
    assert guest.get(f"/complaints/{complaint.tracking}/").status_code == 429, "no hit shows through"


def test_every_code_that_is_none_gets_one_answer(guest, receive):
    receive()
    pages = {guest.get(f"/complaints/{code}/").content for code in ("0" * 14, "zzzz", "a" * 60)}
    # The path stands in the links of the page's foot and head at most: the words are the same.
    assert len({page.replace(b"0" * 14, b"").replace(b"zzzz", b"").replace(b"a" * 60, b"") for page in pages}) == 1


def test_a_code_may_be_typed_with_spaces_and_capitals(guest, receive):
    tracking = receive().tracking
    typed = f" {tracking[:5].upper()} {tracking[5:10]}-{tracking[10:]} "
    assert guest.post("/complaints/", {"code": typed}, headers=OURS).url == f"/complaints/{tracking}/"
    assert guest.post("/complaints/", {"code": "nosuch"}, headers=OURS).status_code == 404
    assert guest.post("/complaints/", {"code": "a\0b"}, headers=OURS).status_code in (400, 404)


# ── photos ──────────────────────────────────────────────────────────────────────────────────────────────────
def picture(name="a.jpg"):
    exif = Image.Exif()
    exif[0x010F] = "GEHEIM"  # the camera's maker
    out = io.BytesIO()
    Image.new("RGB", (64, 48), "brown").save(out, "JPEG", exif=exif)
    return SimpleUploadedFile(name, out.getvalue(), "image/jpeg")


def test_photos_lose_where_and_with_what_they_were_taken(guest, restaurant, at, li):
    guest.post(new_url(restaurant), form(photos=[picture(), picture("b.jpg")]), headers=OURS)
    assert ComplaintPhoto.objects.count() == 2
    complaint = Complaint.objects.get()
    body = b"".join(at(li).get(reverse("office_complaint_photo", args=[complaint.pk, 2])).streaming_content)
    assert body.startswith(b"\xff\xd8") and b"GEHEIM" not in body
    assert guest.get(reverse("office_complaint_photo", args=[complaint.pk, 1])).status_code == 302


@pytest.mark.parametrize("count", [5])
def test_more_than_four_photos_are_too_many(count, guest, restaurant):
    sent = form(photos=[picture(f"{n}.jpg") for n in range(count)])
    assert guest.post(new_url(restaurant), sent, headers=OURS).status_code == 422
    assert not Complaint.objects.exists()


def test_what_is_no_picture_is_refused_and_nothing_is_kept(guest, restaurant):
    sent = form(photos=[SimpleUploadedFile("a.jpg", b"<svg onload=alert(1)>", "image/jpeg")])
    answer = guest.post(new_url(restaurant), sent, headers=OURS)
    assert answer.status_code == 422 and SAID in answer.content.decode()
    assert not Complaint.objects.exists()


# ── this moment ─────────────────────────────────────────────────────────────────────────────────────────────
def test_with_a_live_camera_the_last_minute_is_kept_with_it(guest, camera):
    place = camera.establishment
    assert 'name="keep"' in guest.get(new_url(place)).content.decode()
    guest.post(new_url(place), form(category="staff", keep="on"), headers=OURS)
    assert Complaint.objects.get().moment.clip.source == "diner"


def test_a_matter_that_no_camera_shows_keeps_no_picture(guest, camera):
    guest.post(new_url(camera.establishment), form(category="spoiled", keep="on"), headers=OURS)
    assert Complaint.objects.get().moment is None and not Clip.objects.exists()


def test_a_picture_that_is_gone_keeps_nobody_from_complaining(guest, camera):
    guest.get(new_url(camera.establishment))
    camera.__class__.objects.update(state="stalled")
    answer = guest.post(new_url(camera.establishment), form(category="staff", keep="on"), headers=OURS)
    assert answer.status_code == 302 and Complaint.objects.get().moment is None


def test_a_reported_moment_becomes_a_report(guest, camera):
    place = camera.establishment
    page = guest.post(reverse("report_moment", args=[place.code]), {"about": "mask"}, headers=OURS).content.decode()
    token = page.partition('name="m" value="')[2].partition('"')[0]
    assert token and f'value="{Moment.objects.get().pk}"' not in page
    query = {"k": place.code, "kind": "lead", "category": "staff", "m": token}
    page = guest.get("/complaints/new/", query).content.decode()
    assert token in page and 'name="keep"' not in page
    guest.post(new_url(place), form(category="staff", m=token), headers=OURS)
    assert Complaint.objects.get().moment == Moment.objects.get() and Clip.objects.count() == 1


def test_a_moment_is_carried_by_its_token_alone(camera):
    now = timezone.now()
    moment = clips.report(camera, about="mask", said="", at=now)
    token, place = carried.token(moment, now), camera.establishment
    assert carried.read(token, place, now) == moment
    for forged in (str(moment.pk), "", "m", token[:-2] + "xx", token.replace("m.", "o.", 1), "m..0.1.x", "你好"):
        assert carried.read(forged, place, now) is None
    assert carried.read(token, builders.establishment(signboard="邻家小馆"), now) is None
    assert carried.read(token, place, now + timedelta(hours=3)) is None


# ── the timeline ────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    "state", ["received", "accepted", "refused", "assigned", "investigating", "resolved", "closed"]
)
@pytest.mark.parametrize("kind", ["lead", "dispute"])
@pytest.mark.parametrize("language", ["", "/en"])
def test_every_state_has_its_page_and_none_says_who_or_what(state, kind, language, guest, brought):
    complaint = brought(state, kind=kind)
    page = guest.get(f"{language}/complaints/{complaint.tracking}/").content.decode()
    for secret in ("何证人", "13912345678", "witness@example.com", SAID, "赵查", "李审"):
        assert secret not in page
    assert complaint.establishment.signboard in page
    if state == "refused":
        assert "不属于本局职责。" in page
    if state in ("resolved", "closed"):
        assert "已责令改正。" in page


def test_after_closing_the_diner_says_once_how_satisfied_they_are(guest, brought):
    complaint = brought("closed")
    path = f"/complaints/{complaint.tracking}/"
    assert guest.post(path, {"marks": "9"}, headers=OURS).status_code == 422
    assert guest.post(path, {"marks": "4"}, headers=OURS).status_code == 302
    assert guest.post(path, {"marks": "1"}, headers=OURS).status_code == 409
    complaint.refresh_from_db()
    assert complaint.satisfaction == 4
    assert guest.post(path, {"marks": "4"}).status_code == 403


def test_before_closing_nobody_is_asked(guest, brought):
    complaint = brought("resolved")
    path = f"/complaints/{complaint.tracking}/"
    assert 'name="marks"' not in guest.get(path).content.decode()
    assert guest.post(path, {"marks": "4"}, headers=OURS).status_code == 409
    actions.close(complaint, by=None)
    assert 'name="marks"' in guest.get(path).content.decode()


def test_the_kitchens_page_leads_here(guest, restaurant):
    page = guest.get(f"/k/{restaurant.code}/").content.decode()
    assert f"/complaints/new/?k={restaurant.code}" in page and "category=camera" in page
    assert 'name="p"' not in page, "a page that is kept for all carries no pass"


def test_a_uuid_is_fresh_with_each_page(guest, restaurant):
    found = set()
    for _ in range(2):
        page = guest.get(new_url(restaurant)).content.decode()
        found.add(uuid.UUID(page.partition('name="form" value="')[2].partition('"')[0]))
    assert len(found) == 2
