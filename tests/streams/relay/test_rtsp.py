import hashlib

import pytest

from streams.relay import rtsp, sdp


def md5(text):
    return hashlib.md5(text.encode()).hexdigest()


def test_digest_without_qop_is_what_old_cameras_expect():
    login = rtsp.Login("admin", "secret")
    assert login.header("DESCRIBE", "rtsp://c/") == {}
    assert login.take(['Digest realm="IP Camera", nonce="abc"'])
    header = login.header("DESCRIBE", "rtsp://c/")["Authorization"]
    expected = md5(f"{md5('admin:IP Camera:secret')}:abc:{md5('DESCRIBE:rtsp://c/')}")
    assert f'response="{expected}"' in header and "qop" not in header and "secret" not in header


def test_the_strongest_way_the_camera_offers_is_taken():
    login = rtsp.Login("admin", "secret")
    offers = [
        'Basic realm="c"',
        'Digest realm="c", nonce="n", qop="auth"',
        'Digest realm="c", nonce="n", algorithm=SHA-256',
    ]
    assert login.take(offers)
    assert "algorithm=SHA-256" in login.header("PLAY", "rtsp://c/")["Authorization"]


def test_a_refused_password_is_not_said_twice():
    login = rtsp.Login("admin", "wrong")
    assert login.take(['Digest realm="c", nonce="1"'])
    login.header("DESCRIBE", "rtsp://c/")
    assert not login.take(['Digest realm="c", nonce="2"'])


def test_a_nonce_that_ran_out_is_renewed():
    login = rtsp.Login("admin", "secret")
    login.take(['Digest realm="c", nonce="1"'])
    login.header("DESCRIBE", "rtsp://c/")
    assert login.take(['Digest realm="c", nonce="2", stale=true'])
    login.header("SETUP", "rtsp://c/")
    login.header("PLAY", "rtsp://c/")
    assert login.take(['Digest realm="c", nonce="3"']), "it worked before, so the camera just does not say stale"


def test_without_a_user_nothing_is_tried():
    assert not rtsp.Login("", "").take(['Basic realm="c"'])


def test_a_quote_in_a_user_name_stays_inside_its_quotes():
    login = rtsp.Login('a", uri="x', "secret")
    login.take(['Digest realm="c", nonce="1"'])
    assert r'username="a\", uri=\"x"' in login.header("PLAY", "rtsp://c/")["Authorization"]


def test_a_value_with_a_line_break_never_leaves():
    with pytest.raises(rtsp.BadMessage):
        rtsp.encode("PLAY rtsp://c/ RTSP/1.0", {"Session": "1\r\nX: y"})


TWO_SECTIONS = b"""v=0\r
o=- 1 1 IN IP4 10.0.0.9\r
s=My kitchen\r
a=control:rtsp://10.0.0.9/live/\r
m=audio 0 RTP/AVP 8\r
a=rtpmap:8 PCMA/8000\r
a=control:trackID=0\r
m=video 0 RTP/AVP 96\r
a=rtpmap:96 H264/90000\r
a=fmtp:96 packetization-mode=1; profile-level-id=42001f; sprop-parameter-sets=Z0IAH5Y=,aM4G4g==; x=/etc/passwd; config=zz\r
a=control:trackID=1\r
"""


def test_of_a_description_only_the_video_we_understand_is_left():
    video = sdp.video(TWO_SECTIONS)
    text = video.sdp.decode()
    assert (video.codec, video.control, video.session_control) == ("H264", "trackID=1", "rtsp://10.0.0.9/live/")
    assert text.count("m=") == 1 and "m=video 0 RTP/AVP 96" in text
    assert "sprop-parameter-sets=Z0IAH5Y=,aM4G4g==" in text
    for gone in ("audio", "10.0.0.9", "kitchen", "passwd", "config", "trackID"):
        assert gone not in text


def test_mjpeg_is_taken_by_its_static_payload_type_but_only_where_there_is_nothing_better():
    mjpeg = b"v=0\r\nm=video 0 RTP/AVP 26\r\na=control:jpeg\r\n"
    video = sdp.video(mjpeg)
    assert (video.codec, video.control) == ("JPEG", "jpeg")
    assert b"m=video 0 RTP/AVP 26\r\na=rtpmap:26 JPEG/90000\r\n" in video.sdp and b"fmtp" not in video.sdp
    assert sdp.video(mjpeg + TWO_SECTIONS.partition(b"m=")[1] + TWO_SECTIONS.partition(b"m=")[2]).codec == "H264"


@pytest.mark.parametrize("codec", ["AV1", "VP8", "MP4V-ES"])
def test_another_codec_is_not_let_through(codec):
    with pytest.raises(sdp.UnknownCodec):
        sdp.video(TWO_SECTIONS.replace(b"H264", codec.encode()))


def test_encrypted_and_absent_video_are_refused():
    with pytest.raises(sdp.UnknownCodec):
        sdp.video(TWO_SECTIONS.replace(b"m=video 0 RTP/AVP", b"m=video 0 RTP/SAVP"))
    with pytest.raises(sdp.NoVideo):
        sdp.video(TWO_SECTIONS.split(b"m=video")[0])
    with pytest.raises(sdp.NoVideo):
        sdp.video(b"\xff\x00rubbish")


def test_h265_passes_under_either_name():
    for name in (b"H265", b"HEVC"):
        assert sdp.video(TWO_SECTIONS.replace(b"H264", name)).codec == "H265"


def test_media_and_messages_come_apart_however_they_are_cut():
    frame = b"$\x00\x00\x05hello"
    reply = b"RTSP/1.0 200 OK\r\nCSeq: 7\r\nContent-Length: 2\r\n\r\nok"
    whole = frame * 2 + reply + frame + b"\r\n" + reply
    for cut in range(len(whole)):
        media, messages, held = b"", [], b""
        for chunk in (whole[:cut], whole[cut:]):
            pieces, held = rtsp.runs(held + chunk)
            for piece in pieces:
                if isinstance(piece, bytes):
                    media += piece
                else:
                    messages.append(piece)
        assert media == frame * 3 and not held
        assert [(message.headers["cseq"], message.body) for message in messages] == [("7", b"ok")] * 2


@pytest.mark.parametrize("data", [b"\x00\x01", b"R" * 20_000, b"RTSP/1.0 200 OK\r\nContent-Length: 99999999\r\n\r\n"])
def test_what_is_neither_media_nor_message_is_refused(data):
    with pytest.raises(rtsp.BadMessage):
        rtsp.runs(data)
