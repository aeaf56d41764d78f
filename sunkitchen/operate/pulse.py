"""Celery's own events, as rows: which of beat's sweeps ran, which failed; and a name on every line that a job logs.

Connected by `sunkitchen.celery`. The outcome is taken from Celery, so that a sweep that somebody adds is watched
without a word of its own. Models are imported late: Celery imports this before Django is set up.
"""

import logging
from collections.abc import Callable, Mapping
from typing import Any

from celery import Celery, Task, signals
from django.conf import settings
from django.db import Error as DatabaseError
from django.utils import timezone
from django.utils.log import configure_logging

from sunkitchen.core import logs

log = logging.getLogger("sunkitchen.jobs")
SIGNS_THE_LOG = "ratings.sweep_editions"


def connect(app: Celery) -> None:
    signals.setup_logging.connect(_ours, weak=False, dispatch_uid="operate.logging")
    swept = {entry["task"] for entry in app.conf.beat_schedule.values()}

    def ended_well(sender: Task, **kwargs: Any) -> None:
        if sender.name in swept:
            _write(lambda: ended(sender.name))

    def broke_off(sender: Task, exception: BaseException, **kwargs: Any) -> None:
        if sender.name in swept:
            _write(lambda: broken(sender.name, exception))

    signals.task_success.connect(ended_well, weak=False, dispatch_uid="operate.ended_well")
    signals.task_failure.connect(broke_off, weak=False, dispatch_uid="operate.broke_off")
    signals.task_prerun.connect(_named, weak=False, dispatch_uid="operate.named")
    signals.task_postrun.connect(_unnamed, weak=False, dispatch_uid="operate.unnamed")


def ended(name: str) -> None:
    from . import actions
    from .models import Alarm

    now = timezone.now()
    actions.ran(name, now)
    if name == SIGNS_THE_LOG:
        actions.over(Alarm.Name.LOG_BROKEN, now)


def broken(name: str, error: BaseException) -> None:
    from sunkitchen.core import translog

    from . import actions
    from .models import Alarm

    now = timezone.now()
    actions.failed(name, type(error).__name__, now)
    if isinstance(error, translog.LogBroken):
        actions.sound(Alarm.Name.LOG_BROKEN, str(error), now)


def _write(work: Callable[[], None]) -> None:
    """A database that is away must not turn a job's end into another failure: the gap itself is what is noticed."""
    try:
        work()
    except DatabaseError as error:
        log.warning("a sweep's outcome was not written: %s", type(error).__name__)


def _ours(**kwargs: Any) -> None:
    """Celery leaves logging alone where somebody listens to this."""
    configure_logging(settings.LOGGING_CONFIG, settings.LOGGING)


def _named(task: Task, task_id: str, **kwargs: Any) -> None:
    task.request.__dict__["logged_as"] = logs.bind(task=task.name, job=task_id[:8])


def _unnamed(task: Task, **kwargs: Any) -> None:
    tokens: Mapping[str, Any] | None = task.request.__dict__.pop("logged_as", None)
    if tokens:
        logs.unbind(tokens)
