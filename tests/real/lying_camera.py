"""Cameras that lie in the protocol: small RTSP servers on loopback, in this process. Each knows who is connected."""

import asyncio
import contextlib

from streams.relay import rtsp

SDP = """v=0\r
o=- 1 1 IN IP4 10.9.9.9\r
s=camera\r
t=0 0\r
a=control:*\r
m=video 0 RTP/AVP 96\r
a=rtpmap:96 {codec}/90000\r
{format}a=control:trackID=1\r
"""
H264 = "a=fmtp:96 packetization-mode=1;profile-level-id=42001f;sprop-parameter-sets=Z0LAHtkDxWhAAAADAEAAAAwDxYuS,aMuMsg==\r\n"
AUDIO = "m=audio 0 RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\na=control:trackID=2\r\n"
TRANSPORT = {"Transport": "RTP/AVP/TCP;unicast;interleaved=0-1", "Session": "77;timeout=30"}
MODES = ("hang", "silent", "garbage", "redirect", "av1", "audio", "locked")


class LyingCamera:
    """`hang`: says nothing after SETUP. `silent`: plays, and sends nothing. `garbage`: plays noise that is called RTP.
    `redirect`: sends everybody elsewhere. `av1`: offers what nobody here decodes. `audio`: declares sound, sends
    neither. `locked`: refuses every password."""

    def __init__(self, mode):
        self.mode = mode
        self.connections = 0  # in all
        self.connected = 0  # now
        self.most = 0  # at once
        self.heard = []  # methods
        self._server = None

    async def start(self):
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return self

    async def stop(self):
        self._server.close()

    @property
    def address(self):
        return f"127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    def url(self, password):
        return f"rtsp://admin:{password}@{self.address}/live"

    async def _serve(self, reader, writer):
        self.connections += 1
        self.connected += 1
        self.most = max(self.most, self.connected)
        noise = None
        try:
            while (message := await rtsp.read(reader)) is not None:
                if isinstance(message, rtsp.Media):
                    continue
                self.heard.append(message.method)
                if (answer := self._answer(message)) is None:
                    continue
                status, headers, body = answer
                length = {"Content-Length": str(len(body))} if body else {}
                writer.write(
                    rtsp.encode(f"RTSP/1.0 {status}", {"CSeq": message.headers["cseq"], **headers, **length}, body)
                )
                if message.method == "PLAY" and self.mode == "garbage":
                    noise = asyncio.create_task(self._babble(writer))
        except (rtsp.BadMessage, OSError):
            pass
        finally:
            self.connected -= 1
            if noise:
                noise.cancel()
            writer.close()

    def _answer(self, message):
        if self.mode == "locked":
            return "401 Unauthorized", {"WWW-Authenticate": 'Digest realm="camera", nonce="0123456789abcdef"'}, b""
        if self.mode == "redirect" and message.method == "DESCRIBE":
            return "302 Moved Temporarily", {"Location": "rtsp://127.0.0.1:9/secret"}, b""
        if self.mode == "hang" and message.method == "PLAY":
            return None
        match message.method:
            case "DESCRIBE":
                codec, form = ("AV1", "") if self.mode == "av1" else ("H264", H264)
                text = SDP.format(codec=codec, format=form) + (AUDIO if self.mode == "audio" else "")
                return "200 OK", {"Content-Type": "application/sdp"}, text.encode()
            case "SETUP":
                return "200 OK", TRANSPORT, b""
            case _:
                return "200 OK", {"Session": "77"}, b""

    async def _babble(self, writer):
        """Interleaved packets of the right channel and of nothing else that is right."""
        number = 0
        with contextlib.suppress(OSError):
            while True:
                number += 1
                packet = (
                    bytes([0x80, 96])
                    + (number * 7919 % 65536).to_bytes(2, "big")
                    + bytes(number * step % 256 for step in range(200))
                )
                writer.write(b"$\x00" + len(packet).to_bytes(2, "big") + packet)
                await writer.drain()
                await asyncio.sleep(0.02)
