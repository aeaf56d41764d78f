"""What every page says to browsers and caches."""

import json
import os
import subprocess
import sys

import pytest
from django.test import Client

from tests import builders

pytestmark = pytest.mark.django_db
PAGES = ["/", "/en/", "/privacy/", "/sign-in/", "/en/sign-in/", "/desk/", "/office/", "/there/is/nothing/"]


def directives(response):
    policy = response.headers["Content-Security-Policy"]
    return {words.split()[0]: words.split()[1:] for words in policy.split(";") if words.strip()}


@pytest.mark.parametrize("path", PAGES)
def test_every_page_forbids_inline_script_and_foreign_frames(client, path):
    response = client.get(path)
    policy = directives(response)
    assert "unsafe" not in response.headers["Content-Security-Policy"]
    assert policy["default-src"] == ["'self'"]
    assert policy["frame-ancestors"] == policy["object-src"] == policy["base-uri"] == ["'none'"]
    assert policy["form-action"] == ["'self'"]
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Referrer-Policy"] == "same-origin"
    assert response.headers["Cross-Origin-Opener-Policy"] == "same-origin"


def test_a_page_that_failed_says_so_as_safely(client, settings):
    settings.DEBUG = False
    response = client.get("/there/is/nothing/")
    assert response.status_code == 404
    assert directives(response)["default-src"] == ["'self'"]


@pytest.mark.parametrize("path", ["/sign-in/", "/desk/", "/office/", "/sign-in/forgotten/"])
def test_whatever_knows_its_reader_is_kept_by_no_cache(client, path):
    assert client.get(path).headers["Cache-Control"] == "private, no-store"
    client.force_login(builders.user())
    assert client.get(path).headers["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize("path", ["/", "/en/", "/privacy/", "/lists/", "/log/"])
def test_public_pages_are_the_same_for_everybody(client, path):
    anonymous = client.get(path)
    client.force_login(builders.user())
    signed_in = client.get(path)
    assert anonymous.content == signed_in.content
    for response in (anonymous, signed_in):
        assert not response.cookies
        assert "Cookie" not in response.headers.get("Vary", "")
        assert "private" not in response.headers.get("Cache-Control", "")


def test_cookies_are_for_this_site_and_not_for_scripts():
    client = Client()
    client.post("/sign-in/", {"login": "a@example.com", "password": "wrong"})
    client.get("/sign-in/")
    client.post("/sign-in/mobile/", {"mobile": "13800000001"})
    session = client.cookies["sessionid"]
    assert session["httponly"]
    assert session["samesite"] == "Lax"
    assert client.cookies["csrftoken"]["samesite"] == "Lax"


def settings_with(tmp_path, **env):
    names = "SECURE_HSTS_SECONDS SESSION_COOKIE_SECURE CSRF_COOKIE_SECURE SECURE_PROXY_SSL_HEADER CSRF_TRUSTED_ORIGINS"
    code = (
        "import json; from sunkitchen import settings as s; "
        f"print(json.dumps({{n: getattr(s, n) for n in '{names}'.split()}}))"
    )
    env = {**os.environ, "SUNKITCHEN_VAR": str(tmp_path), **env}
    return json.loads(subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, check=True).stdout)


def test_https_is_insisted_upon_where_the_site_has_it(tmp_path):
    found = settings_with(tmp_path, SITE_URL="https://kitchens.example")
    assert found["SECURE_HSTS_SECONDS"] == 31_536_000
    assert found["SESSION_COOKIE_SECURE"] is found["CSRF_COOKIE_SECURE"] is True
    assert found["CSRF_TRUSTED_ORIGINS"] == ["https://kitchens.example"]


def test_a_site_in_a_canteens_own_network_works_without_https(tmp_path):
    found = settings_with(tmp_path, SITE_URL="http://192.168.1.5:8000")
    assert found["SECURE_HSTS_SECONDS"] == 0
    assert found["SESSION_COOKIE_SECURE"] is found["CSRF_COOKIE_SECURE"] is False
    assert found["SECURE_PROXY_SSL_HEADER"] is None, "no header may claim https where there is none"


def test_hsts_is_sent_over_https_alone(settings):
    settings.SECURE_HSTS_SECONDS = 31_536_000
    client = Client()
    assert client.get("/privacy/", secure=True).headers["Strict-Transport-Security"] == "max-age=31536000"
    assert "Strict-Transport-Security" not in client.get("/privacy/").headers
