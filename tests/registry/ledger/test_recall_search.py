"""Which kitchens received it: within reach, voided entries left out, and never a question that means everything."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from sunkitchen.core.access import Can
from sunkitchen.registry.models import Establishment, Supplier
from sunkitchen.registry.suppliers import actions as suppliers
from sunkitchen.registry.suppliers import tracks
from sunkitchen.registry.suppliers.question import Question
from tests import builders
from tests.conftest import TODAY


@pytest.fixture
def ask(li):
    def of(**facts):
        rows = tracks.lines(Question(**facts), Establishment.objects.within(li, Can.TRACE_GOODS))
        return tracks.received(rows, tracks.found(rows).kitchens)

    return of


def names(received):
    return {one.place.signboard for one in received}


def test_a_batch_is_found_in_every_kitchen_of_the_area_and_in_no_other(ask, restaurant, rival, foreign, buy):
    for place in (restaurant, rival, foreign):
        buy(place)
    assert names(ask(batch="ａ２０２６０８")) == {restaurant.signboard, "邻家小馆"}


def test_a_supplier_is_found_by_part_of_its_name_its_credit_code_and_its_permit(ask, rival, buy):
    buy(rival)
    Supplier.objects.update(uscc="91350100M000100Y43", permit="浙台食(2020)0012号", permit_sought="浙台食20200012号")
    for said in ("粮油", "楚门 粮油批发", "91350100m000100y43", "浙台食（2020）0012号"):
        assert names(ask(supplier=said)) == {"邻家小馆"}, said
    assert not ask(supplier="水产")


def test_a_batch_may_be_given_by_its_beginning(ask, rival, buy):
    buy(rival, batch="A2026081")
    assert not ask(batch="A202608")
    assert names(ask(batch="A202608", begins=True)) == {"邻家小馆"}


def test_goods_are_found_from_the_first_day_through_the_last(ask, rival, buy):
    row = buy(rival)
    day, near = row.received_on, timedelta(days=1)
    assert names(ask(batch="A202608", since=day, until=day)) == {"邻家小馆"}
    assert not ask(batch="A202608", since=day + near) and not ask(batch="A202608", until=day - near)
    line = row.lines.get()
    told = {"product": line.product, "batch": line.batch, "name": "", "uscc": "", "permit": "", "received_on": day}
    assert Question(batch="A202608", since=day, until=day).fits(**told)
    assert not Question(batch="A202608", since=day + near).fits(**told)
    assert not Question(batch="A202608", until=day - near).fits(**told)


def test_a_voided_entry_is_left_out_and_shown_as_such_when_asked(client, li, rival, buy):
    row = buy(rival)
    suppliers.void(row, by=row.entered_by, reason="记错了")
    client.force_login(li)
    page = reverse("recall_search")
    assert "邻家小馆" not in client.get(page, {"batch": "A202608"}).content.decode()
    shown = client.get(page, {"batch": "A202608", "voided": "on"}).content.decode()
    assert "邻家小馆" in shown and "记错了" in shown


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({}, "batch"),
        ({"batch": "---"}, "batch"),
        ({"batch": "A20", "begins": True}, "batch"),
        ({"supplier": "楚"}, "supplier"),
        ({"product": "带鱼"}, "since"),
        ({"product": "带鱼", "since": TODAY - timedelta(days=31)}, "since"),
        ({"batch": "A202608", "since": TODAY, "until": TODAY - timedelta(days=1)}, "until"),
    ],
)
def test_a_question_that_means_too_much_is_not_asked(facts, field):
    found = Question(**facts).why_not(TODAY)
    assert found and found[0] == field


def test_a_product_alone_is_looked_for_within_a_month():
    assert Question(product="带鱼", since=TODAY - timedelta(days=6)).why_not(TODAY) is None


def test_the_table_names_kitchens_amounts_and_proofs_and_runs_nothing(client, li, rival, buy):
    buy(rival, product="=cmd()")
    client.force_login(li)
    answer = client.get(reverse("recall_csv"), {"batch": "A202608"})
    text = answer.content.decode("utf-8-sig")
    assert "邻家小馆" in text and "'=cmd()" in text and answer["Cache-Control"] == "private, no-store"


def test_the_page_asks_as_much_for_many_kitchens_as_for_one(client, li, buy):
    client.force_login(li)
    asked = []
    for number in range(12):
        buy(builders.establishment(owner=builders.user(f"业主{number}"), signboard=f"第{number}家"))
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(reverse("recall_search"), {"batch": "A202608"})
        assert answer.context["found"].lines == number + 1
        asked.append(len(queries))
    assert max(asked[1:]) <= asked[1]
