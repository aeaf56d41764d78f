import asyncio

import pytest

from streams.relay.through import Through


def heard():
    reader, got = Through(), []
    reader.taker = got.append
    return reader, got


async def test_with_a_taker_bytes_go_there_and_wake_nobody():
    reader, got = heard()
    waiting = asyncio.create_task(reader.read(1))
    await asyncio.sleep(0)
    reader.feed_data(b"one")
    reader.feed_data(b"two")
    assert got == [b"one", b"two"] and not waiting.done()
    reader.feed_eof()
    assert await waiting == b""


async def test_without_it_they_are_read_again():
    reader, got = heard()
    reader.feed_data(b"one")
    reader.taker = None
    reader.feed_data(b"two")
    assert got == [b"one"] and await reader.read(9) == b"two"


async def test_what_the_taker_raises_is_raised_to_the_reader_once_and_ends_the_taking():
    def refuse(data):
        raise ValueError(data.decode())

    reader = Through()
    reader.taker = refuse
    waiting = asyncio.create_task(reader.read(1))
    await asyncio.sleep(0)
    reader.feed_data(b"broken")
    reader.feed_data(b"more")
    with pytest.raises(ValueError, match="broken"):
        await waiting
