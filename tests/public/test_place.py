"""What a kitchen's page says of the place: staff, ledger, photos, hours, and what search engines read."""

import json
from datetime import timedelta
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from sunkitchen.core import files
from sunkitchen.public.kitchen import photos
from tests import builders
from tests.core import corpus


def at(kitchen):
    return f"/en/k/{kitchen.code}/"


@pytest.fixture
def staffed(red_kitchen):
    today = timezone.localdate()
    for name, post, left in [("陈文", "chef", 200), ("林晓", "cold_dishes", 20), ("周敏", "waiter", -3)]:
        member = builders.staff_member(red_kitchen, name=name, post=post)
        builders.health_certificate(
            member, valid_from=today - timedelta(days=300), valid_through=today + timedelta(days=left)
        )
    builders.staff_member(red_kitchen, name="钱收", post="cashier")
    return red_kitchen


@pytest.fixture
def shown_photo(red_kitchen, wang, settings, tmp_path):
    settings.FILES_ROOT = tmp_path / "files"
    upload = SimpleUploadedFile("front.jpg", corpus.picture((1600, 1200)))
    kept = files.store(upload, by=wang, owner_scope="test", kinds=files.IMAGES)
    return builders.photo(red_kitchen, file=kept, added_by=wang)


def test_staff_coverage_is_shown_and_whoever_lacks_a_certificate_is_in_the_verdict(read, staffed):
    assert read(at(staffed)).says(
        "1 point needs attention: 1 health certificate missing",
        "Papers",
        "Staff",
        "2 of 3 in force",
        "1 of them expires within 30 days",
    )


def test_names_are_public_only_where_the_kitchen_says_so_and_then_masked(read, staffed):
    words = " ".join(read(at(staffed)).text)
    assert "陈" not in words
    type(staffed).objects.update(shows_staff=True)
    page = read(at(staffed))
    assert page.says("2 of 3 in force", "Chef", "陈*", "through", "expires", "周*", "expired")
    words = " ".join(page.text)
    assert "陈文" not in words and "钱" not in words


def test_a_persons_certificate_never_stands_among_the_kitchens_papers(read, staffed):
    words = " ".join(read(at(staffed)).text)
    assert not any(paper.number in words for paper in staffed.credentials.filter(kind="health_certificate"))


def test_a_licence_without_end_and_a_paper_from_the_register_say_so(read, red_kitchen, wang):
    builders.permit(
        red_kitchen,
        submitted_by=wang,
        state="in_force",
        kind="business_licence",
        number="91350100M000100Y43",
        valid_through=None,
        source="register",
    )
    page = read(at(red_kitchen))
    assert page.says("Business licence", "in force, without end", "91350100M000100Y43", "from the bureau's register")
    assert page.says("Papers in force")


def test_a_withdrawn_consent_takes_the_picture_away_and_says_why(read, staffed):
    member = staffed.staff.get(post="chef")
    builders.filming_consent(member, withdrawn_at=timezone.now())
    page = read(at(staffed))
    assert page.says("taken back their consent to be filmed")
    assert "video" not in [tag for tag, _ in page.tags]


def test_the_ledger_shows_how_fresh_it_is_and_no_quantity(read, red_kitchen):
    today = timezone.localdate()
    builders.delivery(red_kitchen, received_on=today - timedelta(days=3), products=["鲜带鱼", "青菜"])
    builders.delivery(red_kitchen, received_on=today - timedelta(days=40), products=["旧货"])
    builders.delivery(red_kitchen, received_on=today, products=["错货"], voided_at=timezone.now(), void_reason="录错")
    page = read(at(red_kitchen))
    assert page.says("Purchase ledger", "3 days ago", "1 day with deliveries in the last 30", "鲜带鱼", "楚门水产批发")
    month = read(f"{at(red_kitchen)}ledger/")
    assert month.says("Purchase ledger, the last 30 days", "鲜带鱼", "青菜", "Delivery note")
    words = " ".join(month.text)
    assert "12" not in words.replace(str(today.year), "") or "kg" not in words
    assert "旧货" not in words and "错货" not in words


def test_no_ledger_is_no_section_and_an_empty_month_is_said(read, red_kitchen):
    assert "Purchase ledger" not in read(at(red_kitchen)).text
    assert read(f"{at(red_kitchen)}ledger/").says("No delivery of the last 30 days was entered.")
    builders.delivery(red_kitchen, received_on=timezone.localdate() - timedelta(days=50))
    assert read(at(red_kitchen)).says("nothing entered in the last 30 days")


def test_a_photo_comes_in_the_sizes_of_the_page_and_in_no_other(client, shown_photo):
    path = f"/k/{shown_photo.establishment.code}/photos/{shown_photo.pk}.jpg"
    widths = {}
    for asked in ("320", "640", "1280", "", "99999", "-1", "x"):
        answer = client.get(path, {"w": asked} if asked else {})
        picture = Image.open(BytesIO(b"".join(answer.streaming_content)))
        widths[asked] = picture.width
        assert picture.width * 3 == picture.height * 4
        assert answer["Cache-Control"] == "public, max-age=3600"
        assert not answer.cookies
    assert widths == {"320": 320, "640": 640, "1280": 1280, "": 1280, "99999": 1280, "-1": 1280, "x": 1280}
    folder = files.page_path(shown_photo.file, 1).parent
    assert sorted(file.name for file in folder.iterdir()) == ["1-1280.jpg", "1-320.jpg", "1-640.jpg", "1.jpg"]


def test_a_photo_is_made_small_once(shown_photo):
    first = photos.sized(shown_photo, 320)
    stamp = first.stat().st_mtime_ns
    assert photos.sized(shown_photo, 320).stat().st_mtime_ns == stamp


def test_a_photo_that_was_removed_or_is_anothers_or_of_no_public_kitchen_is_not_served(client, shown_photo):
    kitchen, other = shown_photo.establishment, builders.establishment(signboard="别家")
    assert client.get(f"/k/{other.code}/photos/{shown_photo.pk}.jpg").status_code == 404
    type(kitchen).objects.filter(pk=kitchen.pk).update(state="registered")
    assert client.get(f"/k/{kitchen.code}/photos/{shown_photo.pk}.jpg").status_code == 404
    type(kitchen).objects.filter(pk=kitchen.pk).update(state="open")
    type(shown_photo).objects.update(removed_at=timezone.now(), file=None)
    assert client.get(f"/k/{kitchen.code}/photos/{shown_photo.pk}.jpg").status_code == 404


def test_a_photo_whose_file_is_gone_is_a_404(client, red_kitchen, settings, tmp_path):
    settings.FILES_ROOT = tmp_path
    lost = builders.photo(red_kitchen)
    assert client.get(f"/k/{red_kitchen.code}/photos/{lost.pk}.jpg").status_code == 404


def test_photos_stand_on_the_page_with_what_they_show_and_since_when(read, shown_photo):
    page = read(at(shown_photo.establishment))
    assert page.says("Photos", "Shop front", f"{timezone.localdate():%Y-%m-%d}")
    (image,) = [a for tag, a in page.tags if tag == "img" and "photos" in a["src"]]
    assert image["alt"] == "Shop front" and image["src"].endswith("?w=320")


def test_hours_category_cuisines_and_address_stand_below(read, red_kitchen):
    red_kitchen.hours = [None, *[["10:00", "21:30"]] * 5, ["18:00", "26:00"]]
    red_kitchen.cuisines = ["seafood", "home"]
    red_kitchen.latitude, red_kitchen.longitude, red_kitchen.coordinates = "28.13", "121.23", "wgs84"
    red_kitchen.save()
    assert read(at(red_kitchen)).says(
        "About the place",
        "Medium restaurant · Seafood · Home cooking",
        "海澜海上明月餐饮有限公司",
        "Monday closed",
        "Tuesday–Saturday 10:00-21:30",
        "Sunday 18:00-02:00",
        "海澜市楚门镇南兴东路 88 号",
        "On the map",
        red_kitchen.code,
    )


def test_search_engines_read_a_restaurant_without_a_rating(client, red_kitchen, edition):
    red_kitchen.hours = [None] * 6 + [["18:00", "26:00"]]
    red_kitchen.signboard = "</script><b>坏店"
    red_kitchen.save()
    html = client.get(f"/k/{red_kitchen.code}/").content.decode()
    text = html.split('<script type="application/ld+json">')[1].split("</script>")[0]
    found = json.loads(text)
    assert (found["@type"], found["name"]) == ("Restaurant", "</script><b>坏店")
    assert found["url"] == f"http://testserver/k/{red_kitchen.code}/"
    assert found["openingHoursSpecification"][0]["closes"] == "02:00"
    assert "rating" not in text.lower() and "review" not in text.lower()


def test_an_unclaimed_kitchen_says_that_nobody_acts_for_it(read, db, red_kitchen):
    assert "Nobody acts" not in " ".join(read(at(red_kitchen)).text)
    assert read(at(builders.establishment(signboard="无主小馆"))).says("Nobody acts for this kitchen here yet")


def test_a_closed_kitchen_keeps_its_record_and_says_since_when(read, red_kitchen):
    type(red_kitchen).objects.update(state="closed", closed_at=timezone.now(), hours=[["00:00", "24:00"]] * 7)
    page = read(at(red_kitchen))
    assert "Open now" not in page.text and "Closed now" not in page.text
    assert page.says("This kitchen has closed.", "Closed since", "What was on record stays below.", "9.4 of 10")


def test_a_red_listing_names_its_edition_and_is_no_recommendation(read, red_kitchen, edition):
    assert read(at(red_kitchen)).says("Edition 11 of 2026", "a result of checks, not a recommendation")


def test_the_full_page_costs_at_most_twelve_queries(
    client, staffed, edition, shown_photo, django_assert_max_num_queries
):
    builders.delivery(staffed)
    builders.camera(staffed, zone="washing")
    for shows in (False, True):
        type(staffed).objects.update(shows_staff=shows)
        with django_assert_max_num_queries(12):
            client.get(at(staffed))


def test_the_screen_in_the_dining_room_shows_picture_facts_and_code(read, staffed, edition, client):
    page = read(f"{at(staffed)}kiosk/")
    assert page.says("海上明月海鲜楼", "Red list", "in force", "2 of 3 in force", "Scan to see")
    tags = [tag for tag, _ in page.tags]
    assert "video" in tags and "svg" in tags and "nav" not in tags
    read("/k/none/kiosk/", status=404)
    assert client.get(f"/k/{builders.establishment(state='closed').code}/kiosk/").status_code == 200
