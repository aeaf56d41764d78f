"""Suppliers with their licences: kept with a picture, warned about when over, offered to kitchens that buy there, too."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from sunkitchen.core.models import StoredFile
from sunkitchen.registry.models import Supplier
from sunkitchen.registry.suppliers import actions as suppliers

NAME, CODE = "海澜粮油批发", "91350100M000100Y43"


@pytest.fixture
def today():
    return timezone.localdate()


def test_a_licence_is_kept_with_its_picture_and_replaced_by_the_next(restaurant, wang, photo, today):
    row = suppliers.add_supplier(restaurant, by=wang, name=NAME, licence_through=today, uploads=[photo()])
    first = row.licence
    row = suppliers.edit_supplier(row, by=wang, licence_through=today + timedelta(days=365), uploads=[photo()])
    assert row.licence != first and not StoredFile.objects.filter(pk=first.pk).exists()
    assert row.licence_through == today + timedelta(days=365)


def test_a_licence_that_is_over_is_said_beside_the_supplier_and_after_a_delivery(client, restaurant, wang, buy, today):
    suppliers.add_supplier(restaurant, by=wang, name=NAME, licence_through=today - timedelta(days=1))
    client.force_login(wang)
    page = client.get(reverse("suppliers", args=[restaurant.code]))
    assert [row.over for row in page.context["rows"]] == [True]


def test_a_supplier_of_other_kitchens_is_offered_by_its_facts_alone(client, restaurant, wang, rival, buy):
    other = rival.memberships.get().user
    suppliers.add_supplier(rival, by=other, name=NAME, uscc=CODE, phone="0576-1234567")
    client.force_login(wang)
    for text in ("粮油", CODE):
        page = client.get(reverse("suppliers", args=[restaurant.code]), {"find": text})
        assert [(row["name"], row["uscc"]) for row in page.context["elsewhere"]] == [(NAME, CODE)]
        assert "1234567" not in page.content.decode() and rival.signboard not in page.content.decode()
    filled = client.get(reverse("suppliers", args=[restaurant.code]), {"name": NAME, "uscc": CODE})
    assert filled.context["form"].initial["uscc"] == CODE


def test_the_ledger_is_narrowed_by_supplier_way_and_words_and_its_table_with_it(client, restaurant, wang, buy):
    oil, fish = buy(restaurant), buy(restaurant, "带鱼", "2026/11/1", source="楚门水产")
    client.force_login(wang)
    page = reverse("ledger", args=[restaurant.code])

    def shown(**query):
        return {row.pk for row in client.get(page, query).context["rows"]}

    assert shown(q="20261101") == {fish.pk}
    assert shown(q="ａ２０２６０８") == {oil.pk}
    assert shown(supplier=oil.supplier_id) == {oil.pk}
    assert shown(source="api") == set()
    assert oil.pk in shown(source="bogus")
    table = client.get(reverse("ledger_csv", args=[restaurant.code]), {"q": "带鱼"}).content.decode()
    assert "带鱼" in table and "菜籽油" not in table


def test_a_supplier_of_another_kitchen_narrows_nothing(client, restaurant, wang, rival, buy):
    theirs = buy(rival)
    buy(restaurant)
    client.force_login(wang)
    answer = client.get(reverse("ledger", args=[restaurant.code]), {"supplier": theirs.supplier_id})
    assert answer.context["supplier"] is None
    assert Supplier.objects.count() == 2


def test_a_recall_is_the_first_thing_on_the_owners_desk(client, li, hailan, restaurant, wang, buy):
    from sunkitchen.registry.suppliers import recalls
    from sunkitchen.registry.suppliers.question import Question

    buy(restaurant)
    recalls.issue(hailan, by=li, question=Question(batch="A202608"), says="封存。")
    client.force_login(wang)
    notice = restaurant.recalls.get()
    assert reverse("recall_answer", args=[restaurant.code, notice.pk]) in client.get(reverse("desk")).content.decode()
    assert (
        reverse("recall_answer", args=[restaurant.code, notice.pk])
        in client.get(reverse("ledger", args=[restaurant.code])).content.decode()
    )
