"""Pages are turned upright by who brought them, before a clerk judges; everybody sees them so, and the marks go along."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import Http404
from django.test import Client
from django.utils import translation
from PIL import Image

from sunkitchen.core import files, upright
from sunkitchen.core.models import AuditEntry, StoredFile
from sunkitchen.core.workflow import Refused, WrongState
from sunkitchen.registry.credentials import actions as credentials
from sunkitchen.registry.credentials import compared, turning
from sunkitchen.registry.models import Credential, Upload
from sunkitchen.registry.uploads import turning as uploads_turning
from tests import builders
from tests.core import corpus
from tests.registry.uploads.conftest import FIELDS
from tests.registry.uploads.test_filling import TYPED

KEPT, LYING = (1200, 1600), (1600, 1200)


def signed_in(person):
    client = Client(raise_request_exception=False)
    client.force_login(person)
    return client


def size(answer):
    assert answer.status_code == 200
    return Image.open(io.BytesIO(b"".join(answer.streaming_content))).size


@pytest.fixture
def brought(bring, sheet, newcomer):
    return bring(sheet, place=newcomer, sort="food_permit")


@pytest.fixture
def draft(newcomer, wang, brought):
    facts = {**TYPED, "kind": "food_permit", "items": ""}
    return credentials.draft(newcomer, by=wang, held=[brought.key], **facts)


# ── while it waits for its form ─────────────────────────────────────────────────────────────────────────────
def test_an_upload_is_turned_and_told_with_its_marks(brought, wang, newcomer, as_read):
    as_read(brought.file)
    url = f"/en/desk/kitchens/{newcomer.code}/uploads/{brought.key}/pages/1/"
    mine = signed_in(wang)
    before = mine.get(url.removesuffix("pages/1/")).json()
    said = mine.post(f"{url}turn/", {"way": "right"}).json()
    assert size(mine.get(said["pages"][0])) == LYING and size(mine.get(url)) == LYING
    assert said["pages"] != before["pages"], "the browser asks for the turned picture anew"
    (x, y), *_others = before["reading"]["fields"]["number"]["box"]
    assert said["reading"]["fields"]["number"]["box"][0] == [1000 - y, x]
    for _each in range(3):
        said = mine.post(f"{url}turn/", {"way": "right"}).json()
    assert said == before
    assert files.page_path(brought.file, 1).read_bytes() == b"".join(mine.get(url).streaming_content)


@pytest.mark.parametrize("way", ["", "up", "\x00", "90", "right " * 999])
def test_a_way_that_is_none_is_refused_in_words(brought, wang, newcomer, way):
    answer = signed_in(wang).post(
        f"/en/desk/kitchens/{newcomer.code}/uploads/{brought.key}/pages/1/turn/", {"way": way}
    )
    assert (answer.status_code, answer.json()["refused"]) == (422, "A page is turned to the left or to the right.")
    assert StoredFile.objects.get().turns == {}


@pytest.mark.parametrize("number", ["0", "2", "999999999999"])
def test_a_page_that_is_not_there_is_not_turned(brought, wang, newcomer, number):
    url = f"/en/desk/kitchens/{newcomer.code}/uploads/{brought.key}/pages/{number}/turn/"
    assert signed_in(wang).post(url, {"way": "left"}).status_code == 404


def test_nobody_elses_upload_is_turned(brought, rival, newcomer):
    with translation.override("en"), pytest.raises(Refused, match="own people"):
        uploads_turning.turn(brought, 1, by=rival.memberships.get().user, way="left")
    url = f"/en/desk/kitchens/{newcomer.code}/uploads/{brought.key}/pages/1/turn/"
    assert signed_in(rival.memberships.get().user).post(url, {"way": "left"}).status_code == 404


def test_what_a_form_took_is_turned_through_its_paper_alone(draft, brought, wang):
    with pytest.raises(WrongState):
        uploads_turning.turn(brought, 1, by=wang, way="left")


# ── on its paper ────────────────────────────────────────────────────────────────────────────────────────────
def test_a_drafts_page_is_turned_and_stays_so_for_the_clerk(draft, brought, wang, li, newcomer, as_read):
    as_read(brought.file)
    mine, url = signed_in(wang), f"/en/desk/kitchens/{newcomer.code}/papers/{draft.pk}/"
    page = mine.get(url).content.decode()
    assert 'aria-label="Turn page 1 to the left"' in page
    answer = mine.post(f"{url}pages/1/turn/", {"way": "left"})
    assert answer.status_code == 302 and answer["Location"] == f"{url}#page-1"
    kept = files.page_path(brought.file, 1).read_bytes()
    credentials.submit(draft, by=wang)
    clerk = signed_in(li)
    assert size(clerk.get(f"/papers/{draft.pk}/pages/1/")) == LYING
    (x, y) = FIELDS["number"]["box"][0]
    assert f"{y:g},{1000 - x:g} " in clerk.get(f"/en/office/papers/{draft.pk}/").content.decode()
    seen = compared.seen(compared.with_pictures(Credential.objects.all()).get())
    assert seen.fields["number"]["box"][0] == [y, 1000 - x]
    assert files.page_path(brought.file, 1).read_bytes() == kept, "what came is the evidence"
    entry = AuditEntry.objects.get(verb="credential.page_turned")
    assert (entry.actor, entry.detail["page"], entry.detail["quarters"]) == (wang, 1, -1)
    assert "Turn page" not in mine.get(url).content.decode()


def test_a_paper_that_a_clerk_judges_is_not_turned(draft, wang, li, newcomer):
    credentials.submit(draft, by=wang)
    with pytest.raises(WrongState):
        turning.turn(draft, 1, by=wang, way="left")
    with translation.override("en"):
        assert (
            signed_in(wang)
            .post(f"/en/desk/kitchens/{newcomer.code}/papers/{draft.pk}/pages/1/turn/", {"way": "left"}, follow=True)
            .status_code
            == 200
        )
    assert StoredFile.objects.get().turns == {} and not AuditEntry.objects.filter(verb="credential.page_turned")


def test_only_its_own_people_turn_a_papers_page(draft, li, rival):
    for person in (li, rival.memberships.get().user):
        with translation.override("en"), pytest.raises(Refused, match="own people"):
            turning.turn(draft, 1, by=person, way="left")
    assert StoredFile.objects.get().turns == {}


def test_pages_are_counted_through_all_files(newcomer, wang, bring, sheet):
    keys = [bring(body, place=newcomer).key for body in (corpus.pdf(pages=2), sheet)]
    paper = credentials.draft(newcomer, by=wang, held=keys, kind="food_permit", **{**TYPED, "items": ""})
    turning.turn(paper, 3, by=wang, way="right")
    two, one = (page.file for page in paper.pages.select_related("file"))
    assert two.turns == {} and one.turns == {"1": {"quarter": 1}}
    for number in (0, 4):
        with pytest.raises(Http404):
            turning.turn(paper, number, by=wang, way="right")


def test_a_script_hears_where_the_marks_of_a_drafts_page_stand_now(draft, brought, wang, newcomer, as_read):
    as_read(brought.file)
    url = f"/en/desk/kitchens/{newcomer.code}/papers/{draft.pk}/pages/1/turn/"
    said = signed_in(wang).post(url, {"way": "right"}, headers={"Accept": "application/json"}).json()
    x, y = FIELDS["number"]["box"][0]
    assert said["url"].endswith("?turned=90") and said["marks"]["number"].startswith(f"{1000.0 - y},{float(x)} ")
    bad = signed_in(wang).post(url, {"way": "over"}, headers={"Accept": "application/json"})
    assert bad.status_code == 422 and "left" in bad.json()["refused"]


# ── without a script ────────────────────────────────────────────────────────────────────────────────────────
@pytest.fixture
def address(newcomer):
    return f"/en/desk/kitchens/{newcomer.code}/papers/new/?kind=food_permit"


def test_the_form_turns_a_picture_and_keeps_what_was_typed(address, brought, wang):
    answer = signed_in(wang).post(
        address, {"number": "JY29999010000010", "held": [str(brought.key)], "turn": "1 right"}
    )
    page = answer.content.decode()
    assert answer.status_code == 200 and 'value="JY29999010000010"' in page and "?turned=90" in page
    assert upright.turn_of(StoredFile.objects.get(), 1).quarter == 1 and not Credential.objects.exists()


def test_the_form_turns_a_picture_that_comes_with_it(address, wang, sheet):
    answer = signed_in(wang).post(
        address, {"files": [SimpleUploadedFile("p.jpg", sheet, "image/jpeg")], "turn": "1 left"}
    )
    assert answer.status_code == 302 and answer["Location"].endswith("#page-1")
    assert str(Upload.objects.get().key) in answer["Location"]
    assert upright.turn_of(StoredFile.objects.get(), 1).quarter == 3


def test_the_form_of_a_returned_paper_turns_what_it_has(draft, wang, li, newcomer):
    url = f"/en/desk/kitchens/{newcomer.code}/papers/{draft.pk}/edit/"
    assert 'value="1 right"' in signed_in(wang).get(url).content.decode()
    assert signed_in(wang).post(url, {"turn": "1 right"}).status_code == 302
    assert upright.turn_of(StoredFile.objects.get(), 1).quarter == 1


@pytest.mark.parametrize("turn, status", [("", 404), ("2 left", 404), ("x", 404), ("1 over", 422), ("9" * 99, 404)])
def test_a_turn_that_makes_no_sense_turns_nothing(address, brought, wang, turn, status):
    answer = signed_in(wang).post(address, {**TYPED, "held": [str(brought.key)], "turn": turn})
    assert answer.status_code == status and StoredFile.objects.get().turns == {}
    assert not Credential.objects.exists()


# ── coming back ─────────────────────────────────────────────────────────────────────────────────────────────
def test_pictures_that_were_left_behind_are_found_again(address, brought, wang, newcomer):
    mine = signed_in(wang)
    page = mine.get(address).content.decode()
    assert "wait here from before" in page and f"held={brought.key}" in page
    back = mine.get(f"{address}&held={brought.key}").content.decode()
    assert "wait here from before" not in back and f'value="{brought.key}"' in back
    mine.post(address, {**TYPED, "held": [str(brought.key)]})
    assert "wait here from before" not in mine.get(address).content.decode()


def test_a_colleagues_pictures_and_those_of_other_papers_are_not_offered(address, bring, body, wang, newcomer):
    bring(body, place=newcomer, sort="business_licence")
    colleague = builders.user("经理")
    builders.manager(newcomer, colleague)
    bring(body, place=newcomer, by=colleague, sort="food_permit")
    assert "wait here from before" not in signed_in(wang).get(address).content.decode()
