"""A production start with a missing or weak secret stops with one line that names the variable."""

import base64
import os
import random
import subprocess
import sys

import pytest

from sunkitchen.core import production
from tests.real.site import ROOT

GOOD = {
    "SUNKITCHEN_ENV": "production",
    "SUNKITCHEN_SECRET_KEY": "kQ3v9Zt7xY1bN5mR8cW2dF6gH4jL0pSaTeUiOqVyXzBn",
    "SUNKITCHEN_FIELD_KEYS": "Zr8Tn2Wq5Ey9Hc3Bv7Km1Xd6Lg4Jf0PsAuIoNbVtRxCw",
    "SITE_URL": "https://kitchens.gov.cn",
    "DATABASE_URL": "postgres://sun:hT6yU2iO9pLk3@db:5432/sun",
    "REDIS_URL": "redis://cache:6379/0",
    "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
    "SMS_ADAPTER": "bureau.sms.Adapter",
}
HEX = "9f86d081884c7d659a2feaa0c55ad015"


def test_a_whole_environment_has_no_fault_and_no_warning():
    assert production.faults(GOOD) == production.warnings(GOOD) == []


def test_an_embedded_start_asks_for_nothing():
    assert production.faults({}) == production.warnings({}) == []
    assert production.faults({"SUNKITCHEN_ENV": "embedded", "SITE_URL": "http://x"}) == []


def urlsafe(drawn):
    return base64.urlsafe_b64encode(drawn).decode().rstrip("=")


@pytest.mark.parametrize(("length", "written"), [(48, urlsafe), (16, bytes.hex), (32, urlsafe)])
def test_random_secrets_of_every_usual_kind_are_taken(length, written):
    draw = random.Random(length)  # the same ones each time: one in 200,000 holds an example's word by chance
    made = [written(draw.randbytes(length)) for _ in range(2000)]
    assert [weak for weak in map(production.weakness, made) if weak] == []


def test_four_crosses_by_chance_are_no_example():
    assert production.weakness("kQ3v9Zt7xXxX1bN5mR8cW2dF6gH4jL0pSaTeUiOqVyzBn") == ""


FAULTS = [
    ({"SUNKITCHEN_SECRET_KEY": ""}, "SUNKITCHEN_SECRET_KEY must be set in production."),
    ({"SUNKITCHEN_SECRET_KEY": "   "}, "SUNKITCHEN_SECRET_KEY must be set"),
    ({"SUNKITCHEN_SECRET_KEY": "kQ3v9Zt7xY1bN5mR"}, "SUNKITCHEN_SECRET_KEY is shorter than 32"),
    ({"SUNKITCHEN_SECRET_KEY": "a" * 64}, "SUNKITCHEN_SECRET_KEY repeats"),
    ({"SUNKITCHEN_SECRET_KEY": "ab" * 32}, "SUNKITCHEN_SECRET_KEY repeats"),
    ({"SUNKITCHEN_SECRET_KEY": "kQ3v9Zt7xY1b" * 4}, "SUNKITCHEN_SECRET_KEY repeats"),
    ({"SUNKITCHEN_SECRET_KEY": "abcdefghijklmnopqrstuvwxyz0123456789ABCD"}, "SUNKITCHEN_SECRET_KEY repeats or counts"),
    ({"SUNKITCHEN_SECRET_KEY": "0123456789" * 5}, "SUNKITCHEN_SECRET_KEY repeats"),
    ({"SUNKITCHEN_SECRET_KEY": "change-me-to-64-random-characters-made-by-openssl"}, "SUNKITCHEN_SECRET_KEY is a value from an example"),
    ({"SUNKITCHEN_SECRET_KEY": "django-insecure-kQ3v9Zt7xY1bN5mR8cW2dF6gH4jL0p"}, "SUNKITCHEN_SECRET_KEY is a value from an example"),
    ({"SUNKITCHEN_SECRET_KEY": "only-for-tests-only-for-tests-only-for-tests"}, "SUNKITCHEN_SECRET_KEY is a value from"),
    ({"SUNKITCHEN_SECRET_KEY": "xxxx-xxxx-kQ3v9Zt7Y1bN5mR8cW2dF6gH4jL0pSaTe"}, "SUNKITCHEN_SECRET_KEY is a value from an example"),
    ({"METRICS_TOKEN": "kQ3v9ZtXXXXXXXX1bN5mR8cW2dF6gH4jL0pSaTeUiOq"}, "METRICS_TOKEN is a value from an example"),
    ({"REDIS_URL": "redis://:xxxx@cache:6379/0"}, "REDIS_URL has a password from an example"),
    ({"SUNKITCHEN_FIELD_KEYS": ""}, "SUNKITCHEN_FIELD_KEY must be set"),
    ({"SUNKITCHEN_FIELD_KEYS": ", ,"}, "SUNKITCHEN_FIELD_KEYS must be set"),
    ({"SUNKITCHEN_FIELD_KEYS": f"{GOOD['SUNKITCHEN_FIELD_KEYS']},short"}, "SUNKITCHEN_FIELD_KEYS, key 2 of 2, is shorter"),
    ({"SUNKITCHEN_FIELD_KEYS": f"{'0' * 40},{HEX}"}, "SUNKITCHEN_FIELD_KEYS, key 1 of 2, repeats"),
    ({"SUNKITCHEN_FIELD_KEYS": f"{HEX},{HEX}"}, "SUNKITCHEN_FIELD_KEYS has the same value"),
    ({"SUNKITCHEN_FIELD_KEYS": GOOD["SUNKITCHEN_SECRET_KEY"]}, "SUNKITCHEN_FIELD_KEYS has the same value as SUNKITCHEN_SECRET_KEY"),
    ({"METRICS_TOKEN": "change-me"}, "METRICS_TOKEN is a value from an example"),
    ({"METRICS_TOKEN": GOOD["SUNKITCHEN_SECRET_KEY"]}, "METRICS_TOKEN has the same value as SUNKITCHEN_SECRET_KEY"),
    ({"DATABASE_URL": "postgres://sun:change-me@db/sun"}, "DATABASE_URL has a password from an example"),
    ({"DATABASE_URL": f"postgres://sun:{GOOD['SUNKITCHEN_SECRET_KEY']}@db/sun"}, "DATABASE_URL has the password that SUNKITCHEN_SECRET_KEY has"),
    ({"SITE_URL": ""}, "SITE_URL must be set"),
    ({"SITE_URL": "http://kitchens.gov.cn"}, "SITE_URL must begin with https://"),
    ({"SITE_URL": "https://"}, "SITE_URL names no host"),
    ({"ALLOWED_HOSTS": "kitchens.gov.cn, *"}, "ALLOWED_HOSTS is *"),
    ({"SUNKITCHEN_DEBUG": "1"}, "SUNKITCHEN_DEBUG is on"),
    ({"SUNKITCHEN_DEBUG": "True"}, "SUNKITCHEN_DEBUG is on"),
    ({"SUNKITCHEN_ENV": "prod"}, "SUNKITCHEN_ENV is neither embedded nor production."),
]  # fmt: skip


@pytest.mark.parametrize(("wrong", "line"), FAULTS)
def test_each_fault_is_named(wrong, line):
    [found, *more] = production.faults({**GOOD, **wrong})
    assert found.startswith(line)
    assert not more or found.startswith("SUNKITCHEN"), more
    assert "\n" not in found
    for name in ("SUNKITCHEN_SECRET_KEY", "SUNKITCHEN_FIELD_KEYS", "METRICS_TOKEN"):
        value = {**GOOD, **wrong}.get(name, "")
        assert not value.strip() or value not in found, "a value is never printed"


@pytest.mark.parametrize(
    ("lacking", "line"),
    [
        ("DATABASE_URL", "SQLite"),
        ("REDIS_URL", "each process's own"),
        ("EMAIL_BACKEND", "reaches nobody"),
        ("SMS_ADAPTER", "reach nobody"),
    ],
)
def test_what_will_hurt_later_is_a_warning(lacking, line):
    env = {name: value for name, value in GOOD.items() if name != lacking}
    assert production.faults(env) == []
    [found] = production.warnings(env)
    assert found.startswith(lacking) and line in found


# ── real processes ──────────────────────────────────────────────────────────────────────────────────────────
EVERY_DOOR = {
    "serve": ["-m", "sunkitchen", "serve", "--no-demo"],
    "a management command": ["-m", "sunkitchen", "check"],
    "the relay": ["-m", "sunkitchen", "relay"],
    "WSGI": ["-c", "import sunkitchen.wsgi"],
    "ASGI": ["-c", "import sunkitchen.asgi"],
    "the worker": ["-m", "celery", "-A", "sunkitchen.celery", "worker"],
    "uvicorn": ["-m", "uvicorn", "sunkitchen.asgi:application", "--port", "0"],
}


def started(words, tmp_path, **env):
    outer = {name: value for name, value in os.environ.items() if not name.startswith(("SUNKITCHEN_", "SITE_"))}
    return subprocess.run(
        [sys.executable, *words],
        cwd=ROOT,
        env={**outer, **GOOD, "SUNKITCHEN_VAR": str(tmp_path), "DATABASE_URL": "", "REDIS_URL": "", **env},
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.mark.parametrize("door", EVERY_DOOR)
def test_every_door_stops_with_one_line_and_no_traceback(door, tmp_path):
    done = started(EVERY_DOOR[door], tmp_path, SUNKITCHEN_SECRET_KEY="change-me-" + "x9" * 20)
    assert done.returncode == 1
    assert done.stderr.strip() == "Sunkitchen: SUNKITCHEN_SECRET_KEY is a value from an example (it contains 'change')."
    assert not list(tmp_path.iterdir()), "it wrote something before it stopped"


def test_a_number_that_is_none_stops_as_plainly(tmp_path):
    done = started(["-c", "import sunkitchen.wsgi"], tmp_path, READY_SWEEP_MINUTES="soon")
    assert (done.returncode, done.stderr.strip()) == (1, "Sunkitchen: READY_SWEEP_MINUTES='soon' is not a number.")


def test_a_whole_environment_starts_and_says_what_will_hurt(tmp_path):
    done = started(["-m", "sunkitchen", "check"], tmp_path)
    assert done.returncode == 0, done.stderr
    assert "DATABASE_URL: SQLite serves one machine" in done.stderr
