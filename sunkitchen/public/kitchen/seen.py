"""The label 有/无明厨亮灶, as conditions on cameras: what a diner may watch, and what is known of it."""

from datetime import datetime

from django.db.models import Q

from streams.cameras.models import VOUCHED, Camera


def live(now: datetime) -> Q:
    """Moving pictures arrive, and the relay vouches for them."""
    return Q(state=Camera.State.LIVE, seen_at__gt=now - VOUCHED)


def holds(now: datetime) -> Q:
    """Live, or at rest because nobody watches, having shown a picture before: a box on the wall alone counts not."""
    at_rest = Q(state=Camera.State.OFF, why__in=["", Camera.Why.NOT_WANTED])
    starting = Q(state=Camera.State.STARTING, seen_at__gt=now - VOUCHED)
    return live(now) | ((at_rest | starting) & Q(last_live_at__isnull=False))
