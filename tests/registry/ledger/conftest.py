"""A bureau with its clerk, kitchens that buy, and deliveries of named batches."""

from datetime import date
from decimal import Decimal

import pytest

from sunkitchen.registry.suppliers import actions as suppliers
from tests import builders
from tests.conftest import TODAY


@pytest.fixture
def rival(db):
    return builders.establishment(owner=builders.user("郑邻"), signboard="邻家小馆")


@pytest.fixture
def foreign(db):
    return builders.establishment(owner=builders.user("外人"), signboard="外市小馆", division="888801")


@pytest.fixture
def buy():
    """A kitchen's owner enters one product of one batch."""

    def of(place, product="菜籽油", batch="A-2026/08", *, source="楚门粮油批发", on=TODAY, **facts):
        owner = place.memberships.get(role="owner").user
        line = {"goods": "staples", "product": product, "batch": batch, "quantity": Decimal(3), "unit": "桶", **facts}
        line.setdefault("proof", "certificate")
        return suppliers.enter(place, by=owner, supplier=source, received_on=on, lines=[line], today=max(on, TODAY))

    return of


@pytest.fixture
def day():
    return lambda text: date.fromisoformat(text)
