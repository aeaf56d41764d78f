"""What is published is amended in the open; where a name leaves, it leaves everything that is served."""

import hashlib
import json
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.cache import cache
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from ratings.editions import actions as editions
from ratings.editions import amendments, edition, rectifying
from ratings.editions.afterwards import Amendment, hidden_listings
from ratings.editions.standing import standings
from ratings.models import Listing, ListingIdentity
from sunkitchen.core import audit, translog, verify
from sunkitchen.core.models import LogEntry, Notice
from sunkitchen.core.workflow import Refused, WrongState
from tests.ratings.conftest import AFTER

pytestmark = pytest.mark.django_db

LATER = AFTER + timedelta(days=3)
WORDS = {"document_number": "海政复〔2026〕9 号", "reason": "复议机关决定中止公示。"}
NAMES = ("老码头大排档", "海澜老码头餐饮店")


@pytest.fixture
def listing(published, served):
    return Listing.objects.get(pk=served.pk)


def served_anywhere(bad, address="/lists/hailan/2026-1"):
    """Everything that anybody may fetch, as text, without a cache in between: where a name could be."""
    cache.clear()
    client, found = Client(), {}
    for path in (
        f"{address}/",
        f"{address}.json",
        f"{address}.csv",
        "/lists/",
        "/lists/hailan/",
        "/lists/feed.atom",
        "/log/editions/hailan/2026-1.json",
        f"/k/{bad.code}/history/",
        f"/badge/{bad.code}.svg",
    ):
        response = client.get(path)
        body = b"".join(response.streaming_content) if response.streaming else response.content
        found[path] = body.decode() if response.status_code == 200 else ""
    return found


def told(bad):
    """Whether the name stands anywhere on the edition, and whether anything says that the kitchen is black-listed."""
    pages = served_anywhere(bad)
    listed = [
        path for path, text in pages.items() if path.startswith(("/lists", "/log")) and any(n in text for n in NAMES)
    ]
    seals = []
    marks = {
        f"/k/{bad.code}/": "seal black",
        f"/k/{bad.code}/kiosk/": "seal black",
        f"/embed/{bad.code}/": "seal black",
        f"/?q={NAMES[0]}": "seal black",
        "/?list=black": bad.code,
        "/map/?list=black": bad.code,
        f"{reverse('map_points')}?box=-90,-180,90,180": '"black"',
        "/wall/": "seal black",
    }
    for path, mark in marks.items():
        cache.clear()
        response = Client().get(path)
        assert response.status_code == 200, path
        if mark in response.content.decode():
            seals.append(path)
    return listed, seals


@pytest.fixture
def now(monkeypatch):
    """The site's clock stands at the third day of the term."""
    monkeypatch.setattr(timezone, "now", lambda: LATER)
    return LATER


HIDING = {"stay": amendments.stay, "withdraw": amendments.withdraw}


def test_before_any_amendment_the_name_is_told(listing, bad, now):
    listed, seals = told(bad)
    assert "/lists/hailan/2026-1/" in listed and "/lists/hailan/2026-1.json" in listed
    assert {f"/k/{bad.code}/", f"/?q={NAMES[0]}", "/?list=black"} <= set(seals)


@pytest.mark.parametrize("how", HIDING)
def test_a_name_that_is_hidden_leaves_all_that_is_served(
    listing, bad, sun, now, how, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        HIDING[how](listing, by=sun, at=LATER, **WORDS)
    assert told(bad) == ([], [])
    assert Listing.objects.standing(bad, LATER) is None and standings([bad], LATER) == {}
    assert not Listing.objects.shown(LATER).filter(establishment=bad).exists()
    assert list(hidden_listings(listing=listing).values_list("listing", flat=True)) == [listing.pk]
    page = served_anywhere(bad)["/lists/hailan/2026-1/"]
    assert WORDS["reason"] in page and WORDS["document_number"] in page, "the notice stays where it stood"
    assert listing.reason in page, "and so does the finding"


@pytest.mark.parametrize("how", HIDING)
def test_paper_and_picture_of_a_hidden_listing_say_so_and_name_nobody(listing, sun, now, how):
    from sunkitchen.public.lists.entries import entries
    from sunkitchen.public.lists.said import lines_of

    HIDING[how](listing, by=sun, at=LATER, **WORDS)
    entry = next(one for one in entries(listing.edition, LATER) if one.listing == listing)
    text = "\n".join(line.text for line in lines_of(entry))
    assert WORDS["reason"] in text and not any(name in text for name in NAMES)
    assert entry.hiding and entry.address == ""


def test_a_stay_that_is_lifted_shows_the_name_again_and_both_are_in_the_log(
    listing, bad, sun, now, log_root, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        amendments.stay(listing, by=sun, at=LATER, **WORDS)
    with django_capture_on_commit_callbacks(execute=True):
        amendments.lift(listing, by=sun, reason="复议维持原认定。", at=LATER)
    listed, _seals = told(bad)
    assert "/lists/hailan/2026-1/" in listed
    kinds = [json.loads(bytes(entry.leaf)).get("amendment") for entry in LogEntry.objects.order_by("seq")]
    assert kinds == [None, "stay", "lifted"]
    assert verify.main([str(log_root)]) == 0
    with pytest.raises(WrongState):
        amendments.lift(listing, by=sun, reason="再来。", at=LATER)


def test_an_amendments_leaf_has_exactly_its_fields_and_its_words_beside_it(listing, sun, log_root):
    row = amendments.correct(listing, by=sun, document_number="海市监更〔2026〕1 号", reason="日期系笔误。", at=LATER)
    leaf = json.loads(bytes(row.entry.leaf))
    said = translog.canonical({"document_number": row.document_number, "reason": row.reason})
    assert leaf == {
        "kind": "amendment",
        "edition": "hailan/2026-1",
        "listing": listing.place,
        "amendment": "correction",
        "at": edition.moment(LATER),
        "officer": sun.pk,
        "reason_sha256": hashlib.sha256(said).hexdigest(),
        "seq": 1,
        "previous": LogEntry.objects.get(seq=0).leaf_hash,
    }
    editions.settle(LATER)
    document = edition.document(listing.edition, LATER)
    assert document["listings"][listing.place]["amendments"] == [
        {
            "seq": 1,
            "kind": "correction",
            "at": edition.moment(LATER),
            "reason": "日期系笔误。",
            "document_number": "海市监更〔2026〕1 号",
        }
    ]
    assert "identity" in document["listings"][listing.place], "a correction hides nobody"
    assert "amendments" not in document["listings"][1 - listing.place]


def test_editions_without_amendments_have_the_document_that_they_always_had(published):
    editions.settle(LATER)
    published.refresh_from_db()
    document = edition.document(published, LATER)
    assert all("amendments" not in one for one in document["listings"])


@pytest.mark.parametrize("reason", ["", "  ", "老码头大排档已整改", "海澜老码头餐饮店撤销", "字" * 501])
def test_a_reason_is_given_and_names_nobody(listing, sun, reason):
    for act in (amendments.stay, amendments.withdraw, amendments.correct):
        with pytest.raises(Refused):
            act(listing, by=sun, document_number="1 号", reason=reason, at=LATER)
    assert not Amendment.objects.exists() and LogEntry.objects.count() == 1


def test_an_amendment_names_its_document(listing, sun):
    for number in ("", " ", "字" * 61):
        with pytest.raises(Refused):
            amendments.withdraw(listing, by=sun, document_number=number, reason="撤销。", at=LATER)


def test_a_withdrawal_later_than_three_working_days_is_marked_late(listing, sun):
    assert amendments.withdraw_by(date(2026, 11, 24)) == date(2026, 11, 27)
    amendments.withdraw(
        listing, by=sun, overturned_on=date(2026, 11, 20), at=datetime(2026, 11, 26, tzinfo=UTC), **WORDS
    )
    assert audit.trail(listing).get(verb="listing.withdrawn").detail["late"] is True


def test_a_decision_of_tomorrow_overturns_nothing(listing, sun):
    with pytest.raises(Refused):
        amendments.withdraw(listing, by=sun, overturned_on=date(2027, 11, 20), at=LATER, **WORDS)


def test_the_owner_is_told_each_time(listing, sun, chen):
    amendments.stay(listing, by=sun, at=LATER, **WORDS)
    amendments.lift(listing, by=sun, reason="维持。", at=LATER)
    amendments.correct(listing, by=sun, at=LATER, **WORDS)
    amendments.withdraw(listing, by=sun, at=LATER, **WORDS)
    kinds = Notice.objects.filter(recipient=chen, channel="desk").values_list("kind", flat=True).order_by("pk")
    assert [kind.split(".")[1] for kind in kinds][-4:] == ["stay", "lifted", "correction", "withdrawal"]


def test_what_is_withdrawn_is_neither_suspended_nor_shown_nor_corrected_again(listing, sun):
    amendments.stay(listing, by=sun, at=LATER, **WORDS)
    amendments.withdraw(listing, by=sun, at=LATER, **WORDS)
    for step in (
        lambda: amendments.lift(listing, by=sun, reason="再公示。", at=LATER),
        lambda: amendments.stay(listing, by=sun, at=LATER, **WORDS),
        lambda: amendments.correct(listing, by=sun, at=LATER, **WORDS),
        lambda: amendments.withdraw(listing, by=sun, at=LATER, **WORDS),
    ):
        with pytest.raises(WrongState):
            step()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ratings_amendment SET reason = '改了' WHERE kind = 'withdrawal'",
        "DELETE FROM ratings_amendment WHERE kind = 'withdrawal'",
        "UPDATE ratings_amendment SET lifted_at = '2026-01-01' WHERE kind = 'withdrawal'",
    ],
)
def test_an_amendment_is_never_altered(listing, sun, statement):
    amendments.withdraw(listing, by=sun, at=LATER, **WORDS)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


# ── erasure ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_who_was_listed_is_erased_after_the_withdrawal_and_all_verifies(
    listing, sun, log_root, django_capture_on_commit_callbacks
):
    with pytest.raises(Refused):
        amendments.erase(listing, by=sun, reason="信用修复。", at=LATER)
    with django_capture_on_commit_callbacks(execute=True):
        amendments.withdraw(listing, by=sun, at=LATER, **WORDS)
    with django_capture_on_commit_callbacks(execute=True):
        amendments.erase(listing, by=sun, reason="信用修复。", at=LATER)
    assert not ListingIdentity.objects.filter(listing=listing).exists()
    assert verify.main([str(log_root)]) == 0
    assert not any(name in path.read_text() for name in NAMES for path in log_root.rglob("*.json"))
    with pytest.raises(WrongState):
        amendments.erase(Listing.objects.get(pk=listing.pk), by=sun, reason="再来。", at=LATER)
    assert audit.trail(listing).filter(verb="listing.erased").exists()


def test_at_the_end_of_its_term_a_name_leaves_and_may_be_erased(listing, bad, sun, monkeypatch, log_root):
    over = datetime(2027, 2, 26, 1, 0, tzinfo=UTC)
    monkeypatch.setattr(timezone, "now", lambda: over)
    editions.settle(over)
    assert told(bad) == ([], [])
    amendments.erase(listing, by=sun, reason="公示期满。", at=over)
    editions.settle(over)
    assert verify.main([str(log_root)]) == 0


# ── rectification ───────────────────────────────────────────────────────────────────────────────────────────


def looked(bad, lead, second, at, failed=(), kind="follow_up"):
    from ratings.inspections import actions as inspections
    from tests.ratings.conftest import answers

    visit = inspections.begin(bad, by=lead, second=second, kind=kind, visited_at=at, at=at)
    inspections.fill_in(visit, answers(failed), by=lead)
    inspections.close(visit, by=lead, signature="signed", signed_name="陈", at=at)
    visit.refresh_from_db()
    return visit


def test_a_verified_rectification_takes_the_name_off_before_the_term_ends(
    listing, bad, chen, zhao, zhou, sun, now, log_root, django_capture_on_commit_callbacks
):
    asked = rectifying.ask(listing, by=chen, statement="已整改。", at=AFTER)
    assert asked.due_on == date(2026, 12, 8), "ten working days"
    with pytest.raises(Refused):
        amendments.remove(listing, by=sun, at=LATER, **WORDS)
    visit = looked(bad, zhao, zhou, LATER)
    rectifying.decide(asked, by=zhou, inspection=visit, at=LATER)
    with django_capture_on_commit_callbacks(execute=True):
        amendments.remove(listing, by=sun, document_number="海市监移〔2026〕1 号", reason="复查已整改。", at=LATER)
    assert told(bad) == ([], [])
    assert verify.main([str(log_root)]) == 0
    kinds = Notice.objects.filter(recipient=chen, channel="desk").values_list("kind", flat=True).order_by("pk")
    assert [kind.split(".")[1] for kind in kinds][-3:] == ["mended", "looked", "removal"]


def test_not_mended_yet_is_answered_and_may_be_asked_again(listing, bad, chen, zhao, zhou):
    asked = rectifying.ask(listing, by=chen, statement="已整改。", at=AFTER)
    with pytest.raises(WrongState):
        rectifying.ask(listing, by=chen, statement="再问。", at=AFTER)
    visit = looked(bad, zhao, zhou, LATER, failed=["shelf_life", "raw_cooked"])
    with pytest.raises(Refused):
        rectifying.decide(asked, by=zhao, inspection=visit, at=LATER)
    rectifying.decide(asked, by=zhao, inspection=visit, answer="冷柜仍生熟混放。", at=LATER)
    assert asked.state == "refused"
    rectifying.ask(listing, by=chen, statement="这次真的改了。", at=LATER)


def test_only_a_closed_re_inspection_of_this_kitchen_after_the_listing_says_so(listing, bad, good, chen, zhao, zhou):
    asked = rectifying.ask(listing, by=chen, statement="已整改。", at=AFTER)
    before = looked(bad, zhao, zhou, AFTER - timedelta(days=1))
    routine = looked(bad, zhao, zhou, LATER, kind="routine")
    elsewhere = looked(good, zhao, zhou, LATER)
    for visit in (before, routine, elsewhere):
        with pytest.raises(Refused):
            rectifying.decide(asked, by=zhao, inspection=visit, at=LATER)


def test_whoever_saw_it_mended_does_not_remove_it(listing, bad, chen, zhao, zhou, hailan, sun):
    from sunkitchen.accounts.models import Post

    Post.objects.create(user=zhao, authority=hailan, role="publisher")
    asked = rectifying.ask(listing, by=chen, statement="已整改。", at=AFTER)
    rectifying.decide(asked, by=zhao, inspection=looked(bad, zhao, zhou, LATER), at=LATER)
    with pytest.raises(Refused):
        amendments.remove(listing, by=zhao, at=LATER, **WORDS)
    amendments.remove(listing, by=sun, at=LATER, **WORDS)


@pytest.mark.parametrize("statement", ["", "  ", "字" * 2001])
def test_what_was_mended_is_said_in_words(listing, chen, statement):
    with pytest.raises(Refused):
        rectifying.ask(listing, by=chen, statement=statement, at=AFTER)


def test_the_owner_asks_on_the_desk_with_photos_and_reads_the_whole_path(
    browse, listing, bad, chen, wang, sun, zhao, zhou, now, settings, tmp_path
):
    from tests.ratings.test_pages import builders_photo

    settings.FILES_ROOT = tmp_path / "files"
    url = f"/desk/listings/{listing.pk}/"
    page = browse(chen)
    assert f"{url}mended/" in page.get(url).content.decode()
    sent = page.post(f"{url}mended/", {"statement": "换了冷柜。", "photos": [builders_photo(), builders_photo()]})
    assert sent.status_code == 302
    row = listing.rectifications.get()
    assert row.files.count() == 2
    photo = f"/desk/rectifications/{row.pk}/photos/2/"
    assert page.get(photo).status_code == 200 and browse(zhao).get(photo).status_code == 200
    assert browse(wang).get(photo).status_code == 404
    assert page.post(f"{url}mended/", {"statement": "再问。"}).status_code == 409
    office = browse(zhao)
    assert "换了冷柜。" in office.get("/office/rectifications/").content.decode()
    visit = looked(bad, zhao, zhou, LATER)
    step = f"/office/listings/{listing.pk}/"
    assert str(visit) in office.get(step).content.decode()
    assert office.post(f"{step}mended/", {"visit": visit.pk}).status_code == 302
    publisher = browse(sun)
    assert f"/{listing.pk}/remove/" in publisher.get(step).content.decode()
    removed = publisher.post(f"{step}remove/", {"document_number": "移 1 号", "reason": "复查已整改。"})
    assert removed.status_code == 302
    assert "复查已整改。" in page.get(url).content.decode()


def test_an_amendment_is_made_on_a_page_that_asks_who_you_are(browse, listing, sun, zhao):
    url = f"/office/listings/{listing.pk}/stay/"
    stranger_to_it = Client()
    stranger_to_it.force_login(sun)
    assert "sign-in/again" in stranger_to_it.get(url).url
    assert browse(zhao).get(url).status_code == 403
    page = browse(sun)
    assert page.get(url).status_code == 200
    assert page.post(url, {"document_number": "", "reason": ""}).status_code == 422
    assert page.post(url, WORDS).status_code == 302
    assert page.post(url, WORDS).status_code == 409
    assert WORDS["reason"] in page.get(f"/office/listings/{listing.pk}/").content.decode()


def test_the_owner_keeps_the_proof_as_a_text(browse, listing, chen, wang):
    editions.settle(AFTER)
    url = f"/desk/listings/{listing.pk}/proof.txt"
    text = browse(chen).get(url).content.decode()
    assert translog.origin() in text and LogEntry.objects.get().leaf_hash in text
    assert browse(wang).get(url).status_code == 404
