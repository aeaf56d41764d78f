"""The same steps through the pages, as a browser without JavaScript takes them."""

import pytest
from django.urls import reverse
from django.utils import timezone

from ratings.editions import actions as editions
from ratings.models import Edition, Inspection, Listing
from sunkitchen.core.models import StoredFile
from tests import builders
from tests.conftest import prove

from .conftest import MONDAY, agree, answers

pytestmark = pytest.mark.django_db


@pytest.fixture
def browse(client):
    def as_(user):
        client.force_login(user)
        return client

    return as_


def filled_in(failed=()):
    return {f"{part}-{code}": given[part] for code, given in answers(failed).items() for part in ("answer", "note")}


def test_two_officers_inspect_on_a_phone(browse, restaurant, permit, zhao, zhou):
    page = browse(zhao)
    assert restaurant.code in page.get("/office/inspections/new/?q=海上").content.decode()
    begun = page.post(
        f"/office/inspections/new/{restaurant.code}/",
        {"second": zhou.pk, "kind": "routine", "visited_at": timezone.localtime().strftime("%Y-%m-%dT%H:%M")},
    )
    visit = Inspection.objects.get()
    assert begun.url == reverse("office_inspection", args=[visit.pk])
    page.post(begun.url, {**filled_in(), "do": "save"})
    refused = page.post(begun.url, {**filled_in(), "do": "close", "signature": "signed"})
    assert refused.status_code == 422
    closed = page.post(
        begun.url, {**filled_in(["hands"]), "do": "close", "signature": "refused", "refusal_note": "拒签"}
    )
    assert closed.status_code == 302
    visit.refresh_from_db()
    assert (visit.state, visit.result, visit.score_tenths) == ("closed", "mostly", 95)
    assert "看到了" in page.get(begun.url).content.decode()
    assert page.post(begun.url, {**filled_in(), "do": "save"}).status_code == 409


def test_an_edition_from_draft_to_published(
    browse, good, bad, zhao, li, sun, log_root, django_capture_on_commit_callbacks
):
    page = browse(zhao)
    made = page.post(
        "/office/editions/new/",
        {"authority": zhao.posts.get().authority_id, "period_from": "2026-10-01", "period_to": "2026-10-31"},
    )
    edition = Edition.objects.get()
    shown = page.get(made.url).content.decode()
    assert reverse("office_edition_approvals", args=[edition.pk]) in shown
    for kitchen, rule, number in ((good, "", ""), (bad, "B1", "海市监检〔2026〕117 号")):
        fields = {
            "do": "pick",
            "proposal": edition.proposals.get(establishment=kitchen).pk,
            "rule": rule,
            "reason": "见检查记录",
            "document_number": number,
        }
        assert page.post(reverse("office_proposals", args=[edition.pk]), fields).status_code == 302
    black = Listing.objects.get(colour="black")
    url = reverse("office_listing", args=[black.pk])

    page = browse(li)
    assert page.post(f"{url}notice/").status_code == 302
    assert "拟公示告知书" in page.get(f"{url}notice.html").content.decode()
    today = timezone.localdate().isoformat()
    assert page.post(f"{url}serve/", {"method": "direct", "served_on": today, "note": ""}).status_code == 422
    photo = builders_photo()
    served = page.post(f"{url}serve/", {"method": "direct", "served_on": today, "note": "店长签收", "proof": photo})
    assert served.status_code == 302
    assert StoredFile.objects.get().owner_scope.startswith("authority:")
    assert page.get(f"{url}proof/service/1/").status_code == 200

    page = browse(sun)
    prove(page)
    assert page.post(f"{made.url}release/", {"do": "now"}).status_code == 422
    page = browse(li)
    assert page.post(f"{url}waive/", {"waived_on": today, "statement": "放弃陈述申辩"}).status_code == 302
    agree(edition, timezone.now())
    page = browse(sun)
    assert "sign-in/again" in page.get(f"{made.url}release/").url, "who publishes proves once more who they are"
    prove(page)
    assert page.get(f"{made.url}release/").status_code == 200
    with django_capture_on_commit_callbacks(execute=True):
        assert page.post(f"{made.url}release/", {"do": "now"}).status_code == 302
    edition.refresh_from_db()
    assert edition.state == "published"
    assert (log_root / "editions/hailan/2026-1.json").exists()
    assert page.post(f"{made.url}release/", {"do": "now"}).status_code == 409
    for address in (made.url, url, "/office/editions/", "/en/office/editions/"):
        assert page.get(address).status_code == 200


def builders_photo():
    import io

    from django.core.files.uploadedfile import SimpleUploadedFile
    from PIL import Image

    buffer = io.BytesIO()
    Image.new("RGB", (640, 480), "white").save(buffer, "JPEG")
    return SimpleUploadedFile("proof.jpg", buffer.getvalue(), "image/jpeg")


def test_the_owner_objects_on_the_desk_and_an_officer_who_took_no_part_decides(browse, noticed, li, chen, sun):
    editions.serve(noticed, by=li, method="direct", served_on=timezone.localdate(), note="签收")
    url = reverse("listing_desk", args=[noticed.pk])
    page = browse(chen)
    assert page.get(url).status_code == 200
    assert page.post(f"{url}object/", {"statement": "字" * 2001}).status_code == 422
    assert page.post(f"{url}object/", {"statement": "当天已整改。"}).status_code == 302
    assert page.post(f"{url}object/", {"statement": "再说一次。"}).status_code == 409
    page = browse(sun)
    decided = page.post(
        reverse("office_listing_decide", args=[noticed.pk]), {"outcome": "overturn", "answer": "记录有误，撤回。"}
    )
    assert decided.status_code == 302
    assert Listing.objects.get().state == "dropped"
    assert "记录有误" in browse(chen).get(url).content.decode()


@pytest.mark.parametrize(
    ("who", "status"), [("chen", 200), ("wang", 404), ("qian", 404), ("zhao", 200), ("manager", 200)]
)
def test_a_notice_is_read_by_its_kitchen_and_its_office(request, browse, noticed, bad, wang, qian, who, status):
    if who == "manager":
        user = builders.user("经理")
        from sunkitchen.registry.models import Membership

        Membership.objects.create(user=user, establishment=bad, role="manager")
    else:
        user = request.getfixturevalue(who)
    page, url = browse(user), reverse("listing_desk", args=[noticed.pk])
    assert page.get(url).status_code == status
    if who == "manager":
        assert page.post(f"{url}object/", {"statement": "经理不能代表"}).status_code == 403


def test_an_owner_does_not_see_what_is_only_drafted(browse, black, chen):
    assert browse(chen).get(reverse("listing_desk", args=[black.pk])).status_code == 404


OFFICE = [
    "office_inspections",
    "office_inspection_new",
    "office_editions",
    "office_edition_new",
]


@pytest.mark.parametrize("name", OFFICE)
def test_the_office_is_for_officers(client, browse, wang, wu, zhao, name):
    url = reverse(name)
    assert client.get(url).status_code == 302
    assert browse(wang).get(url).status_code == 404
    assert browse(zhao).get(url).status_code == 200
    assert browse(wu).get(url).status_code == (403 if "new" in name else 200)


@pytest.mark.parametrize(
    ("name", "allowed", "denied"),
    [
        ("office_listing_notice", "li", "sun"),
        ("office_listing_serve", "li", "sun"),
        ("office_listing_waive", "li", "sun"),
        ("office_listing_objection", "li", "sun"),
        ("office_listing_decide", "sun", "li"),
        ("office_listing_drop", "zhao", "li"),
        ("office_edition_recall", "sun", "zhao"),
        ("office_edition_opinion", "li", "wu"),
        ("office_listing_attach", "zhao", "li"),
    ],
)
def test_a_step_is_behind_its_gate(
    request, client, browse, black, draft, chen, sun, li, zhao, wu, name, allowed, denied
):
    url = reverse(name, args=[draft.pk if "edition" in name else black.pk])
    elsewhere = builders.officer("外", builders.authority("别市局", division="999902"), "inspector")
    assert client.post(url).status_code == 302
    for user, status in ((chen, 404), (elsewhere, 404), (request.getfixturevalue(denied), 403)):
        assert browse(user).post(url).status_code == status
    assert browse(request.getfixturevalue(allowed)).get(url).status_code == 302


def test_a_closed_visit_is_read_only_and_a_draft_is_for_its_two_officers(browse, good, zhao, sun):
    visit = Inspection.objects.get(establishment=good)
    page = browse(zhao).get(reverse("office_inspection", args=[visit.pk])).content.decode()
    assert '<form method="post" class="narrow' not in page and MONDAY.strftime("%Y-%m-%d") in page
    assert browse(sun).post(reverse("office_inspection", args=[visit.pk])).status_code == 403


def test_a_note_without_an_answer_is_asked_about_and_not_lost(browse, restaurant, permit, zhao, zhou):
    from ratings.inspections import actions as inspections

    visit = inspections.begin(restaurant, by=zhao, second=zhou)
    url, page = reverse("office_inspection", args=[visit.pk]), browse(zhao)
    answer = page.post(url, {"note-clean": "地面积水", "answer-pests": "ok"})
    assert answer.status_code == 422 and "地面积水" in answer.content.decode()
    assert page.post(url, {"note-clean": "地面积水", "answer-clean": "fail"}).status_code == 302


def test_the_desk_asks_for_an_answer_only_while_one_can_be_given(browse, noticed, li, chen):
    today = timezone.localdate()
    type(noticed).objects.filter(pk=noticed.pk).update(noticed_at=timezone.now())
    editions.serve(noticed, by=li, method="direct", served_on=today, note="签收")
    assert "you can answer it until" in browse(chen).get("/en/desk/").content.decode()
    editions.waive(noticed, by=li, waived_on=today, statement="放弃陈述申辩。")
    assert "you can answer it until" not in browse(chen).get("/en/desk/").content.decode()


def test_every_page_of_a_proof_can_be_opened(browse, served, li):
    from sunkitchen.core import appendonly
    from sunkitchen.core.models import StoredFile

    proof = StoredFile.objects.create(key="ab/cd", kind="pdf", sha256="0" * 64, size=4, pages=3, owner_scope="test")
    with appendonly.lifted():
        type(served.service).objects.update(proof=proof)
    text = browse(li).get(reverse("office_listing", args=[served.pk])).content.decode()
    assert all(reverse("office_listing_proof", args=[served.pk, "service", page]) in text for page in (1, 2, 3))
