"""Every transition × role × state: what a person may do is compared, cell by cell, with a table written by hand."""

import uuid
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import transaction
from django.utils.translation import override

from ratings.editions import (
    amendments,
    approving,
    drafting,
    evidence,
    noticing,
    objecting,
    rectifying,
    releasing,
)
from ratings.inspections import actions as inspections
from ratings.models import Edition, Listing
from sunkitchen.core import files
from sunkitchen.core.workflow import Refused
from tests import builders
from tests.ratings.conftest import AFTER, MONDAY, answers

pytestmark = pytest.mark.django_db

LATER = AFTER + timedelta(days=3)
OVER = datetime(2027, 3, 1, 2, 0, tzinfo=UTC)

# ── the table, by hand ──────────────────────────────────────────────────────────────────────────────────────
# owner: of the listed kitchen; rival: of another; clerk: issued and served the notice; section: clerk, first stage of
# the chain; drafter: inspector who drafted, picked and inspected; inspector: another one; decider: publisher who
# decided the objection; publisher: another one; deputy: publisher, last stage of the chain.
ROLES = [
    "owner",
    "rival",
    "clerk",
    "section",
    "drafter",
    "inspector",
    "decider",
    "publisher",
    "deputy",
    "auditor",
    "admin",
    "foreign publisher",
]
INSPECTORS = {"drafter", "inspector"}
SERVERS = INSPECTORS | {"clerk", "section"}
PUBLISHERS = {"decider", "publisher", "deputy"}
ON_ITS_WAY = ["picked", "noticed", "served", "objected", "ready", "agreed"]
OUT = ["published", "stayed", "asked", "mended", "removed", "over"]
STATES = [*ON_ITS_WAY, "scheduled", "published", "stayed", "withdrawn", "asked", "mended", "removed", "over"]

TABLE = {
    "pick": dict.fromkeys(ON_ITS_WAY, INSPECTORS),
    "attach": dict.fromkeys(ON_ITS_WAY, INSPECTORS),
    "drop": dict.fromkeys(["picked", "noticed", "served", "ready", "agreed"], INSPECTORS),
    "notice": {"picked": SERVERS},
    "serve": {"noticed": SERVERS},
    "waive": dict.fromkeys(["served", "ready", "agreed"], SERVERS),
    "lodge": {"served": SERVERS | {"owner"}},
    "decide": {"objected": PUBLISHERS},
    "approve": {"ready": {"section"}},
    "refuse": {"ready": {"section"}},
    "release": {"agreed": PUBLISHERS - {"decider"}},
    "publish": {"agreed": PUBLISHERS - {"decider"}},
    "recall": {"scheduled": PUBLISHERS},
    "stay": dict.fromkeys(["published", "asked", "mended"], PUBLISHERS),
    "lift": {"stayed": PUBLISHERS},
    "withdraw": dict.fromkeys(OUT, PUBLISHERS),
    "correct": dict.fromkeys(OUT, PUBLISHERS),
    "remove": {"mended": PUBLISHERS},
    "erase": dict.fromkeys(["withdrawn", "over"], PUBLISHERS),
    "ask": {"published": SERVERS | {"owner"}},
    "look": {"asked": INSPECTORS},
}


# ── the world in each state ─────────────────────────────────────────────────────────────────────────────────


@dataclass
class Scene:
    people: dict
    edition: int
    listing: int
    other: object  # a kitchen that the rules propose for the red list
    at: datetime
    folder: object

    def row(self):
        return Listing.objects.select_related("edition__authority", "establishment").get(pk=self.listing)


@pytest.fixture
def people(hailan, wang, chen, li, zhao, zhou, sun, zheng, wu):
    elsewhere = builders.authority("别市局", division="999902")
    return {
        "owner": chen,
        "rival": wang,
        "clerk": li,
        "section": builders.officer("马科", hailan, "clerk"),
        "drafter": zhao,
        "second": zhou,
        "inspector": builders.officer("罗访", hailan, "inspector", enforcement_number="HL-0033"),
        "decider": zheng,
        "publisher": sun,
        "deputy": builders.officer("范局", hailan, "publisher"),
        "auditor": wu,
        "admin": builders.user("管理员", email="admin@example.com", is_superuser=True),
        "foreign publisher": builders.officer("外发", elsewhere, "publisher"),
    }


def visited_again(kitchen, people):
    visit = inspections.begin(kitchen, by=people["drafter"], second=people["second"], kind="follow_up", at=LATER)
    inspections.fill_in(visit, answers(), by=people["drafter"])
    inspections.close(visit, by=people["drafter"], signature="signed", signed_name="陈", at=LATER)
    visit.refresh_from_db()
    return visit


def led_to(state, black, bad, people):
    """The listing and its edition, by the actions alone, up to that state; the moment at which it is looked at."""
    draft, words = black.edition, {"document_number": "复 1 号", "reason": "依决定办理。"}
    stages = [("科室负责人", "", [people["section"]]), ("分管局领导", "", [people["deputy"]])]
    approving.set_chain(draft.authority, by=people["publisher"], stages=stages, at=MONDAY)
    if state == "picked":
        return MONDAY
    noticing.notice(black, by=people["clerk"], at=MONDAY)
    if state == "noticed":
        return MONDAY
    noticing.serve(black, by=people["clerk"], method="direct", served_on=MONDAY.date(), note="签收", at=MONDAY)
    if state == "served":
        return MONDAY
    objection = objecting.lodge(black, by=people["owner"], statement="不服。", at=MONDAY)
    if state == "objected":
        return AFTER
    objecting.decide(objection, by=people["decider"], uphold=True, answer="维持。", at=AFTER)
    if state == "ready":
        return AFTER
    for officer in ("section", "deputy"):
        approving.approve(draft, by=people[officer], opinion="同意。", at=AFTER)
    if state == "agreed":
        return AFTER
    if state == "scheduled":
        releasing.release(draft, by=people["publisher"], at_hour=AFTER + timedelta(hours=9), at=AFTER)
        return AFTER
    releasing.publish(draft, by=people["publisher"], at=AFTER)
    if state == "stayed":
        amendments.stay(black, by=people["publisher"], at=LATER, **words)
    if state == "withdrawn":
        amendments.withdraw(black, by=people["publisher"], at=LATER, **words)
    if state in ("asked", "mended", "removed"):
        asked = rectifying.ask(black, by=people["owner"], statement="已整改。", at=AFTER)
        visit = visited_again(bad, people)
        if state in ("mended", "removed"):
            rectifying.decide(asked, by=people["second"], inspection=visit, at=LATER)
        if state == "removed":
            amendments.remove(black, by=people["publisher"], at=LATER, **words)
    return OVER if state == "over" else LATER


def a_file(folder):
    """An upload as core.files leaves it once it is safe, without the second that this takes."""
    own = folder / uuid.uuid4().hex
    own.mkdir(parents=True)
    (own / "1.jpg").write_bytes(b"JPEG")
    return files.Admitted(own, "image", 1, "1.jpg", uuid.uuid4().hex * 2, 4)


def open_objection(row):
    found = row.objections.order_by("pk").last()
    if found is None:
        raise Refused("There is none.")
    return found


def open_rectification(row):
    found = row.rectifications.order_by("pk").last()
    if found is None:
        raise Refused("There is none.")
    return found


def deeds(scene, by):
    """Each transition as this person would take it now."""
    row, at = scene.row(), scene.at
    edition = Edition.objects.select_related("authority").get(pk=scene.edition)
    words = {"document_number": "复 2 号", "reason": "依决定办理。", "at": at}

    def look():
        asked = open_rectification(row)
        rectifying.decide(asked, by=by, inspection=rectifying.visits_of(asked)[0], at=at)

    return {
        "pick": lambda: drafting.pick(edition, scene.other, by=by, colour="red", reason="全部条款符合。", at=at),
        "attach": lambda: evidence.attach(row, by=by, file=a_file(scene.folder), title="后厨", at=at),
        "drop": lambda: noticing.drop(row, by=by, why="改日。"),
        "notice": lambda: noticing.notice(row, by=by, at=at),
        "serve": lambda: noticing.serve(row, by=by, method="direct", served_on=MONDAY.date(), note="签收", at=at),
        "waive": lambda: noticing.waive(row, by=by, waived_on=MONDAY.date(), statement="放弃。", at=at),
        "lodge": lambda: objecting.lodge(row, by=by, statement="不服。", at=at),
        "decide": lambda: objecting.decide(open_objection(row), by=by, uphold=True, answer="维持。", at=at),
        "approve": lambda: approving.approve(edition, by=by, opinion="同意。", at=at),
        "refuse": lambda: approving.refuse(edition, by=by, opinion="不同意。", at=at),
        "release": lambda: releasing.release(edition, by=by, at_hour=at + timedelta(hours=1), at=at),
        "publish": lambda: releasing.publish(edition, by=by, at=at),
        "recall": lambda: releasing.recall(edition, by=by, at=at),
        "stay": lambda: amendments.stay(row, by=by, **words),
        "lift": lambda: amendments.lift(row, by=by, reason="恢复公示。", at=at),
        "withdraw": lambda: amendments.withdraw(row, by=by, **words),
        "correct": lambda: amendments.correct(row, by=by, **words),
        "remove": lambda: amendments.remove(row, by=by, **words),
        "erase": lambda: amendments.erase(row, by=by, reason="信用修复。", at=at),
        "ask": lambda: rectifying.ask(row, by=by, statement="已整改。", at=at),
        "look": look,
    }


def test_the_table_names_every_transition_and_no_other(black, good, people, tmp_path):
    scene = Scene(people, black.edition_id, black.pk, good, MONDAY, tmp_path)
    assert set(deeds(scene, people["owner"])) == set(TABLE)
    assert {state for row in TABLE.values() for state in row} <= set(STATES)
    assert set(ROLES) <= set(people)


@pytest.mark.parametrize("state", STATES)
def test_who_may_take_which_step(state, black, bad, good, people, settings, tmp_path):
    settings.FILES_ROOT = tmp_path / "files"
    with override("zh-hans"):
        at = led_to(state, black, bad, people)
        scene = Scene(people, black.edition_id, black.pk, good, at, tmp_path)
        wrong = []
        for role in ROLES:
            for name in TABLE:
                taken = took(scene, people[role], name)
                if taken != (role in TABLE[name].get(state, set())):
                    wrong.append(f"{name} by {role} while {state}: {'was taken' if taken else 'was refused'}")
    assert not wrong, "\n" + "\n".join(wrong)


def took(scene, by, name):
    """Whether the step was taken; whatever it wrote is taken back."""
    with transaction.atomic():
        try:
            with transaction.atomic():
                deeds(scene, by)[name]()
        except Refused:
            return False
        transaction.set_rollback(True)
    return True


def test_the_calendar_of_these_tests_is_right():
    assert date(2026, 11, 16).weekday() == 0 and AFTER < LATER < OVER
