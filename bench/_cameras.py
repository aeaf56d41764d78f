"""Twenty RTSP cameras out of one cheap process: `python -m bench._cameras PORT LOOP.h264`, paths /0, /1, … without end.

Each path plays the same pre-encoded loop, three frames and two milliseconds behind the one before it, as cameras that
know nothing of each other. A frame is cut into RTP packets (RFC 6184) once, whoever sees it, and sent in one write.
Every client gets RTP over TCP, one video section, no password. Prints `ready` once it listens. SIGUSR1 cuts all off.
"""

import asyncio
import re
import signal
import sys
from base64 import b64encode
from functools import lru_cache
from itertools import accumulate
from pathlib import Path
from struct import pack

FPS = 25
CLOCK = 90_000
MOST = 1400  # bytes of a packet's payload
APART_FRAMES, APART_SECONDS = 3, 0.002

connected: set[asyncio.StreamWriter] = set()


def frames_of(stream: bytes) -> list[list[bytes]]:
    """An Annex B stream's frames, each a list of NAL units; parameter sets belong to the picture that follows."""
    frames: list[list[bytes]] = [[]]
    for unit in filter(None, re.split(rb"\x00\x00\x00?\x01", stream)):
        if frames[-1] and frames[-1][-1][0] & 31 in (1, 5):  # one slice is one picture, as the loop is encoded
            frames.append([])
        frames[-1].append(unit)
    return frames


def payloads(unit: bytes) -> list[bytes]:
    """RFC 6184: a small NAL unit as it is, a large one as FU-A fragments."""
    if len(unit) <= MOST:
        return [unit]
    kind, rest = unit[0], unit[1:]
    pieces = [rest[at : at + MOST] for at in range(0, len(rest), MOST)]
    last = len(pieces) - 1
    return [
        bytes([kind & 0xE0 | 28, (0x80 if index == 0 else 0) | (0x40 if index == last else 0) | kind & 31]) + piece
        for index, piece in enumerate(pieces)
    ]


class Loop:
    """The frames again and again, with sequence numbers and timestamps that never jump."""

    def __init__(self, stream: bytes) -> None:
        frames = frames_of(stream)
        self._packets = [[payload for unit in frame for payload in payloads(unit)] for frame in frames]
        self._before = [0, *accumulate(len(packets) for packets in self._packets)]
        units = {unit[0] & 31: unit for unit in frames[0]}
        sets = b",".join(b64encode(units[kind]) for kind in (7, 8)).decode()
        self.sdp = (
            "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=loop\r\nt=0 0\r\na=control:*\r\n"
            f"m=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/{CLOCK}\r\n"
            f"a=fmtp:96 packetization-mode=1;sprop-parameter-sets={sets}\r\na=control:v\r\n"
        )

    @lru_cache(maxsize=256)  # noqa: B019 — one loop lives as long as its process
    def interleaved(self, number: int) -> bytes:
        """Frame `number`, counted from the beginning of time, as interleaved RTP."""
        rounds, index = divmod(number, len(self._packets))
        packets = self._packets[index]
        first = rounds * self._before[-1] + self._before[index]
        stamp = number * CLOCK // FPS & 0xFFFFFFFF
        out = bytearray()
        for offset, payload in enumerate(packets):
            mark = 0x80 if offset == len(packets) - 1 else 0
            out += pack(">BBH", 0x24, 0, 12 + len(payload))
            out += pack(">BBHII", 0x80, mark | 96, first + offset & 0xFFFF, stamp, 0x5EED)
            out += payload
        return bytes(out)


async def play(loop: Loop, camera: int, writer: asyncio.StreamWriter) -> None:
    """Send what is drawn from now on, until the client is gone. A client that does not read loses whole frames."""
    clock = asyncio.get_running_loop()
    late = camera * APART_SECONDS
    number = int((clock.time() - late) * FPS)
    while not writer.is_closing():
        number += 1
        await asyncio.sleep(number / FPS + late - clock.time())
        if writer.transport.get_write_buffer_size() < 1 << 20:
            writer.write(loop.interleaved(number + 1_000_000 - APART_FRAMES * camera))


def cut() -> None:
    for writer in list(connected):
        writer.transport.abort()


async def serve(loop: Loop, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """One client: its requests are answered, what it says of reception is passed over."""
    playing = None
    connected.add(writer)
    try:
        while first := await reader.readexactly(1):
            if first == b"$":
                await reader.readexactly(int.from_bytes((await reader.readexactly(3))[1:]))
                continue
            head = (first + await reader.readuntil(b"\r\n\r\n")).decode()
            method, address = head.split(" ", 2)[:2]
            cseq = re.search(r"(?i)^cseq:\s*(\d+)", head, re.M)
            said, body = {}, ""
            if method == "OPTIONS":
                said = {"Public": "OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN, GET_PARAMETER"}
            elif method == "DESCRIBE":
                said, body = {"Content-Type": "application/sdp", "Content-Base": f"{address}/"}, loop.sdp
            elif method == "SETUP":
                said = {"Transport": "RTP/AVP/TCP;unicast;interleaved=0-1", "Session": "1;timeout=60"}
            elif method == "PLAY":
                said = {"Session": "1"}
            lines = [f"{name}: {value}" for name, value in said.items()]
            lines += [f"CSeq: {cseq[1] if cseq else 0}", f"Content-Length: {len(body)}"]
            writer.write("\r\n".join(["RTSP/1.0 200 OK", *lines, "", body]).encode())
            if method == "PLAY" and playing is None:
                path = re.search(r"\d/(\d+)", address)
                playing = asyncio.create_task(play(loop, int(path[1]) if path else 0, writer))
            if method == "TEARDOWN":
                break
    except (asyncio.IncompleteReadError, ConnectionError):
        pass
    finally:
        connected.discard(writer)
        if playing:
            playing.cancel()
        writer.close()


async def main(port: int, stream: Path) -> None:
    loop = Loop(stream.read_bytes())
    asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, cut)
    server = await asyncio.start_server(lambda reader, writer: serve(loop, reader, writer), "127.0.0.1", port)
    print("ready", flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), Path(sys.argv[2])))
