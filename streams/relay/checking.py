"""`python -m sunkitchen relay --check`: reads what to look at without showing it to anybody, and prints the verdict."""

import argparse
import asyncio
import getpass
import os
import sys
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from django.core.management.base import CommandError
from django.utils import translation
from django.utils.translation import gettext as _

from . import check as camera
from . import verdict
from .addresses import BadAddress, parse
from .config import Config

LANGUAGES = {"zh": "zh-hans", "en": "en"}
LONGEST = 5000  # characters of a line on stdin


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--check", metavar="URL", help="look at this camera and say what it offers; - reads the address from stdin"
    )
    parser.add_argument("--user", default="", help="the camera's user name, with --password-stdin")
    parser.add_argument("--password-stdin", action="store_true", help="read the camera's password from stdin")
    parser.add_argument("--language", choices=sorted(LANGUAGES), help="of the answer; else as LANG says")


def check(config: Config, options: dict[str, Any], write: Callable[[str], object]) -> None:
    """Print what is found. SystemExit(1) when the camera cannot be shown."""
    with translation.override(_language(options["language"])):
        url = _address(options, write)
        found = asyncio.run(camera.look(url, config.policy, config.binary))
        for line in verdict.lines(found):
            write(str(line))
    if not verdict.is_good(found):
        raise SystemExit(1)


def _language(chosen: str | None) -> str:
    said = next((os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), "")
    return LANGUAGES[chosen or ("zh" if said.startswith("zh") else "en")]


def _address(options: dict[str, Any], write: Callable[[str], object]) -> str:
    url = options["check"]
    if url == "-":
        url = _line(_("Camera address: "))
    elif _tells_password(url):
        warning = _(
            "Other users of this machine can see that password in the list of processes: use --check - instead."
        )
        write(f"{verdict.Mark.ADVICE} {warning}")
    password = _line(_("Camera password: ")) if options["password_stdin"] else ""
    if not (options["user"] or password):
        return url
    try:
        plain = parse(url)
    except BadAddress:
        return url  # whose refusal is said in words
    login = f"{quote(options['user'] or plain.user, safe='')}:{quote(password or plain.password, safe='')}@"
    return f"{plain.scheme}://{login}{plain.netloc}{plain.target}"


def _tells_password(url: str) -> bool:
    try:
        return bool(parse(url).secrets)
    except BadAddress:
        return "@" in url


def _line(asked: str) -> str:
    if sys.stdin.isatty():
        return getpass.getpass(asked)  # not echoed: an address holds its password too
    line = sys.stdin.readline(LONGEST).rstrip("\r\n")
    if not line:
        raise CommandError("Nothing came on stdin.")
    return line
