"""The reading child, seen from the worker: started when there is a page, given one path at a time, replaced when it dies."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from .layout import Page


class Broken(Exception):
    """The child died over this page, or took too long. The word says how; never what stood there."""


@cache
def available() -> bool:
    """Whether this machine has the extra `ocr`."""
    return find_spec("rapidocr") is not None and find_spec("onnxruntime") is not None


@contextmanager
def turn() -> Iterator[bool]:
    """Whether it is this caller's turn to read on this machine."""
    yield True


def shared() -> "Engine":
    return Engine()


class Engine:
    def read(self, path: Path) -> Page:
        raise Broken("not yet")
