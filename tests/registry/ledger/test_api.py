"""Another system enters deliveries by its key: once each, told line by line what is wrong, and never further than it reaches."""

import json
from decimal import Decimal

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sunkitchen.core.audit import trail
from sunkitchen.core.models import AuditEntry
from sunkitchen.registry.models import Delivery, LedgerKey, Supplier
from sunkitchen.registry.suppliers import actions as suppliers
from sunkitchen.registry.suppliers import keys
from tests import builders
from tests.conftest import TODAY

URL = "/api/ledger/v1/deliveries"
LINE = {"product": "菜籽油", "goods": "staples", "quantity": 2.5, "unit": "桶", "batch": "20261101", "proof": "合格证"}


def delivery(**facts):
    return {
        "reference": "SO-1",
        "received_on": TODAY.isoformat(),
        "supplier": {"name": "海澜粮油批发", "uscc": "91350100M000100Y43"},
        "lines": [LINE],
        **facts,
    }


@pytest.fixture
def key(restaurant, wang):
    return keys.make(by=wang, title="海澜粮油的系统", establishment=restaurant)[1]


@pytest.fixture
def bureau_key(hailan, li):
    return keys.make(by=li, title="省追溯平台", authority=hailan)[1]


@pytest.fixture
def send(key):
    def of(sent, *, by=key, language="en", content_type="application/json", **headers):
        body = sent if isinstance(sent, bytes) else json.dumps(sent).encode()
        known = {"authorization": f"Bearer {by}", "accept-language": language, **headers}
        client = Client(enforce_csrf_checks=True, raise_request_exception=True)
        return client.post(URL, body, content_type=content_type, headers=known)

    return of


def test_a_delivery_is_entered_and_names_its_key_in_the_trail(send, restaurant, wang):
    answer = send(delivery())
    assert answer.status_code == 201 and not answer.cookies
    row = Delivery.objects.get()
    assert (row.source, row.establishment, row.entered_by, row.reference) == ("api", restaurant, wang, "SO-1")
    assert row.lines.get().quantity == Decimal("2.5") and row.lines.get().proof == "certificate"
    assert row.supplier.uscc == "91350100M000100Y43"
    assert trail(row).get().detail["key"] == "海澜粮油的系统"
    assert LedgerKey.objects.get().used_at is not None


def test_the_same_reference_is_entered_once_and_answered_alike(send):
    first, second = send(delivery()), send(delivery())
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json() == second.json() and Delivery.objects.count() == 1


def test_another_delivery_with_a_known_reference_is_refused(send):
    send(delivery())
    answer = send(delivery(lines=[{**LINE, "quantity": 3}]))
    assert answer.status_code == 409 and answer.json()["errors"][0]["field"] == "reference"


def test_twins_in_the_same_moment_are_entered_once(send, monkeypatch):
    """The second looked before the first was through: the database lets one in, and both are answered alike."""
    look, looked = suppliers._once, []

    def blind(*args):
        looked.append(args)
        return None if len(looked) <= 2 else look(*args)

    assert send(delivery()).status_code == 201
    monkeypatch.setattr(suppliers, "_once", blind)
    assert send(delivery()).status_code == 200
    assert Delivery.objects.count() == 1 and len(looked) == 3


def test_everything_that_is_wrong_is_told_at_once_by_line_in_the_readers_language(send):
    bad = delivery(
        reference="",
        lines=[{**LINE, "quantity": 0}, {**LINE, "goods": "gold", "colour": "red"}, "oil"],
        supplier={"name": "批发", "uscc": "1"},
    )
    answer = send(bad)
    assert answer.status_code == 422 and not Delivery.objects.exists() and not Supplier.objects.exists()
    told = {(one["line"], one["field"]) for one in answer.json()["errors"]}
    assert told == {(None, "reference"), (None, "supplier.uscc"), (1, "quantity"), (2, "goods"), (2, "colour"), (3, "")}
    assert "missing" in answer.content.decode() and answer["Content-Language"] == "en"
    assert answer.content != send(bad, language="zh-Hans").content


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 415),
        (b"[]", 400),
        (b"\xff\xfe", 400),
        (b'{"lines": NaN}', 400),
        (b"[" * 100_000, 400),
        (b'{"reference": ' + b"9" * 5000 + b"}", 400),
        (b"{}", 422),
        (b'{"reference": {"a": 1}, "lines": {}, "supplier": [], "received_on": 5}', 422),
        (b" " * (257 * 1024), 413),
    ],
)
def test_what_is_no_delivery_is_refused_and_nothing_stored(send, body, status):
    answer = send(body)
    assert answer.status_code == status and answer.json()["errors"]
    assert not Delivery.objects.exists() and not Supplier.objects.exists()


@pytest.mark.parametrize("text", ["\0", "a\0b", "\ud800", "a\nb", "‮abc"])
@pytest.mark.parametrize("where", ["reference", "name", "product", "batch"])
def test_signs_that_nobody_can_read_are_told_not_stored(send, text, where):
    sent = delivery()
    holder = {"reference": sent, "name": sent["supplier"]}.get(where) or LINE | {}
    holder[where] = f"x{text}y"
    if where in LINE:
        sent["lines"] = [holder]
    assert send(sent).status_code == 422 and not Delivery.objects.exists()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    facts=st.fixed_dictionaries(
        {}, optional=dict.fromkeys(("kitchen", "reference", "received_on", "supplier", "lines", "more"), JSON)
    ),
    line=st.fixed_dictionaries({}, optional=dict.fromkeys((*LINE, "use_by"), JSON)),
)
def test_no_json_makes_it_fail(key, facts, line):
    sent = {**delivery(lines=[{**LINE, **line}]), **facts}
    body = json.dumps(sent).encode()
    headers = {"authorization": f"Bearer {key}"}
    answer = Client().post(URL, body, content_type="application/json", headers=headers)
    assert answer.status_code in (200, 201, 404, 409, 422)


@pytest.mark.parametrize("sent", ["", "Bearer", "Bearer skl_unknown", "Basic abc", "Bearer " + "x" * 5000])
def test_without_a_key_nothing_is_told(sent, restaurant):
    answer = Client().post(URL, b"{}", content_type="application/json", headers={"authorization": sent})
    assert answer.status_code == 401 and answer["WWW-Authenticate"].startswith("Bearer")


def test_a_revoked_key_and_the_key_of_whoever_left_open_nothing(send, key, restaurant, wang):
    other = keys.make(by=wang, title="别的", establishment=restaurant)
    keys.revoke(other[0], by=wang)
    assert send(delivery(), by=other[1]).status_code == 401
    restaurant.memberships.filter(user=wang).update(ended_at="2026-01-01T00:00Z")
    assert send(delivery()).status_code == 401


def test_a_kitchens_key_reaches_no_other_kitchen(send, rival, restaurant):
    assert send(delivery(kitchen=rival.code)).status_code == 404
    assert send(delivery(kitchen=restaurant.code.upper())).status_code == 201


def test_an_authoritys_key_names_the_kitchen_by_code_permit_or_credit_code(send, bureau_key, rival, foreign):
    permit = builders.permit(rival, state="in_force")
    type(rival).objects.filter(pk=rival.pk).update(uscc="91512081MA62K0260E")
    for number, named in enumerate((rival.code, permit.number, "91512081 ma62k0260e")):
        answer = send(delivery(kitchen=named, reference=f"P-{number}"), by=bureau_key)
        assert answer.status_code == 201 and answer.json()["kitchen"] == rival.code
    for named in (foreign.code, "nowhere"):
        assert send(delivery(kitchen=named, reference="P-9"), by=bureau_key).status_code == 404
    assert send(delivery(reference="P-9"), by=bureau_key).status_code == 422


def test_a_number_of_several_kitchens_needs_the_code(send, bureau_key, rival, restaurant):
    type(rival).objects.update(uscc="91512081MA62K0260E")
    answer = send(delivery(kitchen="91512081MA62K0260E"), by=bureau_key)
    assert answer.status_code == 422 and "code" in answer.json()["errors"][0]["why"]


def test_a_closed_kitchen_takes_nothing(send, restaurant):
    type(restaurant).objects.update(state="closed")
    assert send(delivery()).status_code == 422 and not Delivery.objects.exists()


def test_a_system_reads_what_it_entered_itself(send, key, bureau_key, restaurant, wang, buy):
    buy(restaurant)
    send(delivery())
    suppliers.void(Delivery.objects.get(reference="SO-1"), by=wang, reason="记错了")
    headers = {"authorization": f"Bearer {key}"}
    (one,) = Client().get(URL, {"since": "2020-01-01T00:00:00+08:00"}, headers=headers).json()["deliveries"]
    assert one["reference"] == "SO-1" and one["voided"]["reason"] == "记错了"
    assert Client().get(URL, headers={"authorization": f"Bearer {bureau_key}"}).json()["deliveries"] == []
    for bad in ({"since": "yesterday"}, {"since": "0001-01-01T00:00:00Z"}, {"after": "x"}, {"after": "9" * 30}):
        assert Client().get(URL, bad, headers=headers).status_code == 422


def test_a_page_leads_to_the_next(send, key, monkeypatch):
    from sunkitchen.registry.suppliers import api

    monkeypatch.setattr(api, "PER_PAGE", 2)
    for number in range(3):
        send(delivery(reference=f"N-{number}"))
    headers = {"authorization": f"Bearer {key}"}
    first = Client().get(URL, headers=headers).json()
    rest = Client().get(first["next"], headers=headers).json()
    assert [len(first["deliveries"]), len(rest["deliveries"]), rest["next"]] == [2, 1, None]


def test_other_verbs_and_types_are_told_so(send, key):
    assert send(b"a=1", content_type="application/x-www-form-urlencoded").status_code == 415
    assert Client().put(URL, headers={"authorization": f"Bearer {key}"}).status_code == 405


def test_a_flood_is_slowed_down(send, settings):
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "ledger_api": "2/m/key"}
    assert [send(delivery()).status_code for _ in range(3)][-1] == 429


def test_who_guesses_keys_is_slowed_down_and_a_good_key_is_not(send, settings):
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "ledger_api_miss": "2/m/ip"}
    answers = [send(delivery(), by=f"{keys.PREFIX}{guess}") for guess in "abc"]
    assert [answer.status_code for answer in answers] == [401, 401, 429]
    assert answers[-1]["Retry-After"] == "60" and send(delivery()).status_code == 201


def test_a_key_is_shown_once_and_kept_by_its_hash(client, wang, restaurant):
    client.force_login(wang)
    page = f"/desk/kitchens/{restaurant.code}/ledger/keys/"
    shown = client.post(page, {"title": "收银系统"}).content.decode()
    key = shown.split("data-copied>")[1].split("<")[0]
    assert key.startswith("skl_") and key not in client.get(page).content.decode()
    row = LedgerKey.objects.get()
    assert key not in str(row.__dict__) and not AuditEntry.objects.filter(detail__icontains=key).exists()
    assert client.post(f"{page}{row.pk}/revoke/").status_code == 302
    assert keys.holder(key, row.made_at) is None


def test_the_guide_and_its_description_agree_with_the_code(client, wang):
    from sunkitchen.registry.suppliers import api_reading

    client.force_login(wang)
    assert "curl" in client.get("/desk/ledger-api/").content.decode()
    schemas = client.get("/desk/ledger-api/openapi.json").json()["components"]["schemas"]
    assert set(schemas["Delivery"]["properties"]) == api_reading.HEAD
    assert set(schemas["Line"]["properties"]) == set(api_reading.LINE)
    assert set(schemas["Line"]["required"]) == set(api_reading.NEEDED)
    assert set(schemas["Supplier"]["properties"]) == set(api_reading.SUPPLIER)
