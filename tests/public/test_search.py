"""A search that forgives: how people type, what comes first, which filters there are."""

from datetime import timedelta

import pytest
from django.utils import timezone

from sunkitchen.public.home.search import Asked, find, plain
from tests import builders


def names(text="", **wish):
    return [kitchen.signboard for kitchen in find(Asked(text=text, **wish), timezone.now())]


@pytest.fixture
def old_pier(db):
    return builders.establishment(
        signboard="老码头大排档",
        operator_name="海澜老码头餐饮店",
        address="海澜市望潮街道渔港路 6 号",
        category="small",
        cuisines=["seafood", "barbecue"],
    )


@pytest.mark.parametrize(
    "typed",
    [
        "老码头",
        "laomatou",
        "lao ma tou",
        "LaoMaTou",
        "lǎo mǎ tóu",
        "lmt",
        "ＬＭＴ",
        "lmtdpd",
        "码头",
        "渔港路",
        "老 渔港",
    ],
)
def test_a_kitchen_is_found_however_its_name_is_typed(restaurant, old_pier, typed):
    assert names(typed) == ["老码头大排档"]


@pytest.mark.parametrize("typed", ["JY29999010000013", "jy2 9999 0100 00013", "jy29999010000013"])
def test_a_permit_number_finds_its_kitchen_in_any_spelling(restaurant, old_pier, wang, typed):
    builders.permit(restaurant, submitted_by=wang, state="in_force")
    assert names(typed) == [restaurant.signboard]


def test_the_number_of_a_cooks_health_certificate_finds_nobody(restaurant):
    paper = builders.health_certificate(builders.staff_member(restaurant))
    assert names(paper.number) == []


def test_long_pinyin_with_blanks_between_all_syllables_is_one_name(restaurant):
    assert names("hai shang ming yue hai xian lou") == [restaurant.signboard]


def test_the_name_itself_comes_first_then_what_begins_so_then_what_only_holds_it(db):
    for name, address in [
        ("新明月楼", "甲街 1 号"),
        ("明月", "乙街 1 号"),
        ("清风小馆", "明月路 3 号"),
        ("明月海鲜", "丙街 1 号"),
    ]:
        builders.establishment(signboard=name, operator_name="某公司", address=address)
    assert names("明月") == ["明月", "明月海鲜", "新明月楼", "清风小馆"]
    assert names("mingyue")[:2] == ["明月", "明月海鲜"], "pinyin ranks alike"


@pytest.mark.parametrize("typed", ["'", "%", "_", "·", "ü", "\u0301", "'; DROP TABLE", "\U0001f35c"])
def test_signs_that_name_nothing_find_nothing_and_break_nothing(client, restaurant, typed):
    assert names(typed) == []
    assert client.get("/", {"q": typed.encode("utf-8", "replace").decode()}).status_code == 200


@pytest.mark.parametrize("query", ["q=", "q=+++", "q=%00", "q=%ff%fe", "q=%00%00&category="])
def test_a_question_without_a_sign_is_the_start_page(client, restaurant, query):
    assert client.get(f"/?{query}").status_code == 200


def test_plain_takes_away_width_case_tones_and_apostrophes():
    assert plain("Ｘī'ān Lǜ") == "xian lv"


def test_kitchens_that_never_opened_are_in_no_list(old_pier):
    builders.establishment(signboard="未开", state="registered")
    assert names(everything=True) == ["老码头大排档"]


def test_closed_kitchens_are_found_and_stand_last_in_the_whole_list(old_pier):
    builders.establishment(signboard="阿停业", state="closed")
    assert names(everything=True) == ["老码头大排档", "阿停业"]
    assert names("阿停业") == ["阿停业"]


def test_filters_narrow_by_category_cuisine_and_place(restaurant, old_pier):
    assert names(category="small") == ["老码头大排档"]
    assert names(cuisine="barbecue") == ["老码头大排档"]
    assert names(cuisine="bar") == []
    assert names(place="9999") and not names(place="8888")
    assert names("海澜", category="medium") == [restaurant.signboard]


def test_a_camera_counts_when_it_has_shown_a_picture_and_holds(restaurant, old_pier):
    now = timezone.now()
    camera = builders.camera(old_pier)
    assert names(shows="camera") == [], "a box that never sent"
    type(camera).objects.update(last_live_at=now, why="not_wanted")
    assert names(shows="camera") == ["老码头大排档"]
    assert names(shows="live") == []
    type(camera).objects.update(state="live", seen_at=now)
    assert names(shows="live") == ["老码头大排档"]
    type(camera).objects.update(seen_at=now - timedelta(minutes=1))
    assert names(shows="live") == names(shows="camera") == [], "nobody vouches for it any more"
    type(camera).objects.update(seen_at=now, enabled=False)
    assert names(shows="camera") == []


def test_who_stands_on_a_list_is_found_by_its_colour(edition, red_kitchen, black_kitchen):
    assert names(colour="red") == [red_kitchen.signboard]
    assert names(colour="black") == [black_kitchen.signboard]
    red_kitchen.cameras.update(enabled=False)
    assert names(colour="red") == [], "a red listing is silent while a fact fails"


def test_results_say_what_there_is_to_see_and_whether_it_is_open(read, restaurant):
    restaurant.hours = [["00:00", "24:00"]] * 7
    restaurant.save()
    assert read("/en/?all=1").says("1 kitchen found", "海上明月海鲜楼", "No camera", "Open now")
    camera = builders.camera(restaurant)
    assert read("/en/?all=1").says("No picture yet")
    type(camera).objects.update(last_live_at=timezone.now())
    assert read("/en/?all=1").says("Has a camera")
    member = builders.staff_member(restaurant)
    builders.filming_consent(member, withdrawn_at=timezone.now())
    assert read("/en/?all=1").says("Picture withheld")


def test_an_unclaimed_kitchen_is_found_as_any_other(read, db):
    builders.establishment(signboard="无主小馆")
    assert read("/en/?q=wzxg").says("1 kitchen found", "无主小馆")


def test_nothing_found_says_what_to_do(read, restaurant):
    assert read("/en/?q=zzzz").says("0 kitchens found", "the first letters are enough", "sticker", "All kitchens")


def test_filters_that_mean_nothing_are_no_error(read, restaurant):
    page = read("/en/?q=海上&category=x&cuisine=%00&shows=maybe&list=green&place=zz&page=99")
    assert page.says("1 kitchen found")


def test_the_next_page_keeps_the_question(read, db):
    for number in range(25):
        builders.establishment(signboard=f"小店 {number:02}", category="snack")
    page = read("/en/?q=xd&category=snack")
    (onward,) = [a["href"] for tag, a in page.tags if tag == "a" and a.get("rel") == "next"]
    assert "q=xd" in onward and "category=snack" in onward and "page=2" in onward
    assert read(f"/en/{onward}").says("25 kitchens found", "小店 24")


def test_districts_are_offered_where_there_are_several(read, hailan, restaurant):
    assert "District" not in read("/en/?all=1").text
    builders.authority("邻县市场监督管理局", "999902", name_en="Lin Bureau")
    assert read("/en/?all=1").says("District", "Lin Bureau")


def test_a_search_costs_the_same_for_many_results(client, edition, django_assert_max_num_queries):
    for number in range(20):
        builders.camera(builders.establishment(signboard=f"海店 {number}"))
    with django_assert_max_num_queries(13):
        client.get("/?q=hai")
