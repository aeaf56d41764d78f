"""Logs: one line an event, without secrets. JSON for machines in production, short lines for people embedded.

Everything that is logged, by us, Django, Celery or a library, passes the same processors: standard library logging
ends in `Lines`. A traceback shows files, lines and the error's own words, scrubbed; never a local variable.
"""

import json
import logging
from collections.abc import Mapping, MutableMapping
from typing import Any

import structlog

from .scrub import scrub, scrubbed

Event = MutableMapping[str, Any]
UNTOUCHED = {"timestamp", "level", "logger", "request_id", "view"}  # ours, or random by purpose
FIELDS = ["view", "status", "ms", "user", "camera"]  # of `extra`: anything else might be a request, or a form
SHORTEST_LEVEL = {"warning": "!", "error": "!!", "critical": "!!!"}


def config(*, as_json: bool, level: str) -> dict[str, Any]:
    """For Django's LOGGING."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"lines": {"()": "sunkitchen.core.logs.Lines", "as_json": as_json}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "lines"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            # Their own handlers, and Django's mails to administrators with them, would pass by the scrubbing.
            **{name: {"handlers": [], "propagate": True} for name in ("django", "uvicorn", "_granian", "celery")},
            "django.request": {"level": "ERROR"},  # what a client did wrong stands in the request's own line
            "django.security.DisallowedHost": {"level": "CRITICAL"},  # scanners
            "uvicorn.error": {"level": "WARNING"},
            "uvicorn.access": {"handlers": [], "level": "CRITICAL", "propagate": True},  # paths carry tokens
            "granian.access": {"handlers": [], "level": "CRITICAL", "propagate": True},
            "celery": {"handlers": [], "propagate": True, "level": level if as_json else "ERROR"},
            "kombu": {"level": "ERROR"},
            "fontTools": {"level": "ERROR"},
            "PIL": {"level": "WARNING"},
        },
    }


class Lines(structlog.stdlib.ProcessorFormatter):
    """The formatter behind every handler."""

    def __init__(self, as_json: bool = True) -> None:
        before: list[structlog.typing.Processor] = [
            structlog.contextvars.merge_contextvars,
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            structlog.stdlib.ExtraAdder(allow=FIELDS),
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            without_path,
        ]
        structlog.configure(
            processors=[*before, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
            logger_factory=structlog.stdlib.LoggerFactory(),
            wrapper_class=structlog.stdlib.BoundLogger,
            cache_logger_on_first_use=False,
        )
        super().__init__(
            foreign_pre_chain=before,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,  # the plain traceback: no locals
                scrub_event,
                written if as_json else short,
            ],
        )

    def format(self, record: logging.LogRecord) -> str:
        """The line. What cannot be written is said to be so: a log never breaks what it tells of."""
        try:
            return super().format(record)
        except Exception as error:
            return scrub(f"{record.levelname} {record.name}: this line could not be written ({type(error).__name__})")


def without_path(logger: Any, method: str, event: Event) -> Event:
    """Django's own lines about a request name the view: a path may carry a token."""
    record = event.get("_record")
    if record is None:
        return event
    if record.name.startswith(("django.request", "django.security", "django.server")):
        matched = getattr(getattr(record, "request", None), "resolver_match", None)
        event["event"] = str(record.msg).split(":")[0].replace("%s", "").strip() or "request failed"
        event.setdefault("view", matched.view_name if matched else "")
        if status := getattr(record, "status_code", None):
            event["status"] = status
    return event


def scrub_event(logger: Any, method: str, event: Event) -> Event:
    for name in list(event):
        if name not in UNTOUCHED:
            event[name] = scrub(str(event[name])) if name in ("event", "exception") else scrubbed(event[name], name)
    return event


def written(logger: Any, method: str, event: Event) -> str:
    return json.dumps(event, ensure_ascii=False, default=lambda value: scrub(str(value)))


def short(logger: Any, method: str, event: Event) -> str:
    """`12:03:59 !! sunkitchen.requests GET kitchen status=500`, a traceback below it."""
    event.pop("request_id", None)
    time = str(event.pop("timestamp", ""))[11:19]
    level = SHORTEST_LEVEL.get(str(event.pop("level", "")), "")
    name, said, trace = event.pop("logger", ""), event.pop("event", ""), event.pop("exception", "")
    fields = " ".join(f"{key}={value}" for key, value in event.items())
    line = " ".join(part for part in (time, level, str(name), str(said), fields) if part)
    return f"{line}\n{trace}" if trace else line


def bind(**fields: Any) -> Mapping[str, Any]:
    """Fields that every line of this request or job carries from now on; give what it returns to `unbind`."""
    return structlog.contextvars.bind_contextvars(**fields)


def unbind(tokens: Mapping[str, Any]) -> None:
    structlog.contextvars.reset_contextvars(**tokens)
