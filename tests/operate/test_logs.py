"""Every line passes one formatter: JSON or short, scrubbed, without paths, without local variables."""

import io
import json
import logging
import os
import subprocess
import sys

import pytest
import structlog
from django.http import HttpResponse
from django.test import Client, RequestFactory

from sunkitchen.core import logs
from sunkitchen.operate.requests import Requests
from tests.core.test_scrub import CANARIES


@pytest.fixture
def heard():
    """heard("sunkitchen.x") is a logger; heard.lines() are the JSON objects that it wrote."""

    class Heard:
        def __init__(self):
            self.stream = io.StringIO()
            self.handler = logging.StreamHandler(self.stream)
            self.handler.setFormatter(logs.Lines(as_json=True))
            self.loggers = []

        def __call__(self, name, level=logging.DEBUG):
            logger = logging.getLogger(name)
            self.loggers.append((logger, logger.level))
            logger.addHandler(self.handler)
            logger.setLevel(level)
            return logger

        @property
        def text(self):
            return self.stream.getvalue()

        def lines(self):
            return [json.loads(line) for line in self.text.splitlines()]

    heard = Heard()
    yield heard
    for logger, level in heard.loggers:
        logger.removeHandler(heard.handler)
        logger.setLevel(level)


@pytest.mark.parametrize(("said", "secret"), CANARIES)
def test_no_canary_survives_a_line_its_arguments_or_a_traceback(heard, said, secret):
    log = heard("tests.canary")
    log.warning(said.replace("%", "%%"))
    log.warning("argument %s", said)
    log.warning("field", extra={"camera": said})
    structlog.get_logger("tests.canary").warning("bound", detail={"inner": [said]})
    try:
        hidden = said  # a local variable, which no line may show
        raise ValueError(f"{said}")
    except ValueError:
        log.exception("it broke")
        structlog.get_logger("tests.canary").exception("it broke again")
    assert hidden and len(heard.lines()) == 6
    assert secret not in heard.text


def test_a_traceback_names_files_and_lines_but_no_local_variables(heard):
    log = heard("tests.trace")

    def sign_in(password):
        kept = f"{password}!"
        raise RuntimeError("no such account") if kept else None

    try:
        sign_in(" ".join(["correct", "horse", "battery"]))
    except RuntimeError:
        log.exception("sign-in broke")
    [line] = heard.lines()
    assert "test_logs.py" in line["exception"] and "RuntimeError: no such account" in line["exception"]
    assert "correct horse" not in heard.text


def test_a_line_that_cannot_be_written_harms_nobody(heard):
    class Stubborn:
        def __str__(self):
            raise RuntimeError("13812345678")

    log = heard("tests.stubborn")
    log.propagate = False  # pytest's own handler would raise
    log.warning("%s", Stubborn())
    assert "could not be written" in heard.text
    assert "13812345678" not in heard.text


@pytest.mark.django_db
def test_a_request_is_one_line_with_name_status_time_and_no_path(heard, restaurant):
    heard("sunkitchen.requests")
    answer = Client().get(f"/k/{restaurant.code}/?camera=7k2m9x4tq8zc5bnd")
    [line] = heard.lines()
    assert (line["event"], line["view"], line["status"], line["level"]) == ("GET", "kitchen", 200, "info")
    assert line["ms"] > 0 and "user" not in line
    assert line["request_id"] == answer.headers["X-Request-Id"]
    assert "7k2m9x4tq8zc5bnd" not in heard.text and f"/k/{restaurant.code}" not in heard.text


@pytest.mark.django_db
def test_who_is_signed_in_is_a_number_and_no_name(heard, restaurant, wang):
    heard("sunkitchen.requests")
    client = Client()
    client.force_login(wang)
    client.get(f"/desk/kitchens/{restaurant.code}/cameras/")
    [line] = heard.lines()
    assert line["user"] == wang.pk
    assert wang.name not in heard.text and wang.mobile not in heard.text


@pytest.mark.django_db
def test_a_request_id_is_never_a_clients():
    first, second = (Client().get("/privacy/", headers={"X-Request-Id": "forged"}) for _ in range(2))
    ids = {answer.headers["X-Request-Id"] for answer in (first, second)}
    assert len(ids) == 2 and "forged" not in ids


@pytest.mark.django_db
def test_a_page_that_breaks_is_told_with_its_traceback_and_without_its_path(heard, monkeypatch, restaurant):
    from sunkitchen import urls
    from sunkitchen.public.kitchen import views

    assert urls.urlpatterns  # every room has what it imports before one of them breaks

    def break_off(*args, **kwargs):
        raise RuntimeError("reading 13812345678 failed")

    monkeypatch.setattr(views, "rendered", break_off)
    heard("django.request", logging.ERROR)
    answer = Client(raise_request_exception=False).get(f"/k/{restaurant.code}/")
    assert answer.status_code == 500
    [line] = heard.lines()
    assert line["view"] == "kitchen" and line["status"] == 500
    assert "RuntimeError" in line["exception"] and "13812345678" not in heard.text
    assert f"/k/{restaurant.code}" not in heard.text


def test_lines_of_one_request_share_its_id(heard):
    heard("sunkitchen.requests")
    heard("tests.inside")

    def inner(request):
        logging.getLogger("tests.inside").info("in between")
        return HttpResponse("ok")

    Requests(inner)(RequestFactory().get("/"))
    logging.getLogger("tests.inside").info("afterwards")
    inside, request, after = heard.lines()
    assert inside["request_id"] == request["request_id"]
    assert "request_id" not in after


def logged_by(code, **env):
    done = subprocess.run(
        [sys.executable, "-c", f"import os, django, logging\nos.environ.update({env!r})\ndjango.setup()\n{code}"],
        env={**os.environ, "SUNKITCHEN_ENV": "embedded"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done.stderr


SAY = 'logging.getLogger("{name}").error("pull rtsp://admin:Hunter2@10.0.0.9/ch1 for 13812345678")'


@pytest.mark.parametrize(
    "name", ["django.request", "sunkitchen.relay.feeds", "celery.worker", "uvicorn.error", "_granian"]
)
def test_whoever_logs_in_a_process_of_ours_is_scrubbed(name):
    said = logged_by(SAY.format(name=name))
    assert said.count("\n") == 1
    assert "Hunter2" not in said and "13812345678" not in said


def test_celery_leaves_our_logging_alone():
    said = logged_by(
        "from sunkitchen.celery import app\n"
        'app.log.setup(loglevel="INFO")\n'
        'logging.getLogger("celery.app.trace").error("task failed: 13812345678")'
    )
    assert said.count("\n") == 1 and "13812345678" not in said
