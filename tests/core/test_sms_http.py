"""SMS by a signed POST, against a gateway that listens for real."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.core.exceptions import ImproperlyConfigured

from sunkitchen.core import sms, sms_http
from sunkitchen.core.sms_http import NotSent, signature

SECRET = "a-secret-that-only-gateway-and-site-know"


class Gateway(ThreadingHTTPServer):
    """Notes what arrives, and answers as it is told: a status, a redirect, or silence."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.got, self.answer, self.hung_up = [], 200, threading.Event()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append((self.path, dict(self.headers), body))
        if self.server.answer == "silence":
            self.server.hung_up.wait(10)
            return
        self.send_response(self.server.answer)
        if self.server.answer == 302:
            self.send_header("Location", f"{self.server.url}/elsewhere")
        self.end_headers()

    def log_message(self, *words):
        pass


@pytest.fixture
def gateway(settings):
    server = Gateway()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings.SMS_ADAPTER = "sunkitchen.core.sms_http.HttpAdapter"
    settings.SMS_HTTP_URL = f"{server.url}/sms?sign=sun"
    settings.SMS_HTTP_SECRET = SECRET
    yield server
    server.hung_up.set()
    server.shutdown()
    server.server_close()


def test_a_message_arrives_signed(gateway):
    sms.adapter().send("13800000001", "您的验证码：123456")
    [(path, headers, body)] = gateway.got
    assert path == "/sms?sign=sun"
    assert json.loads(body) == {"mobile": "13800000001", "text": "您的验证码：123456"}
    stamp = int(headers["X-Sunkitchen-Timestamp"])
    assert abs(time.time() - stamp) < 60
    assert headers["X-Sunkitchen-Signature"] == f"sha256={signature(SECRET, stamp, body)}"
    assert signature(SECRET, stamp, body + b" ") != signature(SECRET, stamp, body) != signature("x", stamp, body)


@pytest.mark.parametrize("status", [302, 400, 403, 500])
def test_a_gateway_that_does_not_take_it_is_a_failure(gateway, status):
    gateway.answer = status
    with pytest.raises(NotSent, match=str(status)) as refused:
        sms.adapter().send("13800000001", "123456")
    assert len(gateway.got) == 1, "a redirect is not followed"
    assert not any(told in str(refused.value) for told in (SECRET, "13800000001", "123456"))


def test_a_silent_gateway_is_given_up_in_time(gateway, monkeypatch):
    monkeypatch.setattr(sms_http, "PATIENCE", 0.2)
    gateway.answer = "silence"
    with pytest.raises(NotSent, match="TimeoutError"):
        sms.adapter().send("13800000001", "123456")


def test_a_gateway_that_is_away_is_a_failure(gateway, settings, free_port):
    settings.SMS_HTTP_URL = f"http://127.0.0.1:{free_port}/"
    with pytest.raises(NotSent, match="ConnectionRefusedError"):
        sms.adapter().send("13800000001", "123456")


@pytest.mark.parametrize(("url", "secret"), [("", SECRET), ("ftp://gateway", SECRET), ("http://gateway/", "")])
def test_an_adapter_without_address_or_secret_says_what_is_missing(gateway, settings, url, secret):
    settings.SMS_HTTP_URL, settings.SMS_HTTP_SECRET = url, secret
    with pytest.raises(ImproperlyConfigured, match="SMS_HTTP_SECRET"):
        sms.adapter().send("13800000001", "123456")
