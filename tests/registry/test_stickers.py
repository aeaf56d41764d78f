"""Table stickers: issued, revoked, rotated, printed, and read back from the paper by a camera's reader."""

import io

import pypdfium2
import pytest
import zxingcpp

from sunkitchen.core.workflow import Refused, WrongState
from sunkitchen.registry.models import Sticker
from sunkitchen.registry.stickers import actions as stickers
from sunkitchen.registry.stickers.sheet import Card, sheet
from sunkitchen.registry.stickers.tables import BadTables, parse


@pytest.mark.parametrize(
    ("typed", "tables"),
    [
        ("1-4", ["1", "2", "3", "4"]),
        ("A1-A3\n包间 牡丹", ["A1", "A2", "A3", "包间 牡丹"]),
        ("01-03", ["01", "02", "03"]),
        ("1，2、3; 2", ["1", "2", "3"]),
        ("1号-2号\n\n  靠 窗  ", ["1号-2号", "靠 窗"]),
        ("1-2号", ["1号", "2号"]),
    ],
)
def test_tables_are_read_as_people_write_them(typed, tables):
    assert parse(typed) == tables


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "at least one"),
        (" \n,", "at least one"),
        ("桌" * 21, "at most 20 characters; this one has 21"),
        ("x" * 10_000, "this one has 10000"),
        ("x" * 100_000, "100000 characters"),
        ("1-501", "At most 500"),
        ("1-10000", "At most 500"),
        ("9-3", "cannot be read"),
        ("1-300\nA1-A300", "At most 500"),
        ("a\x07b", "printed"),
    ],
)
def test_other_tables_are_refused_in_words(typed, words):
    with pytest.raises(BadTables, match=words):
        parse(typed)


def test_a_table_that_has_a_code_keeps_it(restaurant, wang):
    first = stickers.issue(restaurant, by=wang, tables=["1", "2"])
    again = stickers.issue(restaurant, by=wang, tables=["2", "3"])
    assert again[0] == first[1] and Sticker.objects.count() == 3


@pytest.mark.parametrize("tables", [[], [""], ["x" * 21]])
def test_a_table_without_a_sound_name_gets_no_code(restaurant, wang, tables):
    with pytest.raises(Refused):
        stickers.issue(restaurant, by=wang, tables=tables)


def test_a_kitchen_has_at_most_500_codes(restaurant, wang):
    stickers.issue(restaurant, by=wang, tables=[str(n) for n in range(500)])
    with pytest.raises(Refused, match="500"):
        stickers.issue(restaurant, by=wang, tables=["one more"])


def test_a_scan_finds_the_table_in_either_case(restaurant, wang):
    [sticker] = stickers.issue(restaurant, by=wang, tables=["3"])
    assert stickers.find(sticker.token.upper()) == sticker == stickers.find(f" {sticker.token} ")


def test_a_revoked_an_unknown_and_a_monstrous_token_are_all_nothing(restaurant, wang):
    [sticker] = stickers.issue(restaurant, by=wang, tables=["3"])
    stickers.revoke(sticker, by=wang)
    assert stickers.find(sticker.token) is stickers.find("0" * 16) is stickers.find("x" * 10_000) is None
    with pytest.raises(WrongState):
        stickers.revoke(sticker, by=wang)


def test_a_rotated_table_has_another_code_and_the_old_one_is_dead(restaurant, wang):
    [old] = stickers.issue(restaurant, by=wang, tables=["3"])
    new = stickers.rotate(old, by=wang)
    assert new.table == "3" and new.token != old.token
    assert stickers.find(old.token) is None and stickers.find(new.token) == new


def test_the_code_of_a_kitchen_that_is_not_open_is_dead(newcomer, wang):
    [sticker] = stickers.issue(newcomer, by=wang, tables=["1"])
    assert stickers.find(sticker.token) is None


def test_the_printed_codes_are_read_back_from_the_paper(restaurant, wang, settings):
    settings.SITE_URL = "https://sun.example.cn"
    rows = stickers.issue(restaurant, by=wang, tables=["1", "2", "包间 牡丹厅", *map(str, range(10, 17))])
    cards = [Card(stickers.address(row), row.table) for row in rows]
    pdf = pypdfium2.PdfDocument(io.BytesIO(sheet(cards, kitchen=restaurant.signboard, host="sun.example.cn")))
    assert len(pdf) == 2
    read = [
        code.text
        for page in pdf
        for code in zxingcpp.read_barcodes(page.render(scale=150 / 72).to_pil(), formats=zxingcpp.BarcodeFormat.QRCode)
    ]
    assert sorted(read) == sorted(f"HTTPS://SUN.EXAMPLE.CN/Q/{row.token.upper()}" for row in rows)
    words = "".join(page.get_textpage().get_text_bounded() for page in pdf)
    for printed in ("海上明月海鲜楼", "包间", "sun.example.cn", "看后厨 · 不点餐 · 不付款", "no payment"):
        assert printed in words


def test_a_sheet_bears_the_longest_names_and_signs_no_font_has():
    long = "海澜市楚门镇海上明月海鲜大排档（南兴东路旗舰店）" * 3
    made = sheet([Card("HTTPS://X/Q/0", "桌" * 20), Card("HTTPS://X/Q/1", "🦐")], kitchen=long[:60], host="x" * 60)
    assert len(pypdfium2.PdfDocument(made)) == 1
