"""What is wrong with the cameras' settings is said at start, not when the first camera is called."""

import re
from ipaddress import ip_network
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

_HOST_PORT = re.compile(r"(\[[0-9a-f:]+\]|[a-z0-9._-]+):([0-9]{1,5})")


@register()
def camera_addresses(**kwargs: Any) -> list[CheckMessage]:
    problems: list[CheckMessage] = []
    for entry in settings.CAMERA_ALLOW:
        if not _HOST_PORT.fullmatch(entry):
            problems.append(Error(f"CAMERA_ALLOW: {entry!r} is no host:port in lower case.", id="streams.E001"))
    for entry in settings.CAMERA_ALLOW_NETS:
        try:
            ip_network(entry, strict=False)
        except ValueError:
            problems.append(Error(f"CAMERA_ALLOW_NETS: {entry!r} is no network (CIDR).", id="streams.E002"))
    return problems
