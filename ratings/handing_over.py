"""What ends in this layer when a kitchen goes to a new operator: what the former one bound itself to by signing."""

from datetime import datetime
from typing import Any

from ratings.reminders import actions as reminders
from sunkitchen.registry.models import HandOver


def follow(handover: HandOver, by: Any, at: datetime) -> None:
    """What statute binds the kitchen to goes on binding it, whoever runs it. Inside the hand-over's transaction."""
    reminders.end_with_operator(handover, by=by, at=at)
