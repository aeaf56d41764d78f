import pytest

from tests import builders


@pytest.fixture
def zheng(db):
    """郑, who takes it over."""
    return builders.user("郑新", mobile="13700000009")
