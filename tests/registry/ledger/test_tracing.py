"""However people type it, the same goods are found; and the look at one line agrees with the search in the database."""

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sunkitchen.registry.models import DeliveryLine, Establishment
from sunkitchen.registry.suppliers import tracing, tracks
from sunkitchen.registry.suppliers.question import Question
from tests.conftest import TODAY

TEXT = st.text(max_size=30)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Ａ-2026/08", "A202608"),
        ("批号：a 2026 08", "A202608"),
        ("LOT No. 7731-b", "7731B"),
        ("2026-11-01", "20261101"),
        ("2026/11/1", "20261101"),
        ("２０２６年１１月１日", "20261101"),
        ("生产日期 2026.11.01", "20261101"),
        ("20261101", "20261101"),
        ("20261101-2", "202611012"),
        ("", ""),
        ("——", ""),
    ],
)
def test_a_batch_is_kept_without_width_case_blanks_signs_and_its_word(typed, kept):
    assert tracing.batch(typed) == kept


@given(TEXT)
def test_what_is_kept_is_kept_of_itself_again(text):
    kept = tracing.plain(text)
    assert tracing.plain(kept) == kept
    assert tracing.supplier(kept) == tracing.supplier(text) and tracing.permit(kept) == tracing.permit(text)


@given(TEXT, st.sampled_from(["", " ", "-", "　", "/"]))
def test_signs_between_letters_change_nothing(text, sign):
    assert tracing.product(sign.join(text)) == tracing.product(text)


@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)))
def test_a_day_is_one_batch_however_it_is_written(day):
    written = [
        f"{day:%Y-%m-%d}",
        f"{day:%Y%m%d}",
        f"{day.year}/{day.month}/{day.day}",
        f"{day.year}年{day.month}月{day.day}日",
    ]
    assert len({tracing.batch(text) for text in written}) == 1


WORDS = st.sampled_from(["", "A202608", "a-2026/08", "A2026081", "2026-11-01", "20261101", "B7", "菜籽油", "水产"])


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    batch=WORDS,
    begins=st.booleans(),
    product=st.sampled_from(["", "菜籽", "带鱼", "带 鱼"]),
    supplier=st.sampled_from(["", "楚门", "水产批发", "没有"]),
    since=st.sampled_from([None, TODAY - timedelta(days=3), TODAY]),
    until=st.sampled_from([None, TODAY - timedelta(days=2), TODAY]),
)
def test_the_search_and_the_look_at_one_line_agree(ledgers, batch, begins, product, supplier, since, until):
    question = Question(batch, begins, product, supplier, since, until)
    found = set(tracks.lines(question, Establishment.objects.all()).values_list("pk", flat=True))
    fits = {
        line.pk
        for line in DeliveryLine.objects.select_related("delivery__supplier")
        if question.fits(
            product=line.product,
            batch=line.batch,
            name=line.delivery.supplier.name,
            uscc=line.delivery.supplier.uscc,
            permit=line.delivery.supplier.permit,
            received_on=line.delivery.received_on,
        )
    }
    assert found == fits


@pytest.fixture
def ledgers(restaurant, rival, buy):
    buy(restaurant)
    buy(restaurant, "带鱼", "2026/11/1", source="楚门水产批发", on=TODAY - timedelta(days=4))
    buy(rival, "菜籽油", "a 202608", on=TODAY - timedelta(days=2))
    buy(rival, "菜 籽 油", "A2026-081")
    buy(rival, "带鱼", "")
