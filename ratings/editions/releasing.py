"""Set free for an hour 定时公布: by a publisher who took no part. At that hour the sweep publishes it under their name,
if it is still what the chain agreed to and nothing has come in the way; else it is a draft again, and they are told."""

import contextlib
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from sunkitchen.accounts.models import User
from sunkitchen.core import audit
from sunkitchen.core.access import Can
from sunkitchen.core.workflow import Refused, Step, WrongState, move

from . import guards, letters, publishing
from .models import Edition

RELEASE = Step("release", {Edition.State.DRAFT}, Edition.State.SCHEDULED)
RECALL = Step("recall", {Edition.State.SCHEDULED}, Edition.State.DRAFT)
LATEST = timedelta(days=90)  # ahead, ours: a slip of the year is no plan


@transaction.atomic
def release(edition: Edition, *, by: User, at_hour: datetime, at: datetime | None = None) -> None:
    """Set it free for that hour. From here on nothing on it changes, unless a publisher calls it back."""
    at = at or timezone.now()
    guards.must(by, Can.PUBLISH_EDITION, edition)
    guards.still_a_draft(edition)
    edition.refresh_from_db()
    if at_hour < at:
        raise Refused(_("This hour is over."))
    if at_hour > at + LATEST:
        raise Refused(_("This hour is too far ahead."))
    publishing.ready(edition, by=by, at=at)
    move(edition, RELEASE, released_by=by, release_at=at_hour)
    audit.record(by, "edition.released", edition, hour=at_hour.isoformat(timespec="minutes"))


@transaction.atomic
def recall(edition: Edition, *, by: User, at: datetime | None = None) -> None:
    """Call it back before its hour: it is a draft again."""
    guards.must(by, Can.PUBLISH_EDITION, edition)
    guards.locked(edition)
    guards.impartial(by, *edition.listings.kept().values_list("establishment_id", flat=True))
    move(edition, RECALL, released_by=None, release_at=None)
    audit.record(by, "edition.recalled", edition)


@transaction.atomic
def publish(edition: Edition, *, by: User, at: datetime | None = None) -> None:
    """Release it for this moment and publish it at once. WrongState for whoever comes second."""
    at = at or timezone.now()
    release(edition, by=by, at_hour=at, at=at)
    publishing.seal(edition, publishing.ready(edition, by=by, at=at), by=by, at=at)


def publish_due(at: datetime) -> int:
    """Publish what its hour has come for, each in a transaction of its own; how many were. Idempotent."""
    due = Edition.objects.filter(state=Edition.State.SCHEDULED, release_at__lte=at).order_by("release_at", "pk")
    return sum(_publish(edition, at) for edition in due)


def _publish(edition: Edition, at: datetime) -> bool:
    try:
        with transaction.atomic():
            guards.locked(edition)
            edition.refresh_from_db()
            publisher = edition.released_by
            if publisher is None or edition.state != Edition.State.SCHEDULED or not _is_due(edition, at):
                return False  # called back, published, or given another hour since it was read
            publishing.seal(edition, publishing.ready(edition, by=publisher, at=at), by=publisher, at=at)
    except Refused as refused:
        with contextlib.suppress(WrongState):
            halt(edition, refused.args[0], at=at)
        return False
    return True


def _is_due(edition: Edition, at: datetime) -> bool:
    return edition.release_at is not None and edition.release_at <= at


@transaction.atomic
def halt(edition: Edition, why: Any, *, at: datetime) -> None:
    """A draft again, for the reason `why`; whoever released it is told. WrongState when it waits for no hour."""
    publisher, hour = edition.released_by, edition.release_at
    move(edition, RECALL, released_by=None, release_at=None)
    with translation.override(settings.LANGUAGE_CODE):
        entry = audit.record(None, "edition.halted", edition, why=str(why)[:500])
    if publisher and hour:
        letters.halted(edition, publisher, why, hour=hour, event=entry.pk)
