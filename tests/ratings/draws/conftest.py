"""A bureau that can draw: twelve kitchens, four inspectors, a clerk, and a log of its own."""

from datetime import UTC, datetime

import pytest

from sunkitchen.registry.models import Establishment
from tests import builders

MONDAY = datetime(2026, 11, 16, 2, 0, tzinfo=UTC)


@pytest.fixture
def log_root(settings, tmp_path):
    settings.LOG_ROOT = tmp_path / "log"
    settings.VAR = tmp_path
    return settings.LOG_ROOT


@pytest.fixture
def town(hailan, zhao, zhou, log_root):
    for number in ("HL-0021", "HL-0024"):
        builders.officer(f"查{number}", hailan, "inspector", enforcement_number=number)
    for serial, category in enumerate(["drinks", "snack", "large", "school"] * 3):
        builders.establishment(signboard=f"店{serial}", category=category)
    return list(Establishment.objects.order_by("code"))
