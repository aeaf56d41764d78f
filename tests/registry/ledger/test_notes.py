"""A delivery by the photo of its note: the photo first, then the form that it filled in, then the proof of the delivery."""

from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from sunkitchen.registry.models import Delivery, Reading, Upload
from tests import builders


def said(value, confidence=0.97, text=None):
    return {"value": value, "text": text or value, "confidence": confidence, "page": 1, "box": []}


FIELDS = {
    "supplier": said("楚门 水产批发"),
    "received_on": said(f"{timezone.localdate():%Y-%m-%d}"),
    "lines": [
        {
            "product": said("带鱼"),
            "quantity": said("12.5"),
            "unit": said("kg"),
            "batch": said("20261101", 0.6, "2026llO1"),
        },
        {"product": said("菜籽油"), "quantity": said("many"), "unit": said("桶")},
    ],
}


@pytest.fixture
def bring(client, wang, restaurant, photo):
    """王 sends a photo; the machine has read it as told. The address that follows."""

    def of(state="read", fields=FIELDS):
        client.force_login(wang)
        answer = client.post(reverse("delivery_photo", args=[restaurant.code]), {"photos": photo()})
        assert answer.status_code == 302
        Reading.objects.update(state=state, fields=fields)
        return answer["Location"]

    return of


def test_the_form_is_filled_in_and_what_was_hard_to_read_is_marked(client, bring, restaurant):
    known = builders.supplier(restaurant, "楚门水产批发", looked_for="楚门水产批发")
    page = client.get(bring())
    assert page.context["form"].initial["supplier"] == known.pk
    first, second = page.context["lines"].initial
    assert (first["product"], first["quantity"], first["goods"], first["batch"]) == (
        "带鱼",
        "12.5",
        "seafood",
        "20261101",
    )
    assert "quantity" not in second
    text = page.content.decode()
    assert "2026llO1" in text and "Read on the photo" in text


def test_the_large_pictures_tell_the_script_how_a_page_is_called(client, bring):
    with translation.override("en"):
        text = client.get(bring()).content.decode()
    assert 'data-pictures data-alt="Page %(n)s of the note"' in text, "a photo that is removed goes here, too"


def test_the_first_supplier_is_not_called_optional_and_is_asked_for_once(client, wang, restaurant):
    client.force_login(wang)
    address = reverse("delivery_new", args=[restaurant.code])
    assert client.get(address).context["form"].fields["new_supplier"].required
    empty = client.post(address, {"lines-TOTAL_FORMS": "1", "lines-INITIAL_FORMS": "0"})
    assert empty.status_code < 500 and len(empty.context["form"].errors["new_supplier"]) == 1


def test_while_it_is_read_the_page_waits_and_one_may_type_all_the_same(client, bring):
    address = bring(state="waiting", fields={})
    page = client.get(address)
    assert page["Refresh"] == "3" and "being read" in page.content.decode()
    assert client.get(f"{address}&unread=1").context["brought"].rows


def test_the_photo_becomes_the_proof_of_what_is_saved(client, bring, restaurant):
    page = client.get(bring())
    (held,) = page.context["brought"].keys
    line = {"goods": "seafood", "product": "带鱼", "quantity": "12.5", "unit": "kg", "proof": "note"}
    posted = {
        "held": str(held),
        "new_supplier": "楚门水产批发",
        "received_on": timezone.localdate().isoformat(),
        "lines-TOTAL_FORMS": 1,
        "lines-INITIAL_FORMS": 0,
        **{f"lines-0-{name}": value for name, value in line.items()},
    }
    bad = client.post(reverse("delivery_new", args=[restaurant.code]), {**posted, "lines-0-unit": ""})
    assert bad.status_code == 422 and str(held) in bad.content.decode()
    assert client.post(reverse("delivery_new", args=[restaurant.code]), posted).status_code == 302
    row = Delivery.objects.get()
    assert row.source == "photo" and row.lines.get().quantity == Decimal("12.5")
    assert row.proofs.get().file == Upload.objects.get().file
    assert client.post(reverse("delivery_new", args=[restaurant.code]), posted).status_code == 422  # used


def test_another_kitchens_photo_fills_in_nothing(client, bring, rival):
    address = bring().replace(Upload.objects.get().establishment.code, rival.code)
    client.force_login(rival.memberships.get().user)
    assert client.get(address).context["note"] is None


@pytest.mark.parametrize("held", ["", "x", "0" * 32, "\0"])
def test_a_key_that_is_none_is_passed_over(client, wang, restaurant, held):
    client.force_login(wang)
    answer = client.get(reverse("delivery_new", args=[restaurant.code]), {"held": held})
    assert answer.status_code == 200 and answer.context["note"] is None


def test_a_delivery_is_copied_without_batch_and_use_by(client, wang, restaurant, buy):
    row = buy(restaurant)
    client.force_login(wang)
    page = client.get(reverse("delivery_new", args=[restaurant.code]), {"of": row.pk})
    (line,) = page.context["lines"].initial
    assert line["product"] == "菜籽油" and "batch" not in line
    assert page.context["form"].initial["supplier"] == row.supplier_id
