"""Papers on the disk, and a reader that reads nothing but says what it is told."""

from io import BytesIO

import pytest

from sunkitchen.core import files
from sunkitchen.registry.readings import engine
from sunkitchen.registry.readings.layout import Line, Page
from tests import builders


class Told:
    """A reader for tests: gives these answers in turn; an exception is raised, a function called."""

    def __init__(self, *answers):
        self.answers, self.asked = list(answers), []

    def read(self, path):
        self.asked.append(path)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer() if callable(answer) else answer


def page(*texts):
    """One line under the other."""
    return Page(
        tuple(
            Line(text, 0.99, ((60, y), (60 + 24 * len(text), y), (60 + 24 * len(text), y + 24), (60, y + 24)))
            for y, text in zip(range(60, 960, 50), texts, strict=False)
        ),
        1.0,
    )


@pytest.fixture
def paper(db):
    """A stored file of as many pages, as the door for uploads leaves it."""

    def keep(*pictures, pages=1):
        stored = builders.stored_file(pages=len(pictures) or pages)
        for number in stored.numbers:
            path = files.page_path(stored, number)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(pictures[number - 1] if pictures else b"\xff\xd8")
        return stored

    return keep


@pytest.fixture(scope="session")
def child():
    """One reading child for all tests: its models take a second."""
    reader = engine.Engine(patience=300)
    yield reader
    reader.end()


def jpeg(picture, quality=85):
    out = BytesIO()
    picture.save(out, "JPEG", quality=quality)
    return out.getvalue()
