"""A relay's hub with one camera that is made of bytes: `python -m bench._hub SOCKET CODE BITS_PER_SECOND`.

Each number on stdin is how many parts a second it publishes from then on, all of them together always that many bits.
"""

import asyncio
import sys
import time
from datetime import UTC, datetime

from streams.relay.fmp4 import Init, Part
from streams.relay.hub import HubServer

GOP_SECONDS = 2


async def main(where: str, code: str, bits: int) -> None:
    hub = HubServer()
    await hub.start(where)
    hub.publish_init(code, 1, Init('video/mp4; codecs="avc1.64001f"', bytes(800)))
    hub.publish_state(code, "live", datetime.now(UTC))
    loop = asyncio.get_running_loop()
    rate = 5
    reader = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)

    async def listen() -> None:
        nonlocal rate
        print("ready", flush=True)
        while line := await reader.readline():
            rate = int(line)

    listening = asyncio.create_task(listen())
    number, at, media_time = 0, loop.time(), 0.0
    while not listening.done():
        data = bytes(bits // 8 // rate)
        hub.publish_part(
            code, Part(number % (GOP_SECONDS * rate) == 0, 1 / rate, data, media_time), time.time_ns() // 10**6
        )
        number, at, media_time = number + 1, at + 1 / rate, media_time + 1 / rate
        await asyncio.sleep(at - loop.time())
    await hub.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))
