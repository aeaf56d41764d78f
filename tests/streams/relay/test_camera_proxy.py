import asyncio
import logging
import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from struct import pack

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from streams.relay import camera_proxy, rtsp
from streams.relay.camera_proxy import CameraProxy, Failure
from streams.relay.policy import Policy
from tests.streams.relay.conftest import SDP

CANARY = "canary-7Qz9"


def proxy_to(camera, user=f"admin:{CANARY}@", path="/live", **kw):
    return CameraProxy(f"rtsp://{user}{camera.address}{path}", Policy(allow=[camera.address]), **kw)


async def why_not(proxy):
    with pytest.raises(Failure) as caught:
        await proxy.open()
    await proxy.close()
    assert CANARY not in str(caught.value)
    return caught.value.why


class Client:
    """What ffmpeg would say."""

    @classmethod
    async def at(cls, url):
        self = cls()
        self.url = url
        port = int(url.split(":")[2].split("/")[0])
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", port)
        self.cseq = 0
        return self

    async def ask(self, method, uri=None, **headers):
        self.say(method, uri, **headers)
        return await self.hear()

    def say(self, method, uri=None, **headers):
        self.cseq += 1
        self.writer.write(rtsp.encode(f"{method} {uri or self.url} RTSP/1.0", {"CSeq": str(self.cseq), **headers}))

    async def hear(self):
        return await asyncio.wait_for(rtsp.read(self.reader), 30)


@pytest.fixture
async def playing(fake_camera):
    """(proxy, client, camera) after PLAY."""
    proxy = proxy_to(fake_camera)
    await proxy.open()
    client = await Client.at(await proxy.listen())
    for method, uri in (
        ("OPTIONS", None),
        ("DESCRIBE", None),
        ("SETUP", client.url + "/v0"),
        ("PLAY", client.url + "/"),
    ):
        reply = await client.ask(method, uri)
        assert reply.status == 200
    yield proxy, client, fake_camera
    client.writer.close()
    await proxy.close()


async def test_the_handshake_hides_the_camera_from_the_client(fake_camera):
    proxy = proxy_to(fake_camera)
    await proxy.open()
    client = await Client.at(await proxy.listen())
    description = await client.ask("DESCRIBE")
    assert description.headers["content-base"] == client.url + "/"
    assert b"10.9.9.9" not in description.body and b"a=control:v0" in description.body
    assert (await client.ask("SETUP", client.url + "/v0")).headers["session"] == "1;timeout=30"
    played = await client.ask("PLAY")
    assert "rtp-info" not in played.headers
    assert fake_camera.asked("SETUP")[0].uri == f"rtsp://{fake_camera.address}/live/trackID=1"
    assert fake_camera.asked("PLAY")[0].headers["session"] == "77"
    await proxy.close()


async def test_media_passes_and_keep_alives_are_answered_in_between(playing):
    _, client, camera = playing
    frame = b"$\x00\x00\x05hello"
    camera.writer.write(frame + frame[:6])
    assert (await client.hear()).data == frame
    client.say("GET_PARAMETER")
    camera.writer.write(frame[6:])
    heard = [await client.hear(), await client.hear()]
    assert {type(message) for message in heard} == {rtsp.Media, rtsp.Message}
    assert [message.headers["cseq"] for message in heard if isinstance(message, rtsp.Message)] == [str(client.cseq)]
    client.writer.write(b"$\x01\x00\x02rr")
    await client.ask("OPTIONS")
    assert camera.media == [b"$\x01\x00\x02rr"]


async def test_a_nonce_that_ran_out_during_play_is_renewed_once(playing):
    _, client, camera = playing
    stale = ("401 Unauthorized", {"WWW-Authenticate": 'Digest realm="c", nonce="2", stale=true'}, b"")
    camera.answers["GET_PARAMETER"] = lambda message: (
        ("200 OK", {}, b"") if "authorization" in message.headers else stale
    )
    assert (await client.ask("GET_PARAMETER")).status == 200
    assert len(camera.asked("GET_PARAMETER")) == 2


async def test_a_redirect_during_play_ends_it(playing):
    proxy, client, camera = playing
    camera.writer.write(b"REDIRECT rtsp://x RTSP/1.0\r\nCSeq: 9\r\nLocation: rtsp://10.0.0.1/\r\n\r\n")
    assert await client.hear() is None
    assert proxy.failure.why == "redirected" and camera.connections == 1


async def test_the_end_of_the_camera_is_the_end_of_the_client(playing):
    proxy, client, camera = playing
    camera.writer.close()
    assert await client.hear() is None
    assert proxy.failure.why == "ended"


async def test_a_client_that_falls_behind_gets_everything_and_little_is_held_for_it(playing, monkeypatch):
    monkeypatch.setattr(camera_proxy, "UNSENT_BYTES", 1 << 18)
    proxy, client, camera = playing
    frames = [b"$\x00" + pack(">HI", 60_000, number) + bytes(59_996) for number in range(400)]
    camera.writer.write(b"".join(frames))
    most = 0
    for frame in frames:
        message = await client.hear()
        assert message.data == frame
        most = max(most, proxy._down.transport.get_write_buffer_size())
    assert most < 1 << 20  # of the 24 that came


async def test_garbage_instead_of_media_ends_it(playing):
    proxy, client, camera = playing
    camera.writer.write(b"\x00\x01\x02" * 1000)
    assert await client.hear() is None
    assert proxy.failure.why == "no_stream"


async def test_only_who_knows_the_nonce_gets_the_picture(fake_camera):
    proxy = proxy_to(fake_camera)
    await proxy.open()
    url = await proxy.listen()
    stranger = await Client.at(url)
    assert (await stranger.ask("DESCRIBE", url[:-3] + "xyz")).status == 404
    assert await stranger.hear() is None
    client = await Client.at(url)
    assert (await client.ask("DESCRIBE")).status == 200
    with pytest.raises(OSError):
        await Client.at(url)
    await proxy.close()


@pytest.mark.parametrize("method", ["DESCRIBE", "SETUP", "PLAY"])
async def test_a_redirect_is_refused_without_a_second_connection(fake_camera, method):
    async def elsewhere(reader, writer):
        reached.append(1)

    reached = []
    trap = await asyncio.start_server(elsewhere, "127.0.0.1", 0)
    port = trap.sockets[0].getsockname()[1]
    fake_camera.answers[method] = ("302 Found", {"Location": f"rtsp://127.0.0.1:{port}/live"}, b"")
    proxy = CameraProxy(f"rtsp://{fake_camera.address}/live", Policy(allow=[fake_camera.address, f"127.0.0.1:{port}"]))
    if method == "DESCRIBE":
        assert await why_not(proxy) == "redirected"
    else:
        await proxy.open()
        client = await Client.at(await proxy.listen())
        client.say("SETUP", client.url + "/v0")
        if method == "PLAY":
            await client.hear()
            client.say("PLAY")
        assert await client.hear() is None
        assert proxy.failure.why == "redirected"
        await proxy.close()
    trap.close()
    assert fake_camera.connections == 1 and not reached


async def test_names_of_other_hosts_are_put_back_onto_the_pinned_connection(fake_camera):
    sdp = SDP.replace(b"a=control:trackID=1", b"a=control:rtsp://169.254.169.254/latest/meta")
    headers = {"Content-Base": "rtsp://10.0.0.1:6379/live/"}
    fake_camera.answers["DESCRIBE"] = ("200 OK", headers, sdp)
    proxy = proxy_to(fake_camera)
    await proxy.open()
    client = await Client.at(await proxy.listen())
    await client.ask("SETUP", client.url + "/v0")
    await client.ask("PLAY")
    assert fake_camera.asked("SETUP")[0].uri == f"rtsp://{fake_camera.address}/latest/meta"
    assert fake_camera.asked("PLAY")[0].uri == f"rtsp://{fake_camera.address}/live/"
    await proxy.close()


async def test_a_refused_password_is_said_once(fake_camera):
    challenge = {"WWW-Authenticate": 'Digest realm="c", nonce="1"'}
    fake_camera.answers["DESCRIBE"] = ("401 Unauthorized", challenge, b"")
    assert await why_not(proxy_to(fake_camera)) == "unauthorized"
    assert len(fake_camera.asked("DESCRIBE")) == 2
    assert await why_not(proxy_to(fake_camera, user="")) == "unauthorized"


async def test_an_exotic_codec_never_reaches_a_client(fake_camera):
    fake_camera.answers["DESCRIBE"] = ("200 OK", {}, SDP.replace(b"H264", b"AV1"))
    assert await why_not(proxy_to(fake_camera)) == "codec"
    assert not fake_camera.asked("SETUP")


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (("404 Not Found", {}, b""), "no_stream"),
        (("403 Forbidden", {}, b""), "unauthorized"),
        (("200 OK", {}, b"v=0\r\nm=audio 0 RTP/AVP 8\r\n"), "no_stream"),
        (("200 OK", {"Content-Base": "http://x/"}, SDP), "no_stream"),
    ],
)
async def test_other_answers_have_their_reasons(fake_camera, answer, why):
    fake_camera.answers["DESCRIBE"] = answer
    assert await why_not(proxy_to(fake_camera)) == why


async def test_a_camera_that_would_send_by_udp_is_refused(fake_camera):
    fake_camera.answers["SETUP"] = (
        "200 OK",
        {"Transport": "RTP/AVP;unicast;client_port=5000-5001", "Session": "1"},
        b"",
    )
    proxy = proxy_to(fake_camera)
    await proxy.open()
    client = await Client.at(await proxy.listen())
    client.say("SETUP", client.url + "/v0")
    assert await client.hear() is None
    assert proxy.failure.why == "no_stream"
    await proxy.close()


@pytest.mark.parametrize(
    "first", [b"HTTP/1.1 400 Bad Request\r\n\r\n", b"\x16\x03\x01" * 9, b"RTSP/1.0 \r\n\r\n", b"a" * 400_000]
)
async def test_who_does_not_speak_rtsp_is_refused(fake_camera, first, monkeypatch):
    monkeypatch.setattr(camera_proxy, "REPLY_SECONDS", 0.5)
    fake_camera.first = first
    assert await why_not(proxy_to(fake_camera)) in ("no_stream", "no_picture")


async def test_a_camera_that_falls_silent_is_given_up(fake_camera, monkeypatch):
    monkeypatch.setattr(camera_proxy, "REPLY_SECONDS", 0.1)
    fake_camera.answers["SETUP"] = None
    proxy = proxy_to(fake_camera)
    await proxy.open()
    client = await Client.at(await proxy.listen())
    client.say("SETUP", client.url + "/v0")
    assert await client.hear() is None
    assert proxy.failure.why == "no_picture"
    await proxy.close()


async def test_nobody_there_is_unreachable(free_port):
    proxy = CameraProxy(f"rtsp://127.0.0.1:{free_port}/", Policy(allow=[f"127.0.0.1:{free_port}"]))
    assert await why_not(proxy) == "unreachable"


async def test_this_machine_is_refused_and_so_is_the_port_beside_an_exception(fake_camera):
    assert await why_not(CameraProxy(f"rtsp://{fake_camera.address}/live")) == "refused_address"
    beside = Policy(allow=[f"127.0.0.1:{fake_camera.port + 1}"], nets=["127.0.0.0/8"])
    assert await why_not(CameraProxy(f"rtsp://{fake_camera.address}/live", beside)) == "refused_address"
    assert await why_not(CameraProxy("rtsp://2130706433/live")) == "refused_address"
    assert fake_camera.connections == 0


@pytest.mark.parametrize(
    "answers", [["127.0.0.1"], ["8.8.8.8", "127.0.0.1"], ["::ffff:127.0.0.1"], ["169.254.169.254"]]
)
async def test_a_name_that_leads_to_this_machine_is_refused(answers):
    async def resolve(host, port):
        return [ip_address(answer) for answer in answers]

    assert await why_not(CameraProxy("rtsp://camera.example/live", resolve=resolve)) == "refused_address"


async def test_a_name_is_resolved_once_and_rebinding_changes_nothing(fake_camera):
    asked = []

    async def resolve(host, port):
        asked.append(host)
        return [ip_address("127.0.0.1" if len(asked) == 1 else "127.0.0.2")]

    policy = Policy(allow=[f"127.0.0.1:{fake_camera.port}"])
    proxy = CameraProxy(f"rtsp://camera.example:{fake_camera.port}/live", policy, resolve=resolve)
    await proxy.open()
    client = await Client.at(await proxy.listen())
    await client.ask("SETUP", client.url + "/v0")
    await client.ask("PLAY")
    await proxy.close()
    assert asked == ["camera.example"] and fake_camera.connections == 1
    assert fake_camera.asked("DESCRIBE")[0].uri == f"rtsp://camera.example:{fake_camera.port}/live"


async def test_an_unknown_name_is_unreachable():
    async def resolve(host, port):
        raise OSError

    assert await why_not(CameraProxy("rtsp://camera.example/", resolve=resolve)) == "unreachable"


async def test_the_password_is_in_no_repr_and_no_log(fake_camera, caplog):
    caplog.set_level(logging.DEBUG)
    proxy = proxy_to(fake_camera)
    await proxy.open()
    assert CANARY in proxy.secrets
    assert CANARY not in repr(proxy) + caplog.text
    await proxy.close()


@pytest.fixture(scope="session")
def certificate(tmp_path_factory):
    """A certificate for 127.0.0.1 that nobody signed but itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "camera")])
    now = datetime.now(UTC)
    names = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
    signed = builder.add_extension(names, critical=False).sign(key, hashes.SHA256())
    path = tmp_path_factory.mktemp("tls") / "camera.pem"
    encoding = serialization.Encoding.PEM
    private = key.private_bytes(encoding, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path.write_bytes(private + signed.public_bytes(encoding))
    return path


@pytest.mark.parametrize("trusted", [True, False])
async def test_rtsps_is_spoken_with_a_camera_whose_certificate_is_trusted(fake_camera, certificate, trusted):
    camera_side = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    camera_side.load_cert_chain(certificate)
    server = await asyncio.start_server(fake_camera.serve, "127.0.0.1", 0, ssl=camera_side)
    address = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
    ours = ssl.create_default_context(cafile=str(certificate) if trusted else None)
    proxy = CameraProxy(f"rtsps://{address}/live", Policy(allow=[address]), tls=ours)
    if trusted:
        await proxy.open()
        assert proxy.codec == "H264"
        await proxy.close()
    else:
        assert await why_not(proxy) == "unreachable"
        assert not fake_camera.requests
    server.close()


async def test_a_camera_that_answers_with_a_flood_is_not_listened_to_for_long(fake_camera):
    fake_camera.first = b"$\0\0\0" * (1 << 20)
    proxy = CameraProxy(f"rtsp://{fake_camera.address}/live", Policy(allow=[fake_camera.address]))
    with pytest.raises(Failure, match="media"):
        await proxy.open()
    await proxy.close()
