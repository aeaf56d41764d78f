"""What came into the kitchen: entered once, never rewritten, and told as far as it may be."""

import uuid
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction

from sunkitchen.core import files
from sunkitchen.core.audit import trail
from sunkitchen.core.models import StoredFile
from sunkitchen.core.workflow import Refused, WrongState
from sunkitchen.registry.models import Delivery, Supplier
from sunkitchen.registry.suppliers import actions as suppliers
from sunkitchen.registry.suppliers.ledger import Ledger, public_lines, summaries, summary
from tests import builders
from tests.conftest import TODAY
from tests.core import corpus

FISH = {"goods": "seafood", "product": "带鱼", "quantity": Decimal("12.5"), "unit": "kg", "proof": "quarantine"}
OIL = {
    "goods": "staples",
    "product": "菜籽油",
    "quantity": 2,
    "unit": "桶",
    "proof": "certificate",
    "batch": "20261001",
}


@pytest.fixture
def harbour(restaurant, wang):
    return builders.supplier(restaurant, "楚门水产批发", added_by=wang)


@pytest.fixture
def enter(restaurant, wang, harbour):
    """王 enters a delivery of today."""

    def of(**facts):
        given = {"supplier": harbour, "received_on": TODAY, "lines": [FISH, OIL], "today": TODAY, **facts}
        return suppliers.enter(restaurant, by=wang, **given)

    return of


def test_a_delivery_is_entered_with_its_lines_and_photos(enter, wang, photo):
    row = enter(uploads=[photo(), photo()])
    assert [(line.product, line.amount, line.unit) for line in row.lines.all()] == [
        ("带鱼", "12.5", "kg"),
        ("菜籽油", "2", "桶"),
    ]
    assert row.proofs.count() == 2 and row.entered_by == wang
    assert [entry.verb for entry in trail(row)] == ["delivery.entered"]


def test_a_form_of_another_kitchen_is_refused_in_words(enter, wang, photo):
    form = enter().form
    other = builders.establishment(owner=wang, signboard="邻家小馆")
    with pytest.raises(WrongState):
        suppliers.enter(other, by=wang, supplier="批发", received_on=TODAY, lines=[FISH], form=form, today=TODAY)
    assert not Supplier.objects.filter(establishment=other).exists()


def test_a_delivery_of_the_year_one_is_a_slip(enter):
    with pytest.raises(Refused):
        enter(received_on=date(1, 1, 1))


def test_the_same_form_sent_twice_is_entered_once(enter, photo):
    form = uuid.uuid4()
    first = enter(form=form, uploads=[photo()])
    with pytest.raises(suppliers.AlreadyEntered) as second:
        enter(form=form, uploads=[photo()])
    assert second.value.delivery == first and Delivery.objects.count() == StoredFile.objects.count() == 1


class Slow(SimpleUploadedFile):
    """A photo that takes its time: `meanwhile` happens while it is read."""

    def chunks(self, chunk_size=None):
        self.meanwhile()
        return super().chunks(chunk_size)


def test_twins_in_the_same_moment_are_entered_once(enter, settings):
    """Both forms are found new; the database lets one through, and nothing of the other stays on the disk."""
    form = uuid.uuid4()
    slow = Slow("note.jpg", corpus.picture())
    slow.meanwhile = lambda: enter(form=form)
    with pytest.raises(suppliers.AlreadyEntered) as second:
        enter(form=form, uploads=[slow])
    assert second.value.delivery == Delivery.objects.get()
    assert not [path for path in settings.FILES_ROOT.rglob("*") if path.is_file()]


def test_a_new_supplier_is_added_by_its_first_delivery_and_known_at_the_second(enter, restaurant, harbour):
    first = enter(supplier="城关粮油")
    assert enter(supplier=" 城关粮油 ").supplier == first.supplier
    assert enter(supplier="楚门水产批发").supplier == harbour
    assert Supplier.objects.count() == 2


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"received_on": TODAY + timedelta(days=1)}, "yet to come"),
        ({"lines": []}, "1 to 60 lines"),
        ({"lines": [FISH] * 61}, "1 to 60 lines"),
        ({"lines": [{**FISH, "use_by": TODAY - timedelta(days=1)}]}, "send it back"),
        ({"lines": [{**FISH, "quantity": 0}]}, "more than nothing"),
        ({"lines": [{**FISH, "quantity": Decimal("100000000000")}]}, "[Qq]uantity"),
        ({"lines": [{**FISH, "product": "  "}]}, "[Pp]roduct"),
        ({"lines": [{**FISH, "goods": "gold"}]}, "kind of goods"),
        ({"lines": [{**FISH, "proof": ""}]}, "proof"),
        ({"supplier": "名" * 101}, "100 characters"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_stored(enter, facts, words):
    with pytest.raises(Refused, match=words):
        enter(**facts)
    assert not Delivery.objects.exists() and Supplier.objects.count() == 1


def test_goods_on_their_last_day_are_taken(enter):
    enter(lines=[{**FISH, "use_by": TODAY}])
    enter(received_on=date(2026, 11, 1), lines=[{**FISH, "use_by": date(2026, 11, 2)}])  # entered late, fresh that day


def test_a_supplier_of_another_kitchen_or_an_ended_one_brings_nothing(enter, harbour, wang):
    elsewhere = builders.supplier(builders.establishment(), "别家批发")
    with pytest.raises(Refused, match="not in your list"):
        enter(supplier=elsewhere)
    suppliers.end_supplier(harbour, by=wang)
    with pytest.raises(Refused, match="not in your list"):
        enter()


def test_at_most_six_photos_belong_to_a_delivery(enter, photo):
    with pytest.raises(Refused, match="At most 6"):
        enter(uploads=[photo() for _ in range(7)])


def test_a_wrong_entry_is_voided_with_a_reason_and_stays(enter, wang, restaurant):
    row = enter()
    with pytest.raises(Refused, match="why this entry is wrong"):
        suppliers.void(row, by=wang, reason="  ")
    suppliers.void(row, by=wang, reason="记错了供货商")
    assert row.voided_by == wang and row.lines.count() == 2 and not Delivery.objects.counting().exists()
    with pytest.raises(WrongState):
        suppliers.void(row, by=wang, reason="又一次")
    assert summary(restaurant, TODAY) == Ledger()


def test_the_database_wants_a_reason_too(enter):
    row = enter()
    with pytest.raises(IntegrityError), transaction.atomic():
        Delivery.objects.filter(pk=row.pk).update(voided_at=row.entered_at)


def test_a_suppliers_name_stays_once_it_brought_something(enter, harbour, wang):
    suppliers.edit_supplier(harbour, by=wang, name="楚门水产")
    enter()
    suppliers.edit_supplier(harbour, by=wang, uscc="91350100m000100y43", phone="0576-8888 0000")
    assert harbour.uscc == "91350100M000100Y43"
    with pytest.raises(Refused, match="End this supplier"):
        suppliers.edit_supplier(harbour, by=wang, name="别家")
    harbour.refresh_from_db()
    assert harbour.name == "楚门水产"


def test_a_name_stands_once_among_suppliers_and_again_after_its_end(restaurant, harbour, wang):
    with pytest.raises(Refused, match="already"):
        suppliers.add_supplier(restaurant, by=wang, name=" 楚门水产批发 ")
    other = suppliers.add_supplier(restaurant, by=wang, name="城关粮油")
    with pytest.raises(Refused, match="already"):
        suppliers.edit_supplier(other, by=wang, name="楚门水产批发")
    suppliers.end_supplier(harbour, by=wang)
    suppliers.add_supplier(restaurant, by=wang, name="楚门水产批发")
    with pytest.raises(Refused, match="18 digits"):
        suppliers.add_supplier(restaurant, by=wang, name="某某", uscc="123")


def test_the_summary_counts_the_last_30_days(restaurant, harbour, django_assert_num_queries):
    oil = builders.supplier(restaurant, "城关粮油")
    builders.delivery(restaurant, source=harbour, received_on=TODAY, proof=builders.stored_file())
    builders.delivery(restaurant, source=oil, received_on=TODAY, products=("菜籽油", "大米"))
    builders.delivery(restaurant, source=harbour, received_on=TODAY - timedelta(days=29))
    builders.delivery(restaurant, source=harbour, received_on=TODAY - timedelta(days=30))  # a day too old
    builders.delivery(restaurant, source=harbour, received_on=TODAY + timedelta(days=1))  # not yet, on that day
    quiet = builders.establishment(signboard="静静小馆")
    builders.delivery(quiet, received_on=TODAY - timedelta(days=90))
    never = builders.establishment(signboard="新店")
    with django_assert_num_queries(1):
        found = summaries([restaurant, quiet, never], TODAY)
    assert found == {
        restaurant.pk: Ledger(last=TODAY, days=2, deliveries=3, suppliers=2, with_proof=1),
        quiet.pk: Ledger(last=TODAY - timedelta(days=90)),
    }
    assert summary(never, TODAY) == Ledger()


def test_the_public_reads_what_came_from_whom_and_no_more(enter, restaurant, harbour, wang, django_assert_num_queries):
    enter(received_on=TODAY - timedelta(days=1))
    voided = enter()
    suppliers.void(voided, by=wang, reason="重复")
    builders.delivery(restaurant, received_on=TODAY + timedelta(days=1))
    with django_assert_num_queries(1):
        lines = public_lines(restaurant, TODAY, 10)
    assert [(row.received_on, row.product, row.supplier, str(row.goods), str(row.proof)) for row in lines] == [
        (TODAY - timedelta(days=1), "带鱼", "楚门水产批发", "Fish and seafood", "Quarantine certificate"),
        (
            TODAY - timedelta(days=1),
            "菜籽油",
            "楚门水产批发",
            "Grain, oil, eggs and dairy",
            "Certificate of conformity",
        ),
    ]
    assert len(public_lines(restaurant, TODAY, 1)) == 1


def test_a_photo_of_its_papers_is_a_plain_picture(enter, photo):
    row = enter(uploads=[photo()])
    assert files.page_path(row.proofs.get().file, 1).read_bytes().startswith(b"\xff\xd8\xff")
