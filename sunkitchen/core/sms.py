"""SMS goes through an adapter named by SMS_ADAPTER: `send(mobile, text)`, raising on failure."""

import os
from datetime import UTC, datetime
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string


class Adapter(Protocol):
    def send(self, mobile: str, text: str) -> None: ...


class NoSuchNumber(Exception):
    """Nobody has this number: an adapter raises it, and it is not tried again."""


class FileAdapter:
    """The embedded default: messages land as files in var/sms/, newest name last."""

    def send(self, mobile: str, text: str) -> None:
        settings.SMS_FILE_PATH.mkdir(parents=True, exist_ok=True)
        stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")
        number = "".join(sign for sign in mobile if sign in "+0123456789")
        path = settings.SMS_FILE_PATH / f"{stamp}-{number}.txt"
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(text)


def adapter() -> Adapter:
    adapter: Adapter = import_string(settings.SMS_ADAPTER)()
    return adapter
