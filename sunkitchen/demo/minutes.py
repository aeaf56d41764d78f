"""Sixty days of each demo camera's minutes, as a relay would have counted them: invented, like everything of the demo."""

import random

from django.utils import timezone

from streams.cameras import days, online
from streams.models import Camera, CameraDay

from .tale import Tale

DAYS = 60
SEED = 33


def plan(tale: Tale) -> None:
    tale.on(tale.at, lambda: _count(tale))


def _count(tale: Tale) -> None:
    """Bulk rows and no events: those are the relay's alone. Today is left to it too."""
    rows = []
    for camera in Camera.objects.filter(establishment__is_demo=True).select_related("establishment").order_by("pk"):
        chance = random.Random(f"{SEED} {camera.establishment.uscc} {camera.zone}")
        quality = chance.choice([0.998, 0.996, 0.99, 0.985, 0.97])
        for ago in range(1, DAYS + 1):
            day = tale.ago(ago)
            if day < timezone.localdate(camera.added_at):
                break
            letters = _day(chance, days.declared(camera, day), quality)
            rate = online.rate(letters)
            if rate.declared:
                rows.append(
                    CameraDay(
                        camera=camera,
                        day=day,
                        proven=rate.proven,
                        failed=rate.failed,
                        unknown=rate.unknown,
                        excluded=rate.excluded,
                        runs=online.shorten(letters),
                    )
                )
    CameraDay.objects.bulk_create(rows, batch_size=500)


def _day(chance: random.Random, declared: list[online.Span], quality: float) -> str:
    """Mostly seen; now and then a few minutes without a picture, or nobody who looked."""
    facts = online.Facts(declared=declared, until=86_400, lived=[(-86_400, 2 * 86_400)])
    day = list(online.letters(facts))
    shown = [minute for minute, letter in enumerate(day) if letter != online.NONE]
    for minute in shown:
        day[minute] = online.PROVEN
    if shown and chance.random() > quality**12:
        for letter, longest in ((online.FAILED, 40), (online.UNKNOWN, 25)):
            begin = chance.choice(shown)
            for minute in range(begin, min(begin + chance.randint(3, longest), shown[-1] + 1)):
                if day[minute] != online.NONE:
                    day[minute] = letter
    return "".join(day)
