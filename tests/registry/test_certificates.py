"""Papers of persons, papers without an end, papers that the bureau holds: the same way, other words."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from sunkitchen.core.models import Notice
from sunkitchen.core.workflow import Refused
from sunkitchen.registry.credentials import actions as credentials
from sunkitchen.registry.credentials import expiring, expiry
from sunkitchen.registry.credentials.checks import Facts, checks
from sunkitchen.registry.credentials.twins import twins
from sunkitchen.registry.models import Credential
from sunkitchen.registry.staff import actions as staff
from sunkitchen.registry.staff.coverage import coverage
from tests import builders

TODAY = timezone.localdate()
DAY = timedelta(days=1)


@pytest.fixture
def chen(restaurant, wang):
    """陈, the cook."""
    return builders.staff_member(restaurant, name="陈师傅", added_by=wang)


@pytest.fixture
def certificate():
    return {
        "kind": "health_certificate",
        "number": "HL-2026-000018",
        "holder": "陈师傅",
        "issuer": "海澜市疾病预防控制中心",
        "valid_from": TODAY - 10 * DAY,
        "valid_through": TODAY + 354 * DAY,
    }


def handed_in(member, wang, photo, certificate, **facts):
    return credentials.hand_in(
        member.establishment, by=wang, uploads=[photo()], staff_member=member, **{**certificate, **facts}
    )


def heard(user, *kinds):
    rows = Notice.objects.filter(recipient=user, channel="desk").order_by("pk")
    return [row for row in rows if not kinds or row.kind in kinds]


# ── the same way as every paper ─────────────────────────────────────────────────────────────────────────────
def test_a_health_certificate_counts_from_the_clerks_approval_on(chen, wang, li, photo, certificate):
    paper = handed_in(chen, wang, photo, certificate)
    assert coverage(chen.establishment, TODAY).in_force == 0
    credentials.approve(paper, by=li)
    assert coverage(chen.establishment, TODAY).in_force == 1
    assert "陈师傅" in heard(wang)[0].body


def test_the_new_certificate_replaces_the_same_persons_alone(chen, wang, li, photo, certificate):
    other = builders.staff_member(chen.establishment, name="周切配", post="preparation")
    theirs = builders.health_certificate(other)
    old = builders.health_certificate(chen, valid_through=TODAY + 3 * DAY)
    credentials.approve(handed_in(chen, wang, photo, certificate), by=li)
    old.refresh_from_db()
    theirs.refresh_from_db()
    assert (old.state, theirs.state) == ("replaced", "in_force")


@pytest.mark.parametrize("whose", ["nobody", "a stranger", "a leaver"])
def test_a_certificate_belongs_to_somebody_who_works_here(chen, wang, photo, certificate, whose):
    member = {
        "nobody": None,
        "a stranger": builders.staff_member(builders.establishment(signboard="邻家")),
        "a leaver": builders.staff_member(chen.establishment, left_on=TODAY),
    }[whose]
    with pytest.raises(Refused, match="work"):
        credentials.hand_in(chen.establishment, by=wang, uploads=[photo()], staff_member=member, **certificate)
    assert not Credential.objects.exists()


def test_other_papers_are_nobodys_and_end_someday(chen, wang, photo, facts):
    with pytest.raises(Refused, match="person's"):
        credentials.hand_in(chen.establishment, by=wang, uploads=[photo()], staff_member=chen, **facts)
    with pytest.raises(Refused, match="no end date"):
        credentials.hand_in(chen.establishment, by=wang, uploads=[photo()], **{**facts, "valid_through": None})


def of_certificate(**facts):
    paper = {
        "kind": "health_certificate",
        "number": "18",
        "holder": "陈师傅",
        "valid_from": date(2026, 3, 1),
        "valid_through": date(2027, 2, 28),
        "operator_name": "海澜海上明月餐饮有限公司",
        "division": "999901",
        "uscc": "",
        "person": "陈师傅",
    }
    return [check.words for check in checks(Facts(**{**paper, **facts}), date(2026, 11, 22)) if check.level == "warn"]


def test_the_clerk_is_warned_of_another_name_too_long_a_term_and_a_leaver():
    assert of_certificate() == []
    assert "陈师傅" in of_certificate(holder="陈师父")[0]
    assert "one year" in of_certificate(valid_through=date(2028, 3, 1))[0]
    assert of_certificate(valid_through=date(2027, 3, 1)) == []
    assert "left" in of_certificate(left_on=date(2026, 11, 1))[0]


def test_a_colleagues_same_number_or_picture_is_shown_to_the_clerk_once(chen, wang, li, photo, certificate):
    picture = photo()
    one = credentials.hand_in(chen.establishment, by=wang, uploads=[picture], staff_member=chen, **certificate)
    picture.seek(0)
    other = builders.staff_member(chen.establishment, name="周切配")
    two = credentials.hand_in(
        chen.establishment, by=wang, uploads=[picture], staff_member=other, **{**certificate, "holder": "周切配"}
    )
    assert [(twin.credential, twin.why) for twin in twins(two, li)] == [(one, "number")]


# ── reminders ───────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("left", "stage"), [(31, None), (30, "soon"), (8, "soon"), (7, "last"), (0, "last"), (-1, "expired")]
)
def test_a_certificate_is_renewed_by_a_new_check_so_days_are_counted_not_working_days(left, stage):
    assert expiry.certificate_stage(TODAY + left * DAY, TODAY, first=30, again=7) == stage


def test_those_who_went_to_the_check_together_are_reminded_in_one_letter(restaurant, wang):
    end = date(2027, 3, 31)
    for name in ("陈师傅", "周切配"):
        builders.health_certificate(
            builders.staff_member(restaurant, name=name), valid_from=date(2026, 4, 1), valid_through=end
        )
    for day in (end - 31 * DAY, end - 30 * DAY, end - 29 * DAY, end - 7 * DAY, end, end + DAY, end + 2 * DAY):
        expiring.remind(day)
    letters = heard(wang)
    assert [letter.kind for letter in letters] == ["certificates.soon", "certificates.last", "certificates.expired"]
    assert all("陈师傅" in letter.body and "周切配" in letter.body for letter in letters)
    assert letters[0].link.endswith(f"/desk/kitchens/{restaurant.code}/staff/")
    assert "15" not in letters[0].body


def test_nobody_is_reminded_of_a_leaver_a_followed_or_a_closed_kitchens_certificate(restaurant, wang, qian):
    soon = {"valid_from": TODAY - 355 * DAY, "valid_through": TODAY + 10 * DAY}
    builders.health_certificate(builders.staff_member(restaurant, left_on=TODAY), **soon)
    renewing = builders.staff_member(restaurant)
    builders.health_certificate(renewing, **soon)
    builders.health_certificate(renewing, state="submitted", valid_from=TODAY, valid_through=TODAY + 365 * DAY)
    closed = builders.establishment(owner=qian, state="closed")
    builders.health_certificate(builders.staff_member(closed), **soon)
    assert expiring.remind(TODAY) == 0
    assert not heard(wang) and not heard(qian)


def test_two_thousand_certificates_cost_the_hourly_sweep_a_handful_of_queries(wang):
    places = [builders.establishment(owner=wang, signboard=f"店{index}") for index in range(20)]
    author = builders.user()
    people = builders.staff_members(places, each=100, added_by=author)
    builders.health_certificates(people, submitted_by=author, valid_through=TODAY + 20 * DAY)
    assert expiring.remind(TODAY) == 2000
    assert len(heard(wang)) == 20
    with CaptureQueriesContext(connection) as queries:
        assert expiring.retire(TODAY) == 0
        assert expiring.remind(TODAY) == 2000
    assert len(queries) <= 6, [query["sql"][:80] for query in queries]


# ── a licence without an end ────────────────────────────────────────────────────────────────────────────────
LICENCE = {
    "number": "91350100M000100Y43",
    "holder": "海澜海上明月餐饮有限公司",
    "issuer": "海澜市市场监督管理局",
    "valid_from": "2020-05-13",
}


def test_a_licence_without_an_end_goes_all_the_way(restaurant, wang, li, at, photo):
    page = f"/en/desk/kitchens/{restaurant.code}/papers/new/?kind=business_licence"
    refused = at(wang).post(page, {**LICENCE, "files": [photo()]})
    assert refused.status_code == 422 and "no end date" in refused.content.decode()
    both = at(wang).post(page, {**LICENCE, "valid_through": "2030-01-01", "endless": "on", "files": [photo()]})
    assert both.status_code == 422 and "Either a last day" in both.content.decode()
    answer = at(wang).post(page, {**LICENCE, "endless": "on", "files": [photo()]}, follow=True)
    assert answer.status_code == 200 and "no end date" in answer.content.decode()
    paper = Credential.objects.get()
    assert paper.valid_through is None
    review = at(li).get(f"/en/office/papers/{paper.pk}/").content.decode()
    assert "no end date" in review and "Without an end date" in review
    credentials.approve(paper, by=li)
    assert "without an end date" in heard(wang)[0].body or "长期" in heard(wang)[0].body
    for address in (
        f"/en/desk/kitchens/{restaurant.code}/",
        f"/en/desk/kitchens/{restaurant.code}/papers/{paper.pk}/",
        f"/en/k/{restaurant.code}/",
        "/en/desk/",
    ):
        assert at(wang).get(address).status_code == 200
    assert expiring.remind(TODAY) == 0 and expiring.retire(TODAY) == 0
    newer = builders.permit(
        restaurant, kind="business_licence", number="91350100M000100Y43", valid_from=TODAY, valid_through=None
    )
    assert "the old one has no end date" in at(li).get(f"/en/office/papers/{newer.pk}/").content.decode()


def test_a_permit_always_has_an_end(restaurant, wang, at, photo):
    page = f"/en/desk/kitchens/{restaurant.code}/papers/new/"
    form = {**LICENCE, "number": "JY29999010000010", "endless": "on", "files": [photo()]}
    answer = at(wang).post(page, form)
    assert answer.status_code == 422 and 'name="endless"' not in answer.content.decode()


# ── what the bureau holds ───────────────────────────────────────────────────────────────────────────────────
def test_a_paper_from_the_register_is_shown_as_held_and_not_edited(restaurant, wang, li, at):
    paper = builders.permit(restaurant, state="in_force", source="register", submitted_by=li)
    Credential.objects.filter(pk=paper.pk).update(submitted_by=None, submitted_at=None)
    page = f"/en/desk/kitchens/{restaurant.code}/papers/{paper.pk}/"
    assert "Held by the bureau" in at(wang).get(page).content.decode()
    assert at(wang).get(page + "edit/").status_code == 404
    home = at(wang).get(f"/en/desk/kitchens/{restaurant.code}/").content.decode()
    assert "held by the bureau" in home and "Hand in the permit" not in home
    review = at(li).get(f"/en/office/papers/{paper.pk}/").content.decode()
    assert "there is no picture" in review
    with pytest.raises(Refused, match="register"):
        credentials.revise(paper, by=wang, holder="另一家")


# ── pages ───────────────────────────────────────────────────────────────────────────────────────────────────
def test_a_certificate_is_handed_in_from_the_persons_page_and_reviewed(chen, wang, li, at, photo, certificate):
    place = chen.establishment
    page = f"/en/desk/kitchens/{place.code}/staff/{chen.pk}/"
    assert "Hand in the health certificate" in at(wang).get(page).content.decode()
    form = at(wang).get(page + "certificates/new/").content.decode()
    assert 'value="陈师傅"' in form and 'name="items"' not in form
    sent = {**certificate, "files": [photo()]}
    del sent["kind"]
    answer = at(wang).post(page + "certificates/new/", sent, follow=True)
    assert "Handed in" in answer.content.decode()
    paper = Credential.objects.get()
    assert (paper.staff_member, paper.state) == (chen, "submitted")
    assert "Waiting for review" in at(wang).get(page).content.decode()
    review = at(li).get(f"/en/office/papers/{paper.pk}/").content.decode()
    assert "陈师傅" in review and "Chef" in review and "Licensed items" not in review
    assert "陈师傅" in at(li).get("/en/office/papers/").content.decode()


def test_a_certificate_is_no_paper_of_the_kitchen(chen, wang, at):
    builders.health_certificate(chen, number="HL-GEHEIM-1")
    place = chen.establishment
    assert at(wang).get(f"/en/desk/kitchens/{place.code}/papers/new/?kind=health_certificate").status_code == 404
    for address in (f"/en/desk/kitchens/{place.code}/", "/en/desk/", f"/en/k/{place.code}/"):
        page = at(wang).get(address).content.decode()
        assert "HL-GEHEIM-1" not in page, address
    assert place.signboard not in at(wang).get("/en/?q=HL-GEHEIM-1").content.decode()
    assert "陈师傅" not in at(wang).get(f"/en/k/{place.code}/").content.decode()


def test_the_picture_of_a_certificate_is_seen_by_those_who_need_it(
    chen, wang, li, zhao, sun, wu, at, photo, certificate
):
    paper = handed_in(chen, wang, photo, certificate)
    picture, manager = f"/papers/{paper.pk}/pages/1/", builders.manager(chen.establishment).user
    for person in (wang, manager, li, zhao):
        assert at(person).get(picture).getvalue().startswith(b"\xff\xd8")
    for person in (sun, wu):
        assert at(person).get(picture).status_code == 403
        page = at(person).get(f"/en/office/papers/{paper.pk}/")
        assert page.status_code == 200 and picture not in page.content.decode()
    permit = builders.permit(chen.establishment)
    assert at(wu).get(f"/papers/{permit.pk}/pages/1/").status_code == 404, "no page: but no refusal either"


def test_the_staff_page_is_kept_by_the_kitchen_and_read_by_the_office(chen, wang, li, at):
    address = f"/en/desk/kitchens/{chen.establishment.code}/staff/"
    mine, theirs = at(wang).get(address).content.decode(), at(li).get(address).content.decode()
    assert "has no health certificate" in mine and "Add a person" in mine
    assert (
        "has no health certificate" in theirs
        and "Add a person" not in theirs
        and "<form method" not in theirs.split("<main")[1]
    )
    assert "13800000009" not in at(li).get(f"{address}{chen.pk}/").content.decode()


def test_consent_is_recorded_and_withdrawn_with_one_tap(chen, wang, at, photo):
    address = f"/en/desk/kitchens/{chen.establishment.code}/staff/{chen.pk}/"
    client = at(wang)
    answer = client.post(address + "consent/", {"given_on": f"{TODAY}", "upload": photo()}, follow=True)
    page = answer.content.decode()
    assert "On record" in page and "/consents/" in page
    consent = chen.consents.get()
    assert client.get(f"{address}consents/{consent.pk}/1/")["Content-Type"] == "image/jpeg"
    assert client.get(f"{address}consents/{consent.pk}/2/").status_code == 404
    asked = client.get(address + "consent/withdraw/").content.decode()
    assert "within 30 seconds" in asked and "It does not say who" in asked
    page = client.post(address + "consent/withdraw/", follow=True).content.decode()
    assert "Withdrawn" in page and "live picture of this kitchen is off" in page
    again = client.post(address + "consent/withdraw/", follow=True).content.decode()
    assert "already dealt with" in again
    late = client.post(address + "consent/", {"given_on": "2024-01-01"})
    assert late.status_code == 422 and "signed since then" in late.content.decode()


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_printed_form_says_the_laws_words_in_both_languages(chen, wang, at, language, hailan):
    with translation.override(language):
        from django.urls import reverse

        address = reverse("staff_consent_form", args=[chen.establishment.code, chen.pk])
    page = at(wang).get(address).content.decode()
    for words in ("单独同意", "第二十九条", "不录音", "不能回放", "随时撤回", "不利对待", "陈师傅"):
        assert words in page, words
    for words in ("separate consent", "article 29", "No sound", "cannot replay", "at any time", "Hailan", "Chef"):
        assert words in page, words


def test_what_is_typed_wrong_is_said_in_the_form(restaurant, wang, at):
    page = f"/en/desk/kitchens/{restaurant.code}/staff/new/"
    answer = at(wang).post(page, {"name": "陈师傅", "post": "chef", "joined_on": f"{TODAY}", "mobile": "12"})
    assert answer.status_code == 422 and "mobile number" in answer.content.decode()
    assert 'value="陈师傅"' in answer.content.decode()
    answer = at(wang).post(page, {"name": "陈师傅", "post": "chef", "joined_on": f"{TODAY}"}, follow=True)
    member = restaurant.staff.get()
    assert answer.request["PATH_INFO"].endswith(f"/staff/{member.pk}/")
    leave = f"/en/desk/kitchens/{restaurant.code}/staff/{member.pk}/leave/"
    assert at(wang).post(leave, {"on": "2001-01-01"}).status_code == 422
    assert at(wang).post(leave, {"on": f"{TODAY}"}).status_code == 302
    assert not restaurant.staff.working(TODAY).exists()


def test_the_owner_chooses_what_the_public_reads(restaurant, wang, at):
    manager = builders.user("经理")
    from sunkitchen.registry.models import Membership

    Membership.objects.create(user=manager, establishment=restaurant, role="manager")
    page = f"/en/desk/kitchens/{restaurant.code}/staff/shown/"
    assert at(manager).post(page, {"shown": "1"}).status_code == 403
    assert at(wang).post(page, {"shown": "1"}).status_code == 302
    restaurant.refresh_from_db()
    assert restaurant.shows_staff


def test_a_person_of_another_kitchen_is_not_there(chen, wang, at):
    other = builders.staff_member(builders.establishment(signboard="邻家"))
    assert at(wang).get(f"/en/desk/kitchens/{chen.establishment.code}/staff/{other.pk}/").status_code == 404
    staff.leave(chen, by=wang, on=TODAY)
    page = at(wang).get(f"/en/desk/kitchens/{chen.establishment.code}/staff/{chen.pk}/").content.decode()
    assert "Works here after all" in page and "Hand in the" not in page
