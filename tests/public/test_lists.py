"""Editions on the wall, their documents, and the log."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from ratings.editions import edition as document
from tests.public import rows

PAGE = "/en/lists/hailan/2026-11/"


def test_an_edition_names_black_then_red_with_reason_rule_document_and_term(read, edition):
    until = edition.listings.get(colour="black").term_until
    assert read(PAGE).says(
        "Hailan Administration for Market Regulation",
        "rules 2026-2",
        "Edition 11 of 2026",
        "red list 1 · black list 1",
        "Signed · log entry 0",
        "a result of checks, not a recommendation",
        "老码头大排档",
        "操作台面积垢",
        "B1: The inspection found",
        "海市监责改〔2026〕31 号",
        "已停业整改三天",
        f"Shown until {until:%Y-%m-%d}",
        "海上明月海鲜楼",
        "Download this edition",
    )


def test_each_kitchen_has_a_square_code_to_its_page(read, edition, red_kitchen, black_kitchen):
    page = read(PAGE)
    linked = {attributes["href"] for tag, attributes in page.tags if attributes.get("class") == "qr-link"}
    assert linked == {f"/en/k/{kitchen.code}/" for kitchen in (red_kitchen, black_kitchen)}
    assert sum(tag == "svg" and attributes.get("class") == "qr" for tag, attributes in page.tags) == 2


def test_the_document_is_served_byte_for_byte(client, edition):
    answer = client.get("/lists/hailan/2026-11.json")
    assert answer["Content-Type"] == "application/json"
    assert answer.content == document.document_bytes(edition, timezone.now())
    assert json.loads(answer.content)["edition"]["code"] == "hailan/2026-11"


def test_before_the_signature_page_and_document_say_so(client, read, red_kitchen):
    rows.edition(red=[red_kitchen], number=12, signed=False, days_ago=0)
    assert read("/en/lists/hailan/2026-12/").says("The signature follows")
    answer = client.get("/lists/hailan/2026-12.json")
    assert (answer.status_code, answer["Retry-After"]) == (503, "60")


def test_a_signature_that_does_not_come_is_not_promised_any_longer(read, red_kitchen):
    rows.edition(red=[red_kitchen], number=12, signed=False, days_ago=1)
    page = read("/en/lists/hailan/2026-12/")
    assert page.says("Not signed yet") and "follows" not in " ".join(page.text)


def test_a_red_listing_whose_fact_fails_is_marked_suspended(read, edition, red_kitchen):
    red_kitchen.cameras.update(enabled=False)
    assert read(PAGE).says("海上明月海鲜楼", "Suspended")


def test_a_black_listing_past_its_term_keeps_its_finding_and_loses_its_name(read, black_kitchen):
    rows.edition(
        black=[(black_kitchen, "B1", "操作台面积垢。", "")],
        term_until=timezone.localdate() - timedelta(days=1),
        days_ago=100,
    )
    page = read(PAGE)
    assert page.says("Name no longer shown", "操作台面积垢。", "Term ended")
    assert "老码头" not in " ".join(page.text)


def test_an_erased_identity_leaves_the_page_standing(read, edition, black_kitchen):
    black_kitchen.listings.get().identity.delete()
    assert read(PAGE).says("Name no longer shown", "操作台面积垢")


def test_a_draft_is_not_found(client, edition):
    type(edition).objects.create(
        authority=edition.authority,
        year=2026,
        number=12,
        rule_version="2026-2",
        period_from="2026-10-01",
        period_to="2026-10-31",
        drafted_by=edition.drafted_by,
    )
    assert client.get("/lists/hailan/2026-12/").status_code == 404
    assert client.get("/lists/hailan/2026-12.json").status_code == 404
    assert client.get("/lists/elsewhere/2026-11/").status_code == 404


def test_all_editions_are_listed_with_their_counts(read, edition, red_kitchen):
    rows.edition(red=[red_kitchen], number=12, days_ago=1)
    assert read("/en/lists/").says("Edition 12 of 2026", "red 1 · black 0", "Edition 11 of 2026", "red 1 · black 1")


def test_an_edition_of_many_costs_no_query_each(client, edition, red_kitchen, django_assert_max_num_queries):
    with django_assert_max_num_queries(12):
        client.get(PAGE)


def test_the_log_says_how_to_check_and_what_it_cannot_prove(read, edition):
    assert read("/en/log/").says(
        "Entries", "1", "Without an outside copy", "fork history unseen", "python verify.py", "checkpoint"
    )


def test_the_logs_files_are_served_to_copy(client, edition, settings):
    for name in ("checkpoint", "keys", "entries/000000.json", "checkpoints/000001"):
        answer = client.get(f"/log/files/{name}")
        assert b"".join(answer) == (settings.LOG_ROOT / name).read_bytes()


@pytest.mark.parametrize(
    "name", ["", "..", "../secrets/log_key.pem", "entries/../../secrets/x", ".checkpoint.1.ab", "entries", "nothing"]
)
def test_nothing_else_is_served_from_the_logs_folder(client, edition, name):
    assert client.get(f"/log/files/{name}").status_code == 404
