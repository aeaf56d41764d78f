"""What goes out of an edition: paper, picture, table, feed; and what other sites show of a kitchen."""

import csv
from datetime import timedelta
from io import BytesIO, StringIO
from xml.etree import ElementTree

import pypdfium2
import pytest
import zxingcpp
from django.utils import timezone
from PIL import Image

from tests import builders
from tests.public import rows

EDITION = "/lists/hailan/2026-11"
ATOM = "{http://www.w3.org/2005/Atom}"


def pages_of(content):
    return [page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(content)]


def codes_in(image):
    return {code.text for code in zxingcpp.read_barcodes(image)}


@pytest.fixture
def ended(black_kitchen):
    """An edition whose black listing has come to its term."""
    yesterday = timezone.localdate() - timedelta(days=1)
    return rows.edition(black=[(black_kitchen, "B1", "操作台面积垢。", "")], term_until=yesterday, days_ago=100)


def test_the_printed_edition_says_what_the_page_says_and_leads_to_it(client, edition, red_kitchen, black_kitchen):
    answer = client.get(f"{EDITION}.pdf")
    assert answer["Content-Type"] == "application/pdf"
    whole = "".join(pages_of(answer.content)).replace("\r\n", "")
    for words in (
        "老码头大排档",
        "操作台面积垢",
        "海市监责改",
        "已停业整改三天",
        "海上明月海鲜楼",
        edition.entry.leaf_hash,
    ):
        assert words in whole
    assert "演示" not in whole
    page = pypdfium2.PdfDocument(answer.content)[0].render(scale=4).to_pil()
    kitchens = {f"http://testserver/k/{kitchen.code}/" for kitchen in (red_kitchen, black_kitchen)}
    assert codes_in(page) == {*kitchens, f"http://testserver{EDITION}/"}


def test_a_long_edition_takes_as_many_sheets_as_it_needs(client, red_kitchen):
    kitchens = [
        builders.establishment(signboard=f"第 {number} 家", operator_name=f"经营者{number}") for number in range(40)
    ]
    rows.edition(red=kitchens)
    pages = pages_of(client.get(f"{EDITION}.pdf").content)
    assert len(pages) > 2
    whole = "".join(pages)
    assert all(f"第 {number} 家" in whole for number in range(40))


def test_the_picture_is_as_wide_as_a_phone_wants_and_leads_to_the_edition(client, edition):
    answer = client.get(f"{EDITION}.png")
    assert answer["Content-Type"] == "image/png"
    image = Image.open(BytesIO(answer.content))
    assert image.width == 1080 and image.height > 1200
    assert codes_in(image.convert("RGB")) == {f"http://testserver{EDITION}/"}


def test_the_table_opens_in_a_spreadsheet_and_keeps_its_columns(client, edition):
    answer = client.get(f"/en{EDITION}.csv")
    assert answer.content.startswith(b"\xef\xbb\xbf")
    found = list(csv.DictReader(StringIO(answer.content.decode("utf-8-sig"))))
    assert [row["Signboard"] for row in found] == ["海上明月海鲜楼", "老码头大排档"]
    assert found[1]["Statement"].startswith("已停业整改三天") and found[1]["State"] == "stands"


@pytest.mark.parametrize("ending", ["pdf", "csv"])
def test_a_name_leaves_every_form_when_its_term_ends(client, ended, ending):
    content = client.get(f"{EDITION}.{ending}").content
    whole = "".join(pages_of(content)) if ending == "pdf" else content.decode("utf-8-sig")
    assert "操作台面积垢" in whole
    assert "老码头" not in whole and "坎门" not in whole


def test_the_picture_names_nobody_whose_term_has_ended(client, ended, black_kitchen):
    """A picture says nothing to a reader of text, so the two are compared."""
    without = client.get(f"{EDITION}.png").content
    ended.listings.get().identity.delete()
    assert Image.open(BytesIO(without)).height == Image.open(BytesIO(client.get(f"{EDITION}.png").content)).height


def test_a_demos_paper_is_marked_on_every_sheet(client, red_kitchen):
    red_kitchen.is_demo = True
    red_kitchen.save()
    rows.edition(red=[red_kitchen])
    assert all("演示" in page for page in pages_of(client.get(f"{EDITION}.pdf").content))


def test_the_feed_has_each_edition_once_with_a_lasting_id_and_no_names(client, edition):
    tree = ElementTree.fromstring(client.get("/lists/feed.atom").content)
    (entry,) = tree.findall(f"{ATOM}entry")
    assert entry.find(f"{ATOM}id").text == "tag:testserver,2026-01-01:lists/hailan/2026-11"
    assert entry.find(f"{ATOM}link").get("href") == f"http://testserver{EDITION}/"
    assert entry.find(f"{ATOM}author/{ATOM}name").text == "海澜市市场监督管理局"
    assert "老码头" not in ElementTree.tostring(tree, encoding="unicode")


def test_the_archive_holds_an_authoritys_editions_year_by_year(read, edition, red_kitchen):
    rows.edition(red=[red_kitchen], number=12, days_ago=0)
    assert read("/en/lists/hailan/").says("2026", "Edition 12 of 2026", "Edition 11 of 2026")
    read("/lists/nowhere/", 404)


def test_an_unpublished_edition_goes_out_in_no_form(client, edition):
    for ending in ("pdf", "png", "csv", "json"):
        assert client.get(f"/lists/hailan/2026-12.{ending}").status_code == 404


# ── on other sites ──────────────────────────────────────────────────────────────────────────────────────────
def test_a_badge_tells_picture_and_papers_and_never_the_red_list(client, edition, red_kitchen):
    answer = client.get(f"/en/badge/{red_kitchen.code}.svg")
    assert answer["Content-Type"] == "image/svg+xml"
    drawn = answer.content.decode()
    ElementTree.fromstring(drawn)
    assert "Permit in force" in drawn
    assert "ed list" not in drawn and "红榜" not in client.get(f"/badge/{red_kitchen.code}.svg").content.decode()


def test_a_badge_of_a_kitchen_without_a_permit_says_so(client, black_kitchen):
    assert "No permit in force" in client.get(f"/en/badge/{black_kitchen.code}.svg").content.decode()


def test_any_site_may_frame_the_embedded_picture_and_no_other_page(client, red_kitchen):
    framed = client.get(f"/embed/{red_kitchen.code}/")
    assert "frame-ancestors *" in framed["Content-Security-Policy"] and "X-Frame-Options" not in framed
    assert not framed.cookies
    page = client.get(f"/k/{red_kitchen.code}/")
    assert "frame-ancestors 'none'" in page["Content-Security-Policy"] and page["X-Frame-Options"] == "DENY"


def test_a_kitchen_that_is_not_public_has_neither_badge_nor_frame(client, wang):
    place = builders.establishment(owner=wang, state="registered")
    assert client.get(f"/badge/{place.code}.svg").status_code == 404
    assert client.get(f"/embed/{place.code}/").status_code == 404
