"""How many queries a public page may take: a crowd reads them, and each query is a trip to another machine."""

import pytest

from ratings.models import Listing
from tests.public import whole

pytestmark = pytest.mark.django_db


@pytest.fixture
def kitchen(db):
    return whole.kitchen()


def test_the_kitchen_page_with_everything_on_it_takes_at_most_twelve(kitchen, client, django_assert_max_num_queries):
    with django_assert_max_num_queries(12):
        answer = client.get(f"/k/{kitchen.code}/")
    page = answer.content.decode()
    for shown in ("data-ticket", "seal red", "0576-88888888", "带鱼", "2029-05-12"):
        assert shown in page, f"{shown} is not on the page: the budget would be of an emptier one"
    assert Listing.objects.exists()


@pytest.mark.parametrize(("path", "most"), [("/", 12), ("/wall/", 12), ("/lists/", 5), ("/log/", 6), ("/?all=1", 14)])
def test_other_pages_stay_within_theirs(path, most, kitchen, client, django_assert_max_num_queries):
    with django_assert_max_num_queries(most):
        assert client.get(path).status_code == 200


def test_an_editions_page_and_a_history_stay_within_theirs(kitchen, client, django_assert_max_num_queries):
    edition = Listing.objects.get().edition
    with django_assert_max_num_queries(12):
        assert client.get(f"/lists/{edition.code}/").status_code == 200
    with django_assert_max_num_queries(9):
        assert client.get(f"/k/{kitchen.code}/history/").status_code == 200
