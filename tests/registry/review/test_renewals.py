"""Renewals in which only the dates moved on, approved at once; and papers that have a twin elsewhere."""

from datetime import date, timedelta
from itertools import count, islice

import pytest
from django.utils import timezone

from sunkitchen.registry.credentials import four_eyes, on_desk, renewals
from sunkitchen.registry.credentials import twins as twins_of
from sunkitchen.registry.credentials.twins import twins
from sunkitchen.registry.models import Credential, Membership, Reading
from sunkitchen.registry.numbers import food_permit_passes
from tests import builders

TODAY = timezone.localdate()
NUMBER = "JY29999010000010"
FACTS = {"items": "热食类食品制售", "issuer": "海澜市市场监督管理局"}


@pytest.fixture
def place(wang):
    return builders.establishment(owner=wang)


@pytest.fixture
def old(place, wang):
    since, until = TODAY - timedelta(days=1800), TODAY + timedelta(days=20)
    return builders.permit(
        place, submitted_by=wang, state="in_force", number=NUMBER, valid_from=since, valid_through=until, **FACTS
    )


def renewal(old, wang, **facts):
    begins = old.valid_through + timedelta(days=1)
    said = {"number": old.number, "valid_from": begins, "valid_through": begins + timedelta(days=1800), **FACTS}
    row = builders.permit(old.establishment, submitted_by=wang, renews=old, **{**said, **facts})
    row.pages.create(file=builders.stored_file(sha256=f"{row.pk:064x}"))
    return row


def listed(li):
    return [one.paper for one in renewals.unchanged(li, timezone.now())]


def test_a_renewal_in_which_only_the_dates_moved_on_is_listed_with_what_moved(old, wang, li):
    row = renewal(old, wang)
    (found,) = renewals.unchanged(li, timezone.now())
    assert found.paper == row and [line.name for line in found.moved] == ["valid_from", "valid_through"]


@pytest.mark.parametrize(
    "facts",
    [
        {"holder": "海澜别家餐饮有限公司"},
        {"number": "JY29999010000021"},
        {"items": "热食类食品制售，生食类食品制售"},
        {"issuer": "外市市场监督管理局"},
        {"valid_through": TODAY + timedelta(days=25)},  # ends within a month: a doubt
        {"valid_from": TODAY + timedelta(days=60)},  # leaves a gap
    ],
)
def test_anything_else_that_changed_or_is_doubtful_is_looked_at_by_itself(old, wang, li, facts):
    renewal(old, wang, **facts)
    assert listed(li) == []


def test_items_in_another_order_and_wide_brackets_say_the_same(old, wang, li):
    Credential.objects.filter(pk=old.pk).update(
        items="热食类食品制售、冷食类食品制售", issuer="海澜市（市场监督管理局）"
    )
    row = renewal(old, wang, items="冷食类食品制售, 热食类食品制售", issuer="海澜市(市场监督管理局)")
    assert listed(li) == [row]


def test_what_a_machine_read_otherwise_is_no_unchanged_renewal(old, wang, li):
    row = renewal(old, wang)
    read = {"value": "2027-05-12", "text": "2027年5月12日", "confidence": 0.97, "page": 1, "box": [[0, 0]] * 4}
    reading = Reading.objects.create(
        file=row.pages.get().file, sort="food_permit", state="read", fields={"valid_through": read}
    )
    assert listed(li) == []
    read["value"] = row.valid_through.isoformat()
    Reading.objects.filter(pk=reading.pk).update(fields={"valid_through": read})
    assert listed(li) == [row]


def test_what_no_machine_read_is_not_ticked_with_the_others(old, wang, li, at):
    row = renewal(old, wang)
    (found,) = renewals.unchanged(li, timezone.now())
    assert [line.name for line in found.unread] == ["valid_from", "valid_through"]
    dates = {name: {"value": getattr(row, name).isoformat(), "page": 1} for name in ("valid_from", "valid_through")}
    reading = Reading.objects.create(
        file=row.pages.get().file, sort="food_permit", state="read", fields={"valid_through": dates["valid_through"]}
    )
    page = at(li).get("/en/office/papers/renewals/").content.decode()
    assert "not found on the picture:" in page and "data-read" not in page
    Reading.objects.filter(pk=reading.pk).update(fields=dates)
    page = at(li).get("/en/office/papers/renewals/").content.decode()
    assert "read, and nothing differs" in page and "data-read" in page
    coming = row.pages.create(file=builders.stored_file(sha256="e" * 64), order=1).file
    Reading.objects.create(file=coming, sort="food_permit")  # its second page is still being read
    page = at(li).get("/en/office/papers/renewals/").content.decode()
    assert "read, and nothing differs" not in page and "data-read" not in page


def test_a_renewal_with_a_twin_is_looked_at_by_itself(old, wang, li):
    renewal(old, wang)
    builders.permit(builders.establishment(signboard="别家"), number=NUMBER)
    assert listed(li) == []


def test_own_papers_and_what_a_colleague_has_open_are_left_out(old, wang, li, lu):
    row = renewal(old, wang)
    on_desk.lay(row, by=lu, at=timezone.now())
    assert listed(li) == [] and listed(lu) == [row]
    Membership.objects.create(user=lu, establishment=row.establishment, role="manager")
    assert listed(lu) == []


def test_each_is_approved_by_itself_and_a_refused_one_is_told(old, wang, li):
    row = renewal(old, wang)
    other = builders.permit(builders.establishment(signboard="别家"), number="JY29999010000999")
    outcomes = renewals.approve([(row.pk, row.submitted_at), (other.pk, other.submitted_at)], by=li, at=timezone.now())
    assert [(one.paper, one.in_force, bool(one.refused)) for one in outcomes] == [
        (row, True, False),
        (other, False, True),
    ]
    row.refresh_from_db(), other.refresh_from_db()
    assert (row.state, row.reviewed_by, other.state) == ("in_force", li, "submitted")


def test_what_was_handed_in_anew_since_the_page_was_read_is_refused(old, wang, li):
    row = renewal(old, wang)
    (outcome,) = renewals.approve([(row.pk, row.submitted_at - timedelta(seconds=1))], by=li, at=timezone.now())
    assert not outcome.in_force and outcome.refused


def test_at_once_is_one_pair_of_eyes(old, wang, li, lu, sun, hailan):
    four_eyes.arrange(hailan, by=sun, kinds=["food_permit"])
    row = renewal(old, wang)
    (first,) = renewals.approve([(row.pk, row.submitted_at)], by=li, at=timezone.now())
    assert not first.in_force and not first.refused and listed(li) == []
    (second,) = renewals.approve([(row.pk, row.submitted_at)], by=lu, at=timezone.now())
    assert second.in_force


def test_the_page_lists_ticks_and_reports(old, wang, li, zhao, at):
    row = renewal(old, wang)
    url = "/en/office/papers/renewals/"
    assert f'value="{row.pk}"' in at(li).get(url).content.decode()
    assert at(li).post(url).status_code == 422
    for nonsense in ("x", "-1", "9" * 30, "\0"):
        assert at(li).post(url, {"paper": [nonsense]}).status_code == 422
    page = at(li).post(url, {"paper": [str(row.pk)], f"seen-{row.pk}": "yesterday"}).content.decode()
    assert "not approved" in page
    page = at(li).post(url, {"paper": [str(row.pk)], f"seen-{row.pk}": row.submitted_at.isoformat()}).content.decode()
    assert "1 paper is in force" in page
    assert at(zhao).get(url).status_code == 403


def test_the_queries_do_not_grow_with_the_renewals(old, wang, li, django_assert_max_num_queries):
    renewal(old, wang)
    with django_assert_max_num_queries(14):
        assert len(listed(li)) == 1
    for index in range(10):
        place = builders.establishment(signboard=f"第{index}家")
        number = f"JY2999901{1000 + index:06d}0"
        held = builders.permit(
            place, state="in_force", number=number, valid_from=old.valid_from, valid_through=old.valid_through, **FACTS
        )
        renewal(held, wang)
    with django_assert_max_num_queries(14):
        renewals.unchanged(li, timezone.now())


# ── twins ────────────────────────────────────────────────────────────────────────────────────────────────────
LOOKS = "ff00ff00ff00ff00"


def with_picture(row, looks=LOOKS, fields=None, **stored):
    file = builders.stored_file(looks=looks, sha256=f"{row.pk:064x}", **stored)
    row.pages.create(file=file)
    if fields is not None:
        Reading.objects.create(file=file, sort=row.kind, state="read", fields=fields)
    return row


def read(number, holder):
    said = {"number": number, "holder": holder}
    return {name: {"value": value, "text": value, "confidence": 0.95, "page": 1} for name, value in said.items()}


@pytest.mark.parametrize(("looks", "whys"), [("ff00ff00ff00ff3f", ["looks"]), ("ff00ff00ff00ffff", [])])
def test_a_picture_six_bits_away_is_a_twin_and_one_eight_bits_away_is_none(place, li, looks, whys):
    row = with_picture(builders.permit(place, number="JY29999010000013"))
    with_picture(builders.permit(builders.establishment(signboard="别家"), number="JY29999010000999"), looks)
    assert [twin.why for twin in twins(row, li)] == whys


def test_two_scans_of_one_form_are_told_apart_by_what_was_read_on_them(place, li):
    row = with_picture(builders.permit(place, number="A1"), fields=read("A1", "甲"))
    other = builders.permit(builders.establishment(signboard="别家"), number="B2")
    with_picture(other, fields=read("B2", "乙"))
    assert twins(row, li) == []


def test_a_scan_in_which_the_number_alone_was_changed_is_a_twin(place, li):
    row = with_picture(builders.permit(place, number="A1"), fields=read("A1", "甲"))
    other = builders.permit(builders.establishment(signboard="别家"), number="B2")
    with_picture(other, fields=read("B2", "甲"))
    assert [(twin.credential, twin.why) for twin in twins(row, li)] == [(other, "looks")]


def test_one_certificate_for_two_persons_of_a_kitchen_is_a_twin(place, wang, li):
    one, two = builders.staff_member(place, name="陈师傅"), builders.staff_member(place, name="何师傅")
    row = builders.health_certificate(one, submitted_by=wang, state="submitted", number="HL1")
    other = builders.health_certificate(two, submitted_by=wang, state="in_force", number="HL1")
    builders.health_certificate(one, submitted_by=wang, state="replaced", number="HL1", valid_from=date(2025, 1, 1))
    assert [twin.credential for twin in twins(row, li)] == [other]


def test_a_twin_is_shown_beside_it_to_whoever_may_see_both(place, li, at, hailan):
    row = builders.permit(place)
    here = builders.permit(builders.establishment(signboard="别家"), holder="别家餐饮")
    abroad = builders.permit(builders.establishment(signboard="远方", division="110000"))
    page = at(li).get(f"/en/office/papers/{row.pk}/").content.decode()
    assert "Same number" in page and "别家" in page and "远方" not in page and "another authority" in page
    both = at(li).get(f"/en/office/papers/{row.pk}/twins/{here.pk}/").content.decode()
    assert "别家餐饮" in both and place.operator_name in both
    assert at(li).get(f"/en/office/papers/{row.pk}/twins/{abroad.pk}/").status_code == 404
    lonely = builders.permit(builders.establishment(signboard="独一"), number="X9")
    assert at(li).get(f"/en/office/papers/{row.pk}/twins/{lonely.pk}/").status_code == 404


def test_pictures_that_were_one_too_many_to_compare_are_told(old, wang, li, at, monkeypatch):
    row = renewal(old, wang)
    row.pages.get().file.__class__.objects.filter(pk=row.pages.get().file_id).update(looks=LOOKS)
    for index in range(3):
        other = builders.permit(builders.establishment(signboard=f"第{index}家"), number=f"B{index}")
        with_picture(other, looks=LOOKS[:-1] + str(index))
    monkeypatch.setattr(twins_of, "_differ", lambda *_pictures: True)
    assert twins(row, li) == [] and listed(li) == [row]
    monkeypatch.setattr(twins_of, "MOST_COMPARED", 1)
    monkeypatch.setattr(twins_of, "MOST_OF_MANY", 1)
    assert twins_of.of([row], li)[row.pk].uncompared == 2
    page = at(li).get(f"/en/office/papers/{row.pk}/").content.decode()
    assert "2 more pictures look like this one" in page and "none found" not in page
    assert "2 more pictures look like this one" in at(li).get("/en/office/papers/renewals/").content.decode()


def test_a_page_goes_on_looking_where_the_one_before_stopped(old, wang, li, at, monkeypatch):
    monkeypatch.setattr(renewals, "AT_ONCE", 2)
    monkeypatch.setattr(renewals, "MOST", 4)
    rows = []
    for index, number in enumerate(islice(filter(food_permit_passes, map("JY2999901{:07d}".format, count(1000))), 7)):
        held = builders.permit(
            builders.establishment(signboard=f"第{index}家"), state="in_force", number=number,
            valid_from=old.valid_from, valid_through=old.valid_through, **FACTS,
        )  # fmt: skip
        rows.append(renewal(held, wang, **({} if index in (0, 5, 6) else {"holder": "别家"})))
    first = renewals.some(li, timezone.now(), enough=50)
    assert [one.paper for one in first.rows] == rows[:1] and first.after == renewals.place_of(rows[3])
    second = renewals.some(li, timezone.now(), enough=1, after=first.after)
    assert [one.paper for one in second.rows] == rows[5:6] and second.after == renewals.place_of(rows[5])
    third = renewals.some(li, timezone.now(), enough=1, after=second.after)
    assert [one.paper for one in third.rows] == rows[6:] and third.after == ""
    page = at(li).get("/en/office/papers/renewals/").content.decode()
    assert "Look further" in page and "7 renewals wait in all" in page
    for nonsense in ("x", "2026-11-22T00:00:00+00:00_x", "9" * 99, "%00"):
        assert at(li).get(f"/en/office/papers/renewals/?after={nonsense}").status_code == 200
