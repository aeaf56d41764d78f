"""Calling somebody else's service: where to, for how long, and how much of an answer is read."""

import contextlib
import socket
import ssl
import threading
import time
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from sunkitchen.core import outside
from sunkitchen.core.outside import NoAnswer, NotAsked
from tests.registry.requirements.service import says, service


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://example.com/x", "scheme"),
        ("ftp://example.com/x", "scheme"),
        ("file:///etc/passwd", "scheme"),
        ("https://user:word@example.com/", "user"),
        ("https://example.com@127.0.0.1/", "user"),
        ("https:///x", "host"),
        ("https://2130706433/", "host"),
        ("https://0x7f.1/", "host"),
        ("https://0177.0.0.1/", "host"),
        ("https://exa mple.com/", "host"),
        ("https://example.com/\r\nX: y", "host"),
        ("https://例子.cn/", "host"),
        ("https://example.com/#part", "host"),
        ("https://-example.com/", "host"),
        ("https://example.com:0/", "port"),
        ("https://example.com:99999/", "host"),
        ("https://example.com/" + "x" * 1000, "long"),
    ],
)
def test_an_address_that_may_hide_something_is_not_called(url, code):
    with pytest.raises(NotAsked) as refused:
        outside.place(url)
    assert refused.value.code == code


@pytest.mark.parametrize(
    "ip",
    "127.0.0.1 10.0.0.1 192.168.1.1 172.16.0.1 169.254.169.254 100.100.100.200 0.0.0.0 0.1.2.3 224.0.0.1 240.0.0.1 "
    "100.64.0.1 ::1 :: fe80::1 fd00::1 ::ffff:127.0.0.1 ::127.0.0.1 2002:7f00:1:: 64:ff9b::7f00:1 fec0::1 ff02::1 nonsense".split(),
)
def test_a_name_that_leads_inside_is_not_called(ip):
    with pytest.raises(NotAsked) as refused:
        outside.get_json("https://register.example/x", {}, resolve=lambda host, port: [ip])
    assert refused.value.code == "private"


def test_one_private_address_among_public_ones_is_a_trick():
    with pytest.raises(NotAsked):
        outside.get_json("https://register.example/", {}, resolve=lambda host, port: ["8.8.8.8", "127.0.0.1"])


def test_a_name_that_leads_nowhere_is_said():
    with pytest.raises(NotAsked) as refused:
        outside.get_json("https://register.example/", {}, resolve=lambda host, port: [])
    assert refused.value.code == "unknown"


def test_a_name_server_that_is_silent_ends_with_the_patience():
    over = threading.Event()

    def silent(host, port):
        over.wait(60)
        return ["8.8.8.8"]

    try:
        began = time.monotonic()
        with pytest.raises(NoAnswer) as failed:
            outside.post("https://register.example/", {}, b"{}", patience=0.2, resolve=silent)
        assert failed.value.code == "silent"
        assert time.monotonic() - began < 30
    finally:
        over.set()


def test_a_name_that_nobody_knows_is_said_whoever_asks():
    with pytest.raises(NotAsked) as refused:
        outside.get_json("https://nobody.invalid/", {})
    assert refused.value.code == "unknown"


def test_a_listed_address_is_asked_over_http_and_only_that_one():
    with service(says({"ok": [1, "二"]})) as (place, seen):
        assert outside.get_json(f"http://{place}/a?b=1", {"Authorization": "Bearer k"}, allow=[place]) == {
            "ok": [1, "二"]
        }
        with pytest.raises(NotAsked):
            outside.get_json(f"http://{place}/", {}, allow=["127.0.0.1:1"])
    assert seen == [("/a?b=1", "Bearer k", place)]


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (says({}, status=500), "status"),
        (says({}, status=404), "status"),
        (says({}, status=204), "status"),
        (says({}, status=302, Location="http://169.254.169.254/"), "redirect"),
        (says(b"x" * 300_000), "large"),
        (says(b"<html>"), "json"),
        (says(b"\xff\xfe"), "json"),
        (says(b'{"a": NaN}'), "json"),
        (says(b"[" * 100_000), "json"),
        (lambda handler: handler.wfile.write(b"garbage\r\n\r\n"), "silent"),
        (lambda handler: handler.connection.close(), "silent"),
    ],
)
def test_a_hostile_answer_is_no_answer(answer, code):
    with service(answer) as (place, seen), pytest.raises(NoAnswer) as failed:
        outside.get_json(f"http://{place}/", {}, allow=[place])
    assert failed.value.code == code
    assert len(seen) == 1


@pytest.fixture
def secure(tmp_path):
    """Somebody's https server with a certificate of its own for register.example: (its port, a context that trusts it)."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test")])
    now = datetime.now(UTC)
    paper = x509.CertificateBuilder(name, name, key.public_key(), 1, now - timedelta(days=1), now + timedelta(days=1))
    paper = paper.add_extension(x509.SubjectAlternativeName([x509.DNSName("register.example")]), critical=False)
    pem = tmp_path / "server.pem"
    written = paper.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM)
    pem.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()) + written)
    ours = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ours.load_cert_chain(pem)

    def speak():
        while True:
            try:
                wire, _address = door.accept()
            except OSError:
                return
            with contextlib.suppress(OSError), ours.wrap_socket(wire, server_side=True) as line:
                line.recv(65536)
                line.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")

    with socket.create_server(("127.0.0.1", 0)) as door:
        threading.Thread(target=speak, daemon=True).start()
        yield door.getsockname()[1], ssl.create_default_context(cadata=written.decode())
        door.shutdown(socket.SHUT_RDWR)


def ask(port, context, host="register.example"):
    """The name is looked up once, here; nobody else knows it."""
    asked = []

    def resolve(name, number):
        asked.append(name)
        return ["127.0.0.1"]

    answer = outside.get_json(
        f"https://{host}:{port}/", {}, allow=[f"{host}:{port}"], resolve=resolve, context=context, patience=30
    )
    assert asked == [host]
    return answer


def test_the_address_that_was_looked_at_is_the_one_that_is_called(secure):
    assert ask(*secure) == {}


def test_a_certificate_that_nobody_vouches_for_is_no_answer(secure):
    with pytest.raises(NoAnswer):
        ask(secure[0], None)


def test_a_certificate_for_another_name_is_no_answer(secure):
    with pytest.raises(NoAnswer):
        ask(*secure, host="other.example")


def test_an_answer_that_drips_ends_with_the_patience():
    over = threading.Event()

    def drips(handler):
        handler.send_response(200)
        handler.end_headers()
        while not over.wait(0.05):
            handler.wfile.write(b" ")
            handler.wfile.flush()

    try:
        with service(drips) as (place, _seen), pytest.raises(NoAnswer) as failed:
            outside.get_json(f"http://{place}/", {}, allow=[place], patience=0.5)
        assert failed.value.code == "silent"
    finally:
        over.set()
