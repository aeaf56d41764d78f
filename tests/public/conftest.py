"""A red kitchen, a black one, an edition with both, and an eye for what a page says."""

import re
from datetime import timedelta
from html.parser import HTMLParser

import pytest
from django.utils import timezone

from tests import builders
from tests.public import rows

VOID = {"meta", "link", "img", "input", "br", "source", "path", "circle"}


class Page(HTMLParser):
    """The text of a page in order; `english` leaves out what is marked as Chinese."""

    def __init__(self, html):
        super().__init__()
        self.languages, self.text, self.english, self.tags = [], [], [], []
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.tags.append((tag, attributes))
        if tag not in VOID:
            outer = self.languages[-1][1] if self.languages else ""
            self.languages.append((tag, attributes.get("lang", outer)))

    def handle_endtag(self, tag):
        if tag in VOID:
            return
        while self.languages and self.languages.pop()[0] != tag:
            pass

    def handle_data(self, data):
        if self.languages and self.languages[-1][0] == "script":
            return
        data = re.sub(r"\s+", " ", data).strip()
        if data:
            self.text.append(data)
            if not (self.languages and self.languages[-1][1].startswith("zh")):
                self.english.append(data)

    def says(self, *words):
        """Whether the words stand on the page, in this order."""
        whole, at = " ".join(self.text), 0
        for word in words:
            at = whole.find(word, at)
            assert at >= 0, f"{word!r} is missing, or stands too early, in: {whole}"
            at += len(word)
        return True


@pytest.fixture(autouse=True)
def _a_log_of_its_own(settings, tmp_path):
    settings.LOG_ROOT = tmp_path / "log"  # a checkpoint of another test would be a past that never was


@pytest.fixture
def read(client):
    def read(path, status=200):
        answer = client.get(path)
        assert answer.status_code == status, path
        return Page(answer.content.decode())

    return read


@pytest.fixture
def red_kitchen(restaurant, wang):
    """海上明月 with a live camera, a permit in force, grade A."""
    now = timezone.now()
    builders.permit(restaurant, submitted_by=wang, state="in_force", items="热食类食品制售")
    builders.camera(
        restaurant, state="live", since=now, seen_at=now + timedelta(minutes=1), poster_at=now - timedelta(seconds=30)
    )
    rows.inspection(restaurant, days_ago=400, grade="B", score_tenths=86, result="mostly")
    rows.inspection(restaurant)
    return restaurant


@pytest.fixture
def black_kitchen(db):
    """老码头: inspection failed, permit expired, camera interrupted."""
    place = builders.establishment(
        signboard="老码头大排档",
        operator_name="海澜老码头餐饮店",
        address="海澜市坎门街道海都路 12 号",
        category="small",
    )
    now = timezone.now()
    builders.permit(
        place,
        state="in_force",
        number="JY29999010000021",
        valid_from=(now - timedelta(days=900)).date(),
        valid_through=(now - timedelta(days=20)).date(),
    )
    builders.camera(
        place,
        state="stalled",
        why="unreachable",
        since=now - timedelta(minutes=5),
        seen_at=now + timedelta(minutes=1),
        poster_at=now - timedelta(minutes=6),
    )
    rows.inspection(place, days_ago=12, result="fails", grade="", score_tenths=52, key_failed=2)
    return place


@pytest.fixture
def edition(red_kitchen, black_kitchen):
    return rows.edition(
        red=[red_kitchen], black=[(black_kitchen, "B1", "操作台面积垢，生熟混放。", "已停业整改三天，请求复查。")]
    )
