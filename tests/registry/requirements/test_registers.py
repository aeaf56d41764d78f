"""数据共享: registers are loaded whole or asked; a kitchen takes its paper, and nothing that differs in silence."""

import json
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from sunkitchen.core.workflow import Refused, WrongState
from sunkitchen.registry.credentials import actions as credentials
from sunkitchen.registry.establishments import actions as establishments
from sunkitchen.registry.models import Credential, SharedRecord, SharedRegister
from sunkitchen.registry.requirements import actions as requirements
from sunkitchen.registry.requirements import matching, records, registers, taking
from sunkitchen.registry.requirements.matching import Kitchen
from tests import builders

from .service import says, service

TODAY = timezone.localdate()
CODE, OTHER = "91350100M000100Y43", "91512081MA62K0260E"
NAME = "海澜海上明月餐饮有限公司"
HEADINGS = "统一社会信用代码,名称,登记机关,成立日期,营业期限至,登记状态"
LINE = f"{CODE},{NAME},海澜市市场监督管理局,2020-01-01,长期,存续"


@pytest.fixture
def kitchen(restaurant):
    restaurant.uscc = CODE
    restaurant.save()
    return restaurant


@pytest.fixture
def register(hailan, li):
    return registers.add(hailan, by=li, kind="business_licence", title="企业登记库", source="table")


def csv(*lines):
    return SimpleUploadedFile("库.csv", "\n".join([HEADINGS, *lines]).encode(), "text/csv")


def take(kitchen, register, by, number=CODE):
    return taking.take(kitchen, "licence", by=by, register=register.pk, number=number)


def one(place):
    return next(row for row in requirements.needed(place, TODAY) if row.requirement.code == "licence")


# ── loading ─────────────────────────────────────────────────────────────────────────────────────────────────
def test_a_load_replaces_the_older_one_whole_and_reports_what_it_could_not_use(register, li):
    assert registers.load(register, by=li, upload=csv(LINE)).lines == 1
    load = registers.load(
        register, by=li, upload=csv(f"{OTHER},别家,,2021-01-01,长期,存续", ",,,,,", "坏,某店,,很久以前,,")
    )
    assert (load.lines, load.replaced, load.refused_count) == (1, 1, 1)
    assert load.refused == [[4, "坏", ["number", "valid_from"]]]
    assert list(SharedRecord.objects.values_list("number", flat=True)) == [OTHER]


def test_a_json_list_is_a_table_too(register, li):
    rows = [{"credit_code": CODE, "name": NAME, "issue_date": "2020-01-01", "end date": "长期", "nested": {"a": 1}}]
    body = json.dumps({"data": rows}).encode()
    assert registers.load(register, by=li, upload=SimpleUploadedFile("a.json", body)).lines == 1


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\x00\x01\x02",
        b"[1, 2]",
        b"[",
        b"{}",
        b"[" * 50_000,
        "别的,列\n1,2".encode(),
        HEADINGS.encode(),
        f"{HEADINGS}\n坏,,,,,".encode(),
        b"PK\x03\x04broken",
        b"\xd0\xcf\x11\xe0old",
    ],
)
def test_a_hostile_file_is_refused_in_words_and_leaves_all_as_it_was(register, li, body):
    registers.load(register, by=li, upload=csv(LINE))
    with pytest.raises(Refused):
        registers.load(register, by=li, upload=SimpleUploadedFile("x", body))
    assert SharedRecord.objects.get().number == CODE


def test_a_register_that_has_ended_is_loaded_no_more(register, li):
    registers.load(register, by=li, upload=csv(LINE))
    registers.end(register, by=li)
    assert not SharedRecord.objects.exists()
    with pytest.raises(WrongState):
        registers.load(register, by=li, upload=csv(LINE))


def test_only_whoever_brings_registers_adds_one(hailan, zhao):
    from django.core.exceptions import PermissionDenied

    with pytest.raises(PermissionDenied):
        registers.add(hailan, by=zhao, kind="business_licence", title="库", source="table")


# ── taking ──────────────────────────────────────────────────────────────────────────────────────────────────
def test_a_kitchen_takes_its_paper_and_a_clerk_confirms_it_with_one_press(kitchen, register, wang, li):
    registers.load(register, by=li, upload=csv(LINE))
    [found] = taking.look(kitchen, "licence", number="", today=TODAY)
    assert found.match.agrees
    paper = take(kitchen, register, wang)
    assert (paper.state, paper.source, paper.submitted_by) == ("submitted", "register", wang)
    assert (paper.taking.register, paper.taking.state_said, paper.taking.differs) == (register, "存续", [])
    assert one(kitchen).standing.state == "waiting"
    credentials.approve(paper, by=li)
    assert (one(kitchen).is_met, one(kitchen).standing.way) == (True, "shared")


def test_where_the_register_is_trusted_what_agrees_is_in_force_at_once(kitchen, register, wang, li, sun):
    registers.load(register, by=li, upload=csv(LINE))
    registers.trust(register, by=sun, at_once=True)
    builders.permit(kitchen, state="in_force")
    assert take(kitchen, register, wang).state == "in_force"


def test_the_first_paper_that_names_an_operator_goes_to_a_clerk_however_trusted(kitchen, register, wang, li, sun):
    """Name and code were only typed by then: a stranger would open under somebody's name."""
    registers.load(register, by=li, upload=csv(LINE))
    registers.trust(register, by=sun, at_once=True)
    builders.health_certificate(builders.staff_member(kitchen, added_by=wang))
    builders.permit(kitchen, state="returned")
    assert take(kitchen, register, wang).state == "submitted"


def test_a_paper_that_another_kitchen_brought_goes_to_a_clerk_however_trusted(kitchen, register, wang, li, sun):
    """Whoever types a stranger's name and code into a new kitchen does not get the stranger's paper by a key press."""
    registers.load(register, by=li, upload=csv(LINE))
    registers.trust(register, by=sun, at_once=True)
    builders.permit(kitchen, state="in_force")
    assert take(kitchen, register, wang).state == "in_force"
    copycat = builders.establishment(owner=wang, signboard="海上明月二店", operator_name=NAME, uscc=CODE)
    builders.permit(copycat, state="in_force", number="JY29999010000021")
    assert take(copycat, register, wang).state == "submitted"


def test_a_kitchen_that_changed_hands_opens_with_the_permit_it_takes(kitchen, hailan, wang, li, sun):
    number = "JY29999010000013"
    permits = registers.add(hailan, by=li, kind="food_permit", title="许可库", source="table")
    lines = (
        f"许可证编号,统一社会信用代码,名称,发证日期,有效期至,状态\n{number},{CODE},{NAME},2025-01-01,2031-01-01,有效"
    )
    registers.load(permits, by=li, upload=SimpleUploadedFile("许可.csv", lines.encode()))
    registers.trust(permits, by=sun, at_once=True)
    at = timezone.now()
    kitchen.operatorships.create(operator_name="前任", until=at)
    establishments.hand_over(kitchen, by=li, operator_name=NAME, uscc=CODE, at=at)
    assert kitchen.state == "closed"
    taken = taking.take(kitchen, "permit", by=wang, register=permits.pk, number=number)
    assert taken.state == "submitted", "nobody has seen yet who the new operator is"
    credentials.approve(taken, by=li)
    kitchen.refresh_from_db()
    assert kitchen.state == "open"


@pytest.mark.parametrize(
    "url",
    [
        "https://{number}.example/{uscc}",
        "https://register.example:{number}/",
        "https://{uscc}/x",
        "{uscc}://a.example/",
    ],
)
def test_what_a_kitchen_types_never_says_which_service_is_asked(hailan, li, url):
    with pytest.raises(Refused):
        registers.add(hailan, by=li, kind="business_licence", title="库", source="http", url=url, names=SCHEMA)


def test_where_four_eyes_approve_no_register_is_trusted_alone(kitchen, register, wang, li, sun, hailan):
    from sunkitchen.registry.credentials import four_eyes

    four_eyes.arrange(hailan, by=sun, kinds=["business_licence"])
    registers.load(register, by=li, upload=csv(LINE))
    registers.trust(register, by=sun, at_once=True)
    assert take(kitchen, register, wang).state == "submitted"


def test_a_name_that_differs_goes_to_a_clerk_however_trusted(kitchen, register, wang, li, sun):
    registers.load(register, by=li, upload=csv(LINE.replace(NAME, "旧名餐饮")))
    registers.trust(register, by=sun, at_once=True)
    paper = take(kitchen, register, wang)
    assert (paper.state, paper.taking.differs) == ("submitted", ["holder"])


@pytest.mark.parametrize(
    "line",
    [
        f"{OTHER},别家餐饮,,2020-01-01,长期,存续",
        LINE.replace(CODE, OTHER),
        LINE.replace("存续", "注销"),
        LINE.replace("长期", "2024-01-01"),
    ],
)
def test_what_is_not_theirs_or_not_valid_is_never_taken(kitchen, register, wang, li, line):
    registers.load(register, by=li, upload=csv(line))
    number = line.split(",")[0]
    [found] = taking.look(kitchen, "licence", number=number, today=TODAY)
    assert not found.match.may_take
    with pytest.raises(Refused):
        take(kitchen, register, wang, number)
    assert not Credential.objects.exists()


def test_it_is_taken_once(kitchen, register, wang, li):
    registers.load(register, by=li, upload=csv(LINE))
    take(kitchen, register, wang)
    with pytest.raises(Refused):
        take(kitchen, register, wang)
    assert Credential.objects.count() == 1


def test_another_authoritys_register_is_not_theirs(kitchen, wang, qian):
    elsewhere = builders.authority("外市市场监督管理局", "888801")
    clerk = builders.officer("外审", elsewhere, "clerk")
    far = registers.add(elsewhere, by=clerk, kind="business_licence", title="外市库", source="table")
    registers.load(far, by=clerk, upload=csv(LINE))
    assert "shared" not in [offer.way for offer in one(kitchen).offers]
    with pytest.raises(Refused):
        take(kitchen, far, wang)


def test_what_agrees_is_pure(kitchen):
    record = records.Record(number=CODE, uscc=CODE, holder=NAME, valid_from=date(2020, 1, 1), state="存续")
    assert matching.match(record, Kitchen(NAME, CODE), TODAY).agrees
    assert matching.match(record, Kitchen(NAME, ""), TODAY).agrees
    assert not matching.match(record, Kitchen("另一家", ""), TODAY).may_take
    assert not matching.match(record, Kitchen(NAME, OTHER), TODAY).may_take


# ── a service that is asked ─────────────────────────────────────────────────────────────────────────────────
SCHEMA = "uscc = data.list.0.code\nholder = data.list.0.name\nvalid_from = data.list.0.from\nstate = data.list.0.state"
ANSWER = {"data": {"list": [{"code": CODE, "name": NAME, "from": "2020-01-01", "state": "存续"}]}}


def served(hailan, li, place, key="geheim-42"):
    url = f"http://{place}/licence?code={{uscc}}"
    return registers.add(
        hailan, by=li, kind="business_licence", title="省级接口", source="http", url=url, key=key, names=SCHEMA
    )


def test_a_service_is_asked_with_its_key_and_answers_by_its_schema(kitchen, hailan, wang, li, settings):
    with service(says(ANSWER)) as (place, seen):
        settings.SHARE_ALLOW = [place]
        register = served(hailan, li, place)
        paper = take(kitchen, register, wang)
    assert paper.number == CODE
    assert seen[0][:2] == (f"/licence?code={CODE}", "Bearer geheim-42")
    assert "geheim" not in SharedRegister.objects.get().sealed_key


def test_a_service_that_speaks_of_another_is_not_believed(kitchen, hailan, li, settings):
    answer = {"data": {"list": [{"code": OTHER, "name": NAME, "from": "2020-01-01"}]}}
    with service(says(answer)) as (place, _seen):
        settings.SHARE_ALLOW = [place]
        served(hailan, li, place)
        [found] = taking.look(kitchen, "licence", number="", today=TODAY)
    assert found.match is None


@pytest.mark.parametrize(
    "answer",
    [
        says({}, status=500),
        says(b"no json"),
        says({"data": {"list": [{"code": CODE, "name": "", "from": "x"}]}}),
        says({}, status=301, Location="http://127.0.0.1:1/"),
    ],
)
def test_a_service_in_trouble_is_said_in_words(kitchen, hailan, li, settings, answer):
    with service(answer) as (place, _seen):
        settings.SHARE_ALLOW = [place]
        served(hailan, li, place)
        [found] = taking.look(kitchen, "licence", number="", today=TODAY)
    assert found.match is None
    assert found.refused


@pytest.mark.parametrize(
    ("url", "names"),
    [
        ("http://127.0.0.1:9/{uscc}", SCHEMA),
        ("https://register.example/", SCHEMA),
        ("https://u:p@register.example/{uscc}", SCHEMA),
        ("https://register.example/{uscc}", "uscc = a"),
        ("https://register.example/{uscc}", SCHEMA + "\nbank = b"),
        ("https://register.example/{uscc}", SCHEMA + "\nnumber = a..b"),
        ("https://register.example/{uscc}" + "x" * 300, SCHEMA),
    ],
)
def test_an_address_or_a_schema_that_cannot_work_is_refused_at_once(hailan, li, url, names):
    with pytest.raises(Refused):
        registers.add(hailan, by=li, kind="business_licence", title="库", source="http", url=url, names=names)
    assert not SharedRegister.objects.exists()
