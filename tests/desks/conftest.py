import pytest
from django.core.cache import cache


@pytest.fixture(autouse=True)
def _nothing_is_remembered():
    """The office keeps one figure for a minute: of this test's world, not of the last one's."""
    cache.clear()
