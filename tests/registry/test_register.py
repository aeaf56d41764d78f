"""The bureau's register: brought as a file, landed whole, again and again; nothing half, nothing of an owner's lost."""

import csv
import io
from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.http import Http404
from django.utils import timezone

from sunkitchen.core import audit, files, originals
from sunkitchen.core.files import BadUpload
from sunkitchen.core.models import AuditEntry, Notice
from sunkitchen.core.workflow import WrongState
from sunkitchen.registry.models import Credential, Establishment, RegisterImport
from sunkitchen.registry.register import actions, landing
from tests import builders
from tests.registry import registers


@pytest.fixture(autouse=True)
def files_root(settings, tmp_path):
    settings.FILES_ROOT = tmp_path / "files"


def upload(entries, name="许可登记.csv"):
    content = entries if isinstance(entries, bytes) else registers.as_csv(entries)
    return SimpleUploadedFile(name, content)


@pytest.fixture
def imported(hailan, li):
    """Bring these entries and read them."""

    def bring_and_read(entries):
        return actions.run(actions.bring(hailan, by=li, upload=upload(entries)))

    return bring_and_read


def counts(row):
    return row.created, row.updated, row.unchanged, row.refused


def everything():
    """What an import may change, to see that it did not."""
    return (
        list(Establishment.objects.order_by("pk").values()),
        list(Credential.objects.order_by("pk").values()),
    )


def test_nobody_brings_their_own_kitchen_up_by_a_register(hailan, li, imported):
    """As nobody reviews their own papers: a colleague brings the same file, and it lands."""
    imported([registers.entry(1), registers.entry(2)])
    own = Establishment.objects.get(operator_name=registers.entry(1)["operator_name"])
    builders.manager(own, li)
    renewed = [
        registers.entry(
            serial, valid_from="2026-11-01", valid_through="2031-10-31", permit=registers.permit_number(90 + serial)
        )
        for serial in (1, 2)
    ]
    row = imported(renewed)
    assert counts(row) == (0, 1, 0, 1)
    assert row.lines.get(outcome="refused").why == [["own", ""]]
    assert own.credentials.count() == 1
    colleague = builders.officer("周审", hailan, "clerk")
    row = actions.run(actions.bring(hailan, by=colleague, upload=upload(renewed)))
    assert counts(row) == (0, 1, 1, 0)
    assert own.credentials.count() == 2


def test_a_map_point_at_the_seam_of_the_globe_breaks_no_import(hailan, li):
    """BD-09 lies some hundred metres off: what is there on its map is nowhere in WGS-84."""
    headings = registers.HEADINGS | {"longitude": "经度", "latitude": "纬度", "coordinates": "坐标系"}
    entry = registers.entry(1, longitude="-180", latitude="10", coordinates="BD-09")
    table = io.StringIO()
    csv.writer(table).writerows([headings.values(), [entry[name] for name in headings]])
    row = actions.run(actions.bring(hailan, by=li, upload=upload(table.getvalue().encode())))
    assert (row.state, counts(row)) == ("done", (1, 0, 0, 0))
    assert Establishment.objects.get().latitude is None


def test_every_kitchen_of_the_register_exists_unclaimed_and_is_found(imported):
    row = imported([registers.entry(serial) for serial in range(1, 8)])
    assert (row.state, counts(row)) == ("done", (7, 0, 0, 0))
    assert Establishment.objects.unclaimed().public().count() == 7
    place = Establishment.objects.get(operator_name=registers.entry(3)["operator_name"])
    assert "liuji" in place.found_by, "by pinyin"
    permit = place.credentials.get()
    assert (permit.source, permit.state, permit.created_by) == ("register", "in_force", row.brought_by)
    assert [entry.verb for entry in audit.trail(place)] == ["establishment.imported"]


def test_the_same_file_again_changes_nothing(imported):
    entries = [registers.entry(serial) for serial in range(1, 30)]
    imported(entries)
    before, entries_before = everything(), AuditEntry.objects.count()
    row = imported(entries)
    assert counts(row) == (0, 0, 29, 0)
    assert everything() == before
    assert AuditEntry.objects.count() == entries_before + 2, "that it was brought, and that it landed"


def test_a_newer_register_updates_and_says_what(imported):
    imported([registers.entry(1), registers.entry(2)])
    row = imported([registers.entry(1, address="新路 1 号", issuer="海澜市行政审批局"), registers.entry(2)])
    assert counts(row) == (0, 1, 1, 0)
    place = Establishment.objects.get(address="新路 1 号")
    assert "xinlu" in place.found_by
    assert place.credentials.get().issuer == "海澜市行政审批局"
    line = row.lines.get(number=2)
    assert (line.why, line.establishment) == ([["changed", "issuer"], ["changed", "address"]], place)
    assert audit.trail(place).last().detail["changes"]["address"][1] == "新路 1 号"


def test_a_line_is_whole_or_not_at_all(imported):
    row = imported([registers.entry(1), registers.entry(2, valid_through="x"), registers.entry(3, permit="")])
    assert counts(row) == (1, 0, 0, 2)
    assert Establishment.objects.count() == 1
    assert [line.outcome for line in row.lines.all()] == ["created", "refused", "refused"]


def test_a_renewal_replaces_the_term_before(imported):
    today = timezone.localdate()
    imported([registers.entry(1, valid_from=today - timedelta(days=1800), valid_through=today + timedelta(days=20))])
    imported([registers.entry(1, valid_from=today, valid_through=today + timedelta(days=1800))])
    place = Establishment.objects.get()
    assert list(place.credentials.order_by("pk").values_list("state", flat=True)) == ["replaced", "in_force"]


def test_a_revoked_permit_closes_a_claimed_kitchen_and_its_owner_is_told(imported, wang):
    imported([registers.entry(1)])
    place = Establishment.objects.get()
    place.memberships.create(user=wang, role="owner")
    row = imported([registers.entry(1, state="吊销")])
    place.refresh_from_db()
    assert counts(row) == (0, 1, 0, 0)
    assert (place.state, place.closing_reason, place.closed_by_authority) == ("closed", "吊销", True)
    assert place.credentials.get().state == "revoked"
    assert "吊销" in Notice.objects.get(recipient=wang, channel="desk").body
    assert counts(imported([registers.entry(1, state="吊销")])) == (0, 0, 1, 0)


def test_what_an_owner_says_stays(imported, restaurant):
    one = registers.entry(1, operator_name=restaurant.operator_name, signboard="登记的店名", phone="0576-9")
    builders.permit(
        restaurant,
        state="in_force",
        number=one["permit"],
        valid_from=one["valid_from"],
        valid_through=one["valid_through"],
    )
    row = imported([one])
    restaurant.refresh_from_db()
    assert (restaurant.signboard, restaurant.phone) == ("海上明月海鲜楼", "")
    assert (restaurant.uscc, restaurant.address) == (one["uscc"], one["address"])
    assert restaurant.credentials.get().source == "upload"
    assert counts(row) == (0, 1, 0, 0)


def test_whoever_registered_by_hand_with_anothers_number_gains_nothing(imported, qian):
    one = registers.entry(1)
    twin = builders.establishment(
        owner=qian, state="registered", operator_name=one["operator_name"], uscc=one["uscc"], address=one["address"]
    )
    builders.permit(twin, submitted_by=qian, number=one["permit"])
    row = imported([one])
    twin.refresh_from_db()
    assert counts(row) == (1, 0, 0, 0)
    assert (twin.state, twin.credentials.get().state) == ("registered", "submitted")
    assert Establishment.objects.unclaimed().get().pk != twin.pk


def test_whoever_registered_by_hand_and_closed_again_gains_nothing_either(imported, qian):
    one = registers.entry(1)
    twin = builders.establishment(
        owner=qian, state="closed", operator_name=one["operator_name"], uscc=one["uscc"], address=one["address"]
    )
    Establishment.objects.filter(pk=twin.pk).update(opened_at=None)  # it never was open
    assert counts(imported([one])) == (1, 0, 0, 0)
    assert not twin.credentials.exists()


def test_a_number_under_another_name_is_shown_to_the_clerk_and_overwrites_nothing(imported, restaurant):
    builders.permit(restaurant, state="in_force", number=registers.permit_number(1))
    before = everything()
    row = imported([registers.entry(1)])
    line = row.lines.get()
    assert (line.outcome, line.why[0][0], line.establishment) == ("refused", "held_by_another", restaurant)
    assert everything() == before


def test_another_authoritys_kitchens_are_out_of_reach(imported):
    row = imported([registers.entry(1, permit=registers.permit_number(1, division="888801"))])
    assert [line.why[0][0] for line in row.lines.all()] == ["other_division"]


def test_only_a_clerk_of_that_authority_brings_its_register(hailan, zhao, qian, li):
    other = builders.authority("外市市场监督管理局", "888801")
    for person, bureau, error in ((zhao, hailan, PermissionDenied), (qian, hailan, Http404), (li, other, Http404)):
        with pytest.raises(error):
            actions.bring(bureau, by=person, upload=upload([]))
    assert not list(files.settings.FILES_ROOT.glob("*/*"))


def test_a_file_that_is_none_is_refused_and_not_kept(hailan, li, settings):
    with pytest.raises(BadUpload):
        actions.bring(hailan, by=li, upload=upload(b"\0\0\0"))
    assert not list((settings.FILES_ROOT / "originals").glob("*"))


def test_a_file_without_its_headings_lands_nothing_and_says_which(imported):
    row = imported("店名,电话\n老码头,1\n".encode())
    assert (row.state, row.failure[0]) == ("failed", "headings")
    assert not Establishment.objects.exists()


# ── crashes ─────────────────────────────────────────────────────────────────────────────────────────────────
class Crash(BaseException):
    """As a killed process: nothing catches it."""


@pytest.mark.parametrize("where", ["_kitchens", "_move", "_tell"])
@pytest.mark.django_db(transaction=True)
def test_a_crash_leaves_nothing_and_the_file_is_taken_again(hailan, li, monkeypatch, where):
    row = actions.bring(hailan, by=li, upload=upload([registers.entry(serial) for serial in range(1, 6)]))

    def crash(*args):
        raise Crash

    at = timezone.now()
    with monkeypatch.context() as patch, pytest.raises(Crash):
        patch.setattr(landing.Landing, where, crash)
        actions.run(row, at=at)
    assert not Establishment.objects.exists() and not Credential.objects.exists() and not row.lines.exists()
    assert actions.sweep(at + timedelta(minutes=9)) == 0, "its reader may still live"
    assert actions.sweep(at + timedelta(minutes=11)) == 1
    row.refresh_from_db()
    assert (row.state, row.created) == ("done", 5)


@pytest.mark.django_db(transaction=True)
def test_a_reader_that_was_given_up_lands_nothing_any_more(hailan, li, monkeypatch):
    row = actions.bring(hailan, by=li, upload=upload([registers.entry(1)]))
    at = timezone.now()
    real = actions.known.rows

    def overtaken(lines, *, by, hold=False):
        if not hold:  # while the first one reads, ten minutes pass and another takes the file
            RegisterImport.objects.filter(pk=row.pk).update(claimed_at=at + timedelta(minutes=11))
        return real(lines, by=by, hold=hold)

    monkeypatch.setattr(actions.known, "rows", overtaken)
    with pytest.raises(WrongState):
        actions.run(row, at=at)
    assert not Establishment.objects.exists()
    row.refresh_from_db()
    assert row.state == "running", "it is the other's"


@pytest.mark.django_db(transaction=True)
def test_what_moves_while_a_file_is_read_is_judged_as_it_stands_then(hailan, li, monkeypatch):
    actions.run(actions.bring(hailan, by=li, upload=upload([registers.entry(1)])))
    row = actions.bring(hailan, by=li, upload=upload([registers.entry(1, signboard="登记的店名")]))
    real = actions.known.rows

    def claimed_meanwhile(lines, *, by, hold=False):
        found = real(lines, by=by, hold=hold)
        if not hold:
            Establishment.objects.get().memberships.create(user=builders.user("店主"), role="owner")
        return found

    monkeypatch.setattr(actions.known, "rows", claimed_meanwhile)
    assert counts(actions.run(row)) == (0, 0, 1, 0), "an owner's signboard is the owner's"


def test_a_file_that_kills_its_readers_is_given_up(hailan, li):
    row = actions.bring(hailan, by=li, upload=upload([registers.entry(1)]))
    RegisterImport.objects.filter(pk=row.pk).update(
        tries=3, state="running", claimed_at=timezone.now() - timedelta(hours=1)
    )
    actions.sweep(timezone.now())
    row.refresh_from_db()
    assert (row.state, row.failure) == ("failed", ["crashed"])


def test_one_file_is_read_at_a_time(hailan, li):
    first, second = (actions.bring(hailan, by=li, upload=upload([registers.entry(n)])) for n in (1, 2))
    RegisterImport.objects.filter(pk=first.pk).update(state="running", claimed_at=timezone.now())
    with pytest.raises(WrongState):
        actions.run(second)
    second.refresh_from_db()
    assert second.state == "waiting"


def test_a_file_is_kept_a_year_and_no_other_sweep_takes_it(hailan, li):
    row = actions.bring(hailan, by=li, upload=upload([registers.entry(1)]))
    soon, later = timezone.now() + timedelta(days=3), timezone.now() + timedelta(days=366)
    assert files.sweep(soon) == 0 and actions.sweep_files(soon) == 0
    assert originals.path(row.key).exists()
    assert actions.sweep_files(later) == 1
    assert not originals.path(row.key).exists()
    (originals.path(row.key)).write_bytes(b"left by a crash")
    assert actions.sweep_files(later) == 1


# ── pages ───────────────────────────────────────────────────────────────────────────────────────────────────
def test_a_clerk_brings_a_file_and_reads_its_report(client, hailan, li, django_capture_on_commit_callbacks):
    client.force_login(li)
    answer = client.post(
        "/office/register/", {"file": upload([registers.entry(1, signboard="=1+1"), registers.entry(2, state="?")])}
    )
    row = RegisterImport.objects.get()
    assert answer.url == f"/office/register/{row.pk}/"
    assert client.get(answer.url).headers["Refresh"] == "3"
    if row.state == "waiting":
        actions.run(row)
    page = client.get(answer.url).content.decode()
    assert "=1+1" in page and registers.permit_number(2) in page
    refused = client.get(answer.url + "?show=refused").content.decode()
    assert "=1+1" not in refused
    report = client.get(answer.url + "report.csv")
    assert report.content.startswith(b"\xef\xbb\xbf")
    lines = list(csv.reader(io.StringIO(report.content.decode("utf-8-sig"))))
    assert [line[3] for line in lines][1] == "'=1+1"


def test_a_page_of_the_report_asks_a_constant_number_of_questions(client, li, imported, django_assert_max_num_queries):
    row = imported([registers.entry(serial) for serial in range(1, 120)])
    client.force_login(li)
    with django_assert_max_num_queries(40):
        client.get(f"/office/register/{row.pk}/")


def test_the_console_prints_counts_and_exits_one_when_the_file_is_refused(hailan, li, tmp_path, capsys):
    good, bad = tmp_path / "good.csv", tmp_path / "bad.csv"
    good.write_bytes(registers.as_csv([registers.entry(1), registers.entry(2, permit="")]))
    bad.write_bytes(b"nothing of use")
    call_command("import_register", str(good), authority="hailan", by="LI@example.com")
    assert capsys.readouterr().out.strip() == "created=1 updated=0 unchanged=0 refused=1"
    with pytest.raises(CommandError):
        call_command("import_register", str(bad), authority="hailan", by="li@example.com")


def test_papers_from_the_register_are_shown_and_never_asked_for_again(client, imported, wang):
    imported([registers.entry(1, valid_from=date(2024, 1, 1), valid_through=date(2040, 1, 1))])
    place = Establishment.objects.get()
    place.memberships.create(user=wang, role="owner")
    client.force_login(wang)
    for path in (f"/desk/kitchens/{place.code}/", f"/desk/kitchens/{place.code}/papers/{place.credentials.get().pk}/"):
        answer = client.get(path)
        assert answer.status_code == 200
    assert (
        f"/desk/kitchens/{place.code}/papers/new/"
        not in client.get("/desk/").content.decode().split("</main>")[0].split("<main")[1]
    )
