"""`demo --reset`: a demo begins anew. Never anything but a demo: a single row of somebody real, and nothing happens.

Append-only rows can only go with all the others, guards lifted as a test's flush does, and a signed log never goes
back: so the log's key goes too, and the next log is another one (docs/decisions/0016). Interrupted, it is run again.
"""

import shutil
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import transaction

from sunkitchen.accounts.models import Authority, User
from sunkitchen.core import appendonly
from sunkitchen.registry.models import Establishment

from . import cast

SHOWN = 3  # names in a refusal


class NotADemo(Exception):
    """Why nothing was removed: one line for the person who asked."""


def reset() -> None:
    """Every row, and the files that belong to rows. NotADemo when any of it is not the demo's."""
    with transaction.atomic():
        _require_nothing_real()
        with appendonly.lifted():
            call_command("flush", interactive=False, verbosity=0)
    var = Path(settings.VAR)
    for folder in (settings.LOG_ROOT, settings.FILES_ROOT, settings.POSTERS_ROOT, settings.CLIPS_ROOT):
        shutil.rmtree(folder, ignore_errors=True)
    for key in (var / "secrets").glob("**/log_key*.pem"):
        key.unlink(missing_ok=True)
    (var / "demo" / "push-keys.json").unlink(missing_ok=True)


def _require_nothing_real() -> None:
    rows = [
        ("kitchens", Establishment.objects.filter(is_demo=False).values_list("signboard", flat=True)),
        ("authorities", Authority.objects.exclude(division=cast.CITY).values_list("name", flat=True)),
        ("administrators", User.objects.filter(is_superuser=True).values_list("name", flat=True)),
    ]
    for what, names in rows:
        if found := [str(name) for name in names[: SHOWN + 1]]:
            more = " …" if len(found) > SHOWN else ""
            raise NotADemo(f"not only a demo is here: {what} {', '.join(found[:SHOWN])}{more}. Nothing was removed.")
