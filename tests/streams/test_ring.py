import asyncio

from streams.relay.ring import Frame, Ring, Status


def frame(seq, *, key=False, size=100, at=None):
    return Frame(1, seq, key, False, 1000 * seq if at is None else at, 0.1, b"x" * size)


def ring_of(seqs, keys, **fields):
    ring = Ring(**fields)
    ring.begin(1, "video/mp4", b"init")
    for seq in seqs:
        ring.append(frame(seq, key=seq in keys))
    return ring


def seqs(frames):
    return [frame.seq for frame in frames]


def test_it_holds_what_came_since_the_last_two_keyframes():
    ring = ring_of(range(1, 14), keys={1, 5, 9})
    assert seqs(ring.since(0)) == [5, 6, 7, 8, 9, 10, 11, 12, 13]
    assert seqs(ring.joining()) == [9, 10, 11, 12, 13]
    assert seqs(ring.since(11)) == [12, 13]
    assert ring.since(13) == []


def test_nobody_joins_before_the_first_keyframe():
    assert ring_of(range(1, 4), keys={}).joining() == []


def test_its_bytes_are_bounded_even_by_one_endless_gop():
    ring = ring_of(range(1, 101), keys={1}, max_bytes=1000)
    assert ring.size <= 1000
    assert seqs(ring.since(95)) == [96, 97, 98, 99, 100]
    assert ring.joining() == []
    ring.append(frame(101, key=True))
    assert seqs(ring.joining()) == [101]


def test_a_reader_lags_once_it_is_a_gop_behind():
    ring = ring_of(range(1, 14), keys={1, 5, 9})
    assert not ring.lags(13) and not ring.lags(8) and not ring.lags(5)
    assert ring.lags(4) and ring.lags(2)


def test_a_camera_of_keyframes_only_makes_no_reader_late():
    ring = Ring()
    for seq in range(1, 101):
        ring.append(frame(seq, key=True, at=seq * 40))
    assert not ring.lags(90)
    assert ring.lags(60)
    assert 50 <= len(ring.since(0)) <= 53  # two seconds


def test_a_new_encoding_forgets_the_old_pictures():
    ring = ring_of(range(1, 6), keys={1})
    ring.begin(2, "video/mp4", b"other")
    assert (ring.epoch, ring.init, ring.joining(), ring.size) == (2, b"other", [], 0)


async def test_all_who_wait_wake_at_a_frame_or_a_word():
    ring = Ring()
    waiting = [asyncio.create_task(ring.changed(ring.version, 5)) for _ in range(3)]
    await asyncio.sleep(0)
    ring.append(frame(1, key=True))
    assert await asyncio.gather(*waiting) == [1, 1, 1]
    ring.tell(Status("live"))
    assert await ring.changed(1) == 2
    ring.tell(Status("live"))
    assert await ring.changed(2, timeout=0.01) == 2
