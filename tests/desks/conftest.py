import pytest
from django.core.cache import cache

# An edition and its people, as the lists' own tests have them.
from tests.ratings.conftest import bad, black, chen, draft, good, log_root, noticed, red, served, zheng

__all__ = ["bad", "black", "chen", "draft", "good", "log_root", "noticed", "red", "served", "zheng"]


@pytest.fixture(autouse=True)
def _nothing_is_remembered():
    """The office keeps one figure for a minute: of this test's world, not of the last one's."""
    cache.clear()
