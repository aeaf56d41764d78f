"""Talks to begin with, and moments of the bureau's week."""

from datetime import datetime
from uuid import uuid4

import pytest
from django.utils import timezone

from sunkitchen.registry.consultations import actions as consultations


def local(text):
    """That moment in the bureau's time."""
    return timezone.make_aware(datetime.fromisoformat(text))


@pytest.fixture
def tuesday():
    """A working day, in office hours: 2026-11-17 10:00."""
    return local("2026-11-17 10:00")


@pytest.fixture
def question(restaurant, wang, hailan, li, tuesday):
    """王 asks on Tuesday at ten; 李 is the bureau's clerk."""
    return consultations.ask(
        by=wang,
        authority=hailan,
        establishment=restaurant,
        subject="小餐饮换证",
        text="换证要带什么材料？",
        form=uuid4(),
        at=tuesday,
    )
