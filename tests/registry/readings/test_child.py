"""The reading child on real letters: drawn papers, turned and hostile ones, its limits, its death."""

import json
import math
import os
import signal
import subprocess
import sys

import pytest
from PIL import Image

from bench import _papers, ocr
from sunkitchen.demo import papers as demo
from sunkitchen.registry.readings import child as child_file
from sunkitchen.registry.readings import engine, papers, words
from tests.core import corpus

from .conftest import jpeg

pytestmark = pytest.mark.real("ocr")


@pytest.fixture(scope="module")
def permit():
    return _papers.food_permit_portrait(_papers.Facts(7))


def values_of(fields):
    return {name: field["value"] for name, field in fields.items()}


def read(child, tmp_path, content, sort="food_permit"):
    path = tmp_path / "page.jpg"
    path.write_bytes(content)
    return papers.read(sort, [child.read(path)])


@pytest.mark.parametrize("degrees", [0, 90, 180, 270, 14, -15])
def test_a_photo_is_read_however_it_was_held(child, tmp_path, permit, degrees):
    picture = permit.picture.rotate(-degrees, expand=True, fillcolor=(90, 84, 80), resample=Image.Resampling.BICUBIC)
    path = tmp_path / "page.jpg"
    path.write_bytes(jpeg(picture))
    page = child.read(path)
    fields = papers.read("food_permit", [page])
    assert abs(math.remainder(page.turned + degrees, 360)) < 1, "what it takes to stand upright again"
    assert {name: values_of(fields).get(name) for name in permit.facts} == permit.facts
    # Its number lies where it lies in the stored picture: drawn at the upper right, then turned with the paper.
    x, y = 905 - 594, 355 - 840
    angle = math.radians(degrees)
    expected = (
        500 + (x * math.cos(angle) - y * math.sin(angle)) * 1000 / picture.width,
        500 + (x * math.sin(angle) + y * math.cos(angle)) * 1000 / picture.height,
    )
    box = fields["number"]["box"]
    centre = [sum(point[axis] for point in box) / 4 for axis in (0, 1)]
    assert centre == pytest.approx(expected, abs=45)


@pytest.mark.parametrize("layout", [_papers.eatery_grid, _papers.licence_landscape, _papers.health_card])
def test_a_photo_of_a_paper_is_read(child, tmp_path, layout):
    paper = layout(_papers.Facts(11))
    fields = read(child, tmp_path, _papers.damaged(paper.picture, 2, 11), paper.sort)
    wrong = {name for name, value in paper.facts.items() if not ocr.same(value, fields[name]["value"])}
    assert not wrong, "but for a full stop"
    assert not any(secret in json.dumps(fields) for secret in paper.hide)


def test_a_delivery_note_is_read_line_by_line(child, tmp_path):
    note = _papers.note_grid(_papers.Facts(3))
    fields = read(child, tmp_path, _papers.damaged(note.picture, 1, 3), "delivery_note")
    assert [values_of(line) for line in fields["lines"]] == note.facts["lines"]
    assert fields["supplier"]["value"] == note.facts["supplier"]


def test_the_demos_papers_can_be_read(child, tmp_path):
    facts = [
        ("许可证编号", "JY29999010000010"),
        ("经营者名称", "海澜海上明月餐饮有限公司"),
        ("有效期至", "2029年05月12日"),
    ]
    fields = values_of(read(child, tmp_path, demo.picture("食品经营许可证", "海澜市市场监督管理局", facts)))
    assert fields["number"] == "JY29999010000010" and fields["valid_through"] == "2029-05-12"
    assert fields["issuer"] == "海澜市市场监督管理局"


def test_a_small_sheet_on_a_large_table_is_read_and_never_surely(child, tmp_path, permit):
    sheet = permit.picture.resize((500, 707), Image.Resampling.LANCZOS)
    table = Image.new("RGB", (1700, 1300), (90, 84, 80))
    table.paste(sheet, (700, 400))
    fields = read(child, tmp_path, jpeg(table, 95))
    assert values_of(fields)["number"] == permit.facts["number"]
    assert {words.how_sure(field) for field in fields.values()} == {words.CHECK}, "its letters are 14 pixels tall"
    x, y = fields["number"]["box"][0]
    assert 700 < x * 1.7 < 1200 and 400 < y * 1.3 < 620, "where it lies on the stored page"


def test_an_empty_page_has_no_lines(child, tmp_path):
    assert read(child, tmp_path, corpus.picture((1200, 900), colour="white")) == {}


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xd8\xff\xe0 and nothing more",
        corpus.png_179_megapixels(),
        corpus.png_with_idat_bomb(),
        corpus.picture((8, 8)),
        corpus.picture((400, 300))[:2000],
        corpus.pdf(1),
    ],
    ids=["empty", "cut off", "huge", "bomb", "tiny", "half", "pdf"],
)
def test_a_hostile_picture_breaks_the_page_and_not_the_worker(child, tmp_path, content):
    path = tmp_path / "page.jpg"
    path.write_bytes(content)
    with pytest.raises(engine.Broken):
        child.read(path)


def test_after_a_hostile_picture_the_next_one_is_read(child, tmp_path, permit):
    with pytest.raises(engine.Broken):
        read(child, tmp_path, b"nothing")
    assert values_of(read(child, tmp_path, jpeg(permit.picture)))["number"] == permit.facts["number"]


def test_a_page_that_is_gone_is_said_to_be_gone(child, tmp_path):
    with pytest.raises(FileNotFoundError):
        child.read(tmp_path / "never.jpg")


def test_a_killed_child_is_replaced(child, tmp_path, permit):
    number = values_of(read(child, tmp_path, jpeg(permit.picture)))["number"]
    os.kill(child.process.pid, signal.SIGKILL)
    child.process.wait()
    assert values_of(read(child, tmp_path, jpeg(permit.picture)))["number"] == number


# ── the line between worker and child, with children that are none ──────────────────────────────────────────
def scripted(source, patience=60):
    return engine.Engine([sys.executable, "-c", source], patience=patience)


def test_a_child_that_dies_over_a_page_is_told_from_one_that_went_before(tmp_path):
    with pytest.raises(engine.Broken, match=r"died \(-9\)"):
        scripted("import os; input(); os.kill(os.getpid(), 9)").read(tmp_path)
    with pytest.raises(engine.Broken, match="does not start"):
        scripted("").read(tmp_path)


def test_a_child_that_never_answers_is_ended(tmp_path):
    reader = scripted("input(); input()", patience=0.2)
    with pytest.raises(engine.Broken, match="slow"):
        reader.read(tmp_path)
    assert reader.process is None


def test_a_child_that_talks_without_end_is_ended(tmp_path):
    reader = scripted("input()\nwhile True: print('x' * 100_000, end='')")
    with pytest.raises(engine.Broken, match="long"):
        reader.read(tmp_path)


def test_the_child_sees_no_secret_writes_no_file_and_reaches_no_network():
    source = f"""
import importlib.util, json, os
spec = importlib.util.spec_from_file_location("child", {child_file.__file__!r})
child = importlib.util.module_from_spec(spec); spec.loader.exec_module(child)
child.confine()
said = {{"secrets": sorted(name for name in os.environ if "SUNKITCHEN" in name or "URL" in name)}}
import socket
try: socket.socket(); said["network"] = True
except OSError: said["network"] = False
try:
    with open("/tmp/sunkitchen-child-wrote", "w") as file: file.write("x")
    said["file"] = True
except OSError: said["file"] = False
print(json.dumps(said))
"""
    answer = subprocess.run(
        [sys.executable, "-I", "-c", source], env=engine.ENVIRONMENT, capture_output=True, check=True, timeout=60
    )
    assert json.loads(answer.stdout) == {"secrets": [], "network": False, "file": False}
