import pytest

from tests import builders

NUL = "a%00b"
ASKED = [f"/?q={NUL}", f"/map/?k={NUL}", f"/k/{NUL}/", f"/q/{NUL}", f"/lists/{NUL}/2026-1/", f"/wall/?category={NUL}"]
OFFICE = ["office/kitchens", "office/papers", "office/trail", "office/claims", "office/inspections", "office/register"]


@pytest.fixture
def officer(client, li):
    client.force_login(li)
    return client


@pytest.mark.parametrize(
    "address", [*ASKED, *(f"/{page}/?q={NUL}&show={NUL}&verb={NUL}&about={NUL}" for page in OFFICE)]
)
def test_text_that_cannot_be_kept_fails_no_page(officer, address):
    assert officer.get(address).status_code < 500


def test_nor_does_a_form_with_it(officer, restaurant):
    for address, fields in [("/sign-in/", ["login", "password"]), ("/sign-in/mobile/", ["mobile"])]:
        assert officer.post(address, dict.fromkeys(fields, "a\0b")).status_code < 500


def test_nor_does_a_reason_that_the_trail_would_keep(officer, restaurant):
    row = builders.photo(restaurant)
    answer = officer.post(f"/desk/kitchens/{restaurant.code}/photos/{row.pk}/remove/", {"reason": "a\0b"})
    assert answer.status_code == 422
    answer = officer.post(answer.request["PATH_INFO"], {"reason": "x" * 201})
    assert answer.status_code == 422 and "200" in answer.content.decode().split("errorlist")[1][:200]


@pytest.mark.parametrize("charset", ["utf-7", "unicode_escape", "rot13", "zlib", "idna", "utf-16"])
def test_a_form_in_another_encoding_is_the_askers_mistake(officer, charset):
    body = b'--x\r\nContent-Disposition: form-data; name="reason"\r\n\r\n+2AA-\\ud800\r\n--x--\r\n'
    for kind in ("multipart/form-data; boundary=x", "application/x-www-form-urlencoded"):
        answer = officer.generic("POST", "/office/papers/1/approve/", body, content_type=f"{kind}; charset={charset}")
        assert answer.status_code == 400
    answer = officer.generic(
        "POST", "/office/papers/1/approve/", body, content_type="multipart/form-data; boundary=x; charset=UTF-8"
    )
    assert answer.status_code == 404
