"""Pictures in the ledger's forms: brought in pieces before, or with a plain form; a form that is refused keeps them."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from sunkitchen.core.models import StoredFile
from sunkitchen.registry.models import Delivery, Upload
from sunkitchen.registry.suppliers import recalls
from sunkitchen.registry.suppliers.question import Question
from sunkitchen.registry.uploads import actions as uploads
from tests import builders
from tests.core import corpus


@pytest.fixture
def he(hailan):
    """The restaurant's manager, who keeps its ledger."""
    return builders.user("何经理")


@pytest.fixture
def bring(restaurant, wang, photo):
    """A finished upload, as it comes in two pieces."""

    def whole(*, place=restaurant, by=wang, content=None):
        content = content or photo().read()
        row = uploads.begin(place, by=by, name="证明.jpg", size=len(content))
        half = len(content) // 2
        uploads.append(row, by=by, offset=0, chunk=content[:half])
        return uploads.append(row, by=by, offset=half, chunk=content[half:])

    return whole


def delivery(**changes):
    line = {"goods": "seafood", "product": "带鱼", "quantity": "12.5", "unit": "kg", "proof": "note"}
    return {
        "new_supplier": "楚门水产批发",
        "received_on": timezone.localdate().isoformat(),
        "lines-TOTAL_FORMS": 1,
        "lines-INITIAL_FORMS": 0,
        **{f"lines-0-{name}": value for name, value in line.items()},
        **changes,
    }


@pytest.fixture
def new(restaurant):
    return reverse("delivery_new", args=[restaurant.code])


def keys(answer):
    return [row["key"] for row in answer.context["brought"].rows]


@pytest.fixture
def recalled(restaurant, hailan, li, buy):
    buy(restaurant)
    recalls.issue(hailan, by=li, question=Question(batch="A202608"), says="封存。")
    return restaurant.recalls.get()


# ── proofs of a delivery ────────────────────────────────────────────────────────────────────────────────────
def test_what_came_in_pieces_becomes_the_deliverys_proofs_in_their_order(client, wang, new, bring):
    client.force_login(wang)
    assert reverse("upload_begin", args=[bring().establishment.code]) in client.get(new).content.decode()
    one, two = bring(), bring()
    assert client.post(new, delivery(held=[str(two.key), str(one.key)])).status_code == 302
    row = Delivery.objects.get()
    assert [proof.file for proof in row.proofs.all()] == [two.file, one.file] and row.source == "form"


def test_a_refused_delivery_keeps_them_and_takes_none(client, wang, new, bring):
    client.force_login(wang)
    held = bring()
    answer = client.post(new, delivery(held=str(held.key), **{"lines-0-unit": ""}))
    assert answer.status_code == 422 and keys(answer) == [str(held.key)]
    assert f'value="{held.key}" checked' in answer.content.decode()
    held.refresh_from_db()
    assert held.used_at is None


def test_a_plain_form_that_is_refused_keeps_its_photo_for_the_next_time(client, wang, new, photo):
    client.force_login(wang)
    answer = client.post(new, delivery(pictures=photo(), **{"lines-0-unit": ""}))
    (key,) = keys(answer)
    assert answer.status_code == 422
    again = client.post(new, delivery(held=key, pictures=photo()))
    assert again.status_code == 302
    assert Delivery.objects.get().proofs.count() == 2 and StoredFile.objects.count() == 2


@pytest.mark.parametrize("button", ["more", "again"])
def test_another_line_loses_no_photo(client, wang, new, bring, photo, button):
    client.force_login(wang)
    held = bring()
    answer = client.post(new, delivery(held=str(held.key), pictures=photo(), **{button: "1"}))
    assert answer.status_code == 200 and len(keys(answer)) == 2 and keys(answer)[0] == str(held.key)


def test_a_plain_form_that_comes_twice_leaves_nothing_behind(client, wang, new, photo):
    client.force_login(wang)
    name = "0b54dfd0-0000-4000-8000-000000000001"
    for _time in range(2):
        assert client.post(new, delivery(form=name, pictures=photo())).status_code == 302
    assert Delivery.objects.get().proofs.count() == 1 == StoredFile.objects.count() == Upload.objects.count()


def test_the_manager_brings_them_and_nobody_takes_anothers(client, he, qian, restaurant, rival, new, bring, photo):
    restaurant.memberships.create(user=he, role="manager")
    theirs = bring(place=rival, by=rival.memberships.get().user)
    own = bring(place=None, by=qian)
    client.force_login(he)
    for foreign in (theirs, own):
        answer = client.post(new, delivery(held=str(foreign.key)))
        assert answer.status_code == 422 and keys(answer) == [] and not Delivery.objects.exists()
        foreign.refresh_from_db()
        assert foreign.used_at is None
    assert client.post(new, delivery(held=str(bring(by=he).key))).status_code == 302


def test_what_is_gone_is_said_and_not_lost_in_silence(client, wang, new, bring):
    client.force_login(wang)
    held = bring()
    uploads.drop(held, by=wang)
    answer = client.post(new, delivery(held=str(held.key)))
    assert answer.status_code == 422 and "not there any more" in answer.content.decode()
    assert not Delivery.objects.exists()


def test_one_too_many_and_what_is_no_picture_are_said_at_the_field(client, wang, new, bring, photo):
    client.force_login(wang)
    many = [str(bring().key) for _one in range(6)]
    answer = client.post(new, delivery(held=many, pictures=photo()))
    assert answer.status_code == 422 and "At most 6" in str(answer.context["form"].errors["pictures"])
    assert keys(answer) == many and not Delivery.objects.exists()
    page = SimpleUploadedFile("x.jpg", corpus.HTML)
    answer = client.post(new, delivery(held=many[0], pictures=page))
    assert answer.status_code == 422 and "neither a picture" in str(answer.context["form"].errors["pictures"])
    assert keys(answer) == many[:1]


def test_the_note_that_is_read_may_come_in_pieces(client, wang, restaurant, photo):
    client.force_login(wang)
    address = reverse("delivery_photo", args=[restaurant.code])
    assert client.post(address, {}).status_code == 422
    content = photo().read()
    row = uploads.begin(restaurant, by=wang, name="单.jpg", size=len(content), sort="delivery_note")
    uploads.append(row, by=wang, offset=0, chunk=content)
    answer = client.post(address, {"held": str(row.key)})
    assert answer.status_code == 302 and str(row.key) in answer["Location"]


# ── a supplier's licence ────────────────────────────────────────────────────────────────────────────────────
def test_a_suppliers_licence_comes_in_pieces_and_survives_a_refusal(client, wang, restaurant, bring):
    client.force_login(wang)
    address, held = reverse("suppliers", args=[restaurant.code]), bring()
    answer = client.post(address, {"name": "", "held": str(held.key)})
    assert answer.status_code == 422 and keys(answer) == [str(held.key)]
    assert client.post(address, {"name": "楚门水产", "held": str(held.key)}).status_code == 302
    row = restaurant.suppliers.get()
    assert row.licence == held.file
    other, twice = bring(), bring()
    one = reverse("supplier", args=[restaurant.code, row.pk])
    answer = client.post(one, {"name": "楚门水产", "held": [str(other.key), str(twice.key)]})
    assert answer.status_code == 422 and "One picture" in answer.content.decode()
    assert client.post(one, {"name": "楚门水产", "held": str(other.key)}).status_code == 302
    row.refresh_from_db()
    assert row.licence == other.file and not StoredFile.objects.filter(pk=held.file_id).exists()


def test_a_plain_licence_of_a_name_that_is_known_waits_for_the_right_name(client, wang, restaurant, photo):
    builders.supplier(restaurant, "楚门水产")
    client.force_login(wang)
    address = reverse("suppliers", args=[restaurant.code])
    answer = client.post(address, {"name": "楚门水产", "picture": photo()})
    (key,) = keys(answer)
    assert answer.status_code == 422
    assert client.post(address, {"name": "楚门水产二", "held": key}).status_code == 302
    assert restaurant.suppliers.get(name="楚门水产二").licence


# ── the answer to a recall ──────────────────────────────────────────────────────────────────────────────────
def test_the_photo_of_a_recalls_answer_comes_in_pieces_or_plainly(client, wang, restaurant, recalled, bring, photo):
    client.force_login(wang)
    address, held = reverse("recall_answer", args=[restaurant.code, recalled.pk]), bring()
    answer = client.post(address, {"held": str(held.key)})
    assert answer.status_code == 422 and keys(answer) == [str(held.key)]
    assert client.post(address, {"answer": "removed", "held": str(held.key)}).status_code == 302
    recalled.refresh_from_db()
    assert recalled.photo == held.file
    assert client.post(address, {"answer": "removed", "photo": photo()}).status_code == 302
    recalled.refresh_from_db()
    assert recalled.photo != held.file


def test_a_pdf_is_no_photo_of_a_recalls_goods(client, wang, restaurant, recalled, bring):
    client.force_login(wang)
    held = bring(content=corpus.pdf())
    address = reverse("recall_answer", args=[restaurant.code, recalled.pk])
    answer = client.post(address, {"answer": "removed", "held": str(held.key)})
    assert answer.status_code == 422 and "not a picture" in answer.content.decode()
    recalled.refresh_from_db()
    held.refresh_from_db()
    assert recalled.answer == "" and held.used_at is None
