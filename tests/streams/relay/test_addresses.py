from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.relay.addresses import BadAddress, parse, permitted

CAMERA = parse("rtsp://camera.example/live")


@pytest.mark.parametrize(
    "url",
    [
        "http://camera.example/live",
        "file:///etc/passwd",
        "rtmp://camera.example/live",
        "rtspu://camera.example/live",
        "//camera.example/live",
        "rtsp:camera.example/live",
        "rtsp://",
        "rtsp:///live",
        "rtsp://2130706433/live",  # decimal 127.0.0.1
        "rtsp://0177.0.0.1/live",  # octal
        "rtsp://0x7f000001/live",  # hexadecimal
        "rtsp://127.1/live",
        "rtsp://0x7f.1/live",
        "rtsp://192.168.001.10/live",
        "rtsp://good.example@evil.example@127.0.0.1/live",
        "rtsp://good.example:554@x@127.0.0.1/live",
        "rtsp://good.example#@127.0.0.1/live",
        "rtsp://good.example\\@127.0.0.1/live",
        "rtsp://①②⑦.⓪.⓪.①/live",
        "rtsp://camera.example/live\r\nPLAY rtsp://x RTSP/1.0",
        "rtsp://camera.example/live\n",
        "rtsp://camera.example/li ve",
        "rtsp://admin%0d%0aX: y:secret@camera.example/live",
        "rtsp://admin:sec%0aret@camera.example/live",
        "rtsp://camera.example:0/live",
        "rtsp://camera.example:99999/live",
        "rtsp://camera.example:+554/live",
        "rtsp://[fe80::1%25eth0]/live",
        "rtsp://[::ffff:127.0.0.1/live",
        "rtsp://-camera.example/live",
        "rtsp://camera..example/live",
        "rtsp://camera.example/" + "a" * 1000,
        "-i rtsp://camera.example/live",
    ],
)
def test_an_address_with_a_trick_in_it_is_no_address(url):
    with pytest.raises(BadAddress):
        parse(url)


def test_an_address_as_a_manual_prints_it_is_understood():
    address = parse(
        "rtsp://admin:p%40ss:w@192.168.1.64:8554/Streaming/Channels/102?transport=tcp".replace(":w", "%3Aw")
    )
    assert (address.user, address.password) == ("admin", "p@ss:w")
    assert (address.host, address.port) == ("192.168.1.64", 8554)
    assert address.request_uri == "rtsp://192.168.1.64:8554/Streaming/Channels/102?transport=tcp"
    assert parse("RTSP://Camera.Example").request_uri == "rtsp://camera.example/"
    assert parse("rtsps://[2400:3200::1]/a").request_uri == "rtsps://[2400:3200::1]/a"


def test_what_people_are_shown_holds_no_secret():
    address = parse("rtsp://admin:hunter22@camera.example/live?password=hunter33&u=x")
    assert address.shown == "rtsp://camera.example/live"
    assert "hunter" not in repr(address.shown)
    assert "hunter22" not in repr(address)
    assert {"hunter22", "hunter33", "admin"} <= set(address.secrets)


@pytest.mark.parametrize(
    "ip",
    [
        "127.0.0.1",
        "127.8.8.8",
        "0.0.0.0",
        "0.1.2.3",
        "169.254.169.254",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "100.100.100.200",
        "168.63.129.16",
        "::1",
        "::",
        "fe80::1",
        "ff02::1",
        "fd00:ec2::254",
        "::ffff:127.0.0.1",
        "::ffff:169.254.169.254",
        "::127.0.0.1",
        "2002:7f00:1::",
        "64:ff9b::7f00:1",
        "2001:0:53aa:64c::1",
    ],
)
def test_this_machine_and_metadata_are_refused_even_inside_an_allowed_network(ip):
    everything = ["0.0.0.0/0", "::/0"]
    assert not permitted(CAMERA, ip_address(ip), [], everything)


@pytest.mark.parametrize("ip", ["10.1.2.3", "172.16.0.9", "192.168.1.64", "fd12::1", "100.64.0.9", "::ffff:10.1.2.3"])
def test_a_private_address_is_for_the_operators_networks_only(ip):
    nets = ["10.0.0.0/8", "172.16.0.0/12", "192.168.1.0/24", "fd12::/16", "100.64.0.0/10"]
    assert permitted(CAMERA, ip_address(ip), [], nets)
    assert not permitted(CAMERA, ip_address(ip), [], [])
    assert not permitted(CAMERA, ip_address(ip), [], ["192.168.2.0/24"])


@pytest.mark.parametrize("ip", ["8.8.8.8", "2400:3200::1"])
def test_a_public_address_is_fine(ip):
    assert permitted(CAMERA, ip_address(ip), [], [])


def test_an_exact_exception_opens_its_port_and_not_the_next():
    loopback = ip_address("127.0.0.1")
    assert permitted(parse("rtsp://127.0.0.1:8554/a"), loopback, ["127.0.0.1:8554"], [])
    assert not permitted(parse("rtsp://127.0.0.1:8555/a"), loopback, ["127.0.0.1:8554"], [])
    assert not permitted(parse("rtsp://localhost:8555/a"), loopback, ["127.0.0.1:8554"], [])
    assert permitted(parse("rtsp://[::1]:8554/a"), ip_address("::1"), ["[::1]:8554"], [])


@given(st.text(max_size=60), st.text(max_size=60), st.text(max_size=60))
def test_no_text_makes_a_request_line_of_more_than_one_word(user, host, path):
    try:
        address = parse(f"rtsp://{user}@{host}/{path}")
    except BadAddress:
        return
    assert all("!" <= character <= "~" for character in address.request_uri)
    assert address.user.isprintable() or not address.user


@pytest.mark.parametrize(
    "path",
    [
        "/user=admin_password=canary_channel=1_stream=0.sdp",
        "/user=admin&password=canary&channel=1&stream=0.sdp?real_stream",
        "/live;pwd=canary",
        "/Streaming?auth=canary",
    ],
)
def test_a_password_inside_the_path_is_never_shown(path):
    address = parse(f"rtsp://203.0.113.7{path}")
    assert "canary" not in address.shown and address.shown.startswith("rtsp://203.0.113.7/")
    assert "canary" in address.request_uri
    assert any("canary" in secret and secret in path for secret in address.secrets)
