"""What goes out for the office and for a public account; who is named nowhere; how often it was read, not by whom."""

import re
from datetime import timedelta
from io import BytesIO

import pytest
from django.core.cache import cache
from django.utils import timezone
from docx import Document
from openpyxl import load_workbook

from ratings.models import Amendment, Reach
from sunkitchen.core import translog
from tests import builders
from tests.public import rows

EDITION = "/lists/hailan/2026-11"
OURS = {"HTTP_ORIGIN": "http://testserver"}  # as a browser sends it from our page
NAME, PLACE = "老码头", "坎门"
FORMS = ["pdf", "xlsx", "docx", "csv", "json", "png", "out", "page"]


def words_of(client, form):
    """All text of one form; of a picture its bytes, as latin-1."""
    if form in ("out", "page"):
        return client.get(f"{EDITION}/{'out/' if form == 'out' else ''}").content.decode()
    content = client.get(f"{EDITION}.{form}").content
    if form == "xlsx":
        book = load_workbook(BytesIO(content))
        return "\n".join(str(cell.value) for line in book.active.iter_rows() for cell in line if cell.value)
    if form == "docx":
        paper = Document(BytesIO(content))
        cells = [cell.text for table in paper.tables for line in table.rows for cell in line.cells]
        return "\n".join([*(paragraph.text for paragraph in paper.paragraphs), *cells])
    if form == "pdf":
        import pypdfium2

        return "".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(content))
    return content.decode("utf-8-sig") if form in ("csv", "json") else content.decode("latin-1")


@pytest.fixture
def gone(edition, sun):
    """What takes 老码头 out of sight, by kind."""
    listing = edition.listings.get(colour="black")

    def gone(kind):
        if kind == "erased":
            listing.identity.delete()
        elif kind == "over":
            from sunkitchen.core import appendonly

            with appendonly.lifted():
                edition.listings.filter(pk=listing.pk).update(term_until=timezone.localdate() - timedelta(days=1))
        else:
            entry = translog.append({"kind": "test"})
            Amendment.objects.create(
                listing=listing, kind=kind, document_number="1", reason="复议决定。", by=sun, entry=entry
            )

    return gone


@pytest.mark.parametrize("form", [form for form in FORMS if form != "png"])
def test_every_form_names_who_is_listed(client, edition, form):
    found = words_of(client, form)
    assert NAME in found and "海上明月" in found


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("kind", ["stay", "withdrawal", "removal", "erased", "over"])
def test_what_is_out_of_sight_goes_out_in_no_form(client, edition, gone, form, kind):
    before = words_of(client, form)
    cache.clear()
    gone(kind)
    after = words_of(client, form)
    if form == "png":
        assert after != before
    else:
        assert NAME not in after and PLACE not in after and "海上明月" in after


def test_the_workbook_is_a_table_that_filters_prints_and_computes_nothing(client, red_kitchen, black_kitchen):
    rows.edition(red=[red_kitchen], black=[(black_kitchen, "B1", '=HYPERLINK("http://x","y")', "+86 的电话\x07")])
    sheet = load_workbook(BytesIO(client.get(f"{EDITION}.xlsx").content)).active
    assert sheet.freeze_panes == "D5" and sheet.auto_filter.ref == "A4:M6" and sheet.print_title_rows == "$4:$4"
    assert sheet.oddFooter.right.text == "&P / &N"
    reason = sheet["F6"]
    assert reason.data_type == "s" and reason.value.startswith("=HYPERLINK")
    assert "演示" not in sheet["A1"].value and "海澜市" in sheet["A1"].value
    assert "Valid until" in load_workbook(BytesIO(client.get(f"/en{EDITION}.xlsx").content)).active["A2"].value


def test_the_document_has_a_heading_row_on_every_page_and_page_numbers(client, edition):
    paper = Document(BytesIO(client.get(f"{EDITION}.docx").content))
    assert len(paper.tables) == 2
    assert "tblHeader" in paper.tables[0].rows[0]._tr.xml and "cantSplit" in paper.tables[0].rows[1]._tr.xml
    assert "PAGE" in paper.sections[0].footer._element.xml


@pytest.mark.parametrize("form", ["xlsx", "docx"])
def test_a_demos_office_papers_are_marked(client, red_kitchen, form):
    red_kitchen.is_demo = True
    red_kitchen.save()
    rows.edition(red=[red_kitchen])
    assert "演示" in words_of(client, form)


def test_paper_and_picture_say_until_when_they_hold(client, edition):
    until = min(edition.listings.values_list("term_until", flat=True))
    assert f"{until}" in re.sub(r"\s", "", words_of(client, "pdf"))
    assert f"Valid until {until}" in client.get(f"/en{EDITION}/out/").content.decode()


def test_the_text_for_a_public_account_has_title_lists_statement_and_link(client, edition):
    text = re.search(r"<textarea[^>]*>(.*?)</textarea>", client.get(f"{EDITION}/out/").content.decode(), re.S)[1]
    for words in (
        "海澜市市场监督管理局",
        "老码头大排档",
        "已停业整改三天",
        "海上明月海鲜楼",
        f"http://testserver{EDITION}/",
    ):
        assert words in text


def test_an_edition_that_is_not_published_has_none_of_them(client, edition):
    for ending in (".xlsx", ".docx", "/out/"):
        assert client.get(f"/lists/hailan/2026-12{ending}").status_code == 404


# ── read and shared ─────────────────────────────────────────────────────────────────────────────────────────
@pytest.fixture(autouse=True)
def _nothing_counted():
    cache.clear()
    yield
    cache.clear()


def test_readings_and_sharings_are_sums_by_day_and_set_no_cookie(client, edition):
    for what in ("read", "read", "share"):
        answer = client.post(f"{EDITION}/{what}", **OURS)
        assert answer.status_code == 204 and not answer.cookies
    (row,) = Reach.objects.all()
    assert (row.day, row.reads, row.shares) == (timezone.localdate(), 2, 1)
    assert "Read 2 times, shared 1 times." in client.get(f"/en{EDITION}/").content.decode()
    assert f"<td>{row.day}</td><td>2</td><td>1</td>" in client.get(f"/en{EDITION}/out/").content.decode()


def test_one_address_counts_only_so_often(client, edition):
    answers = [client.post(f"{EDITION}/read", **OURS).status_code for _ in range(61)]
    assert answers.count(204) == 60 and answers[-1] == 429
    assert Reach.objects.get().reads == 60
    assert client.post(f"{EDITION}/share", **OURS).status_code == 204


def test_nothing_kept_tells_the_address(client, edition, monkeypatch):
    kept = {}
    monkeypatch.setattr(cache, "add", lambda key, value, timeout: kept.update({key: timeout}))
    client.post(f"{EDITION}/read", REMOTE_ADDR="203.0.113.9", **OURS)
    (key,) = kept
    assert "203.0.113" not in key and kept[key] == 3600


@pytest.mark.parametrize("what", ["read", "share"])
def test_only_what_is_published_is_counted_and_only_by_sending(client, edition, what):
    assert client.post(f"/lists/hailan/2026-99/{what}", **OURS).status_code == 404
    assert client.get(f"{EDITION}/{what}").status_code == 405
    assert client.post(f"{EDITION}/{what}", HTTP_ORIGIN="https://elsewhere.example").status_code == 403
    assert not Reach.objects.exists()


# ── on other sites ──────────────────────────────────────────────────────────────────────────────────────────
def test_a_badge_has_three_parts_and_no_list_on_it_red_or_black(client, edition, red_kitchen, black_kitchen):
    """The house's name, the picture, the papers: a list is no advertisement, and no pillory on other people's sites."""
    for kitchen in (red_kitchen, black_kitchen):
        drawn = client.get(f"/badge/{kitchen.code}.svg").content.decode()
        assert drawn.count("</text>") in (3, 6)
        assert not re.search("红榜|黑榜|红黑榜|RED|BLACK", drawn)


def test_a_long_edition_goes_out_whole(client, db):
    kitchens = [builders.establishment(signboard=f"第{n}家店", operator_name=f"经营者{n}") for n in range(60)]
    rows.edition(red=kitchens)
    for form in ("xlsx", "docx"):
        found = words_of(client, form)
        assert all(f"第{n}家店" in found for n in range(60)), form
