"""The sign at the kitchen's door: read back from the paper, by eye and by a scanner."""

import io

import pypdfium2
import pytest
import zxingcpp
from django.test import Client

from streams.cameras import sign, words
from tests import builders


def printed(body):
    """(the page, its words, what a scanner reads from it at 150 dpi)."""
    [page] = pypdfium2.PdfDocument(io.BytesIO(body))
    picture = page.render(scale=150 / 72).to_pil()
    read = [code.text for code in zxingcpp.read_barcodes(picture, formats=zxingcpp.BarcodeFormat.QRCode)]
    return page, page.get_textpage().get_text_bounded().replace("\r\n", ""), read


def place_of(text, words):
    """Where the words begin, counted in the page's own signs."""
    found = text.search(words).get_next()
    assert found, f"{words} is not on the page"
    return found[0]


@pytest.fixture
def filmed(restaurant):
    builders.camera(restaurant, zone="cooking")
    builders.camera(restaurant, zone="cold")
    builders.camera(restaurant, zone="cooking")
    builders.camera(restaurant, zone="washing", enabled=False)
    type(restaurant).objects.filter(pk=restaurant.pk).update(phone="0576-87220000")
    restaurant.refresh_from_db()
    return restaurant


@pytest.fixture
def owner(wang):
    browser = Client()
    browser.force_login(wang, backend="allauth.account.auth_backends.AuthenticationBackend")
    return browser


@pytest.mark.parametrize(("size", "millimetres"), [("a4", (210, 297)), ("a5", (148, 210))])
def test_the_sign_says_in_both_languages_what_it_must(owner, filmed, size, millimetres):
    answer = owner.get(f"/desk/kitchens/{filmed.code}/sign.pdf?size={size}")
    assert answer["Content-Type"] == "application/pdf" and answer["Cache-Control"] == "private, no-store"
    page, said, read = printed(answer.content)
    assert tuple(round(points / 72 * 25.4) for points in page.get_size()) == millimetres
    for told in (
        "您已进入监控区域",
        "You are entering an area under camera",
        "海澜海上明月餐饮有限公司",
        "烹饪区、专间",
        "不录声音",
        "No sound, no public replay",
        "0576-87220000",
        "同意",
    ):
        assert told in said
    assert "洗消" not in said and "演示" not in said
    assert read == [f"http://testserver/k/{filmed.code}/"]
    assert Client().get(f"/k/{filmed.code}/").status_code == 200, "the code leads to the kitchen's page"


def test_an_english_desk_prints_the_same_sign(owner, filmed):
    said = [
        printed(owner.get(f"{language}/desk/kitchens/{filmed.code}/sign.pdf").content)[1] for language in ("", "/en")
    ]
    assert said[0] == said[1]


def test_an_invented_kitchen_is_marked(restaurant):
    restaurant.is_demo = True
    assert "演示" in printed(sign.pdf(words.for_sign(restaurant)))[1]


def test_another_size_does_not_exist(owner, filmed):
    assert owner.get(f"/desk/kitchens/{filmed.code}/sign.pdf?size=a9").status_code == 404


@pytest.mark.parametrize("size", list(sign.SIZES))
def test_the_longest_names_stay_on_the_page_and_clear_of_the_foot(size):
    zones = [
        (zh, en) for zh in ("粗加工区", "切配区", "烹饪区", "专间", "备餐区", "洗消区") for en in ["Rough preparation"]
    ]
    long = "海澜市楚门镇海上明月海鲜大排档南兴东路旗舰店有限责任公司" * 4
    made = sign.Sign(long[:60], long[:100], "https://x/k/0/", "x" * 60 + "/k/abcdefgh/", zones, "0" * 20, True)
    page, _said, _read = printed(sign.pdf(made, size))
    text = page.get_textpage()
    millimetre = page.get_height() / 297
    lowest = min(text.get_charbox(index)[1] for index in range(place_of(text, "To object"), text.count_chars()))
    assert lowest > 0, "nothing falls off the page"
    objected = text.get_charbox(place_of(text, "To object"))
    assert objected[1] > (297 - sign.FOOT) * millimetre, "the last fact stands above the foot"
    assert len(sign.facts(made)) == 7


@pytest.mark.parametrize(
    ("text", "pieces"),
    [("看后厨。好", ["看", "后", "厨。", "好"]), ("No sound, no", ["No ", "sound, ", "no"]), ("", [])],
)
def test_lines_break_between_words_and_never_before_a_full_stop(text, pieces):
    assert sign._pieces(text) == pieces
